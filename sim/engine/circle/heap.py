"""A binary heap of records ordered by (time, tie)."""

from sim.engine.compiled import inlined


@inlined
def before(t1, tie1, t2, tie2):
    """Return whether (t1, tie1) comes first."""
    return t1 < t2 or (t1 == t2 and tie1 < tie2)


@inlined
def push(c, time, tie, event, extra):
    """Add a record; the caller has made sure that there is room."""
    heap = c.heap
    i = c.reg.heaped
    c.reg.heaped = i + 1
    while i > 0:
        up = (i - 1) >> 1
        if not before(time, tie, heap[up].time, heap[up].tie):
            break
        heap[i] = heap[up]
        i = up
    place = heap[i]
    place.time, place.tie, place.event, place.extra = time, tie, event, extra


@inlined
def pop(c):
    """Remove the first record; the caller has read it from row 0."""
    heap = c.heap
    n = c.reg.heaped - 1
    c.reg.heaped = n
    last = heap[n]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        other = heap[child + 1]  # beyond the end at most the last record itself
        if child + 1 < n and before(other.time, other.tie, heap[child].time, heap[child].tie):
            child += 1
        if not before(heap[child].time, heap[child].tie, last.time, last.tie):
            break
        heap[i] = heap[child]
        i = child
    heap[i] = last
