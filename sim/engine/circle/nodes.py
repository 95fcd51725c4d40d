"""A database node in the circle: FIFO queue, workers, commits."""

from sim.core.draws import Purpose
from sim.engine.circle.acknowledgement import answer_write, committed
from sim.engine.circle.heap import before
from sim.engine.circle.inbox import place_of, remember
from sim.engine.circle.kinds import (
    AWAITING,
    DONE,
    NEVER,
    OBSERVE,
    READ,
    RESULT_OK,
    RESULT_REFUSED,
    STARTS,
    WRITE,
)
from sim.engine.circle.lease import renew
from sim.engine.circle.messages import LOST, answer, await_timeout, push_reply, reply_delay
from sim.engine.circle.slots import release
from sim.engine.compiled import inlined, inner, merged, typed
from sim.engine.packing import (
    attempt_of,
    lsn_of,
    node_of,
    pack_entry,
    pack_rid,
    pack_tie,
    pack_version,
    slot_of,
    timeline_of,
)
from sim.engine.sampling import DistTable, ns, sample

_SERVICE, _NOTHING = typed(Purpose.SERVICE, 0)


@merged
def arrive(c, event, at):
    """Handle a request that reaches its node at ``at``; one that is not answered yet may time out."""
    _take_in(c, event, at)
    slot = slot_of(event)
    op = c.slot[slot]
    if op.open == AWAITING and op.attempt == attempt_of(event):
        await_timeout(c, slot)


@merged
def _take_in(c, event, at):
    node = node_of(event)
    row = c.node[node]
    slot = slot_of(event)
    if row.touched:
        row.hits += 1
    if not row.region_up or row.silent:
        release(c, slot)
        return
    if not row.exists:
        answer(c, event, RESULT_OK, _NOTHING, at)
        release(c, slot)
        return
    s = c.slot[slot].stream
    kind = c.stream[s].kind
    if _refuses(c, node, kind, at) or not _admit(c, node, event, at):
        answer(c, event, RESULT_REFUSED, _NOTHING, at)
        release(c, slot)


@merged
def _refuses(c, node, kind, at):
    row = c.node[node]
    if not row.up:
        return True
    if kind == WRITE:
        return not row.writable or (c.reg.lease != 0 and at >= row.lease_until)
    return not (row.has_data if kind == OBSERVE else row.serving)


@merged
def _admit(c, node, event, at):
    """Start or queue the request; return False if the queue is full."""
    row = c.node[node]
    start = max(at, row.free_at)
    if row.busy < c.worker.shape[1]:
        if start > at and not_started(c, node, at) >= c.queue.shape[1] - 1:
            return False
        w = 0
        while c.worker[node, w].busy:
            w += 1
        begin(c, node, w, event, _done_tie(c, node, event), start)
        return True
    return _enqueue(c, node, event, at)


@inlined
def _done_tie(c, node, event):
    slot = slot_of(event)
    return pack_tie(DONE, node, c.slot[slot].stream, c.slot[slot].seq, attempt_of(event))


@inner
def not_started(c, node, at):
    """Return how many of the records completed ahead of time wait at ``at``."""
    row = c.node[node]
    while row.first_start < row.last_start and c.starts[node, row.first_start % STARTS] <= at:
        row.first_start += 1
    return row.last_start - row.first_start


@inlined
def note_read(c, node, slot, at):
    """Append a read to the node's output; return its index."""
    row = c.node[node]
    i = row.reads
    read = c.reads[node, i]
    read.at, read.key, read.lsn = at, c.slot[slot].key, row.lsn
    row.reads = i + 1
    return i + row.reads_dropped


@inner
def _enqueue(c, node, event, at):
    """Put a request in the queue; return False if it is full."""
    row = c.node[node]
    places = c.queue.shape[1] - 1
    # a worker may be waiting for N_FREE
    waiting = row.queued + not_started(c, node, at) + (row.free_at > at)
    if waiting >= places:
        return False
    i = row.head + row.queued
    if i > places:
        i -= places + 1
    place = c.queue[node, i]
    place.event, place.tie = event, _done_tie(c, node, event)
    row.queued += 1
    return True


@inlined
def lasts(c, node, event):
    """Return how long the service of ``event`` lasts at the node's present speed, ns."""
    slot = slot_of(event)
    s = c.slot[slot].stream
    dist = c.work[c.stream[s].kind]
    work = sample(
        DistTable(c.rows, c.values), dist, c.stream[s].key, c.slot[slot].seq, attempt_of(event), _SERVICE
    )
    return ns(work / c.node[node].speed)


@inner
def begin(c, node, w, event, tie, at):
    """Begin the service of ``event`` by worker ``w`` at ``at``."""
    done = at + lasts(c, node, event)
    worker = c.worker[node, w]
    worker.busy = 1
    worker.start = at
    worker.done = done
    worker.tie = tie
    worker.event = event
    row = c.node[node]
    row.busy += 1
    if before(done, tie, row.next, row.next_tie):
        row.next = done
        row.next_tie = tie
        row.next_worker = w


