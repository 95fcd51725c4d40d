"""Answers that wait for replicas: when enough of them will have acknowledged a commit.

Between two controls nothing changes a flow. So each circle has copies of its flows' senders and wires, which
go ahead of the flows themselves: as a commit is made, it is worked out when each replica receives, flushes
and acknowledges it. After every change the copies are taken anew (``foretell``), and what had not departed
is worked out again.
"""

from sim.core.draws import Purpose
from sim.engine.circle.handle import opened
from sim.engine.circle.kinds import NEVER, RESULT_OK
from sim.engine.circle.messages import answer
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inlined, inner, typed
from sim.engine.packing import lsn_of, slot_of, timeline_of
from sim.engine.sampling import DistTable, ns, sample, uniform, waits

_WIRE, _WIRELOSS, _ACK, _ACKLOSS = typed(Purpose.WIRE, Purpose.WIRELOSS, Purpose.ACK, Purpose.ACKLOSS)


@inlined
def _transit(c, link, replica, lsn, purpose, loss_purpose):
    """Return how long what belongs to a record takes over a link, ns; drawn by the replica's key."""
    row, key = c.link[link], c.flow[replica].key
    timeline = _timeline(c, lsn)
    delay = row.latency + sample(DistTable(c.rows, c.values), row.jitter, key, lsn, timeline, purpose)
    if row.loss > 0.0:
        delay += waits(uniform(key, lsn, timeline, loss_purpose), row.loss, float(c.reg.retransmit_ns))
    return ns(delay)


@inlined
def _timeline(c, lsn):
    """Return the timeline of the primary's record with this lsn."""
    timeline = c.node[c.reg.primary].timeline
    while timeline > 1 and lsn <= c.cuts[timeline].lsn:
        timeline = c.cuts[timeline].parent
    return timeline


@inlined
def _handed_over(flow, commit):
    """Return when the next record is handed to the wire if the speed stays: FIFO work."""
    if flow.remaining >= 0:
        return flow.since + flow.remaining
    return (flow.taken if flow.taken >= 0 else max(commit, flow.free)) + ns(flow.nominal / flow.speed)


@inner
def _received(c, replica, lsn, commit):
    """Return when the next record will be received if nothing changes, NEVER if not before the end."""
    flow = c.flow[replica]
    if lsn > flow.limit or flow.speed <= 0.0:
        return NEVER
    sent = _handed_over(flow, commit)
    if sent >= c.reg.end_ns:
        flow.limit = -1  # nor any behind it
        return NEVER
    flow.free, flow.taken, flow.remaining = sent, -1, -1
    link = c.reg.primary * c.reg.regions + replica
    flow.previous = max(flow.previous, sent + _transit(c, link, replica, lsn, _WIRE, _WIRELOSS))
    return flow.previous


@inner
def _acknowledged(c, replica, lsn, flushed):
    """Return when the acknowledgement of the next record arrives if nothing changes, else NEVER."""
    flow = c.flow[replica]
    departs = max(flushed, flow.opened)
    if not flow.open or departs >= c.reg.end_ns:
        return NEVER
    link = replica * c.reg.regions + c.reg.primary
    flow.last_ack = max(flow.last_ack, departs + _transit(c, link, replica, lsn, _ACK, _ACKLOSS))
    return flow.last_ack


@inner
def committed(c, node, lsn, at):
    """The primary has made the next commit, at ``at``: work out who will acknowledge it when."""
    if c.reg.needed == 0 or node != c.reg.primary:
        return
    for replica in range(c.reg.regions):
        if c.flow[replica].counts:
            row = c.acks[replica, lsn - c.reg.ack_base]
            received = _received(c, replica, lsn, at)
            row.flushed = received + c.reg.flush_ns if received < NEVER else NEVER
            row.acked = _acknowledged(c, replica, lsn, row.flushed)


@inner
def due(c, lsn):
    """Return when enough replicas have acknowledged a record; NEVER if something must change before."""
    i = lsn - c.reg.ack_base
    if i < 0:
        if c.reg.acks_dropped:
            return 0
        i = 0  # whoever has acknowledged the base, has acknowledged all before it
    found = NEVER
    for replica in range(c.reg.regions):
        if c.flow[replica].counts:
            at = c.acks[replica, i].acked
            if at < found and _by_then(c, i, at) >= c.reg.needed:
                found = at
    return found


@inlined
def _by_then(c, i, at):
    """Return how many replicas have acknowledged the record at ``i`` by ``at``."""
    count = 0
    for replica in range(c.reg.regions):
        count += c.flow[replica].counts != 0 and c.acks[replica, i].acked <= at
    return count


# --- answers --------------------------------------------------------------------------------------------


@inner
def answered_from(c, node, lsn):
    """Return from when on a write with this commit may be answered by a node; NEVER if not as things are."""
    return due(c, lsn) if node == c.reg.primary else NEVER


