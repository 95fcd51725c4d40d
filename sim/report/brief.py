"""One screen of a run: its review in at most so many lines, the most telling rows of each table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from sim.core.milestones.declaration import PHASES
from sim.report.fitting import shortened
from sim.report.page import ReportSection, ReportTable, laid_out
from sim.report.quantities import NOTHING, clock, count, duration, percent, recovery_time, since, span
from sim.report.review.records import CapabilityRow, Moment, ObjectiveRow, Review, StoreRow
from sim.report.terminal import commands

LINES_MAX = 40
TRUST_MAX = 3
FULL = "(--full)"
ROOM_MIN = 30  # cells in which a sentence is cut; in fewer it wraps
SMALL = 0.01  # a phase of less than this part of every recovery shown has no column
NS = 1e9


@dataclass(frozen=True, slots=True)
class RowLimits:
    """How many rows each table may have."""

    objectives: int = 8
    capabilities: int = 6
    stores: int = 5

    def fewer(self) -> "RowLimits | None":
        """Return this with one row less where there are most, None if there is one of each."""
        sizes = {name: getattr(self, name) for name in ("objectives", "capabilities", "stores")}
        most = max(sizes, key=lambda name: sizes[name])
        return replace(self, **{most: sizes[most] - 1}) if sizes[most] > 1 else None


def brief(review: Review, *, width: int, measure: str, places: Sequence[str]) -> list[ReportSection]:
    """Return the sections of one screen, ``LINES_MAX`` lines if the width allows it.

    ``measure``: what was run, in a line; ``places``: where the rest can be read, a line each.
    """
    rows: RowLimits | None = RowLimits()
    while rows is not None:
        page = _page(review, rows, width=width, measure=measure, places=places)
        if sum(1 for _ in laid_out(page, width)) <= LINES_MAX:
            break
        rows = rows.fewer()
    return page


def _page(
    review: Review, rows: RowLimits, *, width: int, measure: str, places: Sequence[str]
) -> list[ReportSection]:
    told = " ".join(review.sentences + (review.limits if review.verdict == "pass" else ()))
    bodies = [
        (review.headline, told, measure),
        _objectives(review.objectives, rows.objectives),
        _capabilities(review.capabilities, rows.capabilities),
        _stores(review.stores, rows.stores),
        _moments(review.moments, width),
        tuple(_note(line, width) for line in review.trust[:TRUST_MAX]),
        (*places, *commands(review)),
    ]
    return [ReportSection("", body) for body in bodies if body]


def _note(line: str, width: int) -> str:
    return shortened(f"- {line}", width) if width >= 2 * ROOM_MIN else f"- {line}"


def _objectives(found: Sequence[ObjectiveRow], most: int) -> tuple[str | ReportTable, ...]:
    if not found:
        return ()
    rows = tuple(
        (o.id, f"{o.metric} of {o.of}", o.must, value_of(o), o.verdict, _left(o)) for o in found[:most]
    )
    head = ("objective", "measure", "must be", "was", "", "margin")
    return ReportTable(head, rows, frozenset({2, 3, 5})), *_more([o.verdict for o in found[most:]])


def value_of(objective: ObjectiveRow) -> str:
    """Write what an objective came to, in the unit of its predicate: a value, or its bounds."""
    if objective.range is None:
        return NOTHING
    write = {"s": duration, "1": percent, "count": count}[objective.unit]
    return span(*objective.range, write)


def _left(objective: ObjectiveRow) -> str:
    margin = objective.margin
    if margin is None or objective.verdict != "met":
        return ""
    return f"{max(margin, 0.0):.0%}" if margin < 10 else ""


def _more(states: Sequence[str]) -> Iterator[str]:
    """Say how many rows are not shown, by what they are."""
    if states:
        kinds = list(dict.fromkeys(states))
        of = f"all {kinds[0]}" if len(kinds) == 1 else ", ".join(f"{states.count(k)} {k}" for k in kinds)
        yield f"and {len(states)} more: {of} {FULL}" if len(states) > 1 else f"and 1 more: {kinds[0]} {FULL}"


def _capabilities(found: Sequence[CapabilityRow], most: int) -> tuple[str | ReportTable, ...]:
    down = [row for row in found if row.episodes]
    shown, hidden = down[:most], [*down[most:], *(row for row in found if not row.episodes)]
    if not shown:
        return ()
    longest = {
        phase: max(row.phases.get(phase, 0.0) / sum(row.phases.values()) for row in shown if row.phases)
        for phase in dict.fromkeys(phase for row in shown for phase in row.phases)
    }
    phases = [phase for phase in PHASES if longest.get(phase, 0.0) >= SMALL]
    head = ("recovery time of", "took", *(phase.replace("_", " ") for phase in phases))
    rows = tuple(
        (row.name, took(row), *(_spent(row.phases.get(phase, 0.0)) for phase in phases)) for row in shown
    )
    states = ["affected" if row.episodes else "unaffected" for row in hidden]
    return ReportTable(head, rows, frozenset(range(1, len(head)))), *_more(states)


def took(row: CapabilityRow) -> str:
    """Write how long the worst recovery took."""
    return recovery_time(row.rta_s, row.serving_again_s, row.censored_after_s)


def _spent(seconds: float) -> str:
    return duration(seconds) if seconds >= 0.0005 else ""


def _stores(found: Sequence[StoreRow], most: int) -> tuple[str | ReportTable, ...]:
    touched = [row for row in found if row.reasons]
    if not touched:
        return ()
    rows = tuple(
        (row.name, span(*row.records, count), back_to(row), "; ".join(row.reasons)) for row in touched[:most]
    )
    states = ["with losses"] * len(touched[most:]) + ["without loss"] * (len(found) - len(touched))
    return ReportTable(("loss of", "records", "back to", "why"), rows, frozenset({1, 2})), *_more(states)


def back_to(row: StoreRow) -> str:
    """Write how far back a loss reaches; all that a store had: beyond the run."""
    low, high = row.window_s
    return "all" if low == inf else f"{duration(low)} to all" if high == inf else span(low, high, duration)


def _moments(found: Sequence[Moment], width: int) -> tuple[str | ReportTable, ...]:
    """Return a line for each moment; what does not fit into it is left out."""
    if not found:
        return ()
    rows = [(_clock(m), _after(m), f"{m.what}: {m.why}" if m.why else m.what) for m in found]
    room = max(width - max(len(row[0]) + len(row[1]) for row in rows) - 4, 20)
    return (
        ReportTable(
            ("", "", ""), tuple((*row[:2], shortened(row[2], room)) for row in rows), frozenset({0, 1})
        ),
    )


def _clock(moment: Moment) -> str:
    return clock(round(moment.at_s * NS))


def _after(moment: Moment) -> str:
    """Write how long after the first fault a moment lies, nothing for that one itself."""
    return since(round(moment.since_fault_s * NS)) if moment.since_fault_s else ""
