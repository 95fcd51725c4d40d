"""The loop: take the record that comes first, handle it, until a time, a trip or a full array."""

from sim.engine.circle.acknowledgement import answer_first
from sim.engine.circle.ahead import serve_ahead
from sim.engine.circle.clients import replied, retry, timed_out
from sim.engine.circle.handle import opened
from sim.engine.circle.heap import before, pop, push
from sim.engine.circle.kinds import ARRIVE, NEVER, OBSERVE, RETRY, SEND, TIMEOUT
from sim.engine.circle.lanes import least, leave
from sim.engine.circle.load import begin_load, send_ahead
from sim.engine.circle.nodes import arrive, complete
from sim.engine.circle.probes import look_ahead, probe_replied, probe_timed_out, send_probe
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inner, merged
from sim.engine.packing import node_of, pack_tie, rank_of, result_of, slot_of

REACHED, TRIPPED, FULL, GROW = range(4)
# ``reg.growth`` says which array.
GROW_HEAP, GROW_SLOTS, GROW_INBOX, GROW_ACKS, GROW_WAITING = range(5)
# Where the next record comes from; a node's number is added to the last, and below 0 it is a lane's.
_HEAPED, _SENT, _ANSWER, _NODE = range(4)
BATCH = 1024  # records between two looks at the room that is left
SPARE = 1100  # rows that an output array must have left: a batch, and a little


@compiled
def start(handle):
    """Schedule the first arrivals and probes. ``next`` of a probe stream holds its offset."""
    return _start(opened(handle))


@inner
def _start(c):
    begin_load(c)
    for s in range(c.stream.shape[0]):
        if c.stream[s].kind >= OBSERVE:
            push(c, c.stream[s].next, pack_tie(SEND, 0, s, 0, 1), -1 - s, 0)


@compiled
def advance(handle, until):
    """Process every record strictly before ``until``.

    Returns REACHED, TRIPPED (reg.tripped is the stream, reg.now the time), FULL (an output array is nearly
    full; all records up to and including reg.now are done and the next is later) or GROW (reg.growth is the
    array that needs room).
    """
    return _advance(opened(handle), until)


@inner
def _advance(c, until):
    reg = c.reg
    reg.tripped = -1
    writable = 0
    for node in range(reg.regions):
        writable += c.node[node].writable & c.node[node].up
    reg.sole = writable <= 1
    look_ahead(c, until)
    while True:
        room = _room(c)
        if room <= 0:
            return GROW
        tight = _space(c) < SPARE
        if tight:
            first = min(_first_other(c), least(c.lane_due)[1])
            if first > reg.now:
                return REACHED if first >= until else FULL
        status = _run(c, until, 1 if tight else min(room, BATCH))
        if status != GROW:
            return status


@merged
def _room(c):
    """Return for how many records the working arrays have room: one adds at most four to the heap."""
    reg = c.reg
    if reg.free < 1100:
        reg.growth = GROW_SLOTS
        return 0
    if c.inbox.shape[0] < 2 * (reg.entries + BATCH):
        reg.growth = GROW_INBOX
        return 0
    if reg.needed > 0 and _crowded(c):
        return 0
    room = (c.heap.shape[0] - reg.heaped) // 4
    if room < BATCH:
        reg.growth = GROW_HEAP
        return 0
    return room


@inner
def _crowded(c):
    """Return whether what is kept of acknowledgements, or those who wait for them, need more room."""
    rows = c.node[c.reg.primary].lsn + 1 - c.reg.ack_base
    if c.acks.shape[1] < rows + BATCH:
        c.reg.growth = GROW_ACKS
        return True
    c.reg.growth = GROW_WAITING
    return c.waiting.shape[0] < c.reg.wait_end + BATCH


@merged
def _space(c):
    """Return how many rows the tightest output has left."""
    space = min(c.ops.shape[0] - c.reg.ops_out, c.commits.shape[0] - c.reg.commits_out)
    for node in range(c.reg.regions):
        space = min(space, c.reads.shape[1] - c.node[node].reads)
    return space


@inner
def _first_other(c):
    """Return the time of the next record that is in no lane (an outdated time-out counts too)."""
    first = c.heap[0].time if c.reg.heaped > 0 else NEVER
    first = min(first, c.reg.next_send, c.reg.next_answer)
    for node in range(c.reg.regions):
        first = min(first, c.node[node].next)
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
            reg.events += done
            return REACHED
        reg.now = time
        if source == _SENT:
            done += send_ahead(c, time, most - done)
            continue
        done += 1
        if _handle(c, source, time):
            if reg.tripped >= 0:
                reg.events += done
                return TRIPPED
            look_ahead(c, until)
    reg.events += done
    return GROW


@merged
def _candidate(c):
    """Return (time, source) of the first among the heap, the nodes, the lanes and the load streams."""
    reg = c.reg
    time, tie, source = NEVER, NEVER, _HEAPED
    if reg.heaped > 0:
        time, tie = c.heap[0].time, c.heap[0].tie
    for node in range(reg.regions):
        row = c.node[node]
        if before(row.next, row.next_tie, time, tie):
            time, tie, source = row.next, row.next_tie, _NODE + node
    for i in range(c.load.size):
        if c.lane_due[i] <= time:
            op = c.slot[c.slot[i].behind]
            lane_tie = pack_tie(ARRIVE, node_of(op.event), op.stream, op.seq, 1)
            if before(op.due, lane_tie, time, tie):
                time, tie, source = op.due, lane_tie, -1 - i
    if reg.next_send < time:  # sends are last at equal times, and among sends it does not matter
        time, source = reg.next_send, _SENT
    if reg.next_answer < time:  # last of all
        time, source = reg.next_answer, _ANSWER
    return time, source


@merged
def _handle(c, source, at):
    """Handle the first record of its source; return whether it was a probe's."""
    if source >= _NODE:
        complete(c, source - _NODE, at)
        return False
    if source == _ANSWER:
        answer_first(c, at)
        return False
    if source < 0:
        event, extra, rank = c.slot[leave(c, -1 - source)].event, 0, ARRIVE
    else:
        first = c.heap[0]
        event, extra, rank = first.event, first.extra, rank_of(first.tie)
        pop(c)
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
    probe = c.stream[c.slot[slot].stream].kind >= OBSERVE
    if rank == RETRY:
        retry(c, slot, at)
    elif rank == TIMEOUT:
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
