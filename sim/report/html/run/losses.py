"""What was lost: of each store and why, and at which stage of the data path records are missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.html import axis, chart
from sim.report.html.markup import Child, el, items, name
from sim.report.html.run.watched import Watched
from sim.report.html.shell import PageSection
from sim.report.html.table import Column, table
from sim.report.quantities import clock, count, duration, span
from sim.report.review.stores import CAUSES

TERMS = ("in_flight", "stranded", "dropped", "lost")


def section(watched: Watched) -> PageSection:
    """Return losses of stores, then the waterfall of each store's records over its stages."""
    return PageSection(
        "loss", "What was lost", (_stores(watched), *_cuts(watched), *_waterfalls(watched.document))
    )


def _stores(watched: Watched) -> Child:
    columns = (
        Column("store"), Column("lost or out of reach", "records", number=True),
        Column("reaches back", number=True), Column("why"),
    )  # fmt: skip
    rows = [
        (
            name(row.name),
            span(*row.records, count),
            span(*row.window_s, duration),
            items(row.reasons) if row.reasons else "nothing is lost",
        )
        for row in watched.review.stores
    ]
    return table("Acknowledged records of each store", columns, rows)


def _cuts(watched: Watched) -> Iterator[Child]:
    """Yield where the records of each promotion or destruction were lost."""
    columns = (
        Column("store"), Column("when", number=True), Column("from"), Column("to"),
        Column("lost", "records", number=True), Column("where they were"),
    )  # fmt: skip
    rows = [
        (
            name(store),
            clock(round(cut["at_s"] * 1e9)),
            name(cut["from"]),
            "nobody: destroyed" if cut["to"] is None else name(cut["to"]),
            count(cut["records"]),
            "; ".join(f"{number:,} {CAUSES[cause]}" for cause, number in cut["cause"].items() if number)
            or "-",
        )
        for store, found in watched.document["loss"].items()
        for cut in found["recoveries"]
    ]
    if rows:
        yield table("Each promotion and destruction, and where its losses were", columns, rows)


def _waterfalls(document: Mapping[str, Any]) -> Iterator[Child]:
    for domain, stages in document.get("waterfall", {}).items():
        yield el("h3", name(domain), ": its acknowledged records, stage by stage")
        yield _picture(stages)
        yield _stages(stages)


def _picture(stages: Mapping[str, Mapping[str, Any]]) -> Child:
    """Return what has not arrived at each stage, as bars."""
    missing = {stage: sum(found[term] for term in TERMS) for stage, found in stages.items()}
    if not any(missing.values()):
        return el("p", "Everything has arrived everywhere.", class_="note")
    used = [term for term in TERMS if any(found[term] for found in stages.values())]
    rows = [chart.Row(stage, _terms(found), _note(found)) for stage, found in stages.items()]
    shown = chart.lanes(rows, x=axis.counts(max(missing.values()) * 1.3, most=axis.MOST))
    words = [(f"term-{term.replace('_', '-')}", term.replace("_", " ")) for term in used]
    return chart.figure("Not there when the run ended, records", chart.legend(words), shown)


def _terms(found: Mapping[str, Any]) -> tuple[chart.Bar, ...]:
    bars, at = [], 0.0
    for term in reversed(TERMS):  # what is lost first, at the left
        if found[term]:
            words = term.replace("_", " ")
            bars.append(chart.Bar(at, at + found[term], f"term-{term.replace('_', '-')}", words))
            at += found[term]
    return tuple(bars)


def _note(found: Mapping[str, Any]) -> str:
    told = [f"{found[term]:,} {term.replace('_', ' ')}" for term in reversed(TERMS) if found[term]]
    return ", ".join(told) or "all there"


def _stages(stages: Mapping[str, Mapping[str, Any]]) -> Child:
    columns = (
        Column("stage"),
        *(Column(term.replace("_", " "), number=True) for term in ("delivered", *TERMS)),
        Column("reaches back", number=True),
        Column("first lost"),
    )
    rows = [
        (
            name(stage),
            *(count(found[term]) for term in ("delivered", *TERMS)),
            "without bound" if found["window_s"] is None else duration(found["window_s"]),
            _first(found["first_lost"]),
        )
        for stage, found in stages.items()
    ]
    return el("details", el("summary", "In numbers"), table("Acknowledged records at the end", columns, rows))


def _first(lost: Mapping[str, Any] | None) -> str:
    if lost is None:
        return ""
    committed, passed = (clock(round(lost[when] * 1e9)) for when in ("commit_s", "at_s"))
    return f"{lost['why']}; committed at {committed}, passed over at {passed}"
