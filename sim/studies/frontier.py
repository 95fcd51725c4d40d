"""The points of a sweep side by side: time to recover, loss, cost, and which points are best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.spec.objectives.subjects import writes_of
from sim.spec.scenario import Scenario
from sim.stats.quantile import quantile
from sim.studies.figures import PLATFORM
from sim.studies.study import Finding
from sim.studies.tally import PointTally

Q = 0.95
NS_PER_HOUR = 3_600_000_000_000
GB = 1e9


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One point. ``rta_s``, ``lost_records``: 95th percentile over its trials of the most that they can be.

    inf: without bound, NaN: nothing was measured.
    ``cost``: of an hour, by what is paid for; empty without prices. ``best``: no other point is as good in
    all of recovery, loss and cost and better in one of them.
    """

    label: str
    verdict: str
    rta_s: float
    lost_records: float
    cost: dict[str, float]
    currency: str
    best: bool = False

    @property
    def cost_per_hour(self) -> float:
        """The sum of what has a price, 0 without prices."""
        return sum(self.cost.values())


def frontier(findings: Sequence[Finding]) -> list[FrontierPoint]:
    """Return every point, in the order of the sweep."""
    found = [_place(finding) for finding in findings]
    return [replace(place, best=_best(place, found)) for place in found]


def recovery_of(scenario: Scenario, tally: PointTally) -> list[str]:
    """Return the capabilities whose recovery counts: those with an objective on it, else all of writes."""
    known = [of for metric, of in tally.values if metric == "recovery.rta_s"]
    asked = {objective.about for objective in scenario.sla.values() if objective.metric == "rta"}
    return sorted(asked & set(known)) or sorted({*writes_of(scenario)} & {*known})


def _place(finding: Finding) -> FrontierPoint:
    tally, scenario = finding.tally, finding.point.scenario
    rta = [tally.by_trial("recovery.rta_s", of) for of in recovery_of(scenario, tally)]
    lost = [tally.by_trial("loss.records", of) for of in scenario.databases]
    given = scenario.prices.given if scenario.prices else {}
    currency = next((price.currency for price in given.values()), "")
    return FrontierPoint(
        finding.point.label,
        finding.verdict,
        _high(np.fmax.reduce(rta)) if rta else np.nan,
        _high(np.sum(lost, axis=0)),
        cost(scenario, tally),
        currency,
    )


def cost(scenario: Scenario, tally: PointTally) -> dict[str, float]:
    """Return what an hour costs on average, by what is paid for, where there is a price.

    Storage is what an hour writes, kept for a month.
    """
    hours = scenario.duration / NS_PER_HOUR
    used = {
        "instance": _mean(tally, "usage.instances"),
        "transfer": _mean(tally, "usage.transfer_bytes") / GB / hours,
        "storage": _mean(tally, "usage.stored_bytes") / GB / hours,
    }
    given = scenario.prices.given if scenario.prices else {}
    return {name: price.amount * used[name] for name, price in given.items()}


def _mean(tally: PointTally, metric: str) -> float:
    values = tally.by_trial(metric, PLATFORM)
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan


def _high(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return quantile(known, Q).value if known.size else np.nan


def _best(place: FrontierPoint, places: Sequence[FrontierPoint]) -> bool:
    """Return whether no point is at least as good in everything and better in something."""
    own = _axes(place)
    if any(np.isnan(own)):
        return False
    others = (_axes(other) for other in places)
    return not any(all(a <= b for a, b in zip(o, own, strict=True)) and o != own for o in others)


def _axes(place: FrontierPoint) -> tuple[float, float, float]:
    return place.rta_s, place.lost_records, place.cost_per_hour
