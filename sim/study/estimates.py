"""Every figure of a study as an estimate: mean, median and 95th percentile over its trials."""

from collections.abc import Callable, Collection, Iterator

import numpy as np

from sim.stats import bootstrap
from sim.stats.estimate import Estimate
from sim.stats.quantile import quantile
from sim.study.columns import Name
from sim.study.tally import Tally

ALPHA = 0.025  # each bound; together 95 %
STATISTICS: dict[str, Callable[[np.ndarray], Estimate]] = {
    "mean": lambda values: bootstrap.mean(values, alpha=ALPHA),
    "p50": lambda values: quantile(values, 0.50, alpha=ALPHA),
    "p95": lambda values: quantile(values, 0.95, alpha=ALPHA),
}


def estimates(
    tally: Tally, metrics: Collection[str] | None = None
) -> Iterator[tuple[Name, dict[str, Estimate]]]:
    """Yield (metric, of) and its estimates, for every figure that at least one trial has a value of.

    ``metrics``: those alone.
    """
    for name in sorted(name for name in tally.values if metrics is None or name[0] in metrics):
        values = tally.column(name)
        if values.size:
            yield name, of(values)


def of(values: np.ndarray) -> dict[str, Estimate]:
    """Return the estimates of one column: float64 (n,), +inf where censored."""
    return {statistic: estimate(values) for statistic, estimate in STATISTICS.items()}
