"""Requests and replies on their way: judged as a whole at the moment they depart."""

from sim.core.draws import Purpose
from sim.engine.circle.heap import push
from sim.engine.circle.layout import (
    ARRIVE,
    CHECK,
    L_JITTER,
    L_LATENCY,
    L_LOSS,
    LOCAL_READS,
    LS_CUT,
    LS_FIXED,
    LS_HITS,
    LS_TOUCHED,
    N_EXISTS,
    N_PASSES,
    N_REGION_UP,
    N_TOUCHED,
    OBSERVE,
    READ,
    REGIONS,
    REPLY,
    RETRANSMIT,
    S_ATTEMPT,
    S_EVENTS,
    S_SENT,
    S_SEQ,
    S_STREAM,
    S_TIMED,
    T_FROM,
    T_KIND,
    T_TO,
    TIMEOUT,
    TIMEOUT_NS,
    WRITE,
)
from sim.engine.compiled import inlined, inner, typed
from sim.engine.packing import attempt_of, gateway_of, node_of, pack_event, pack_tie, slot_of, with_result
from sim.engine.sampling import DistTable, ns, sample, uniform, waits

_LEG1, _LEG2, _LEG3, _LEG4 = typed(Purpose.LEG1, Purpose.LEG2, Purpose.LEG3, Purpose.LEG4)
_TO_LOSS = Purpose.LOSS1 - Purpose.LEG1
LOST = -1  # a delay no message can have


@inlined
def _leg(c, link, stream, seq, attempt, purpose):
    """Return how long a message on ``link`` takes, or LOST."""
    state = c.link_state[link]
    if state[LS_TOUCHED]:
        state[LS_HITS] += 1
    if state[LS_CUT]:
        return LOST
    if state[LS_FIXED] > 0:
        return state[LS_FIXED]
    row = c.link[link]
    key = c.stream_key[stream]
    jitter = int(row[L_JITTER])
    delay = row[L_LATENCY] + sample(DistTable(c.rows, c.values), jitter, key, seq, attempt, purpose)
    if row[L_LOSS] > 0.0:
        u = uniform(key, seq, attempt, purpose + _TO_LOSS)
        delay += waits(u, row[L_LOSS], c.reg[RETRANSMIT])
    return ns(delay)


@inlined
def _gateway_up(c, g):
    if c.node[g, N_TOUCHED]:
        c.node[g, N_PASSES] += 1
    return c.node[g, N_REGION_UP] != 0


@inlined
def depart(c, slot, gateway):
    """Send the slot's current attempt through ``gateway``; an observer's probe takes none.

    Returns (how long the request takes, the request); the first is LOST if it never arrives.
    """
    row = c.slot[slot]
    s, seq, attempt = row[S_STREAM], row[S_SEQ], row[S_ATTEMPT]
    stream = c.stream[s]
    kind = stream[T_KIND]
    regions = c.reg[REGIONS]
    node, delay = gateway, 0
    if kind == OBSERVE:
        node = stream[T_TO]
    else:
        if kind == WRITE or (kind == READ and (not c.reg[LOCAL_READS] or not c.node[gateway, N_EXISTS])):
            node = c.route[gateway]
        delay = _leg(c, regions * (regions + stream[T_FROM]) + gateway, s, seq, attempt, _LEG1)
        if delay == LOST or not _gateway_up(c, gateway):
            return LOST, 0
    if kind != CHECK or c.node[node, N_EXISTS]:
        second = _leg(c, gateway * regions + node, s, seq, attempt, _LEG2)
        if second == LOST:
            return LOST, 0
        delay += second
    return delay, pack_event(slot, attempt, gateway, node)


@inlined
def push_request(c, event, at):
    """Let request ``event`` reach its node at ``at``."""
    op = c.slot[slot_of(event)]
    tie = pack_tie(ARRIVE, node_of(event), op[S_STREAM], op[S_SEQ], op[S_ATTEMPT])
    push(c.reg, c.heap, at, tie, event, 0)
    op[S_EVENTS] += 1


@inner
def await_timeout(c, slot):
    """Let the slot's current attempt time out, if that is not arranged yet.

    Most attempts are answered while they are handled, so their time-outs never enter the heap.
    """
    op = c.slot[slot]
    attempt = op[S_ATTEMPT]
    if op[S_TIMED] != attempt:
        op[S_TIMED] = attempt
        op[S_EVENTS] += 1
        tie = pack_tie(TIMEOUT, 0, op[S_STREAM], op[S_SEQ], attempt)
        push(c.reg, c.heap, op[S_SENT] + c.reg[TIMEOUT_NS], tie, pack_event(slot, attempt, 0, 0), 0)


@inlined
def reply_delay(c, event):
    """Return how long the reply to request ``event`` takes if it departs now, or LOST."""
    slot, attempt = slot_of(event), attempt_of(event)
    gateway, node = gateway_of(event), node_of(event)
    s, seq = c.slot[slot, S_STREAM], c.slot[slot, S_SEQ]
    regions = c.reg[REGIONS]
    delay = 0
    if c.node[node, N_EXISTS]:
        delay = _leg(c, node * regions + gateway, s, seq, attempt, _LEG3)
        if delay == LOST:
            return LOST
    if c.stream[s, T_KIND] != OBSERVE:
        last = _leg(c, regions * (2 * regions + gateway) + c.stream[s, T_FROM], s, seq, attempt, _LEG4)
        if last == LOST or not _gateway_up(c, gateway):
            return LOST
        delay += last
    return delay


@inlined
def push_reply(c, event, result, extra, at):
    """Let the reply to request ``event`` reach its sender at ``at``."""
    slot = slot_of(event)
    tie = pack_tie(REPLY, 0, c.slot[slot, S_STREAM], c.slot[slot, S_SEQ], attempt_of(event))
    push(c.reg, c.heap, at, tie, with_result(event, result), extra)
    c.slot[slot, S_EVENTS] += 1


@inner
def answer(c, event, result, extra, at):
    """Send the reply to request ``event`` at ``at``."""
    delay = reply_delay(c, event)
    if delay != LOST:
        push_reply(c, event, result, extra, at + delay)
