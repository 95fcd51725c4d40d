"""Milestones: every decision and state change of the control plane, with its cause."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.core.milestones import KINDS
from sim.core.milestones.declaration import Happening, why
from sim.core.milestones.faults import FaultStarted
from sim.core.record import entries, restored


@dataclass(frozen=True, slots=True)
class Milestone:
    """One thing that happened.

    ``subject`` names what it happened to (``us-east``, ``orders``, ``orders/us-west``, ``fault/power``);
    ``what`` is what happened, with its values: one of ``sim.core.milestones.KINDS``; ``cause`` is the id of
    the milestone that led to it, or None; ids count from 0 in order of time.
    """

    id: int
    at_ns: int
    subject: str
    what: Happening
    cause: int | None = None

    @property
    def kind(self) -> str:
        """The name of what happened, as ``primary.lost``."""
        return self.what.kind.name

    @property
    def why(self) -> str:
        """What there is to say of it, in one phrase for people."""
        return why(self.what)

    @property
    def values(self) -> dict[str, Any]:
        """What it carries beyond its kind: name -> value."""
        return dict(entries(self.what))


def read_milestone(entry: Mapping[str, Any]) -> Milestone:
    """Return a milestone of its ``id``, ``at_ns``, ``kind``, ``subject``, ``values`` and ``cause``."""
    what = restored(KINDS[entry["kind"]], entry["values"])
    return Milestone(entry["id"], entry["at_ns"], entry["subject"], what, entry["cause"])


def between(milestones: Sequence[Milestone], first_ns: int, last_ns: int) -> Sequence[Milestone]:
    """Return the milestones of a time, both ends included."""
    start = bisect_left(milestones, first_ns, key=_at)
    return milestones[start : bisect_right(milestones, last_ns, lo=start, key=_at)]


def times_of(milestones: Iterable[Milestone], kind: type[Happening], subject: str) -> list[int]:
    """Return when something happened to a subject (ns), in order."""
    return [m.at_ns for m in milestones if isinstance(m.what, kind) and m.subject == subject]


def _at(milestone: Milestone) -> int:
    return milestone.at_ns


Onset = tuple[int, str]  # when (ns) a fault began, or began again, and its id


def heard(milestones: Sequence[Milestone], first: int, until_ns: int) -> tuple[tuple[Milestone, ...], int]:
    """Return what happened by ``until_ns``, from milestone number ``first`` on, and the next number.

    What happened at ``until_ns`` too: what a fault destroyed then is among the rows of the same slice.
    """
    stop = bisect_right(milestones, until_ns, lo=first, key=_at)
    return tuple(milestones[first:stop]), stop


def onsets(milestones: Iterable[Milestone]) -> tuple[Onset, ...]:
    """Return the faults that began among milestones."""
    found = (m for m in milestones if isinstance(m.what, FaultStarted))
    return tuple((m.at_ns, m.subject.removeprefix("fault/")) for m in found)


class Milestones:
    """The growing list of what happened."""

    def __init__(self) -> None:
        self.all: list[Milestone] = []

    def add(self, at_ns: int, subject: str, what: Happening, *, cause: int | None = None) -> int:
        """Note that something happened; return its id."""
        self.all.append(Milestone(len(self.all), at_ns, subject, what, cause))
        return len(self.all) - 1

    def last(self, *kinds: type[Happening]) -> int | None:
        """Return the id of the newest milestone of these kinds, None if there is none."""
        return next((m.id for m in reversed(self.all) if isinstance(m.what, kinds)), None)
