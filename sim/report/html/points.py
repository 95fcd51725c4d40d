"""The points of a sweep side by side: a table, the frontier of recovery and loss, distributions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from sim.report.html import axis, chart, distribution, marks
from sim.report.html.markup import Child, el, name
from sim.report.html.shell import PageSection
from sim.report.html.table import Column, table
from sim.report.html.verdicts import verdict
from sim.report.quantities import count, duration, plural
from sim.studies.reading import PointTrials

Document = Mapping[str, Any]
CURVES = 16  # points whose distributions are drawn in one plot: eight colours, plain and dashed


def sections(document: Document, trials: Sequence[PointTrials]) -> list[PageSection]:
    """Return what tells points apart; nothing if there is one alone."""
    points = document["points"]
    if len(points) < 2:
        return []
    return [
        PageSection("points", "The points", [_table(points), frontier(points)]),
        PageSection("curves", "How they differ", [*_curves(points, trials)]),
    ]


def numbered(number: int, label: str) -> str:
    """Return a point's label with its number, from 1; "" if it is the only one."""
    return f"{number + 1}: {label}" if label else ""


def met_in(one: Document) -> str:
    """Say in how many trials an objective was met, and what became of the others."""
    trials = one["met"] + one["missed"] + one["undecided"]
    open_ = one["undecided"] - one["broken"]
    told = [(one["missed"], "missed"), (open_, "undecided"), (one["broken"], "broken")]
    rest = ", ".join(f"{number:,} {what}" for number, what in told if number)
    return f"{one['met']:,} of {trials:,}{f': {rest}' if rest else ''}"


def overview(points: Sequence[Document]) -> Markup:
    """Return the verdict of each objective at each point."""
    ids = list(dict.fromkeys(one["id"] for point in points for one in point["sla"]))
    rows = []
    for number, point in enumerate(points):
        of = {one["id"]: one for one in point["sla"]}
        cells = (el("div", verdict(of[i]["verdict"]), " ", met_in(of[i])) if i in of else "-" for i in ids)
        rows.append((name(numbered(number, point["label"])), *cells))
    caption = "Each objective at each point, and in how many trials it was met"
    return table(caption, [Column("point"), *(Column(name(i)) for i in ids)], rows)


def frontier(points: Sequence[Document]) -> Markup:
    """Return recovery against loss, at the 95th percentile; rings: another point is better in everything."""
    places = [(number, point["frontier"]) for number, point in enumerate(points, 1)]
    closed = [(n, p) for n, p in places if p["rta_s_p95"] is not None and p["lost_records_p95"] is not None]
    caption = "Recovery time against acknowledged records lost, both at the 95th percentile"
    if not closed:
        return chart.figure(caption, el("p", "No point has bounds for both."))
    times, losses = ([place[key] for _, place in closed] for key in ("rta_s_p95", "lost_records_p95"))
    x = axis.durations(1.05 * max(times), least=axis.least_of(times), most=axis.MOST)
    y = axis.counts(1.05 * max(losses), least=axis.least_of(losses))
    shown = [
        marks.dots(
            [(p["rta_s_p95"], p["lost_records_p95"]) for _, p in closed if p["best"] is best], x, y,
            series=0, kind=kind,
        )
        for best, kind in ((True, "dot"), (False, "dot"), (False, "dot hole"))
    ]  # fmt: skip
    numbers = [marks.note(f"{n:,}", p["rta_s_p95"], p["lost_records_p95"], x=x, y=y) for n, p in closed]
    left = len(points) - len(closed)
    note = "Numbers are those of the table; filled: no other point is better in everything."
    more = f" {plural(left, 'point')} without bound left out." if left else ""
    plot = chart.plot(*shown, *numbers, x=x, y=y, height_px=260)
    return chart.figure(caption, plot, note=note + more)


def _table(points: Sequence[Document]) -> Markup:
    priced = any(point["frontier"]["cost"] for point in points)
    columns = (
        Column("point"),
        Column("verdict"),
        Column("frontier"),
        Column("recovery, 95th percentile", number=True),
        Column("lost, 95th percentile", number=True),
        *([Column("cost of an hour", number=True)] if priced else []),
    )
    rows = (_row(number, point, priced=priced) for number, point in enumerate(points))
    return table("Points of the sweep; on the frontier: none is better in everything", columns, rows)


def _row(number: int, point: Document, *, priced: bool) -> tuple[Child, ...]:
    place = point["frontier"]
    cost = f"{place['cost_per_hour']:,.2f} {place['currency']}" if place["cost"] else "-"
    return (
        name(numbered(number, point["label"])),
        verdict(point["verdict"]),
        "on it" if place["best"] else "-",
        "not over" if place["rta_open"] else duration(place["rta_s_p95"]),
        "no bound" if place["lost_open"] else count(place["lost_records_p95"]),
        *([cost] if priced else []),
    )


def _curves(points: Sequence[Document], trials: Sequence[PointTrials]) -> Iterator[Child]:
    """Yield, for each objective, the share of trials that came to at most so much, a curve a point."""
    shown = list(zip(points, trials, strict=True))[:CURVES]
    keys = [(f"line {marks.of_series(n)}", numbered(n, point["label"])) for n, (point, _) in enumerate(shown)]
    yield chart.legend(keys)
    yield el(
        "p",
        "Each curve: the share of a point's trials that came to at most so much (the most that they can be).",
        f" The first {CURVES} of {len(points)} points." if len(points) > CURVES else "",
        class_="note",
    )
    ids = dict.fromkeys(one["id"] for point, _ in shown for one in point["sla"])
    figures = (_curve(identity, shown) for identity in ids)
    yield el("div", *(figure for figure in figures if figure), class_="charts")


def _curve(identity: str, shown: Sequence[tuple[Document, PointTrials]]) -> Markup | None:
    """Return the curves of an objective; None if nothing was measured anywhere."""
    asked = next(one for point, _ in shown for one in point["sla"] if one["id"] == identity)
    columns = [
        trials.objectives[identity].ends.highs if identity in trials.objectives else np.empty(0)
        for _, trials in shown
    ]
    finite = [value for column in columns for value in column[np.isfinite(column)].tolist()]
    if not finite:
        return None
    limit = distribution.limit_of(asked["must"])
    x, _ = distribution.scale(np.array(finite), limit, asked["unit"])
    y = axis.shares(1.0, most=2)
    curves = [_ecdf(column, x, y, series=n) for n, column in enumerate(columns) if np.isfinite(column).any()]
    drawn = [marks.limit(limit.value, x, words=limit.words, upright=True)] if limit.value <= x.high else []
    title = name(f"{identity}: {asked['metric']} of {asked['of']}")
    return chart.figure(title, chart.plot(*curves, *drawn, x=x, y=y))


def _ecdf(values: np.ndarray, x: axis.Axis, y: axis.Axis, *, series: int) -> marks.Mark:
    """Return the share of trials up to each value; what has no bound, or no value, is never reached."""
    known = np.sort(values[np.isfinite(values)])
    edges = [x.low, *known.tolist(), x.high]
    return marks.steps(edges, [i / values.size for i in range(known.size + 1)], x, y, series=series)
