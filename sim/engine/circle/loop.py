"""The loop: take the record that comes first, handle it, until a time, a trip or a full array."""

from sim.engine.circle.clients import (
    find_stream,
    first_send,
    replied,
    retry,
    schedule_arrival,
    timed_out,
)
from sim.engine.circle.heap import before, pop, push
from sim.engine.circle.layout import (
    CHECK,
    COMMITS_OUT,
    EVENTS,
    FREE,
    GROWTH,
    HEAP,
    N_EXISTS,
    N_NEXT,
    N_NEXT_TIE,
    N_READS,
    N_WRITABLE,
    NOW,
    OBSERVE,
    OPS_OUT,
    REGIONS,
    S_STREAM,
    SEND,
    SOLE,
    STREAM,
    T_KIND,
    T_NEXT,
    T_SEQ,
    TRIP,
)
from sim.engine.circle.messages import tie_of
from sim.engine.circle.nodes import arrive, complete
from sim.engine.circle.probes import look_ahead, probe_replied, probe_timed_out, send_probe
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inlined, inner

REACHED, TRIPPED, FULL, GROW = range(4)
# GROWTH says which array: heap or slots.
GROW_HEAP, GROW_SLOTS = range(2)
# Where the next record comes from; a node's number is added to the last.
_HEAPED, _SENT, _NODE = range(3)
_NEVER = (1 << 62) - 1
BATCH = 1024  # records between two looks at the room that is left
SPARE = 1100  # rows that an output array must have left: a batch, and a little


@compiled
def start(c):
    """Schedule the first arrivals and probes. T_NEXT of a probe stream holds its offset."""
    for i in range(c.load.size):
        schedule_arrival(c, c.load[i], 0)
    for s in range(c.stream.shape[0]):
        kind = c.stream[s, T_KIND]
        if kind in (OBSERVE, CHECK):
            push(c.reg, c.heap, c.stream[s, T_NEXT], tie_of(SEND, 0, s, 0, 1), -1 - s, 0)
    find_stream(c)


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
        writable += c.node[node, N_WRITABLE]
    reg[SOLE] = writable <= 1
    look_ahead(c, until)
    while True:
        room = _room(c)
        if room <= 0:
            return GROW
        tight = _space(c) < SPARE
        if tight and _first_time(c) > reg[NOW]:
            return REACHED if _first_time(c) >= until else FULL
        status = _run(c, until, 1 if tight else min(room, BATCH))
        if status != GROW:
            return status


@inner
def _room(c):
    """Return for how many records the working arrays have room: one adds at most four to the heap."""
    reg = c.reg
    if reg[FREE] < 1100:
        reg[GROWTH] = GROW_SLOTS
        return 0
    room = (c.heap.shape[0] - reg[HEAP]) // 4
    if room < BATCH:
        reg[GROWTH] = GROW_HEAP
        return 0
    return room


@inner
def _space(c):
    """Return how many rows the tightest output has left."""
    space = min(c.ops.shape[0] - c.reg[OPS_OUT], c.commits.shape[0] - c.reg[COMMITS_OUT])
    for node in range(c.reg[REGIONS]):
        space = min(space, c.reads.shape[1] - c.node[node, N_READS])
    return space


@inner
def _first_time(c):
    """Return the time of the next record (a time-out that no longer matters counts too)."""
    first = c.heap[0, 0] if c.reg[HEAP] > 0 else _NEVER
    if c.reg[STREAM] >= 0:
        first = min(first, c.stream[c.reg[STREAM], T_NEXT])
    for node in range(c.reg[REGIONS]):
        if c.node[node, N_EXISTS]:
            first = min(first, c.node[node, N_NEXT])
    return first


@inner
def _run(c, until, most):
    """Process at most ``most`` records before ``until``; return GROW when that many are done."""
    reg = c.reg
    for _ in range(most):
        time, source = _candidate(c)
        if time >= until:
            return REACHED
        reg[NOW] = time
        reg[EVENTS] += 1
        if _handle(c, source, time):
            if reg[TRIP] >= 0:
                return TRIPPED
            look_ahead(c, until)
    return GROW


@inlined
def _candidate(c):
    """Return (time, source) of the first among the heap, the nodes and the load streams."""
    reg = c.reg
    time, tie, source = _NEVER, _NEVER, _HEAPED
    if reg[HEAP] > 0:
        time, tie = c.heap[0, 0], c.heap[0, 1]
    for node in range(reg[REGIONS]):
        row = c.node[node]
        if before(row[N_NEXT], row[N_NEXT_TIE], time, tie):
            time, tie, source = row[N_NEXT], row[N_NEXT_TIE], _NODE + node
    s = reg[STREAM]
    if s >= 0 and c.stream[s, T_NEXT] <= time:
        send_tie = tie_of(SEND, 0, s, c.stream[s, T_SEQ], 1)
        if before(c.stream[s, T_NEXT], send_tie, time, tie):
            time, tie, source = c.stream[s, T_NEXT], send_tie, _SENT
    return time, source


@inlined
def _handle(c, source, at):
    """Handle the first record of its source; return whether it was a probe's."""
    if source == _HEAPED:
        return _heaped(c, at)
    if source == _SENT:
        first_send(c, c.reg[STREAM], at)
    else:
        complete(c, source - _NODE, at)
    return False


@inlined
def _heaped(c, at):
    """Handle the record at the top of the heap; return whether it was a probe's."""
    event = c.heap[0, 2]
    extra = c.heap[0, 3]
    rank = c.heap[0, 1] >> 60
    pop(c.reg, c.heap)
    if rank == 2:
        arrive(c, event, at)
        return False
    if rank == 5:
        send_probe(c, -1 - event, at)
        return True
    return _ended(c, event, extra, rank, at)


@inner
def _ended(c, event, extra, rank, at):
    """Handle a reply, a retry or a probe's time-out; return whether it was a probe's."""
    slot = event & 0xFFFFFF
    probe = c.stream[c.slot[slot, S_STREAM], T_KIND] >= OBSERVE
    if rank == 4:
        retry(c, slot, at)
    elif rank == 3:
        if probe:
            probe_timed_out(c, slot)
        else:
            timed_out(c, event, at)
    elif probe:
        probe_replied(c, slot, event >> 42, extra)
    else:
        replied(c, event, extra, at)
    release(c, slot)
    return probe
