"""The loop: take the record that comes first, handle it, until a time, a trip or a full array."""

from sim.engine.circle.ahead import serve_ahead
from sim.engine.circle.clients import replied, retry, timed_out
from sim.engine.circle.heap import before, pop, push
from sim.engine.circle.lanes import least, leave
from sim.engine.circle.layout import (
    ARRIVE,
    CHECK,
    COMMITS_OUT,
    EVENTS,
    FREE,
    GROWTH,
    HEAP,
    INBOX,
    LANE_DUE,
    N_NEXT,
    N_NEXT_TIE,
    N_READS,
    N_UP,
    N_WRITABLE,
    NEVER,
    NEXT_SEND,
    NOW,
    OBSERVE,
    OPS_OUT,
    REGIONS,
    S_BEHIND,
    S_DUE,
    S_EVENT,
    S_SEQ,
    S_STREAM,
    SEND,
    SOLE,
    T_KIND,
    T_NEXT,
    TRIP,
)
from sim.engine.circle.load import begin_load, send_ahead
from sim.engine.circle.nodes import arrive, complete
from sim.engine.circle.probes import look_ahead, probe_replied, probe_timed_out, send_probe
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inner, merged
from sim.engine.packing import node_of, pack_tie, rank_of, result_of, slot_of

REACHED, TRIPPED, FULL, GROW = range(4)
# GROWTH says which array: heap, slots or inbox.
GROW_HEAP, GROW_SLOTS, GROW_INBOX = range(3)
# Where the next record comes from; a node's number is added to the last, and below 0 it is a lane's.
_HEAPED, _SENT, _NODE = range(3)
BATCH = 1024  # records between two looks at the room that is left
SPARE = 1100  # rows that an output array must have left: a batch, and a little


@compiled
def start(c):
    """Schedule the first arrivals and probes. T_NEXT of a probe stream holds its offset."""
    begin_load(c)
    for s in range(c.stream.shape[0]):
        kind = c.stream[s, T_KIND]
        if kind in (OBSERVE, CHECK):
            push(c.reg, c.heap, c.stream[s, T_NEXT], pack_tie(SEND, 0, s, 0, 1), -1 - s, 0)


@compiled
def advance(c, until):
    """Process every record strictly before ``until``.

    Returns REACHED, TRIPPED (reg[TRIP] is the stream, reg[NOW] the time), FULL (an output array is nearly
    full; all records up to and including reg[NOW] are done and the next is later) or GROW (reg[GROWTH] is the
    array that needs room).
    """
    reg = c.reg
    reg[TRIP] = -1
    writable = 0
    for node in range(reg[REGIONS]):
        writable += c.node[node, N_WRITABLE] & c.node[node, N_UP]
    reg[SOLE] = writable <= 1
    look_ahead(c, until)
    while True:
        room = _room(c)
        if room <= 0:
            return GROW
        tight = _space(c) < SPARE
        if tight:
            first = min(_first_other(c), least(c.lane[LANE_DUE])[1])
            if first > reg[NOW]:
                return REACHED if first >= until else FULL
        status = _run(c, until, 1 if tight else min(room, BATCH))
        if status != GROW:
            return status


@merged
def _room(c):
    """Return for how many records the working arrays have room: one adds at most four to the heap."""
    reg = c.reg
    if reg[FREE] < 1100:
        reg[GROWTH] = GROW_SLOTS
        return 0
    if c.inbox.shape[0] < 2 * (reg[INBOX] + BATCH):
        reg[GROWTH] = GROW_INBOX
        return 0
    room = (c.heap.shape[0] - reg[HEAP]) // 4
    if room < BATCH:
        reg[GROWTH] = GROW_HEAP
        return 0
    return room


@merged
def _space(c):
    """Return how many rows the tightest output has left."""
    space = min(c.ops.shape[0] - c.reg[OPS_OUT], c.commits.shape[0] - c.reg[COMMITS_OUT])
    for node in range(c.reg[REGIONS]):
        space = min(space, c.reads.shape[1] - c.node[node, N_READS])
    return space


@inner
def _first_other(c):
    """Return the time of the next record that is in no lane (an outdated time-out counts too)."""
    first = c.heap[0, 0] if c.reg[HEAP] > 0 else NEVER
    first = min(first, c.reg[NEXT_SEND])
    for node in range(c.reg[REGIONS]):
        first = min(first, c.node[node, N_NEXT])
    return first


@merged
def _run(c, until, most):
    """Process at most ``most`` records before ``until``; return GROW when that many are done."""
    reg = c.reg
    single = c.worker.shape[1] == 1
    done = 0
    while True:
        if single:
            done += serve_ahead(c, min(until, _first_other(c)), most - done)
        if done >= most:
            break
        time, source = _candidate(c)
        if time >= until:
            reg[EVENTS] += done
            return REACHED
        reg[NOW] = time
        if source == _SENT:
            done += send_ahead(c, time, most - done)
            continue
        done += 1
        if _handle(c, source, time):
            if reg[TRIP] >= 0:
                reg[EVENTS] += done
                return TRIPPED
            look_ahead(c, until)
    reg[EVENTS] += done
    return GROW


@merged
def _candidate(c):
    """Return (time, source) of the first among the heap, the nodes, the lanes and the load streams."""
    reg = c.reg
    time, tie, source = NEVER, NEVER, _HEAPED
    if reg[HEAP] > 0:
        time, tie = c.heap[0, 0], c.heap[0, 1]
    for node in range(reg[REGIONS]):
        row = c.node[node]
        if before(row[N_NEXT], row[N_NEXT_TIE], time, tie):
            time, tie, source = row[N_NEXT], row[N_NEXT_TIE], _NODE + node
    for i in range(c.load.size):
        if c.lane[LANE_DUE, i] <= time:
            op = c.slot[c.slot[i, S_BEHIND]]
            lane_tie = pack_tie(ARRIVE, node_of(op[S_EVENT]), op[S_STREAM], op[S_SEQ], 1)
            if before(op[S_DUE], lane_tie, time, tie):
                time, tie, source = op[S_DUE], lane_tie, -1 - i
    if reg[NEXT_SEND] < time:  # sends are last at equal times, and among sends it does not matter
        time, source = reg[NEXT_SEND], _SENT
    return time, source


@merged
def _handle(c, source, at):
    """Handle the first record of its source; return whether it was a probe's."""
    if source >= _NODE:
        complete(c, source - _NODE, at)
        return False
    if source < 0:
        event, extra, rank = c.slot[leave(c, -1 - source), S_EVENT], 0, ARRIVE
    else:
        event, extra, rank = c.heap[0, 2], c.heap[0, 3], rank_of(c.heap[0, 1])
        pop(c.reg, c.heap)
    if rank == ARRIVE:
        arrive(c, event, at)
        return False
    if rank == SEND:
        send_probe(c, -1 - event, at)
        return True
    return _ended(c, event, extra, rank, at)


@inner
def _ended(c, event, extra, rank, at):
    """Handle a reply, a retry or a probe's time-out; return whether it was a probe's."""
    slot = slot_of(event)
    probe = c.stream[c.slot[slot, S_STREAM], T_KIND] >= OBSERVE
    if rank == 4:
        retry(c, slot, at)
    elif rank == 3:
        if probe:
            probe_timed_out(c, slot)
        else:
            timed_out(c, event, at)
    elif probe:
        probe_replied(c, slot, result_of(event), extra)
    else:
        replied(c, event, extra, at)
    release(c, slot)
    return probe
