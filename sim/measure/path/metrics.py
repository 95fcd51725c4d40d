"""What the metrics of objectives are on the data path."""

from collections.abc import Mapping
from typing import Any

TALLIES = {
    **{name: name for name in ("ghosts", "orphans", "duplicates", "gaps", "reorderings", "dead_letters")},
    "late_records": "late",
}  # of a delivery
SECTIONS = ("waterfall", "freshness", "delivery", "recovery_point", "monitoring", "replays", "insights")
LOSSES = {"records_lost": "lost", "lost_after_replay": "records_after_replay"}  # of a stage
METRICS = (
    "freshness_max", "freshness_p99", "continuity", "completeness", *LOSSES, "recovery_point", *TALLIES,
)  # fmt: skip


def path_value(figures: Mapping[str, Any], metric: str, of: str) -> tuple[float | None, bool]:
    """Return what a metric came to, and whether that is in seconds; None if there was nothing to measure.

    KeyError if there is no such thing.
    """
    if metric == "recovery_point":
        return figures["recovery_point"]["age_s"], True
    if metric in ("continuity", "completeness"):
        return _shown(figures["insights"][of], metric), metric == "continuity"
    if metric.startswith("freshness_"):
        name = metric.removeprefix("freshness_") + "_s"
        return figures["freshness"][of][name] if figures["recovery"][of]["operations"] else None, True
    if metric in TALLIES:
        return figures["delivery"][of][TALLIES[metric]]["count"], False
    domain, _, stage = of.partition(".")
    row = _stage(figures["waterfall"][domain], stage)
    population = sum(row[term] for term in ("delivered", "in_flight", "dropped", "lost"))
    return row[LOSSES[metric]] if population else None, False


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
