"""What changes a node from outside: it crashes, stops being writable, or changes its speed."""

from sim.engine.circle.acknowledgement import leave_unanswered
from sim.engine.circle.handle import opened
from sim.engine.circle.kinds import RESULT_REFUSED, WRITE
from sim.engine.circle.messages import answer
from sim.engine.circle.nodes import begin, find_next, refill, vacate
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inner, typed
from sim.engine.cursor import left_at, remaining
from sim.engine.packing import slot_of

(_NOTHING,) = typed(0)


@compiled
def vanish(handle, node):
    """Drop everything in a node that has crashed."""
    return _vanish(opened(handle), node)


@inner
def _vanish(c, node):
    row = c.node[node]
    for w in range(c.worker.shape[1]):
        if c.worker[node, w].busy:
            vacate(c, node, w)
            release(c, slot_of(c.worker[node, w].event))
    places = c.queue.shape[1]
    for i in range(row.queued):
        release(c, slot_of(c.queue[node, (row.head + i) % places].event))
    row.queued = 0
    row.head = 0
    if node == c.reg.primary:
        leave_unanswered(c)
    find_next(c, node)


@compiled
def evict(handle, node, at):
    """Refuse at ``at`` the writes in a node that stopped being writable."""
    return _evict(opened(handle), node, at)


@inner
def _evict(c, node, at):
    row = c.node[node]
    for w in range(c.worker.shape[1]):
        worker = c.worker[node, w]
        if worker.busy and _evicted(c, worker.event):
            vacate(c, node, w)
            answer(c, worker.event, RESULT_REFUSED, _NOTHING, at)
            release(c, slot_of(worker.event))
    places = c.queue.shape[1]
    kept = 0
    for i in range(row.queued):
        source = (row.head + i) % places
        event = c.queue[node, source].event
        if _evicted(c, event):
            answer(c, event, RESULT_REFUSED, _NOTHING, at)
            release(c, slot_of(event))
        else:
            target = (row.head + kept) % places
            c.queue[node, target] = c.queue[node, source]
            kept += 1
    row.queued = kept
    find_next(c, node)
    refill(c, node, at)


@inner
def _evicted(c, event):
    return c.stream[c.slot[slot_of(event)].stream].kind == WRITE


@compiled
def change_node_speed(handle, node, at, to):
    """Rescale what is in service at ``node`` at time ``at`` to speed ``to``."""
    return _change_node_speed(opened(handle), node, at, to)


@inner
def _change_node_speed(c, node, at, to):
    row = c.node[node]
    now = row.speed
    if now == to:
        return
    for w in range(c.worker.shape[1]):
        worker = c.worker[node, w]
        left = remaining(left_at(worker.start, worker.done, at), now, to)
        if worker.busy and left >= 0:
            worker.done = at + left
            worker.start = at - 1  # in service before any later change, even one at this same time
        elif worker.busy:
            row.speed = to
            _restart(c, node, w, max(at, worker.start))
    row.speed = to
    find_next(c, node)


@inner
def _restart(c, node, w, start):
    """Take the work of a record that starts at this very moment at the new speed."""
    event = c.worker[node, w].event
    vacate(c, node, w)
    begin(c, node, w, event, c.worker[node, w].tie, start)
