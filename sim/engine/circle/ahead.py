"""Requests completed as they arrive.

Until the horizon nothing can change what becomes of a request that a node with one worker takes in, so its
service, its commit and its reply are worked out at once.
"""

from sim.engine.circle.clients import acknowledged
from sim.engine.circle.lanes import least, leave
from sim.engine.circle.layout import (
    FREE,
    HORIZON,
    LANE_DUE,
    LANE_KIND,
    LEASE,
    N_BUSY,
    N_EXISTS,
    N_FIRST_START,
    N_FREE,
    N_HITS,
    N_LAST_START,
    N_LEASE_UNTIL,
    N_REGION_UP,
    N_SERVING,
    N_SILENT,
    N_TOUCHED,
    N_UP,
    N_WRITABLE,
    NOW,
    READ,
    REGIONS,
    RESULT_OK,
    S_BEHIND,
    S_EVENT,
    S_EVENTS,
    S_LASTS,
    S_SENT,
    SOLE,
    STARTS,
    TIMEOUT_NS,
    WRITE,
)
from sim.engine.circle.messages import LOST, await_timeout, push_reply, reply_delay
from sim.engine.circle.nodes import lasts, not_started, note_read, write
from sim.engine.compiled import inner, merged
from sim.engine.packing import node_of


@inner
def serve_ahead(c, until, most):
    """Complete what arrives before ``until`` as long as that is sure, at most ``most``; return how many.

    ``until`` must be no later than the first of all other records. At equal times the lane of the least
    number is first; for one node that is the order of ties, and what reaches different nodes does not meet.
    """
    _set_limits(c)
    served = 0
    while served < most:
        i, at = least(c.lane[LANE_DUE])
        if at >= until:
            break
        op = c.slot[c.slot[i, S_BEHIND]]
        node = node_of(op[S_EVENT])
        row = c.node[node]
        start = max(at, row[N_FREE])
        done = start + (op[S_LASTS] if c.speed[node] == 1.0 else lasts(c, node, op[S_EVENT]))
        if done >= c.limit[node, c.lane[LANE_KIND, i]] or not _remember_start(c, node, start, at):
            break
        c.reg[NOW] = at
        served += 1
        row[N_FREE] = done
        if row[N_TOUCHED]:
            row[N_HITS] += 2  # it arrives, and it is served
        if not _answered(c, leave(c, i), c.lane[LANE_KIND, i], done):
            break
    return served


@merged
def _set_limits(c):
    """Write for each node before when reads and writes must be done to be sure of it."""
    horizon = c.reg[HORIZON]
    for node in range(c.reg[REGIONS]):
        row = c.node[node]
        c.limit[node, READ] = 0
        c.limit[node, WRITE] = 0
        there = row[N_EXISTS] and row[N_REGION_UP] and row[N_UP] and not row[N_SILENT]
        if not there or row[N_BUSY] > 0:
            continue
        if row[N_SERVING]:
            c.limit[node, READ] = horizon
        if row[N_WRITABLE] and c.reg[SOLE]:
            c.limit[node, WRITE] = min(horizon, row[N_LEASE_UNTIL]) if c.reg[LEASE] else horizon


@merged
def _remember_start(c, node, start, at):
    """Note when a record that waits starts; return False if too many wait to take it in or to note it."""
    row = c.node[node]
    room = min(c.queue.shape[1] - 1, STARTS)
    # counted anew only if that matters
    if row[N_LAST_START] - row[N_FIRST_START] >= room and start > at and not_started(c, node, at) >= room:
        return False
    c.starts[node, row[N_LAST_START] % STARTS] = start
    row[N_LAST_START] += start > at
    return True


@merged
def _answered(c, slot, kind, done):
    """Commit or read at ``done``, and answer; return whether that ended the operation."""
    event = c.slot[slot, S_EVENT]
    node = node_of(event)
    extra = 0
    if kind == WRITE:
        extra = write(c, node, slot, done)
    delay = reply_delay(c, event)
    if kind == READ and delay != LOST:
        extra = note_read(c, node, slot, done)
    arrives = done + delay
    latest = min(c.reg[HORIZON] - 1, c.slot[slot, S_SENT] + c.reg[TIMEOUT_NS])
    if delay == LOST or arrives > latest:
        _answer_later(c, slot, event, extra, delay, arrives)
        return False
    acknowledged(c, slot, node, extra, arrives)
    c.free[c.reg[FREE]] = slot
    c.reg[FREE] += 1
    return True


@inner
def _answer_later(c, slot, event, extra, delay, arrives):
    """Leave an answer that is lost, late or beyond the horizon to the other records."""
    c.slot[slot, S_EVENTS] -= 1  # the request has arrived
    if delay != LOST:
        push_reply(c, event, RESULT_OK, extra, arrives)
    await_timeout(c, slot)
