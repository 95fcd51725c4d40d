"""Every figure of a study as an estimate: mean, median and 95th percentile over its trials."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.stats import bootstrap
from sim.stats.estimate import Estimate
from sim.stats.quantile import quantile
from sim.studies.columns import Name
from sim.studies.tally import PointTally

ALPHA = 0.025  # each bound; together 95 %
STATISTICS: dict[str, Callable[[np.ndarray], Estimate]] = {
    "mean": lambda values: bootstrap.mean(values, alpha=ALPHA),
    "p50": lambda values: quantile(values, 0.50, alpha=ALPHA),
    "p95": lambda values: quantile(values, 0.95, alpha=ALPHA),
}


@dataclass(frozen=True, slots=True)
class EstimateRange:
    """A statistic of figures that are known by their bounds: that of the least, and that of the most."""

    least: Estimate
    most: Estimate

    def figures(self) -> dict[str, Any]:
        """Return one estimate: ``value`` to ``value_high`` is the statistic, bounded by ``low``, ``high``."""
        return {**asdict(self.least), "value_high": self.most.value, "high": self.most.high}


def estimates(
    tally: PointTally, metrics: Collection[str] | None = None
) -> Iterator[tuple[Name, dict[str, EstimateRange]]]:
    """Yield (metric, of) and its estimates, for every figure that at least one trial has a value of.

    ``metrics``: those alone.
    """
    for name in sorted(name for name in tally.values if metrics is None or name[0] in metrics):
        lows, highs = tally.bounds(name)
        if lows.size:
            yield name, of(lows, highs)


def of(lows: np.ndarray, highs: np.ndarray) -> dict[str, EstimateRange]:
    """Return the estimates of one figure: float64 (n,) each, +inf: without bound."""
    found = {statistic: estimate(lows) for statistic, estimate in STATISTICS.items()}
    most = (
        found if np.array_equal(lows, highs) else {s: estimate(highs) for s, estimate in STATISTICS.items()}
    )
    return {statistic: EstimateRange(found[statistic], most[statistic]) for statistic in STATISTICS}
