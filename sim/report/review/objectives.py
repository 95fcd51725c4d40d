"""Objectives in the order in which a meeting looks at them: missed, undecided, closest to the limit."""

from collections.abc import Mapping
from math import inf
from typing import Any

from sim.report.review.records import ObjectiveRow, Range
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.predicates import Bound, parse_predicate

RANKS = {"missed": 0, "undecided": 1, "met": 2}  # worst first


def objectives(sla: list[Mapping[str, Any]]) -> tuple[ObjectiveRow, ...]:
    """Return the objectives of a document, worst first; equal ones in the scenario's order."""
    rows = map(_row, sla)
    return tuple(
        sorted(rows, key=lambda row: (RANKS[row.verdict], inf if row.margin is None else row.margin))
    )


def _row(objective: Mapping[str, Any]) -> ObjectiveRow:
    bound = parse_predicate(objective["must"])
    found = _range(objective)
    return ObjectiveRow(
        **{name: objective[name] for name in ("id", "metric", "of", "must", "verdict", "why")},
        unit=_unit(objective["metric"], bound),
        range=found,
        margin=None if found is None else _margin(bound, found),
    )


def _unit(metric: str, bound: Bound) -> str:
    if METRICS[metric].in_seconds:
        return "s"
    shares = bound.unit == "fraction" or METRICS[metric].units == ("fraction",)
    return "1" if shares else "count"


def _range(objective: Mapping[str, Any]) -> Range | None:
    """Return what it can be. A document writes null for no bound, and for nothing measured: then for both."""
    low, high = objective["low"], objective["high"]
    if low is None and high is None and objective["verdict"] != "missed":
        return None
    return (inf if low is None else low, inf if high is None else high)


def _margin(bound: Bound, found: Range) -> float | None:
    """Return the share of a limit that is left at the worse end of a range; None if a share says nothing."""
    limit = bound.value / 1e9 if bound.unit == "duration" else bound.value
    if bound.op in ("<", "<="):
        return 1 - found[1] / limit if limit > 0 else None
    if bound.op not in (">", ">="):
        return None
    if bound.unit == "fraction":  # of what may fail
        return 1 - (1 - found[0]) / (1 - limit) if limit < 1 else None
    return found[0] / limit - 1 if limit > 0 else None
