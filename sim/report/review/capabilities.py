"""Capabilities in the order in which a meeting looks at them: missed, then the worst of each group."""

from collections.abc import Iterable, Mapping
from itertools import chain, zip_longest
from typing import Any

from sim.core.milestones.declaration import PHASES
from sim.report.review.objectives import RANKS
from sim.report.review.records import CapabilityRow, ObjectiveRow

GROUPS = ("write", "read", "delivery", "lake", "dashboard")
PRESSING = ("missed", "undecided")


def capabilities(
    recovery: Mapping[str, Mapping[str, Any]], judged: Iterable[ObjectiveRow]
) -> tuple[CapabilityRow, ...]:
    """Return every capability of a document's recoveries.

    Those with a missed or undecided objective come first, then the worst of each group, the second of each,
    and so on; those that were never down last. ``judged``: the objectives, worst first.
    """
    verdicts: dict[str, str] = {}
    for objective in judged:
        if objective.metric == "rta":
            verdicts.setdefault(objective.of, objective.verdict)
    rows = [_row(name, found, verdicts.get(name, "")) for name, found in recovery.items()]
    rows.sort(key=_worst)
    pressing = [row for row in rows if row.verdict in PRESSING]
    rest = [row for row in rows if row.verdict not in PRESSING]
    down, well = [row for row in rest if row.episodes], [row for row in rest if not row.episodes]
    return (*pressing, *_in_turn(down), *well)


def group_of(name: str) -> str:
    """Return the group of a capability, as its name has it."""
    first, _, last = name.partition(".")
    if first in ("lake", "dashboard"):
        return first
    return last if last in ("write", "read") else "delivery"


def lasted(row: CapabilityRow) -> float:
    """Return how long the worst recovery took, at least, in seconds."""
    if row.rta_s is not None:
        return row.rta_s
    return (row.censored_after_s or 0.0) if row.serving_again_s is None else row.serving_again_s


def slowness(row: CapabilityRow) -> tuple[bool, bool, float]:
    """Return what makes a recovery worse: still bad at the end of the run, not known to hold, how long."""
    return row.rta_s is None and row.serving_again_s is None, row.rta_s is None, lasted(row)


def _row(name: str, found: Mapping[str, Any], verdict: str) -> CapabilityRow:
    phases = {phase: found["phases"].get(phase, 0.0) for phase in PHASES}
    same = ("rta_s", "censored_after_s", "serving_again_s", "downtime_s", "failed_requests", "tested")
    return CapabilityRow(
        **{key: found[key] for key in same},
        name=name,
        group=group_of(name),
        episodes=len(found["episodes"]),
        phases={phase: spent for phase, spent in phases.items() if spent},
        verdict=verdict,
    )


def _worst(row: CapabilityRow) -> tuple[int, bool, bool, float, str]:
    still, unknown, took_s = slowness(row)
    return RANKS.get(row.verdict, len(RANKS)), not still, not unknown, -took_s, row.name


def _in_turn(rows: list[CapabilityRow]) -> list[CapabilityRow]:
    """Return the first of each group, then the second of each, and so on."""
    rows = sorted(sorted(rows, key=lambda row: row.name), key=slowness, reverse=True)
    groups = ([row for row in rows if row.group == group] for group in GROUPS)
    return [row for row in chain.from_iterable(zip_longest(*groups)) if row is not None]
