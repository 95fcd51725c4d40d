"""Recoveries: the critical path of each as a row of bars, and each bar with its milestone and cause."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from sim.core.milestones import KINDS
from sim.core.milestones.declaration import DECIDE, PHASES
from sim.core.milestones.failover import NoCandidate
from sim.report.brief import took
from sim.report.html import axis, chart
from sim.report.html.markup import Child, el, name
from sim.report.html.run.watched import Watched
from sim.report.html.shell import PageSection
from sim.report.html.table import Column, table
from sim.report.quantities import clock, duration
from sim.report.review.records import CapabilityRow

# Whether a recovery that the run did not see to its end was still bad then -> what is said of its bar.
OPEN = {True: "not over when the run ended", False: "good again, but had not held when the run ended"}
TITLES = {
    ("write", "read"): "Requests",
    ("delivery",): "Data path",
    ("lake", "dashboard"): "Lake and dashboards",
}


class Stretch(NamedTuple):
    """A part of a recovery, s since the start; ``number``: of the milestone that ended it, if any."""

    phase: str
    began_s: float
    ended_s: float
    number: int | None


def section(watched: Watched) -> PageSection:
    """Return the critical path of every capability's worst recovery."""
    rows = [row for row in watched.review.capabilities if row.episodes]
    if not rows:
        return PageSection("recovery", "Recovery", (el("p", "Nothing was down."),))
    figures = [
        _figure(title, [row for row in rows if row.group in groups], watched)
        for groups, title in TITLES.items()
        if any(row.group in groups for row in rows)
    ]
    kinds = [p for p in PHASES if any(row.phases.get(p) for row in rows)]
    legend = chart.legend([(_kind(phase), phase.replace("_", " ")) for phase in kinds])
    never = [row.name for row in watched.review.capabilities if not row.episodes]
    calm = el("p", f"Never down or too old: {', '.join(never)}.", class_="note") if never else None
    return PageSection(
        "recovery", "Why it took so long", (legend, *figures, calm, _table(rows, watched.document))
    )


def stretches(found: Mapping[str, Any], milestones: Sequence[Mapping[str, Any]]) -> Iterator[Stretch]:
    """Yield the critical path of a capability's worst recovery, in order; none if it is not over.

    Follows the chain of causes as ``sim.measure.capability.phases`` does: what lies between a milestone and
    its cause belongs to the milestone; after the last come rerouting and catching up.
    """
    started_s = _began(found)
    if started_s is None:
        return
    left, here_s, before = dict(found["phases"]), started_s, None
    for number in found["chain"]:
        one = milestones[number]
        since_s = started_s if before is None else max(started_s, before["at_s"])
        waited = before is not None and before["kind"] == NoCandidate.kind.name
        phase = DECIDE if waited else KINDS[one["kind"]].kind.phase
        if one["at_s"] > since_s:
            left[phase] -= one["at_s"] - since_s
            here_s = one["at_s"]
            yield Stretch(phase, since_s, one["at_s"], number)
        before = one
    for phase in ("reroute", "catch_up"):
        if left.get(phase, 0.0) > 1e-9:
            yield Stretch(phase, here_s, here_s + left[phase], None)
            here_s += left[phase]


def _began(found: Mapping[str, Any]) -> float | None:
    """Return when the worst recovery began, None if it is not over."""
    longest = found["rta_s"]
    begun = [one["started_s"] for one in found["episodes"] if one["rta_s"] == longest]
    return begun[0] if begun and longest is not None else None


def _figure(title: str, rows: Sequence[CapabilityRow], watched: Watched) -> Markup:
    recoveries, told = watched.document["recovery"], watched.document["milestones"]
    bars = {row.name: _bars(recoveries[row.name], told, watched.end_s) for row in rows}
    low = min(bar.start for found in bars.values() for bar in found)
    high = max(bar.end for found in bars.values() for bar in found)
    x = axis.times(low, high + 0.12 * (high - low))
    shown = [chart.Row(row.name, bars[row.name], took(row)) for row in rows]
    return chart.figure(title, chart.lanes(shown, x=x, faults=[w for w in watched.faults if w[1] < high]))


def _bars(
    found: Mapping[str, Any], milestones: Sequence[Mapping[str, Any]], end_s: float
) -> tuple[chart.Bar, ...]:
    parts = tuple(stretches(found, milestones))
    if parts:
        return tuple(_bar(part, milestones) for part in parts)
    return tuple(
        chart.Bar(
            one["started_s"],
            end_s if one["recovered_s"] is None else one["recovered_s"],
            "undecided",
            OPEN[one["recovered_s"] is None],
        )
        for one in found["episodes"]
        if one["rta_s"] is None
    )


def _bar(part: Stretch, told: Sequence[Mapping[str, Any]]) -> chart.Bar:
    """Return a part of a recovery as a bar, which tells how long it took, what ended it and why."""
    phase = part.phase.replace("_", " ")
    until, because = _ended(part, told)
    said = f"{phase}, {duration(part.ended_s - part.began_s)}, until {until}"
    said += f"; because of {because}" if because else ""
    return chart.Bar(part.began_s, part.ended_s, _kind(part.phase), phase, said)


def _kind(phase: str) -> str:
    return f"phase-{phase.replace('_', '-')}"


def _table(rows: Sequence[CapabilityRow], document: Mapping[str, Any]) -> Child:
    """Return each part of each recovery with what ended it and what had led to that, folded."""
    columns = (
        Column("recovery of"), Column("phase"), Column("from", number=True), Column("took", number=True),
        Column("until"), Column("because of"),
    )  # fmt: skip
    told = document["milestones"]
    cells = [
        (
            name(row.name),
            part.phase.replace("_", " "),
            clock(round(part.began_s * 1e9)),
            duration(part.ended_s - part.began_s),
            *map(name, _ended(part, told)),
        )
        for row in rows
        for part in stretches(document["recovery"][row.name], told)
    ]
    if not cells:
        return None
    caption = "Each part of each recovery, the milestone that ended it, and the cause of that"
    return el("details", el("summary", "What ended each part"), table(caption, columns, cells))


def _ended(part: Stretch, told: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Say what ended a part, and what had led to that; "" if nothing."""
    if part.number is None:
        return "it was good again", ""
    one = told[part.number]
    cause = None if one["cause"] is None else told[one["cause"]]
    return _words(one), "" if cause is None else _words(cause)


def _words(one: Mapping[str, Any]) -> str:
    return f"{one['kind'].replace('.', ' ')}, {one['subject']}: {one['why']}"
