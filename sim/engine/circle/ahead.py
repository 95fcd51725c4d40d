"""Requests completed as they arrive.

Until the horizon nothing can change what becomes of a request that a node with one worker takes in, so its
service, its commit and its reply are worked out at once.
"""

from sim.engine.circle.acknowledgement import answered_from, stands_for, wait
from sim.engine.circle.clients import acknowledged
from sim.engine.circle.kinds import NEVER, READ, RESULT_OK, STARTS, WRITE
from sim.engine.circle.lanes import least, leave
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
        i, at = least(c.lane_due)
        if at >= until:
            break
        op = c.slot[c.slot[i].behind]
        node = node_of(op.event)
        row = c.node[node]
        start = max(at, row.free_at)
        done = start + (op.lasts if row.speed == 1.0 else lasts(c, node, op.event))
        if done >= c.limit[node, c.lane_kind[i]] or not _remember_start(c, node, start, at):
            break
        c.reg.now = at
        served += 1
        row.free_at = done
        if row.touched:
            row.hits += 2  # it arrives, and it is served
        if not _answered(c, leave(c, i), c.lane_kind[i], done):
            break
    return served


@merged
def _set_limits(c):
    """Write for each node before when reads and writes must be done to be sure of it."""
    horizon = c.reg.horizon
    for node in range(c.reg.regions):
        row = c.node[node]
        c.limit[node, READ] = 0
        c.limit[node, WRITE] = 0
        there = row.exists and row.region_up and row.up and not row.silent
        if not there or row.busy > 0:
            continue
        if row.serving:
            c.limit[node, READ] = horizon
        if row.writable and c.reg.sole:
            c.limit[node, WRITE] = min(horizon, row.lease_until) if c.reg.lease else horizon


@merged
def _remember_start(c, node, start, at):
    """Note when a record that waits starts; return False if too many wait to take it in or to note it."""
    row = c.node[node]
    room = min(c.queue.shape[1] - 1, STARTS)
    # counted anew only if that matters
    if row.last_start - row.first_start >= room and start > at and not_started(c, node, at) >= room:
        return False
    c.starts[node, row.last_start % STARTS] = start
    row.last_start += start > at
    return True


@merged
def _answered(c, slot, kind, done):
    """Commit or read at ``done``, and answer; return whether that ended the operation."""
    event = c.slot[slot].event
    node = node_of(event)
    extra, departs = 0, done
    if kind == WRITE:
        extra = write(c, node, slot, done)
        if c.reg.needed > 0:
            departs = _departs(c, node, slot, extra, done)
            if departs == NEVER:
                c.slot[slot].events -= 1  # the request has arrived
                await_timeout(c, slot)
                return False
    delay = reply_delay(c, event)
    if kind == READ and delay != LOST:
        extra = note_read(c, node, slot, done)
    arrives = departs + delay
    latest = min(c.reg.horizon - 1, c.slot[slot].sent + c.reg.timeout_ns)
    if delay == LOST or arrives > latest:
        _answer_later(c, slot, event, extra, delay, arrives)
        return False
    acknowledged(c, slot, node, extra, arrives)
    c.free[c.reg.free] = slot
    c.reg.free += 1
    return True


@inner
def _departs(c, node, slot, extra, done):
    """Return when the answer to a write departs; NEVER if it waits now, because that is not sure."""
    lsn = stands_for(c, slot, extra, c.node[node].timeline, c.cuts)
    departs = max(done, answered_from(c, node, lsn))
    sure = min(c.reg.horizon, c.node[node].lease_until) if c.reg.lease else c.reg.horizon
    if departs < sure:
        return departs
    if node == c.reg.primary:
        wait(c, c.slot[slot].event, extra, lsn)
    return NEVER


@inner
def _answer_later(c, slot, event, extra, delay, arrives):
    """Leave an answer that is lost, late or beyond the horizon to the other records."""
    c.slot[slot].events -= 1  # the request has arrived
    if delay != LOST:
        push_reply(c, event, RESULT_OK, extra, arrives)
    await_timeout(c, slot)
