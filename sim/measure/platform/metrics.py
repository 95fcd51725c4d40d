"""What the metrics of objectives are on the data path."""

from collections.abc import Mapping

from sim.core.stages import stage_of
from sim.measure.asked import NS, Asked, Value
from sim.measure.bounds import Bounds, exact_bounds
from sim.measure.figures import Figures
from sim.measure.platform.figures import PathFigures, StageFigures

TALLIES = {
    **{name: name for name in ("ghosts", "orphans", "duplicates", "gaps", "reorderings", "dead_letters")},
    "late_records": "late",
}  # of a delivery
LOSSES = {"records_lost": "lost", "lost_after_replay": "records_after_replay"}  # of a stage
TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")  # each record of a stage is in one


def _path(figures: Figures, of: str) -> PathFigures:
    if figures.path is None:
        raise KeyError(of)
    return figures.path


def _continuity(figures: Figures, asked: Asked) -> Bounds | None:
    """Return the longest time without a refresh, in the worst of all regions."""
    regions = _path(figures, asked.of).insights[asked.of].values()
    shown = any(region.refreshes for region in regions)
    return exact_bounds(max(region.longest_s for region in regions) if shown else None, NS)


def _completeness(figures: Figures, asked: Asked) -> Bounds | None:
    """Return how complete the least complete figure of all regions is."""
    regions = _path(figures, asked.of).insights[asked.of].values()
    shown = any(region.refreshes for region in regions)
    known = [region.completeness for region in regions if region.completeness is not None]
    return exact_bounds(min(known, default=None) if shown else None)


def _freshness(figures: Figures, asked: Asked) -> Bounds | None:
    ages = _path(figures, asked.of).freshness[asked.of]
    age_s = getattr(ages, asked.metric.removeprefix("freshness_") + "_s")
    return exact_bounds(age_s if figures.recovery[asked.of].seen.operations else None, NS)


def _tally(figures: Figures, asked: Asked) -> Bounds | None:
    return exact_bounds(getattr(_path(figures, asked.of).delivery[asked.of], TALLIES[asked.metric]).count)


def _stage_loss(figures: Figures, asked: Asked) -> Bounds | None:
    domain, _, stage = asked.of.partition(".")
    row = _stage(_path(figures, asked.of).waterfall[domain], stage)
    return _lost(row, LOSSES[asked.metric]) if any(getattr(row, term) for term in TERMS) else None


def _point(figures: Figures, asked: Asked) -> Bounds:
    """Return the age of the recovery point, in ns: as if what is stranded were had again, or were lost."""
    point = _path(figures, asked.of).recovery_point
    reasons = (loss.bounds.records.reason for loss in figures.loss.values())
    why = "; ".join(dict.fromkeys(reason for reason in reasons if reason))
    return Bounds.between(point.age_s, point.age_stranded_s, why).times(NS)


def _lost(row: StageFigures, lost: str) -> Bounds:
    """Return what a stage lost: from the field ``lost`` to that and what is stranded."""
    low = getattr(row, lost)
    return Bounds.between(low, low + row.stranded, f"{row.stranded:,} records are out of reach at the end")


def _stage(fall: Mapping[str, StageFigures], stage: str) -> StageFigures:
    """Return a stage; where the primary or the lake ended, mirror and copy are the bus and table itself."""
    original = stage_of(stage).copies
    return fall[stage] if stage in fall or original is None else fall[original.name]


VALUES: dict[str, Value] = {
    **dict.fromkeys(("freshness_max", "freshness_p99"), _freshness),
    **dict.fromkeys(LOSSES, _stage_loss),
    **dict.fromkeys(TALLIES, _tally),
    "continuity": _continuity,
    "completeness": _completeness,
    "recovery_point": _point,
}
