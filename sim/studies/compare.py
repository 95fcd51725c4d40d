"""Two designs on common draws: for every figure, the difference between them, trial by trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.stats.estimate import Estimate
from sim.stats.paired import mean_difference, median_difference, pairs, variance_ratio
from sim.studies.columns import Name

ALPHA = 0.025  # each bound; together 95 %


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two designs. ``mean`` and ``median`` estimate after - before over pairs of trials.

    ``noise_left``: the variance of the paired difference over that of independent trials; NaN if nothing
    varies.
    """

    name: Name
    unit: str
    before: float  # means
    after: float
    mean: Estimate
    median: Estimate
    noise_left: float

    @property
    def differs(self) -> bool:
        """Return whether either interval excludes 0."""
        return any(estimate.low > 0 or estimate.high < 0 for estimate in (self.mean, self.median))


class Side(Protocol):
    """The trials of one design: what was measured, and the most that it can be in each trial."""

    @property
    def units(self) -> Mapping[Name, str]:
        """The unit of each figure that was measured."""
        ...

    def by_trial(self, metric: str, of: str) -> np.ndarray:
        """Return a figure of each trial, float64 (trials,), NaN for trials that have none."""
        ...


def differences(before: Side, after: Side) -> list[Difference]:
    """Return the difference of every figure that both have, trial by trial of one seed."""
    names = sorted(set(before.units) & set(after.units))
    found = (
        paired(name, before.units[name], before.by_trial(*name), after.by_trial(*name)) for name in names
    )
    return [difference for difference in found if difference is not None]


def paired(name: Name, unit: str, before: np.ndarray, after: np.ndarray) -> Difference | None:
    """Return the difference of a figure, float64 (trials,) each; None if no pair of trials has both."""
    then, now = pairs(before, after)
    if not then.size:
        return None
    finite = bool(np.isfinite(then).all() and np.isfinite(now).all())
    return Difference(
        name,
        unit,
        float(then.mean()),
        float(now.mean()),
        mean_difference(then, now, alpha=ALPHA),
        median_difference(then, now, alpha=ALPHA),
        variance_ratio(then, now) if finite and then.size > 1 else float("nan"),
    )
