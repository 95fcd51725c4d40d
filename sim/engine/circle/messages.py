"""Requests and replies on their way: judged as a whole at the moment they depart."""

from sim.core.draws import Purpose
from sim.engine.circle.heap import push
from sim.engine.circle.kinds import ARRIVE, CHECK, OBSERVE, READ, REPLY, TIMEOUT, WRITE
from sim.engine.compiled import inlined, inner, typed
from sim.engine.packing import attempt_of, gateway_of, node_of, pack_event, pack_tie, slot_of, with_result
from sim.engine.sampling import DistTable, ns, sample, uniform, waits

_LEG1, _LEG2, _LEG3, _LEG4 = typed(Purpose.LEG1, Purpose.LEG2, Purpose.LEG3, Purpose.LEG4)
_TO_LOSS = Purpose.LOSS1 - Purpose.LEG1
LOST = -1  # a delay no message can have


@inlined
def _leg(c, link, stream, seq, attempt, purpose):
    """Return how long a message on ``link`` takes, or LOST."""
    row = c.link[link]
    if row.touched:
        row.hits += 1
    if row.cut:
        return LOST
    if row.fixed > 0:
        return row.fixed
    key = c.stream[stream].key
    delay = row.latency + sample(DistTable(c.rows, c.values), row.jitter, key, seq, attempt, purpose)
    if row.loss > 0.0:
        u = uniform(key, seq, attempt, purpose + _TO_LOSS)
        delay += waits(u, row.loss, c.reg.retransmit_ns)
    return ns(delay)


@inlined
def _gateway_up(c, g):
    if c.node[g].touched:
        c.node[g].passes += 1
    return c.node[g].region_up != 0


@inlined
def depart(c, slot, gateway):
    """Send the slot's current attempt through ``gateway``; an observer's probe takes none.

    Returns (how long the request takes, the request); the first is LOST if it never arrives.
    """
    row = c.slot[slot]
    s, seq, attempt = row.stream, row.seq, row.attempt
    stream = c.stream[s]
    kind = stream.kind
    regions = c.reg.regions
    node, delay = gateway, 0
    if kind == OBSERVE:
        node = stream.target
    else:
        if kind == WRITE or (kind == READ and (not c.reg.local_reads or not c.node[gateway].exists)):
            node = c.route[gateway]
        delay = _leg(c, regions * (regions + stream.source) + gateway, s, seq, attempt, _LEG1)
        if delay == LOST or not _gateway_up(c, gateway):
            return LOST, 0
    if kind != CHECK or c.node[node].exists:
        second = _leg(c, gateway * regions + node, s, seq, attempt, _LEG2)
        if second == LOST:
            return LOST, 0
        delay += second
    return delay, pack_event(slot, attempt, gateway, node)


@inlined
def push_request(c, event, at):
    """Let request ``event`` reach its node at ``at``."""
    op = c.slot[slot_of(event)]
    tie = pack_tie(ARRIVE, node_of(event), op.stream, op.seq, op.attempt)
    push(c, at, tie, event, 0)
    op.events += 1


@inner
def await_timeout(c, slot):
    """Let the slot's current attempt time out, if that is not arranged yet.

    Most attempts are answered while they are handled, so their time-outs never enter the heap.
    """
    op = c.slot[slot]
    attempt = op.attempt
    if op.timed != attempt:
        op.timed = attempt
        op.events += 1
        tie = pack_tie(TIMEOUT, 0, op.stream, op.seq, attempt)
        push(c, op.sent + c.reg.timeout_ns, tie, pack_event(slot, attempt, 0, 0), 0)


@inlined
def reply_delay(c, event):
    """Return how long the reply to request ``event`` takes if it departs now, or LOST."""
    slot, attempt = slot_of(event), attempt_of(event)
    gateway, node = gateway_of(event), node_of(event)
    s, seq = c.slot[slot].stream, c.slot[slot].seq
    regions = c.reg.regions
    delay = 0
    if c.node[node].exists:
        delay = _leg(c, node * regions + gateway, s, seq, attempt, _LEG3)
        if delay == LOST:
            return LOST
    if c.stream[s].kind != OBSERVE:
        last = _leg(c, regions * (2 * regions + gateway) + c.stream[s].source, s, seq, attempt, _LEG4)
        if last == LOST or not _gateway_up(c, gateway):
            return LOST
        delay += last
    return delay


@inlined
def push_reply(c, event, result, extra, at):
    """Let the reply to request ``event`` reach its sender at ``at``."""
    slot = slot_of(event)
    tie = pack_tie(REPLY, 0, c.slot[slot].stream, c.slot[slot].seq, attempt_of(event))
    push(c, at, tie, with_result(event, result), extra)
    c.slot[slot].events += 1


@inner
def answer(c, event, result, extra, at):
    """Send the reply to request ``event`` at ``at``."""
    delay = reply_delay(c, event)
    if delay != LOST:
        push_reply(c, event, result, extra, at + delay)
