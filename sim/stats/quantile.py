"""Exact intervals for quantiles from order statistics (David and Nagaraja, Order Statistics, 2003, 7.1)."""

import math
from functools import lru_cache

import numpy as np

from sim.stats.estimate import Estimate


def quantile(values: np.ndarray, q: float, *, alpha: float = 0.05) -> Estimate:
    """Estimate the quantile ``q`` of a distribution; each bound holds with at least ``1 - alpha``.

    values: float64 (n,), in any order; a censored value is +inf and stays among them. The number of values
    below the quantile is Binomial(n, q), whatever the distribution. A bound that so few values cannot give is
    -inf or +inf. The value is the nearest rank. ValueError without values.
    """
    return between(values, values, q, alpha=alpha)


def between(least: np.ndarray, most: np.ndarray, q: float, *, alpha: float = 0.05) -> Estimate:
    """Estimate the quantile ``q`` of values known only to lie between ``least`` and ``most``, one by one.

    ``low`` comes from ``least``, ``high`` from ``most``; float64 (n,) each. The value is that of ``least``.
    """
    n = least.size
    if n == 0:
        raise ValueError("a quantile of no values")
    low, high = ranks(n, q, alpha=alpha)
    floor = np.sort(least)
    ceiling = floor if most is least else np.sort(most)
    return Estimate(
        float(floor[max(1, math.ceil(n * q)) - 1]),
        float(floor[low - 1]) if low else -math.inf,
        float(ceiling[high - 1]) if high <= n else math.inf,
        1.0 - 2 * alpha,
        n,
        "order statistics",
    )


@lru_cache(maxsize=64)  # a study asks for the same few of every figure
def ranks(n: int, q: float, *, alpha: float) -> tuple[int, int]:
    """Return the ranks (from 1) of the order statistics that bound quantile ``q``; 0 or n + 1: none does.

    The lower is the largest r with P(B <= r - 1) <= alpha, the upper the smallest r with P(B <= r - 1) >= 1 -
    alpha, B being Binomial(n, q).
    """
    from scipy.special import bdtr

    below = np.asarray(bdtr(np.arange(n + 1, dtype=np.float64), n, q))  # P(B <= k)
    return int(np.count_nonzero(below <= alpha)), int(np.count_nonzero(below < 1.0 - alpha)) + 1
