"""What the metrics of objectives are on the data path."""

from collections.abc import Mapping

from sim.measure.bounds import Bounds, exact_bounds
from sim.measure.figures import Figures
from sim.measure.lake.figures import InsightFigures
from sim.measure.platform.figures import StageFigures

TALLIES = {
    **{name: name for name in ("ghosts", "orphans", "duplicates", "gaps", "reorderings", "dead_letters")},
    "late_records": "late",
}  # of a delivery
LOSSES = {"records_lost": "lost", "lost_after_replay": "records_after_replay"}  # of a stage
TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")  # each record of a stage is in one
NS = 10**9
METRICS = (
    "freshness_max", "freshness_p99", "continuity", "completeness", *LOSSES, "recovery_point", *TALLIES,
)  # fmt: skip


def path_value(figures: Figures, metric: str, of: str) -> Bounds | None:
    """Return what a metric came to, in ns, as a count or a fraction; None if there was nothing to measure.

    KeyError if there is no such thing.
    """
    path = figures.path
    if path is None:
        raise KeyError(of)
    if metric == "recovery_point":
        return _point(figures)
    if metric == "continuity":
        return exact_bounds(_shown(path.insights[of], metric), NS)
    if metric == "completeness":
        return exact_bounds(_shown(path.insights[of], metric))
    if metric.startswith("freshness_"):
        age_s = getattr(path.freshness[of], metric.removeprefix("freshness_") + "_s")
        return exact_bounds(age_s if figures.recovery[of].operations else None, NS)
    if metric in TALLIES:
        return exact_bounds(getattr(path.delivery[of], TALLIES[metric]).count)
    domain, _, stage = of.partition(".")
    row = _stage(path.waterfall[domain], stage)
    return _lost(row, LOSSES[metric]) if any(getattr(row, term) for term in TERMS) else None


def _point(figures: Figures) -> Bounds:
    """Return the age of the recovery point, in ns: as if what is stranded were had again, or were lost."""
    assert figures.path is not None, "it is of the data path"
    point = figures.path.recovery_point
    reasons = (loss.bounds.records.reason for loss in figures.loss.values())
    why = "; ".join(dict.fromkeys(reason for reason in reasons if reason))
    return Bounds.between(point.age_s, point.age_stranded_s, why).times(NS)


def _lost(row: StageFigures, lost: str) -> Bounds:
    """Return what a stage lost: from the field ``lost`` to that and what is stranded."""
    low = getattr(row, lost)
    return Bounds.between(low, low + row.stranded, f"{row.stranded:,} records are out of reach at the end")


def _shown(regions: Mapping[str, InsightFigures], metric: str) -> float | None:
    """Return the worst of all regions: the longest time without a refresh, or the least complete figure."""
    if not any(shown.refreshes for shown in regions.values()):
        return None
    if metric == "continuity":
        return max(shown.longest_s for shown in regions.values())
    known = [shown.completeness for shown in regions.values() if shown.completeness is not None]
    return min(known, default=None)


def _stage(fall: Mapping[str, StageFigures], stage: str) -> StageFigures:
    """Return a stage; where the primary or the lake ended, mirror and copy are the bus and table itself."""
    own = "bus" if stage.startswith("mirror/") else "analytics" if stage.startswith("copy/") else stage
    return fall[stage] if stage in fall else fall[own]
