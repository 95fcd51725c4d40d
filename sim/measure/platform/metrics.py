"""What the metrics of objectives are on the data path."""

from collections.abc import Mapping
from math import inf
from typing import Any

from sim.measure.bounds import Bounds, exact_bounds

TALLIES = {
    **{name: name for name in ("ghosts", "orphans", "duplicates", "gaps", "reorderings", "dead_letters")},
    "late_records": "late",
}  # of a delivery
SECTIONS = ("waterfall", "freshness", "delivery", "recovery_point", "monitoring", "replays", "insights")
LOSSES = {"records_lost": "lost", "lost_after_replay": "records_after_replay"}  # of a stage
TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")  # each record of a stage is in one
NS = 10**9
METRICS = (
    "freshness_max", "freshness_p99", "continuity", "completeness", *LOSSES, "recovery_point", *TALLIES,
)  # fmt: skip


def path_value(figures: Mapping[str, Any], metric: str, of: str) -> Bounds | None:
    """Return what a metric came to, in ns, as a count or a fraction; None if there was nothing to measure.

    KeyError if there is no such thing.
    """
    if metric == "recovery_point":
        return _point(figures)
    if metric == "continuity":
        return exact_bounds(_shown(figures["insights"][of], metric), NS)
    if metric == "completeness":
        return exact_bounds(_shown(figures["insights"][of], metric))
    if metric.startswith("freshness_"):
        known, name = figures["recovery"][of]["operations"], metric.removeprefix("freshness_") + "_s"
        return exact_bounds(figures["freshness"][of][name] if known else None, NS)
    if metric in TALLIES:
        return exact_bounds(figures["delivery"][of][TALLIES[metric]]["count"])
    domain, _, stage = of.partition(".")
    row = _stage(figures["waterfall"][domain], stage)
    return _lost(row, LOSSES[metric]) if any(row[term] for term in TERMS) else None


def _point(figures: Mapping[str, Any]) -> Bounds:
    """Return the age of the recovery point, in ns: as if what is stranded were had again, or were lost."""
    point = figures["recovery_point"]
    low, high = (inf if age is None else round(age * NS) for age in (point["age_s"], point["age_stranded_s"]))
    reasons = (loss["bounds"]["records"]["reason"] for loss in figures["loss"].values())
    return Bounds.between(low, high, "; ".join(dict.fromkeys(reason for reason in reasons if reason)))


def _lost(row: Mapping[str, Any], lost: str) -> Bounds:
    """Return what a stage lost: from the field ``lost`` to that and what is stranded."""
    low, stranded = row[lost], row["stranded"]
    return Bounds.between(low, low + stranded, f"{stranded:,} records are out of reach at the end")


def _shown(regions: Mapping[str, Mapping[str, Any]], metric: str) -> float | None:
    """Return the worst of all regions: the longest time without a refresh, or the least complete figure."""
    if not any(f["refreshes"] for f in regions.values()):
        return None
    if metric == "continuity":
        return max(f["longest_s"] for f in regions.values())
    known = [f["completeness"] for f in regions.values() if f["completeness"] is not None]
    return min(known, default=None)


def _stage(fall: Mapping[str, Any], stage: str) -> Mapping[str, Any]:
    """Return a stage; where the primary or the lake ended, mirror and copy are the bus and table itself."""
    own = "bus" if stage.startswith("mirror/") else "analytics" if stage.startswith("copy/") else stage
    found: Mapping[str, Any] = fall[stage] if stage in fall else fall[own]
    return found
