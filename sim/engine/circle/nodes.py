"""A database node in the circle: FIFO queue, workers, commits."""

from sim.core.draws import Purpose
from sim.engine.circle.heap import before
from sim.engine.circle.inbox import place_of, remember
from sim.engine.circle.layout import (
    COMMITS,
    COMMITS_OUT,
    DONE,
    I_NEWEST,
    I_OLDER,
    LEASE,
    N_BUSY,
    N_EXISTS,
    N_FIRST_START,
    N_FREE,
    N_HAS_DATA,
    N_HEAD,
    N_HITS,
    N_LAST_START,
    N_LEASE_UNTIL,
    N_LSN,
    N_NEXT,
    N_NEXT_TIE,
    N_NEXT_WORKER,
    N_QUEUE,
    N_READS,
    N_READS_DROPPED,
    N_REGION_UP,
    N_SERVING,
    N_SILENT,
    N_TIMELINE,
    N_TOUCHED,
    N_UP,
    N_WRITABLE,
    NEVER,
    OBSERVE,
    READ,
    RESULT_OK,
    RESULT_REFUSED,
    S_ATTEMPT,
    S_KEY,
    S_OLDER,
    S_OPEN,
    S_SEQ,
    S_STREAM,
    S_TAG,
    S_VERSION,
    STARTS,
    T_GROUP,
    T_KIND,
    W_BUSY,
    W_DONE,
    W_EVENT,
    W_START,
    W_TIE,
    WRITE,
)
from sim.engine.circle.lease import renew
from sim.engine.circle.messages import LOST, answer, await_timeout, push_reply, reply_delay
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inlined, inner, merged, typed
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
    if op[S_OPEN] == 1 and op[S_ATTEMPT] == attempt_of(event):
        await_timeout(c, slot)


@merged
def _take_in(c, event, at):
    node = node_of(event)
    row = c.node[node]
    slot = slot_of(event)
    if row[N_TOUCHED]:
        row[N_HITS] += 1
    if not row[N_REGION_UP] or row[N_SILENT]:
        release(c, slot)
        return
    if not row[N_EXISTS]:
        answer(c, event, RESULT_OK, _NOTHING, at)
        release(c, slot)
        return
    s = c.slot[slot, S_STREAM]
    kind = c.stream[s, T_KIND]
    if _refuses(c, node, kind, at) or not _admit(c, node, event, kind, at):
        answer(c, event, RESULT_REFUSED, _NOTHING, at)
        release(c, slot)


@merged
def _refuses(c, node, kind, at):
    row = c.node[node]
    if not row[N_UP]:
        return True
    if kind == WRITE:
        return not row[N_WRITABLE] or (c.reg[LEASE] != 0 and at >= row[N_LEASE_UNTIL])
    return not row[N_HAS_DATA if kind == OBSERVE else N_SERVING]


@merged
def _admit(c, node, event, kind, at):
    """Start or queue the request; return False if the queue is full."""
    row = c.node[node]
    start = max(at, row[N_FREE])
    if row[N_BUSY] < c.worker.shape[1]:
        if start > at and not_started(c, node, at) >= c.queue.shape[1] - 1:
            return False
        w = 0
        while c.worker[node, w, W_BUSY]:
            w += 1
        begin(c, node, w, event, _done_tie(c, node, event), start)
        return True
    return _enqueue(c, node, event, kind, at)


@inlined
def _done_tie(c, node, event):
    slot = slot_of(event)
    return pack_tie(DONE, node, c.slot[slot, S_STREAM], c.slot[slot, S_SEQ], attempt_of(event))


@inner
def not_started(c, node, at):
    """Return how many of the records completed ahead of time wait at ``at``."""
    row = c.node[node]
    while row[N_FIRST_START] < row[N_LAST_START] and c.starts[node, row[N_FIRST_START] % STARTS] <= at:
        row[N_FIRST_START] += 1
    return row[N_LAST_START] - row[N_FIRST_START]


@inlined
def note_read(c, node, slot, at):
    """Append a read to the node's output; return its index."""
    row = c.node[node]
    i = row[N_READS]
    c.reads[node, i, 0] = at
    c.reads[node, i, 1] = c.slot[slot, S_KEY]
    c.reads[node, i, 2] = row[N_LSN]
    row[N_READS] = i + 1
    return i + row[N_READS_DROPPED]


@inner
def _enqueue(c, node, event, kind, at):
    """Put a request in the queue; return False if it is full."""
    row = c.node[node]
    places = c.queue.shape[1] - 1
    # a worker may be waiting for N_FREE
    waiting = row[N_QUEUE] + not_started(c, node, at) + (row[N_FREE] > at)
    if waiting >= places:
        return False
    i = row[N_HEAD] + row[N_QUEUE]
    if i > places:
        i -= places + 1
    c.queue[node, i, 0] = event
    c.queue[node, i, 1] = _done_tie(c, node, event)
    c.queue[node, i, 2] = kind
    row[N_QUEUE] += 1
    return True


@inlined
def lasts(c, node, event):
    """Return how long the service of ``event`` lasts at the node's present speed, ns."""
    slot = slot_of(event)
    s = c.slot[slot, S_STREAM]
    dist = c.work[c.stream[s, T_KIND]]
    work = sample(
        DistTable(c.rows, c.values), dist, c.stream_key[s], c.slot[slot, S_SEQ], attempt_of(event), _SERVICE
    )
    return ns(work / c.speed[node])


