"""The order in which operations ended.

Rows come nearly in order, so buckets of time and one insertion pass put them right.
"""

import numpy as np

from sim.engine.circle.handle import opened
from sim.engine.compiled import compiled, inner
from sim.engine.packing import late_of


def by_end(handle: int, n: int) -> np.ndarray:
    """Return the indices (int64) of a circle's first ``n`` ops by (end, rank, stream, sequence)."""
    order = np.empty(n, np.int64)
    if n:
        _put_in_order(handle, order, np.zeros(n + 1, np.int64))
    return order


@compiled
def _put_in_order(handle, order, counts):
    ops = opened(handle).ops
    _spread(ops, order.size, order, counts)
    _insert(ops, order)


@inner
def _spread(ops, n, order, counts):
    """Counting sort by end into ``n`` buckets of equal length."""
    first, last = ops[0].end, ops[0].end
    for i in range(n):
        first = min(first, ops[i].end)
        last = max(last, ops[i].end)
    scale = n / (last - first + 1.0)
    for i in range(n):
        counts[1 + int((ops[i].end - first) * scale)] += 1
    for b in range(n):
        counts[b + 1] += counts[b]
    for i in range(n):
        b = int((ops[i].end - first) * scale)
        order[counts[b]] = i
        counts[b] += 1


@inner
def _insert(ops, order):
    """Insertion sort of rows that are nearly in order."""
    for i in range(1, order.size):
        k = order[i]
        j = i
        while j > 0 and _after(ops, order[j - 1], k):
            order[j] = order[j - 1]
            j -= 1
        order[j] = k


@inner
def _after(ops, a, b):
    """Return whether row ``a`` belongs behind row ``b``.

    At equal times a reply (or refusal) comes before a time-out.
    """
    if ops[a].end != ops[b].end:
        return ops[a].end > ops[b].end
    late_a, late_b = late_of(ops[a].what), late_of(ops[b].what)
    return late_a > late_b or (late_a == late_b and ops[a].rid > ops[b].rid)


def absent(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the values (n,) that are not among others (m,), int64 from 0 on.

    Sorting beats numpy's sets, which hash, ten times.
    """
    others = np.append(np.sort(others), -1)
    strangers: np.ndarray = others[np.searchsorted(others[:-1], values)] != values
    return np.compress(strangers, values)
