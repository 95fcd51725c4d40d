"""The page of two studies on the same draws: what was changed, objectives, and paired differences."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, isnan
from typing import Any

from markupsafe import Markup

from sim.report.compare import comparable, difference, estimate, figure_of, moved, number, parted
from sim.report.html import axis, chart, points
from sim.report.html.markup import Child, el, items, name
from sim.report.html.provenance import provenance
from sim.report.html.shell import Page, PageSection, rendered
from sim.report.html.table import Column, table
from sim.report.html.two_runs import SIDES, changes, title_of
from sim.report.html.verdicts import verdict
from sim.report.opened import Opened
from sim.report.quantities import count, percent, plural
from sim.studies.compare import Difference, differences, paired
from sim.studies.reading import PointTrials, trials_of

Document = Mapping[str, Any]
BARS = 24  # differences that are drawn


def page(before: Opened, after: Opened) -> str:
    """Return the page. SpecError unless both are studies of one point, with the same seed."""
    comparable(before, after)
    then, now = (trials_of(one.folder)[0] for one in (before, after))
    found = differences(then, now)
    first, rest = parted(found)
    others = moved(rest)
    sections = [
        PageSection("changed", "What was changed", [changes(before.folder, after.folder, "scenario-0.yaml")]),
        PageSection("objectives", "Objectives", [_objectives(before.document, after.document, then, now)]),
        PageSection("first", "Recovery and loss", _first(first)),
        PageSection(
            "moved",
            "What else differs",
            [_table(f"{plural(len(others), 'figure')}, the largest effect first", others)],
        ),
        PageSection(
            "same",
            "What cannot be told apart",
            [_same([one for one in rest if not one.differs])],
            folded=True,
        ),
        PageSection("trust", "How far to trust this", [_trust(before.document, after.document, found)]),
        PageSection("provenance", "Where it comes from", _provenance(before.document, after.document)),
    ]
    head = [el("p", text, class_="lead", dir="auto") for text in _sentences(before, after, first)]
    return rendered(
        Page(title_of(before.document, after.document, "two designs"), "Comparison", head, sections)
    )


def _sentences(before: Opened, after: Opened, first: Sequence[Difference]) -> Iterator[str]:
    """Yield what became of the objectives, and what of recovery and loss differs most."""
    told = [
        {one["id"]: one["verdict"] for one in side.document["points"][0]["sla"]} for side in (before, after)
    ]
    turned = [(i, told[0][i], told[1][i]) for i in told[0] if i in told[1] and told[0][i] != told[1][i]]
    if turned:
        yield f"{_some([f'{i}: {then} before, {now} after' for i, then, now in turned])}."
    elif told[0] and told[1]:
        yield f"No verdict changes: {plural(len(set(told[0]) & set(told[1])), 'objective')} on both sides."
    differing = moved(first)
    if differing:
        yield f"{_some([f'{figure_of(one)}: {difference(one)}' for one in differing])}."
    else:
        yield "Recovery and loss cannot be told apart."


def _some(told: Sequence[str]) -> str:
    more = f"; and {len(told) - 3:,} more" if len(told) > 3 else ""
    return "; ".join(told[:3]) + more


def _objectives(before: Document, after: Document, then: PointTrials, now: PointTrials) -> Child:
    """Return each objective on both sides, those whose verdict changes first."""
    sides = [{one["id"]: one for one in document["points"][0]["sla"]} for document in (before, after)]
    ids = sorted(
        dict.fromkeys((*sides[0], *sides[1])),
        key=lambda i: (
            len({side[i]["verdict"] for side in sides if i in side}) < 2 and i in sides[0] and i in sides[1]
        ),
    )
    if not ids:
        return el("p", "No objective was given: nothing was judged.")
    columns = (
        Column("objective"),
        Column("asks"),
        *map(Column, SIDES),
        Column("difference, 95 %", number=True),
    )
    rows = []
    for i in ids:
        asks = list(dict.fromkeys(side[i]["asks"] for side in sides if i in side))
        cells = [
            el("div", verdict(side[i]["verdict"]), " ", points.met_in(side[i])) if i in side else "not there"
            for side in sides
        ]
        apart = _apart(i, then, now, sides[0][i]["unit"]) if i in sides[0] and i in sides[1] else "-"
        rows.append((name(i), name("; after: ".join(asks), "span"), *cells, apart))
    return table("Each objective on both sides, those that turn first", columns, rows)


def _apart(identity: str, then: PointTrials, now: PointTrials, unit: str) -> str:
    """Return the paired difference of what an objective is about, ``-`` if no pair has both."""
    if identity not in then.objectives or identity not in now.objectives:
        return "-"
    found = paired(("", ""), unit, then.objectives[identity].ends.highs, now.objectives[identity].ends.highs)
    return "-" if found is None else difference(found)


def _first(first: Sequence[Difference]) -> list[Child]:
    """Return recovery and loss: drawings of what differs, then all as a table."""
    differing = [one for one in first if one.differs]
    same = [one for one in first if not one.differs]
    drawn = [
        intervals(caption, [one for one in differing if one.unit == unit][:BARS])
        for unit, caption in (
            ("s", "Differences in time, after - before"),
            ("count", "Differences in records"),
        )
        if any(one.unit == unit for one in differing)
    ]
    parts: list[Child] = [*drawn, _table(f"Told apart: {plural(len(differing), 'figure')}", differing)]
    return (
        [*parts, el("details", el("summary", f"{len(same):,} that cannot be told apart"), _same(same))]
        if same
        else parts
    )


def intervals(caption: str, found: Sequence[Difference]) -> Markup:
    """Return differences as bars from one end of their 95 % interval to the other, above one axis."""
    ends = [(_finite(estimate(one).low), _finite(estimate(one).high)) for one in found]
    low, high = min(0.0, *(low for low, _ in ends)), max(0.0, *(high for _, high in ends))
    if high == low:
        high = low + 1.0
    x = (
        axis.durations(high, low_s=low, most=axis.MOST)
        if found[0].unit == "s"
        else axis.counts(high, low=low, most=axis.MOST)
    )
    rows = [
        chart.Row(
            figure_of(one),
            (chart.Bar(*pair, "s0" if estimate(one).value < 0 else "s1", ""),),
            difference(one),
        )
        for one, pair in zip(found, ends, strict=True)
    ]
    keys = chart.legend([("s0", "less than before"), ("s1", "more than before")])
    return chart.figure(
        caption, keys, chart.lanes(rows, x=x), note="Each bar: the 95 % interval of the difference of pairs."
    )


def _finite(value: float) -> float:
    return value if isfinite(value) else 0.0


def _table(caption: str, found: Sequence[Difference]) -> Child:
    if not found:
        return el("p", "Nothing.")
    columns = (
        Column("figure"),
        Column("mean before", number=True),
        Column("mean after", number=True),
        Column("difference, 95 %", number=True),
        Column("noise left", number=True),
    )
    return table(caption, columns, map(_row, found))


def _row(one: Difference) -> tuple[Child, ...]:
    left = "-" if isnan(one.noise_left) else percent(one.noise_left)
    return (
        name(figure_of(one)),
        number(one.before, one.unit),
        number(one.after, one.unit),
        difference(one),
        left,
    )


def _same(found: Sequence[Difference]) -> Child:
    if not found:
        return el("p", "Nothing.")
    columns = (Column("figure"), Column("mean before", number=True), Column("mean after", number=True))
    return table(f"{plural(len(found), 'figure')}", columns, (_row(one)[:3] for one in found))


def _trust(before: Document, after: Document, found: Sequence[Difference]) -> Child:
    notes = [
        f"{plural(len(found), 'figure')} were compared, each at 95 %: one in 20 may seem to differ by luck.",
        "Noise left: the variance of the differences, of that of trials with draws of their own.",
    ]
    for side, document in zip(SIDES, (before, after), strict=True):
        broke = len(document["points"][0]["errors"])
        if broke:
            notes.append(f"{side}: {plural(broke, 'trial')} broke; such a trial is not compared.")
    both = [note for note in before["trust"] if note in after["trust"]]
    alone = [
        f"{side}: {note}"
        for side, document in zip(SIDES, (before, after), strict=True)
        for note in document["trust"]
        if note not in both
    ]
    return items([name(note, "span") for note in (*notes, *both, *alone)])


def _provenance(before: Document, after: Document) -> list[Child]:
    facts = {"seed": count(before["seed"]), "trials": count(min(before["trials"], after["trials"]))}
    facts |= {
        f"digest {side}": document["points"][0]["digest"][:12]
        for side, document in zip(SIDES, (before, after), strict=True)
    }
    commands = [f"sim report {_folder(before)} {_folder(after)}"]
    parts = provenance(facts, after["versions"], commands, where="beside the folders of both studies")
    if before["versions"] != after["versions"]:
        parts.insert(0, el("p", "The two were made with different versions of what they depend on."))
    return parts


def _folder(document: Document) -> str:
    return f"{document['points'][0]['digest'][:12]}-{document['seed']}-study"