@inner
def find_next(c, node):
    """Find the worker of ``node`` that is done first."""
    row = c.node[node]
    row.next = NEVER
    row.next_tie = NEVER
    if row.busy == 0:
        return
    for w in range(c.worker.shape[1]):
        worker = c.worker[node, w]
        if worker.busy and before(worker.done, worker.tie, row.next, row.next_tie):
            row.next = worker.done
            row.next_tie = worker.tie
            row.next_worker = w


@inlined
def vacate(c, node, w):
    """Take what worker ``w`` has in service out of it."""
    c.worker[node, w].busy = 0
    c.node[node].busy -= 1


@inner
def refill(c, node, at):
    """Give waiting requests to free workers, first come first served, the least index first."""
    row = c.node[node]
    places = c.queue.shape[1] - 1
    w = 0
    while row.queued > 0 and row.busy < c.worker.shape[1]:
        while c.worker[node, w].busy:
            w += 1
        i = row.head
        row.head = 0 if i == places else i + 1
        row.queued -= 1
        begin(c, node, w, c.queue[node, i].event, c.queue[node, i].tie, at)


@inner
def complete(c, node, at):
    """Complete the service of the worker of ``node`` that is done first."""
    row = c.node[node]
    w = row.next_worker
    event = c.worker[node, w].event
    if row.touched:
        row.hits += 1
    vacate(c, node, w)
    if row.busy > 0:
        find_next(c, node)
    else:
        row.next = NEVER
        row.next_tie = NEVER
    if row.queued > 0:
        refill(c, node, at)
    _result(c, node, event, at)
    release(c, slot_of(event))


@merged
def _result(c, node, event, at):
    slot = slot_of(event)
    s = c.slot[slot].stream
    kind = c.stream[s].kind
    row = c.node[node]
    if kind == READ:
        delay = reply_delay(c, event)
        if delay != LOST:
            push_reply(c, event, RESULT_OK, note_read(c, node, slot, at), at + delay)
    elif kind == WRITE:
        if c.reg.lease and at >= row.lease_until:
            answer(c, event, RESULT_REFUSED, _NOTHING, at)
            return
        extra = write(c, node, slot, at)
        if c.reg.needed == 0:
            answer(c, event, RESULT_OK, extra, at)
        else:
            answer_write(c, node, event, extra, at)
    else:
        if kind == OBSERVE:
            renew(c, node, slot, s)
        answer(c, event, RESULT_OK, row.lsn, at)


@inlined
def on_timeline(cuts, version, timeline):
    """Return whether ``version`` is on ``timeline``.

    cuts: CUT (timelines,).
    """
    if version == 0:
        return False
    own, lsn = timeline_of(version), lsn_of(version)
    while timeline > own:
        if lsn > cuts[timeline].lsn:
            return False
        timeline = cuts[timeline].parent
    return timeline == own


@inlined
def _committed(c, slot, timeline):
    """Return whether the operation has a commit on ``timeline`` (of its newest two)."""
    op = c.slot[slot]
    return on_timeline(c.cuts, op.version, timeline) or on_timeline(c.cuts, op.older, timeline)


@inlined
def write(c, node, slot, at):
    """Commit the operation of ``slot`` at ``at``, unless that has been done.

    Returns the version, on the node's timeline, of another operation of its handler with its tag, else 0.
    """
    if c.stream[c.slot[slot].stream].group >= 0:
        return _write_once(c, node, slot, at)
    if not _committed(c, slot, c.node[node].timeline):
        commit(c, node, slot, at)
    return 0


@inner
def _write_once(c, node, slot, at):
    op = c.slot[slot]
    timeline = c.node[node].timeline
    if _committed(c, slot, timeline):
        return 0
    key = pack_entry(c.stream[op.stream].group, op.tag)
    entry = c.inbox[place_of(c.inbox, key)]
    for version in (entry.newest, entry.older):
        if on_timeline(c.cuts, version, timeline):
            return version
    commit(c, node, slot, at)
    remember(c, key, op.version)
    return 0


@inlined
def commit(c, node, slot, at):
    """Commit the operation of ``slot`` at ``at``."""
    op, row = c.slot[slot], c.node[node]
    row.lsn += 1
    version = pack_version(row.timeline, row.lsn)
    op.older = op.version
    op.version = version
    i = c.reg.commits_out
    out = c.commits[i]
    out.at, out.version, out.rid, out.key, out.node = at, version, pack_rid(op.stream, op.seq), op.key, node
    c.reg.commits_out = i + 1
    c.reg.commits += 1
    committed(c, node, row.lsn, at)
