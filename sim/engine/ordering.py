"""The order in which operations ended.

Rows come nearly in order, so buckets of time and one insertion pass put them right.
"""

import numpy as np

from sim.engine.circle.layout import O_END, O_RID, O_WHAT
from sim.engine.compiled import compiled
from sim.engine.packing import late_of


def by_end(ops: np.ndarray, n: int) -> np.ndarray:
    """Return the indices (int64) of the first ``n`` rows of ``ops`` by (end, rank, stream, sequence)."""
    order = np.empty(n, np.int64)
    if n:
        _spread(ops, n, order, np.zeros(n + 1, np.int64))
        _insert(ops, order)
    return order


@compiled
def _spread(ops, n, order, counts):
    """Counting sort by end into ``n`` buckets of equal length."""
    first, last = ops[0, O_END], ops[0, O_END]
    for i in range(n):
        first = min(first, ops[i, O_END])
        last = max(last, ops[i, O_END])
    scale = n / (last - first + 1.0)
    for i in range(n):
        counts[1 + int((ops[i, O_END] - first) * scale)] += 1
    for b in range(n):
        counts[b + 1] += counts[b]
    for i in range(n):
        b = int((ops[i, O_END] - first) * scale)
        order[counts[b]] = i
        counts[b] += 1


@compiled
def _insert(ops, order):
    """Insertion sort of rows that are nearly in order."""
    for i in range(1, order.size):
        k = order[i]
        j = i
        while j > 0 and _after(ops, order[j - 1], k):
            order[j] = order[j - 1]
            j -= 1
        order[j] = k


@compiled
def _after(ops, a, b):
    """Return whether row ``a`` belongs behind row ``b``.

    At equal times a reply (or refusal) comes before a time-out.
    """
    if ops[a, O_END] != ops[b, O_END]:
        return ops[a, O_END] > ops[b, O_END]
    late_a, late_b = late_of(ops[a, O_WHAT]), late_of(ops[b, O_WHAT])
    return late_a > late_b or (late_a == late_b and ops[a, O_RID] > ops[b, O_RID])


def absent(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the values (n,) that are not among others (m,), int64 from 0 on.

    Sorting beats numpy's sets, which hash, ten times.
    """
    others = np.append(np.sort(others), -1)
    return values[others[np.searchsorted(others[:-1], values)] != values]
