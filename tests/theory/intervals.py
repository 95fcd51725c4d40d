"""Intervals for simulated figures: the level is so high that a false alarm would be one in a million per
question.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 1 - 1e-6


class Interval(NamedTuple):
    """An estimate with its interval."""

    low: float
    value: float
    high: float

    def has(self, truth: float) -> bool:
        """Return whether ``truth`` lies inside."""
        return self.low <= truth <= self.high

    def within(self, share: float) -> bool:
        """Return whether the half width is below ``share`` of the value: an interval that wide proves
        nothing.
        """
        return (self.high - self.low) / 2 <= share * abs(self.value)


def student(values: np.ndarray, level: float = LEVEL) -> Interval:
    """Return the mean of independent values with its Student interval."""
    mean, error = float(np.mean(values)), float(stats.sem(values))
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * error
    return Interval(mean - half, mean, mean + half)


def batch_means(values: np.ndarray, batches: int = 40, level: float = LEVEL) -> Interval:
    """Return the mean of a stationary series by batch means; the first tenth is thrown away as warm-up."""
    kept = values[len(values) // 10 :]
    size = len(kept) // batches
    return student(kept[: size * batches].reshape(batches, size).mean(axis=1), level)


def variance(values: np.ndarray, level: float = LEVEL) -> Interval:
    """Return the variance of independent values with the Student interval of their squared deviations."""
    return student((values - np.mean(values)) ** 2 * len(values) / (len(values) - 1), level)


def share(count: int, n: int, level: float = LEVEL) -> Interval:
    """Return a proportion with its exact (Clopper-Pearson) interval."""
    found = stats.binomtest(count, n).proportion_ci(level, "exact")
    return Interval(float(found.low), count / n, float(found.high))


def poisson_mean(total: int, n: int, level: float = LEVEL) -> Interval:
    """Return the mean of ``n`` Poisson counts that sum to ``total``, with its exact (Garwood) interval."""
    tail = (1 - level) / 2
    return Interval(
        stats.chi2.ppf(tail, 2 * total) / 2 / n, total / n, stats.chi2.isf(tail, 2 * total + 2) / 2 / n
    )


def looks_uniform(values: np.ndarray, low: float, high: float) -> bool:
    """Return whether the Kolmogorov-Smirnov test (p above 1e-6) lets the values pass as uniform on [low,
    high].
    """
    return bool(stats.kstest((np.asarray(values) - low) / (high - low), "uniform").pvalue > 1 - LEVEL)
