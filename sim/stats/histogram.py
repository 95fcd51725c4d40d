"""Quantiles from counts in logarithmic buckets.

A value v >= 1 falls into bucket 1 + (its exponent and the 7 leading bits of its fraction as a float64), 0
into bucket 0. So a bucket is at most 1/128 of its lower edge wide, values below 256 have buckets of their
own, and the reported middle is within 0.4 % of every value in it. Counts add, so histograms of parts merge
exactly.
"""

import numpy as np

FRACTION_BITS = 7
SHIFT = 52 - FRACTION_BITS
OFFSET = (1023 << FRACTION_BITS) - 1
BUCKETS = (63 << FRACTION_BITS) + 2


def edges(bucket: int) -> tuple[int, int]:
    """Return the least and greatest integer of a bucket."""
    if bucket == 0:
        return 0, 0
    low, high = (np.array([bucket, bucket + 1], np.int64) + OFFSET << SHIFT).view(np.float64)
    return int(np.ceil(low)), int(np.ceil(high)) - 1


def upper_edges(count: int) -> np.ndarray:
    """Return the greatest integer (count,) int64 of each of the first buckets."""
    lows = (np.arange(1, count + 1) + OFFSET << SHIFT).view(np.float64)
    out = np.ceil(lows).astype(np.int64) - 1
    out[:1] = 0
    return out


def quantile(counts: np.ndarray, q: float, *, least: int, greatest: int) -> int | None:
    """Return the q-quantile (nearest rank) of what ``counts`` (BUCKETS,) int64 holds, None if nothing.

    The middle of the bucket, kept within the true ``least`` and ``greatest``.
    """
    total = int(counts.sum())
    if total == 0:
        return None
    rank = max(1, int(np.ceil(q * total - 1e-9)))
    low, high = edges(int(np.searchsorted(np.cumsum(counts), rank)))
    return min(max((low + high) // 2, least), greatest)