@inner
def stands_for(c, slot, extra, timeline, cuts):
    """Return the lsn of the commit that an answer stands for: another call's (``extra``), or its own."""
    version = extra
    if version == 0:
        version = c.slot[slot].version
        own, lsn = timeline_of(version), lsn_of(version)
        while timeline > own and lsn <= cuts[timeline].lsn:
            timeline = cuts[timeline].parent
        if timeline != own:
            version = c.slot[slot].older
    return lsn_of(version)


@inner
def answer_write(c, node, event, extra, at):
    """Answer a write that has committed by ``at``, now or when enough replicas have the commit."""
    slot = slot_of(event)
    lsn = stands_for(c, slot, extra, c.node[node].timeline, c.cuts)
    if answered_from(c, node, lsn) <= at:
        answer(c, event, RESULT_OK, extra, at)
    elif node == c.reg.primary:
        wait(c, event, extra, lsn)


@inner
def wait(c, event, extra, lsn):
    """Let a write wait, in order of its commit."""
    c.slot[slot_of(event)].events += 1
    i = c.reg.wait_end
    while i > c.reg.wait_first and c.waiting[i - 1].lsn > lsn:
        _put(c.waiting[i], c.waiting[i - 1].lsn, c.waiting[i - 1].event, c.waiting[i - 1].extra)
        i -= 1
    _put(c.waiting[i], lsn, event, extra)
    c.reg.wait_end += 1
    if i == c.reg.wait_first:
        find_next_answer(c)


@inlined
def _put(place, lsn, event, extra):
    place.lsn, place.event, place.extra = lsn, event, extra


@inner
def find_next_answer(c):
    """Note when the first that waits will be answered."""
    first = c.reg.wait_first
    if first == c.reg.wait_end:
        c.reg.wait_first = c.reg.wait_end = 0
        c.reg.next_answer = NEVER
    else:
        c.reg.next_answer = due(c, c.waiting[first].lsn)


@inner
def answer_first(c, at):
    """Answer the first that waits, unless the lease has run out."""
    first = c.reg.wait_first
    event, extra = c.waiting[first].event, c.waiting[first].extra
    c.reg.wait_first = first + 1
    if not c.reg.lease or at < c.node[c.reg.primary].lease_until:
        answer(c, event, RESULT_OK, extra, at)
    release(c, slot_of(event))
    find_next_answer(c)


@inner
def leave_unanswered(c):
    """Forget all that wait."""
    for i in range(c.reg.wait_first, c.reg.wait_end):
        release(c, slot_of(c.waiting[i].event))
    c.reg.wait_first = c.reg.wait_end
    find_next_answer(c)


# --- what a change calls for ----------------------------------------------------------------------------


@compiled
def foretell(handle, replica, at, stayed_open, commit, received, first):
    """Work out anew what becomes of the records that a replica had not acknowledged before ``at``.

    commit: int64, when those from lsn ``first`` on were made, which it has not received; received: when those
    of them arrive that are on the wire. Its ``flow`` is that of the flow now.
    """
    _foretell(opened(handle), replica, at, stayed_open, commit, received, first)


@inner
def _foretell(c, replica, at, stayed_open, commit, received, first):
    base, flow, end = c.reg.ack_base, c.flow[replica], first + commit.size
    for k in range(commit.size):
        there = received[k] if k < received.size else _received(c, replica, first + k, commit[k])
        row = c.acks[replica, first + k - base]
        row.flushed = there + c.reg.flush_ns if there < NEVER else NEVER
    flow.last_ack = 0
    begin = flow.begin
    flow.begin_acked = _again(c, replica, begin, at, stayed_open, flow.begin_flushed, flow.begin_acked)
    for lsn in range(base, end):
        row = c.acks[replica, lsn - base]
        if row.acked < at:
            continue
        if lsn <= begin:
            row.acked = flow.begin_acked
        else:
            row.acked = _again(c, replica, lsn, at, stayed_open, row.flushed, row.acked)


@inner
def _again(c, replica, lsn, at, stayed_open, flushed, acked):
    """Return when an acknowledgement arrives that was to arrive at ``acked``, as things are at ``at``."""
    flow = c.flow[replica]
    if acked < at:
        return acked
    if stayed_open and max(flushed, flow.opened) < at and acked < NEVER:  # it is on its way
        flow.last_ack = max(flow.last_ack, acked)
        return acked
    return _acknowledged(c, replica, lsn, flushed)


@compiled
def find_answer(handle):
    """After a change of what is acknowledged when: find who is answered next."""
    find_next_answer(opened(handle))


@compiled
def forget_waiting(handle):
    """Leave all unanswered that wait: the node is the primary no more."""
    leave_unanswered(opened(handle))


@compiled
def due_all(handle, out):
    """Write when enough replicas have acknowledged each of the first records kept into ``out``, int64."""
    c = opened(handle)
    for i in range(out.size):
        out[i] = due(c, c.reg.ack_base + i)
