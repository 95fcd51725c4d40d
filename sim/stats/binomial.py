"""Exact intervals for a fraction (Clopper and Pearson, Biometrika 26, 1934)."""

import math

from sim.stats.estimate import Estimate


def lower(successes: int, n: int, *, alpha: float) -> float:
    """Return the exact lower bound of a fraction; the truth is below it with probability at most ``alpha``.

    The bound is the quantile ``alpha`` of Beta(successes, n - successes + 1); 0 without a success.
    """
    if successes == 0:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(successes, n - successes + 1, alpha))


def upper(successes: int, n: int, *, alpha: float) -> float:
    """Return the exact upper bound of a fraction: the truth is above with probability at most ``alpha``."""
    return 1.0 - lower(n - successes, n, alpha=alpha)


def fraction(successes: int, n: int, *, undecided: int = 0, alpha: float = 0.05) -> Estimate:
    """Estimate the fraction of trials that meet an objective; each bound holds with ``1 - alpha``.

    ``undecided`` trials, which are not among the successes, count as missed in the lower bound and as met in
    the upper one. ValueError without a trial.
    """
    if n <= 0:
        raise ValueError("a fraction of no trials")
    low = lower(successes, n, alpha=alpha)
    high = upper(successes + undecided, n, alpha=alpha)
    return Estimate(successes / n, low, high, 1.0 - 2 * alpha, n, "exact binomial")


def trials_to_pass(wanted: float, *, alpha: float = 0.05) -> int | None:
    """Return the smallest number of trials, all of them met, that shows a fraction of at least ``wanted``.

    The smallest n with wanted**n <= alpha: 299 for 99 % at alpha 5 %. None if ``wanted`` is 1: no number of
    trials shows that.
    """
    if wanted >= 1.0:
        return None
    if wanted <= 0.0:
        return 1
    return max(1, math.ceil(math.log(alpha) / math.log(wanted) - 1e-9))


def trials_to_fail(wanted: float, *, alpha: float = 0.05) -> int:
    """Return the smallest number of trials, all of them missed, that shows a fraction below ``wanted``.

    The smallest n with (1 - wanted)**n < alpha; 1 if a single miss shows it.
    """
    if wanted >= 1.0:
        return 1
    return max(1, math.ceil(math.log(alpha) / math.log1p(-wanted) + 1e-9))
