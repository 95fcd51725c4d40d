"""A run on one screen: what happened, the objectives, recovery, loss, a picture, and how to see it again."""

from collections.abc import Sequence
from math import inf

from sim.report.brief import back_to, took, value_of
from sim.report.markdown.gantt import gantt
from sim.report.markdown.text import code, command, document, folded, table, text
from sim.report.opened import Opened
from sim.report.quantities import NOTHING, count, duration, span
from sim.report.review.folder import review_of_folder
from sim.report.review.records import CapabilityRow, ObjectiveRow, StoreRow

OBJECTIVES, CAPABILITIES, STORES = 8, 5, 5  # rows that are shown


def of_run(opened: Opened) -> str:
    """Return a run in Markdown."""
    found = review_of_folder(opened)
    return document(
        (
            f"### {found.verdict.upper()}: {text(found.scenario)}",
            text(" ".join((*found.sentences, *found.limits))),
            objectives(found.objectives),
            _recoveries(found.capabilities),
            _losses(found.stores),
            gantt(opened.document, found.capabilities),
            f"{text(made(opened))} To see it again:",
            command(found.reproduce.line),
            trust(found.trust),
        )
    )


def made(opened: Opened) -> str:
    """Return with what a run was made, in a sentence."""
    of = opened.document
    return f"Seed {of['seed']}, scenario {of['digest']}, sim {of['versions']['sim'] or 'from its source'}."


def trust(notes: Sequence[str]) -> str:
    """Return what limits belief in the figures, folded."""
    return folded("How far to trust this", "\n".join(f"- {text(note)}" for note in notes)) if notes else ""


def objectives(rows: Sequence[ObjectiveRow]) -> str:
    """Return a table of objectives, in their order."""
    cells = [(verdict(row.verdict), code(row.id), asked(row), value_of(row), margin(row)) for row in rows]
    head = ("", "objective", "asks", "came to", "left of its limit")
    return shown(head, cells, OBJECTIVES, right=(3, 4)) if rows else "No objectives are set."


def verdict(word: str) -> str:
    """Return a verdict; one that is not met stands out."""
    return word if word in ("met", "pass") else f"**{word}**"


def asked(row: ObjectiveRow) -> str:
    """Return what an objective asks for."""
    return code(f"{row.metric} {row.of} {row.must}")


def margin(row: ObjectiveRow) -> str:
    """Return the share of its limit that an objective has left."""
    if row.margin is None or row.margin == -inf:
        return NOTHING
    return f"{row.margin:.0%}"


def _recoveries(rows: Sequence[CapabilityRow]) -> str:
    """Return a table of the recoveries that matter most."""
    down = [row for row in rows if row.episodes]
    cells = [(code(row.name), took(row), text(_mostly(row))) for row in down]
    return shown(("capability", "RTA", "most of it"), cells, CAPABILITIES, right=(1,)) if down else ""


def _mostly(row: CapabilityRow) -> str:
    phase, spent = max(row.phases.items(), key=lambda item: item[1], default=("", 0.0))
    return f"{phase.replace('_', ' ')}, {duration(spent)}" if spent else NOTHING


def _losses(rows: Sequence[StoreRow]) -> str:
    """Return a table of stores that have lost records, or from which some are out of reach."""
    cells = [
        (code(row.name), span(*row.records, count), back_to(row), _why(row)) for row in rows if row.records[1]
    ]
    head = ("store", "RPA, records", "RPA, time", "why")
    return shown(head, cells, STORES, right=(1, 2)) if cells else ""


def _why(row: StoreRow) -> str:
    return text("; ".join(row.reasons)) or NOTHING


def shown(head: Sequence[str], rows: Sequence[Sequence[str]], most: int, *, right: Sequence[int] = ()) -> str:
    """Return the first rows as a table, and how many there are beside."""
    rest = len(rows) - most
    more = f"\n\nand {rest} more." if rest > 0 else ""
    return table(head, rows[:most], right=right) + more
