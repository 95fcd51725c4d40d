"""A binary heap of records ordered by (time, tie)."""

from sim.engine.circle.layout import HEAP
from sim.engine.compiled import inlined


@inlined
def before(t1, tie1, t2, tie2):
    """Return whether (t1, tie1) comes first."""
    return t1 < t2 or (t1 == t2 and tie1 < tie2)


@inlined
def push(reg, heap, time, tie, event, extra):
    """Add a record; the caller has made sure that there is room."""
    i = reg[HEAP]
    reg[HEAP] = i + 1
    while i > 0:
        up = (i - 1) >> 1
        if not before(time, tie, heap[up, 0], heap[up, 1]):
            break
        heap[i, 0] = heap[up, 0]
        heap[i, 1] = heap[up, 1]
        heap[i, 2] = heap[up, 2]
        heap[i, 3] = heap[up, 3]
        i = up
    heap[i, 0] = time
    heap[i, 1] = tie
    heap[i, 2] = event
    heap[i, 3] = extra


@inlined
def pop(reg, heap):
    """Remove the first record; the caller has read it from row 0."""
    n = reg[HEAP] - 1
    reg[HEAP] = n
    time = heap[n, 0]
    tie = heap[n, 1]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and before(heap[child + 1, 0], heap[child + 1, 1], heap[child, 0], heap[child, 1]):
            child += 1
        if not before(heap[child, 0], heap[child, 1], time, tie):
            break
        heap[i, 0] = heap[child, 0]
        heap[i, 1] = heap[child, 1]
        heap[i, 2] = heap[child, 2]
        heap[i, 3] = heap[child, 3]
        i = child
    heap[i, 0] = time
    heap[i, 1] = tie
    heap[i, 2] = heap[n, 2]
    heap[i, 3] = heap[n, 3]
