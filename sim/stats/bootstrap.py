"""Intervals for means, where nothing exact exists: the bias-corrected and accelerated bootstrap.

Efron, Better bootstrap confidence intervals, JASA 82, 1987.
"""

import math
from functools import lru_cache

import numpy as np

from sim.stats.estimate import Estimate

RESAMPLES = 1000
MANY = 2000  # with so many values the mean is as good as normal, and resampling them only takes time


def mean(values: np.ndarray, *, alpha: float = 0.025, seed: int = 0) -> Estimate:
    """Estimate a mean; each bound holds with about ``1 - alpha``.

    values: float64 (n,). Resampling takes its draws from ``seed`` alone. If any value is infinite, so is the
    mean, and nothing bounds it. Equal values have a mean without doubt. ValueError without values.
    """
    n = values.size
    if n == 0:
        raise ValueError("a mean of no values")
    level = 1.0 - 2 * alpha
    if not np.isfinite(values).all():
        return Estimate(math.inf, -math.inf, math.inf, level, n, "none: censored")
    average = float(values.mean())
    if n == 1:
        return Estimate(average, -math.inf, math.inf, level, n, "none: one value")
    if values.min() == values.max():
        return Estimate(average, average, average, level, n, "all equal")
    if n >= MANY:
        return _normal(values, average, alpha)
    low, high = _bca(values, alpha, seed)
    return Estimate(average, low, high, level, n, "bootstrap (BCa)")


def _normal(values: np.ndarray, average: float, alpha: float) -> Estimate:
    from scipy.special import ndtri

    margin = float(ndtri(1.0 - alpha) * values.std(ddof=1) / math.sqrt(values.size))
    level = 1.0 - 2 * alpha
    return Estimate(average, average - margin, average + margin, level, values.size, "normal")


def _bca(values: np.ndarray, alpha: float, seed: int) -> tuple[float, float]:
    from scipy.special import ndtr, ndtri

    means = np.einsum("ij,j->i", _chosen(seed, values.size), values) / values.size
    at = (np.count_nonzero(means < values.mean()) + np.count_nonzero(means <= values.mean())) / 2
    bias = ndtri(at / means.size)
    left_out = values.mean() - values  # the jackknife's influence values of a mean, up to a factor
    spread = float((left_out**2).sum()) ** 1.5
    acceleration = float((left_out**3).sum()) / (6.0 * spread)
    shifted = bias + ndtri((alpha, 1.0 - alpha))
    low, high = np.quantile(means, ndtr(bias + shifted / (1.0 - acceleration * shifted)))
    return float(low), float(high)


@lru_cache(maxsize=16)  # the looks of a study; a kilobyte for each of their values
def _chosen(seed: int, n: int) -> np.ndarray:
    """Return how often each of ``n`` values is in each resample: uint8 (RESAMPLES, n).

    All columns of a study are resampled alike, so this is drawn once. A value is chosen once on average:
    that one is chosen more than 255 times does not happen.
    """
    drawn = np.empty((RESAMPLES, n), np.uint8)
    rows = max(1, 1_000_000 // n)
    for begin in range(0, RESAMPLES, rows):
        part = drawn[begin : begin + rows]
        which = _indices(seed, begin * n, part.size, n) + np.repeat(np.arange(len(part)) * n, n)
        part[:] = np.bincount(which, minlength=part.size).reshape(part.shape)
    return drawn


def _indices(seed: int, first: int, count: int, below: int) -> np.ndarray:
    """Return draws ``first`` to ``first + count`` - 1 of ``seed``, each below ``below``: int64 (count,).

    A draw is a hash of its number (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
    """
    state = np.arange(first + 1, first + count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state += np.uint64(seed * 0xD1342543DE82EF95 % 2**64)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (((state >> np.uint64(32)) * np.uint64(below)) >> np.uint64(32)).astype(np.int64)
