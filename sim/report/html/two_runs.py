"""The page of two runs side by side: what was changed, objectives, recoveries with their phases, losses."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sim.core.milestones.declaration import PHASES
from sim.report.brief import took, value_of
from sim.report.changed import changed
from sim.report.folder import run_name
from sim.report.html import axis, chart
from sim.report.html.markup import Child, el, items, name
from sim.report.html.provenance import provenance
from sim.report.html.run.recovery import OPEN
from sim.report.html.shell import Page, PageSection, rendered
from sim.report.html.table import Column, table
from sim.report.html.verdicts import verdict
from sim.report.opened import Opened
from sim.report.quantities import count, duration, plural, span
from sim.report.review.capabilities import lasted
from sim.report.review.records import CapabilityRow, ObjectiveRow, Review
from sim.report.review.review import review_of

Document = Mapping[str, Any]
SIDES = ("before", "after")
ANECDOTE = "One trial of each: a difference may be luck. sim compare tells by how much, on the same draws."


def page(before: Opened, after: Opened) -> str:
    """Return the page. OSError if the scenario of one cannot be read."""
    then, now = (review_of(one.document) for one in (before, after))
    sections = [
        PageSection("changed", "What was changed", [changes(before.folder, after.folder, "scenario.yaml")]),
        PageSection("objectives", "Objectives", [*_objectives(then, now)]),
        PageSection("recovery", "Recovery", [*_recoveries(then, now)]),
        PageSection("loss", "What was lost", [_losses(then, now)]),
        PageSection("trust", "How far to trust this", [_trust(before.document, after.document)]),
        PageSection("provenance", "Where it comes from", _provenance(before.document, after.document)),
    ]
    head = [
        el("p", f"{side}: ", verdict(one.verdict), f" {' '.join(one.sentences)}", class_="lead", dir="auto")
        for side, one in zip(SIDES, (then, now), strict=True)
    ]
    return rendered(Page(title_of(before.document, after.document, "two runs"), "Comparison", head, sections))


def title_of(before: Document, after: Document, what: str) -> str:
    """Return the names of two scenarios, or the one that they share and what is compared."""
    names = list(dict.fromkeys(one["scenario"] for one in (before, after)))
    return " against ".join(names) if len(names) > 1 else f"{names[0]}: {what}"


def changes(before: Path, after: Path, file: str) -> Child:
    """Return what the scenarios of two folders have set differently."""
    texts = [(folder / file).read_text(encoding="utf-8") for folder in (before, after)]
    rows = [(name(path), name(then, "span"), name(now, "span")) for path, then, now in changed(*texts)]
    if not rows:
        return el("p", "Nothing: both are the same scenario.")
    heads = [Column("setting"), *map(Column, SIDES)]
    return table(f"Set differently: {plural(len(rows), 'value')}", heads, rows)


def _objectives(then: Review, now: Review) -> Iterator[Child]:
    """Yield objectives, those that turn first; folded those that came to the same."""
    sides = [{row.id: row for row in one.objectives} for one in (then, now)]
    rows = [(i, sides[0].get(i), sides[1].get(i)) for i in dict.fromkeys((*sides[0], *sides[1]))]
    if not rows:
        yield el("p", "No objective was given: nothing was judged.")
        return
    apart = [row for row in rows if _told(row[1]) != _told(row[2])]
    apart.sort(key=lambda row: row[1] is not None and row[2] is not None and row[1].verdict == row[2].verdict)
    same = [row for row in rows if row not in apart]
    columns = (Column("objective"), Column("measure"), *map(Column, SIDES))
    if apart:
        yield table("Those that came to something else, the ones that turn first", columns, map(_row, apart))
    if same:
        whole = table("The same on both sides", columns, map(_row, same))
        yield el("details", el("summary", f"{len(same):,} came to the same"), whole)


def _told(row: ObjectiveRow | None) -> object:
    return None if row is None else (row.range, row.verdict, row.must)


def _row(row: tuple[str, ObjectiveRow | None, ObjectiveRow | None]) -> tuple[Child, ...]:
    identity, *sides = row
    there = next(side for side in sides if side is not None)
    cells = (
        el("div", verdict(side.verdict), f" {value_of(side)}, must be {side.must}") if side else "not there"
        for side in sides
    )
    return name(identity), name(f"{there.metric} of {there.of}"), *cells


def _recoveries(then: Review, now: Review) -> Iterator[Child]:
    """Yield the worst recovery of each capability on both sides, by phase, those that differ."""
    sides = [{row.name: row for row in one.capabilities} for one in (then, now)]
    told = dict.fromkeys((*sides[0], *sides[1]))
    names = [i for i in told if _took(sides[0].get(i)) != _took(sides[1].get(i))]
    rows = [
        (row, chart.Row(f"{i}, {side}", _bars(row), took(row)))
        for i in names
        for side, of in zip(SIDES, sides, strict=True)
        if (row := of.get(i)) is not None
    ]
    if not rows:
        yield el("p", "Every recovery took as long on both sides.")
        return
    high = max(1e-9, *(bar.end for _, row in rows for bar in row.bars))
    seen = [phase for phase in PHASES if any(row.phases.get(phase) for row, _ in rows)]
    keys = chart.legend([(_kind(phase), phase.replace("_", " ")) for phase in seen])
    drawn = chart.lanes([row for _, row in rows], x=axis.durations(1.3 * high, most=axis.MOST))
    yield chart.figure("Recoveries that took another time", keys, drawn)
    same = len(told) - len(names)
    yield el("p", f"{same:,} others took the same time on both sides.", class_="note") if same else None


def _took(row: CapabilityRow | None) -> object:
    return None if row is None else (row.rta_s, row.censored_after_s)


def _bars(row: CapabilityRow) -> tuple[chart.Bar, ...]:
    """Return the phases of a recovery one after the other; of one that did not hold its length so far."""
    if row.rta_s is None:
        return (chart.Bar(0.0, lasted(row), "undecided", OPEN[row.serving_again_s is None]),)
    bars, here = [], 0.0
    for phase, spent in row.phases.items():
        bars.append(chart.Bar(here, here + spent, _kind(phase), phase.replace("_", " ")))
        here += spent
    return tuple(bars)


def _kind(phase: str) -> str:
    return f"phase-{phase.replace('_', '-')}"


def _losses(then: Review, now: Review) -> Markup:
    sides = [{row.name: row for row in one.stores} for one in (then, now)]
    rows = []
    for i in dict.fromkeys((*sides[0], *sides[1])):
        cells: list[Child] = []
        for side in sides:
            row = side.get(i)
            cells += [span(*row.records, count), span(*row.window_s, duration)] if row else ["not there"] * 2
        rows.append((name(i), *cells))
    heads = (Column(f"{what} {side}", number=True) for side in SIDES for what in ("records", "window"))
    return table("Acknowledged records lost, or out of reach, of each store", [Column("store"), *heads], rows)


def _trust(before: Document, after: Document) -> Child:
    notes = dict.fromkeys((ANECDOTE, *before["trust"], *after["trust"]))
    seeds = [one["seed"] for one in (before, after)]
    if seeds[0] != seeds[1]:
        notes = dict.fromkeys((f"The seeds differ ({seeds[0]} and {seeds[1]}): so do all draws.", *notes))
    return items([name(note, "span") for note in notes])


def _provenance(before: Document, after: Document) -> Sequence[Child]:
    facts: dict[str, str] = {}
    for side, one in zip(SIDES, (before, after), strict=True):
        facts |= {f"digest {side}": one["digest"][:12], f"seed {side}": f"{one['seed']}"}
    folders = (f"{one['digest'][:12]}-{run_name(one['seed'], one['trial'])}" for one in (before, after))
    return provenance(
        facts, after["versions"], [shlex.join(["sim", "report", *folders])], where="beside both folders"
    )
