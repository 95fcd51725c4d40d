"""The top of a run's page: what a manager can act on, and the objectives."""

from collections.abc import Iterator

from markupsafe import Markup

from sim.report.brief import value_of
from sim.report.html.markup import Child, command, el, name
from sim.report.html.run.watched import Watched
from sim.report.html.shell import PageSection
from sim.report.html.table import Column, table
from sim.report.html.verdicts import badge, verdict
from sim.report.quantities import NOTHING, duration
from sim.report.review.records import ObjectiveRow

SHOWN = 6  # objectives, though they are met; the others are folded
TENSE = 0.1  # of a limit: what is left is little


def head(watched: Watched) -> tuple[Child, ...]:
    """Return what stands under the title."""
    review, document = watched.review, watched.document
    purpose = watched.scenario.purpose
    return (
        el(
            "p",
            badge(review.verdict),
            " ",
            name(review.headline.split(": ", 2)[-1]),
        ),
        *(el("p", sentence, class_="lead") for sentence in [" ".join(review.sentences + review.limits)]),
        el("p", name(purpose), class_="note") if purpose else None,
        _facts(watched),
        el("p", el("span", f"{review.next.purpose}: ", class_="note"), command(review.next.line))
        if document.get("resolved")
        else None,
    )


def _facts(watched: Watched) -> Markup:
    document = watched.document
    told = {
        "lasted": duration(watched.end_s),
        "faults": f"{len(document['faults'])}",
        "seed": f"{document['seed']}",
        "digest": document["digest"],
        "writes": f"{document['performance']['writes']:,}",
    }
    rows = (el("div", el("dt", what), el("dd", value)) for what, value in told.items())
    return el("dl", *rows, class_="facts")


def objectives(watched: Watched) -> PageSection:
    """Return every objective with its bound, its value and what is left, the missed ones first."""
    found = watched.review.objectives
    if not found:
        return PageSection("objectives", "Objectives", (el("p", "The scenario sets none."),))
    columns = (
        Column("objective"),
        Column("measure"),
        Column("must be", number=True),
        Column("was", number=True),
        Column("verdict"),
        Column("left of the limit", number=True),
    )
    rows = [
        (
            name(row.id),
            name(f"{row.metric} of {row.of}"),
            row.must,
            value_of(row),
            verdict(row.verdict),
            _left(row),
        )
        for row in found
    ]
    pressing = max(SHOWN, sum(row.verdict != "met" for row in found))
    shown = table("Missed first, then undecided, then the closest to its limit", columns, rows[:pressing])
    rest = rows[pressing:]
    more = (
        el("details", el("summary", f"{len(rest)} more, all met"), table("Met", columns, rest))
        if rest
        else None
    )
    return PageSection("objectives", "Objectives", (shown, *_reasons(found), more))


def _reasons(found: tuple[ObjectiveRow, ...]) -> Iterator[Child]:
    """Yield why objectives are undecided."""
    for row in found:
        if row.why:
            yield el("p", name(row.id), f": {row.why}", class_="note")


def _left(row: ObjectiveRow) -> Child:
    """Write the share of a limit that is left, with a bar; beyond it, by how much it was missed."""
    if row.margin is None:
        return NOTHING
    share = f"{row.margin:.0%}"
    if row.margin < 0:
        return el("span", share, class_="missed beyond")
    width = f"width:{min(row.margin, 1.0) * 100:.0f}%"
    kind = "undecided" if row.margin < TENSE else "met"
    bar = el("span", el("span", class_=f"filled {kind}", style=width), class_="margin", aria_hidden="true")
    return el("span", bar, share, class_="left")
