"""Two designs on common draws: for every figure, the difference between them, trial by trial."""

from dataclasses import dataclass

import numpy as np

from sim.stats.estimate import Estimate
from sim.stats.paired import mean_difference, median_difference, pairs, variance_ratio
from sim.studies.columns import Name
from sim.studies.tally import Tally

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


def differences(before: Tally, after: Tally) -> list[Difference]:
    """Return the difference of every figure that both have, trial by trial of one seed."""
    names = sorted(set(before.values) & set(after.values))
    found = (_difference(name, before, after) for name in names)
    return [difference for difference in found if difference is not None]


def _difference(name: Name, before: Tally, after: Tally) -> Difference | None:
    then, now = pairs(before.by_trial(*name), after.by_trial(*name))
    if not then.size:
        return None
    finite = bool(np.isfinite(then).all() and np.isfinite(now).all())
    return Difference(
        name,
        before.units[name],
        float(then.mean()),
        float(now.mean()),
        mean_difference(then, now, alpha=ALPHA),
        median_difference(then, now, alpha=ALPHA),
        variance_ratio(then, now) if finite and then.size > 1 else float("nan"),
    )
