"""The points of a sweep as a table, and as JSON."""

import math
from collections.abc import Sequence
from typing import Any

from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import NOTHING, count, duration, percent
from sim.studies.frontier import FrontierPoint, frontier
from sim.studies.study import Finding

ON_IT = "*"
_KEY = "* on the frontier: no other point is as good in recovery, loss and cost and better in one of them."


def side_by_side(findings: Sequence[Finding]) -> ReportSection:
    """Return the table of points, those on the frontier marked."""
    places = frontier(findings)
    source = findings[0].point.scenario.prices
    rows = tuple(
        (ON_IT if p.best else "", _time(p.rta_s), _number(p.lost_records), _cost(p), _said(f, p), p.label)
        for f, p in zip(findings, places, strict=True)
    )
    head = ("", "recovery, p95", "lost, p95", "cost an hour", "", "point")
    notes = [f"Prices: {source.source}. {_parts(places)}"] if source else []
    return ReportSection("Points", (ReportTable(head, rows, frozenset({1, 2, 3})), "", _KEY, *notes))


def entry(place: FrontierPoint) -> dict[str, Any]:
    """Return a point's place as JSON holds it. What has no bound is null, and said to be open."""
    return {
        "best": place.best,
        "rta_s_p95": place.rta_s,
        "rta_open": math.isinf(place.rta_s),
        "lost_records_p95": place.lost_records,
        "lost_open": math.isinf(place.lost_records),
        "cost_per_hour": place.cost_per_hour if place.cost else None,
        "cost": place.cost,
        "currency": place.currency,
    }


def _said(finding: Finding, place: FrontierPoint) -> str:
    """Return a point's verdict, with the trials that say nothing."""
    return f"{place.verdict}; {finding.tally.broke}" if finding.tally.errors else place.verdict


def _parts(places: Sequence[FrontierPoint]) -> str:
    """Say what the cost is made of, as a share of the dearest point's."""
    dearest = max((p for p in places if p.cost), key=lambda p: p.cost_per_hour)
    total = dearest.cost_per_hour
    shares = ", ".join(
        f"{name} {percent(value / total if total else 0.0)}" for name, value in dearest.cost.items()
    )
    missing = [name for name in ("instance", "transfer", "storage") if name not in dearest.cost]
    left_out = f"; no price, so left out: {', '.join(missing)}" if missing else ""
    return f"Of the dearest point's cost: {shares}{left_out}."


def _cost(place: FrontierPoint) -> str:
    return f"{place.cost_per_hour:,.2f} {place.currency}" if place.cost else NOTHING


def _time(seconds: float) -> str:
    return NOTHING if math.isnan(seconds) else "not over" if math.isinf(seconds) else duration(seconds)


def _number(value: float) -> str:
    return NOTHING if math.isnan(value) else "no bound" if math.isinf(value) else count(value)