@inner
def begin(c, node, w, event, tie, at):
    """Begin the service of ``event`` by worker ``w`` at ``at``."""
    done = at + lasts(c, node, event)
    worker = c.worker[node, w]
    worker[W_BUSY] = 1
    worker[W_START] = at
    worker[W_DONE] = done
    worker[W_TIE] = tie
    worker[W_EVENT] = event
    row = c.node[node]
    row[N_BUSY] += 1
    if before(done, tie, row[N_NEXT], row[N_NEXT_TIE]):
        row[N_NEXT] = done
        row[N_NEXT_TIE] = tie
        row[N_NEXT_WORKER] = w


@compiled
def find_next(c, node):
    """Find the worker of ``node`` that is done first."""
    row = c.node[node]
    row[N_NEXT] = NEVER
    row[N_NEXT_TIE] = NEVER
    if row[N_BUSY] == 0:
        return
    for w in range(c.worker.shape[1]):
        worker = c.worker[node, w]
        if worker[W_BUSY] and before(worker[W_DONE], worker[W_TIE], row[N_NEXT], row[N_NEXT_TIE]):
            row[N_NEXT] = worker[W_DONE]
            row[N_NEXT_TIE] = worker[W_TIE]
            row[N_NEXT_WORKER] = w


@inlined
def vacate(c, node, w):
    """Take what worker ``w`` has in service out of it."""
    c.worker[node, w, W_BUSY] = 0
    c.node[node, N_BUSY] -= 1


@inner
def refill(c, node, at):
    """Give waiting requests to free workers, first come first served, the least index first."""
    row = c.node[node]
    places = c.queue.shape[1] - 1
    w = 0
    while row[N_QUEUE] > 0 and row[N_BUSY] < c.worker.shape[1]:
        while c.worker[node, w, W_BUSY]:
            w += 1
        i = row[N_HEAD]
        row[N_HEAD] = 0 if i == places else i + 1
        row[N_QUEUE] -= 1
        begin(c, node, w, c.queue[node, i, 0], c.queue[node, i, 1], at)


@inner
def complete(c, node, at):
    """Complete the service of the worker of ``node`` that is done first."""
    row = c.node[node]
    w = row[N_NEXT_WORKER]
    event = c.worker[node, w, W_EVENT]
    if row[N_TOUCHED]:
        row[N_HITS] += 1
    vacate(c, node, w)
    if row[N_BUSY] > 0:
        find_next(c, node)
    else:
        row[N_NEXT] = NEVER
        row[N_NEXT_TIE] = NEVER
    if row[N_QUEUE] > 0:
        refill(c, node, at)
    _result(c, node, event, at)
    release(c, slot_of(event))


@merged
def _result(c, node, event, at):
    slot = slot_of(event)
    s = c.slot[slot, S_STREAM]
    kind = c.stream[s, T_KIND]
    row = c.node[node]
    if kind == READ:
        delay = reply_delay(c, event)
        if delay != LOST:
            push_reply(c, event, RESULT_OK, note_read(c, node, slot, at), at + delay)
    elif kind == WRITE:
        if c.reg[LEASE] and at >= row[N_LEASE_UNTIL]:
            answer(c, event, RESULT_REFUSED, _NOTHING, at)
            return
        answer(c, event, RESULT_OK, write(c, node, slot, at), at)
    else:
        if kind == OBSERVE:
            renew(c, node, slot, s)
        answer(c, event, RESULT_OK, row[N_LSN], at)


@inlined
def on_timeline(cuts, version, timeline):
    """Return whether ``version`` is on ``timeline``.

    cuts: int64 (timelines, 2), (parent, cut) of each timeline.
    """
    if version == 0:
        return False
    own, lsn = timeline_of(version), lsn_of(version)
    while timeline > own:
        if lsn > cuts[timeline, 1]:
            return False
        timeline = cuts[timeline, 0]
    return timeline == own


@inlined
def _committed(c, slot, timeline):
    """Return whether the operation has a commit on ``timeline`` (of its newest two)."""
    op = c.slot[slot]
    return on_timeline(c.cuts, op[S_VERSION], timeline) or on_timeline(c.cuts, op[S_OLDER], timeline)


@inlined
def write(c, node, slot, at):
    """Commit the operation of ``slot`` at ``at``, unless that has been done.

    Returns the version, on the node's timeline, of another operation of its handler with its tag, else 0.
    """
    if c.stream[c.slot[slot, S_STREAM], T_GROUP] >= 0:
        return _write_once(c, node, slot, at)
    if not _committed(c, slot, c.node[node, N_TIMELINE]):
        commit(c, node, slot, at)
    return 0


@inner
def _write_once(c, node, slot, at):
    op = c.slot[slot]
    timeline = c.node[node, N_TIMELINE]
    if _committed(c, slot, timeline):
        return 0
    key = pack_entry(c.stream[op[S_STREAM], T_GROUP], op[S_TAG])
    entry = c.inbox[place_of(c.inbox, key)]
    for version in (entry[I_NEWEST], entry[I_OLDER]):
        if on_timeline(c.cuts, version, timeline):
            return version
    commit(c, node, slot, at)
    remember(c, key, op[S_VERSION])
    return 0


@inlined
def commit(c, node, slot, at):
    """Commit the operation of ``slot`` at ``at``."""
    row = c.node[node]
    row[N_LSN] += 1
    version = pack_version(row[N_TIMELINE], row[N_LSN])
    c.slot[slot, S_OLDER] = c.slot[slot, S_VERSION]
    c.slot[slot, S_VERSION] = version
    i = c.reg[COMMITS_OUT]
    c.commits[i, 0] = at
    c.commits[i, 1] = version
    c.commits[i, 2] = pack_rid(c.slot[slot, S_STREAM], c.slot[slot, S_SEQ])
    c.commits[i, 3] = c.slot[slot, S_KEY]
    c.commits[i, 4] = node
    c.reg[COMMITS_OUT] = i + 1
    c.reg[COMMITS] += 1
