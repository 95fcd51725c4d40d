"""How long a run lasted, and when its faults and the phases of its recoveries were, from its document."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sim.core.milestones.faults import FaultHealed, FaultStarted
from sim.core.quantity import parse_duration

Document = Mapping[str, Any]
Window = tuple[str, float, float | None]  # fault, when it began (s), when it was over; None: not in this run


def resolved(document: Document) -> dict[str, Any]:
    """Return the resolved scenario of a document from a folder, as plain values."""
    return _parsed(document["resolved"])


@cache
def _parsed(text: str) -> dict[str, Any]:
    from sim.spec.yaml_text import from_yaml

    found: dict[str, Any] = from_yaml(text)
    return found


def end_s(document: Document) -> float:
    """Return when the run ended, s: it lasts as long as its resolved scenario says."""
    return parse_duration(resolved(document)["duration"]) / 1e9


def windows(document: Document) -> list[Window]:
    """Return every time that a fault was in force, by time; one that comes and goes has several."""
    return sorted(_windows(document), key=lambda window: (window[1], window[0]))


def _windows(document: Document) -> Iterator[Window]:
    began: dict[str, float] = {}
    for one in document["milestones"]:
        if one["kind"] == FaultStarted.kind.name:
            began[one["subject"]] = one["at_s"]
        elif one["kind"] == FaultHealed.kind.name:
            yield _named(one["subject"]), began.pop(one["subject"]), one["at_s"]
    yield from ((_named(subject), at_s, None) for subject, at_s in began.items())


def _named(subject: str) -> str:
    return subject.removeprefix("fault/")


def spent(found: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    """Yield (phase, when it began, how long it lasted; s) of a capability's worst recovery, in order.

    ``found``: of a document's ``recovery``. None if the recovery is not over.
    """
    longest = found["rta_s"]
    begun = (one["started_s"] for one in found["episodes"] if one["rta_s"] == longest)
    at_s = None if longest is None else next(begun, None)
    for phase, duration_s in found["phases"].items():
        if duration_s and at_s is not None:
            yield phase, at_s, duration_s
            at_s += duration_s
