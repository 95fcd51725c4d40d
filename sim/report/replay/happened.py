"""The milestones of a document, each in words, and the stretches of time in which much happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.core.milestones.faults import FaultStarted
from sim.report.review.capabilities import group_of
from sim.report.span import end_s
from sim.report.timeline import TimelineScene, milestones_of, parts, whole_domains

Document = Mapping[str, Any]
S = 1_000_000_000
APART = 1 / 24  # of a run, and
APART_S = 60.0  # at least: what lies further apart belongs to two views
AROUND = 0.1  # of a view: shown before and after
SHORTEST = 1 / 200  # of a run: of a view
VIEWS_MAX = 6
PROMPT = ("write", "read", "delivery")  # groups of capabilities whose recoveries are part of an incident


@dataclass(frozen=True, slots=True)
class ToldMilestone:
    """A milestone in words. ``what``: what happened to whom; ``why``: "" where nothing was said of that."""

    at_s: float
    kind: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of time that is worth a look, ``low_s`` to ``high_s``, named after what begins it."""

    low_s: float
    high_s: float
    name: str
    struck: bool  # a fault begins in it


def happenings(document: Document) -> list[ToldMilestone]:
    """Return every milestone in words, in order of time."""
    found = milestones_of(document)
    domains = whole_domains(found)
    return [
        ToldMilestone(m.at_ns / S, m.kind, *parts(TimelineScene(m.what.kind, (m,)), domains - {m.subject}))
        for m in found
    ]


def views(document: Document, told: Sequence[ToldMilestone]) -> list[View]:
    """Return the stretches in which things happened, by time, at most ``VIEWS_MAX``.

    That in which a fault first begins comes first; none if nothing happened.
    """
    end = end_s(document)
    moments = sorted({*(one.at_s for one in told), *_turns(document)})
    groups: list[list[float]] = []
    for at_s in moments:
        if groups and at_s - groups[-1][-1] <= max(end * APART, APART_S):
            groups[-1].append(at_s)
        else:
            groups.append([at_s])
    found = [_view(group, told, end) for group in groups]
    struck = [view for view in found if view.struck]
    return sorted([*struck, *(v for v in found if not v.struck)][:VIEWS_MAX], key=lambda view: view.low_s)


def first_view(found: Sequence[View]) -> View | None:
    """Return the view to begin with: the incident; None if no fault struck."""
    return next((view for view in found if view.struck), None)


def _turns(document: Document) -> Iterator[float]:
    """Yield when requests and deliveries became bad and good."""
    for name, capability in document["recovery"].items():
        for episode in capability["episodes"] if group_of(name) in PROMPT else ():
            yield episode["started_s"]
            if episode["recovered_s"] is not None:
                yield episode["recovered_s"]


def _view(group: Sequence[float], told: Sequence[ToldMilestone], end: float) -> View:
    low, high = group[0], group[-1]
    around = max((high - low) * AROUND, (end * SHORTEST - (high - low)) / 2, 0.5)
    inside = [one for one in told if low <= one.at_s <= high]
    began = next((one for one in inside if one.kind == FaultStarted.kind.name), None)
    named = began or next(iter(inside), None)
    return View(
        max(0.0, low - around),
        min(end, high + around),
        "a capability turns bad" if named is None else named.what,
        began is not None,
    )
