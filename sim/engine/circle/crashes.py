"""What changes a node from outside: it crashes, stops being writable, or changes its speed."""

from sim.engine.circle.layout import (
    N_HEAD,
    N_QUEUE,
    RESULT_REFUSED,
    S_STREAM,
    T_KIND,
    W_BUSY,
    W_DONE,
    W_EVENT,
    W_START,
    W_TIE,
    WRITE,
)
from sim.engine.circle.messages import answer
from sim.engine.circle.nodes import begin, find_next, refill, vacate
from sim.engine.circle.slots import release
from sim.engine.compiled import compiled, inner, typed
from sim.engine.packing import slot_of
from sim.engine.sampling import FOREVER, rescaled

(_NOTHING,) = typed(0)


@compiled
def vanish(c, node):
    """Drop everything in a node that has crashed."""
    row = c.node[node]
    for w in range(c.worker.shape[1]):
        if c.worker[node, w, W_BUSY]:
            vacate(c, node, w)
            release(c, slot_of(c.worker[node, w, W_EVENT]))
    places = c.queue.shape[1]
    for i in range(row[N_QUEUE]):
        release(c, slot_of(c.queue[node, (row[N_HEAD] + i) % places, 0]))
    row[N_QUEUE] = 0
    row[N_HEAD] = 0
    find_next(c, node)


@compiled
def evict(c, node, at):
    """Refuse at ``at`` the writes in a node that stopped being writable."""
    row = c.node[node]
    for w in range(c.worker.shape[1]):
        worker = c.worker[node, w]
        if worker[W_BUSY] and _evicted(c, worker[W_EVENT]):
            vacate(c, node, w)
            answer(c, worker[W_EVENT], RESULT_REFUSED, _NOTHING, at)
            release(c, slot_of(worker[W_EVENT]))
    places = c.queue.shape[1]
    kept = 0
    for i in range(row[N_QUEUE]):
        source = (row[N_HEAD] + i) % places
        event = c.queue[node, source, 0]
        if _evicted(c, event):
            answer(c, event, RESULT_REFUSED, _NOTHING, at)
            release(c, slot_of(event))
        else:
            target = (row[N_HEAD] + kept) % places
            for f in range(3):
                c.queue[node, target, f] = c.queue[node, source, f]
            kept += 1
    row[N_QUEUE] = kept
    find_next(c, node)
    refill(c, node, at)


@inner
def _evicted(c, event):
    return c.stream[c.slot[slot_of(event), S_STREAM], T_KIND] == WRITE


@compiled
def change_node_speed(c, node, at, to):
    """Rescale what is in service at ``node`` at time ``at`` to speed ``to``."""
    now = c.speed[node]
    if now == to:
        return
    for w in range(c.worker.shape[1]):
        worker = c.worker[node, w]
        never = worker[W_DONE] - worker[W_START] >= FOREVER  # at the old speed: taken up anew
        if worker[W_BUSY] and worker[W_START] < at and not never:
            worker[W_DONE] = at + rescaled(worker[W_DONE] - at, now, to)
            worker[W_START] = at - 1  # in service before any later change, even one at this same time
        elif worker[W_BUSY]:
            c.speed[node] = to
            _restart(c, node, w, max(at, worker[W_START]))
    c.speed[node] = to
    find_next(c, node)


@inner
def _restart(c, node, w, start):
    """Take the work of a record that starts at this very moment at the new speed."""
    event = c.worker[node, w, W_EVENT]
    vacate(c, node, w)
    begin(c, node, w, event, c.worker[node, w, W_TIE], start)
