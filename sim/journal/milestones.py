"""Milestones: every decision and state change of the control plane, with its cause."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Milestone:
    """One thing that happened.

    ``kind`` is one of KINDS; ``subject`` names what it happened to (``us-east``, ``orders``,
    ``orders/us-west``, ``fault/power``); ``why`` is one phrase for people; ``cause`` is the id of the
    milestone that led to it, or None; ids count from 0 in order of time.
    """

    id: int
    at_ns: int
    kind: str
    subject: str
    why: str
    cause: int | None = None


def between(milestones: Sequence[Milestone], first_ns: int, last_ns: int) -> Sequence[Milestone]:
    """Return the milestones of a time, both ends included."""
    start = bisect_left(milestones, first_ns, key=_at)
    return milestones[start : bisect_right(milestones, last_ns, lo=start, key=_at)]


def _at(milestone: Milestone) -> int:
    return milestone.at_ns


# kind -> what it means
KINDS = {
    "fault.started": "a fault's overlay was applied; subject fault/<id>",
    "fault.healed": "a fault's overlay was removed",
    "region.down": "a region's gateways and nodes stopped",
    "region.up": "a region's gateways answer again",
    "node.down": "a database node stopped; subject <domain>/<region>",
    "node.up": "a database node runs again",
    "primary.lost": "the primary stopped serving the majority side; subject <domain>",
    "destroyed": "no copy is left of the last records of a store, or of all it had; subject <domain>",
    "observer.unhealthy": "an observer gave up on the primary; subject <domain>/observer/<region>",
    "observer.healthy": "an observer sees the primary again",
    "checker.unhealthy": "a checker gave up on a region; subject <domain>/check/<client>/<region>",
    "checker.healthy": "a checker sees the region again",
    "answer": "the DNS answer of (domain, client) changed; subject <domain>/dns/<client>",
    "no_majority": "an observer gave up, but fewer regions than a majority reach one; subject <domain>",
    "declared": "a majority of observers gave up; subject <domain>",
    "cancelled": "the primary came back before the decision",
    "decided": "failover was decided",
    "fenced": "the old primary can no longer write",
    "no_candidate": "no replica was eligible, and each for which reason; again only when a reason changes",
    "kept": "the old primary was kept",
    "promoting": "a replica began its promotion; subject <domain>/<region>",
    "promotion_failed": "the promotion was abandoned",
    "promoted": "a replica became primary; subject <domain>/<region>",
    "rerouted": "a gateway learned of the new primary; subject <domain>/route/<region>",
    "writes.blocked": "fewer replicas than a commit waits for can acknowledge one; subject <domain>",
    "writes.unblocked": "enough can again, or the primary does not wait any more",
    "rewinding": "a node began to drop what its timeline lost",
    "rebuilding": "a node began a full copy",
    "rejoined": "a node follows the primary again",
    "process.stopped": "a process of the data path stopped; subject the process, <domain>/relay",
    "process.started": "a process of the data path runs again",
    "relay.resumed": "the relay begins in the new primary's region; subject <domain>/relay",
    "reader.moved": "a reader goes on in another region; subject <domain>/<consumer>",
    "lake.moved": "the lake is computed in another region; subject lake",
    "stream.failed": "the stream job failed on a poison message; subject <domain>/stream",
    "replay.started": "a replay began; subject replay/<id>",
    "replay.finished": "the last of its rows is out",
    "partitions.down": "partitions of a region's bus have no leader; subject bus/<region>",
    "partitions.up": "they have elected one",
}


Onset = tuple[int, str]  # when (ns) a fault began, or began again, and its id


def heard(milestones: Sequence[Milestone], first: int, until_ns: int) -> tuple[tuple[Milestone, ...], int]:
    """Return what happened by ``until_ns``, from milestone number ``first`` on, and the next number.

    What happened at ``until_ns`` too: what a fault destroyed then is among the rows of the same slice.
    """
    stop = bisect_right(milestones, until_ns, lo=first, key=_at)
    return tuple(milestones[first:stop]), stop


def onsets(milestones: Iterable[Milestone]) -> tuple[Onset, ...]:
    """Return the faults that began among milestones."""
    found = (m for m in milestones if m.kind == "fault.started")
    return tuple((m.at_ns, m.subject.removeprefix("fault/")) for m in found)


class Milestones:
    """The growing list of what happened."""

    def __init__(self) -> None:
        self.all: list[Milestone] = []

    def add(self, at_ns: int, kind: str, subject: str, why: str, *, cause: int | None = None) -> int:
        """Note that something happened; return its id. KeyError if the kind is not in KINDS."""
        assert KINDS[kind], "documented"
        self.all.append(Milestone(len(self.all), at_ns, kind, subject, why, cause))
        return len(self.all) - 1

    def last(self, *kinds: str, subject: str | None = None) -> int | None:
        """Return the id of the newest milestone of these kinds (and that subject), None if there is none."""
        for milestone in reversed(self.all):
            if milestone.kind in kinds and subject in (None, milestone.subject):
                return milestone.id
        return None
