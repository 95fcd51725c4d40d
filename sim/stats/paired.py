"""Two designs on the same draws: the difference, trial by trial."""

import math

import numpy as np

from sim.stats import bootstrap
from sim.stats.estimate import Estimate
from sim.stats.quantile import between


def pairs(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the trials that both have a value of: float64 (n,) each, NaN where a trial has none.

    Trials beyond the shorter of the two are left out.
    """
    common = min(before.size, after.size)
    before, after = before[:common], after[:common]
    known = ~np.isnan(before) & ~np.isnan(after)
    return before[known], after[known]


def median_difference(before: np.ndarray, after: np.ndarray, *, alpha: float = 0.05) -> Estimate:
    """Estimate the median of ``after - before`` (the sign test's interval); each bound holds with 1 - alpha.

    before, after: float64 (n,), trial by trial on the same seeds; a censored value is +inf. Where both are
    censored the difference can be anything.
    """
    least, most = _differences(before, after)
    return between(least, most, 0.5, alpha=alpha)


def mean_difference(
    before: np.ndarray, after: np.ndarray, *, alpha: float = 0.025, seed: int = 0
) -> Estimate:
    """Estimate the mean of ``after - before``, as ``bootstrap.mean`` does; censored values leave it open."""
    least, most = _differences(before, after)
    if not (np.isfinite(least).all() and np.isfinite(most).all()):
        return Estimate(math.nan, -math.inf, math.inf, 1.0 - 2 * alpha, least.size, "none: censored")
    return bootstrap.mean(least, alpha=alpha, seed=seed)


def variance_ratio(before: np.ndarray, after: np.ndarray) -> float:
    """Return Var(after - before) / (Var(after) + Var(before)): what common draws leave of the noise.

    NaN if nothing varies.
    """
    apart = float(before.var(ddof=1) + after.var(ddof=1))
    return float((after - before).var(ddof=1)) / apart if apart > 0.0 else math.nan


def _differences(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = np.isinf(before) & np.isinf(after)
    with np.errstate(invalid="ignore"):
        known = after - before
    return np.where(both, -np.inf, known), np.where(both, np.inf, known)
