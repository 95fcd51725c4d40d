"""What is declared of a kind of milestone, and how a class becomes one.

A kind is a frozen record of what it carries. Its docstring says what it means; ``kind`` says its name, what
it is about, which phase of a recovery it ends, and how people are told of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

from sim.core import stages
from sim.core.record import figure, record

# What a recovery time is spent on, in order; docs/measures.md, "Phases".
DETECT, DECIDE, FENCE, PROMOTE, REROUTE, REPAIR, REPLAY, RECONCILE, CATCH_UP = PHASES = (
    *("detect", "decide", "fence", "promote", "reroute", "repair", "replay", "reconcile", "catch_up"),
)


class Subject(StrEnum):
    """What a milestone is about, and how it is named there."""

    FAULT = "fault/<id>"
    REGION = "<region>"
    STORE = "<store>"
    NODE = "<store>/<region>"
    OBSERVER = "<store>/observer/<region>"
    CHECKER = "<store>/check/<client>/<region>"
    CLIENTS = "<store>/dns/<client>"
    GATEWAY = "<store>/route/<region>"
    PROCESS = "<store>/<process>"
    LAKE = stages.LAKE
    REPLAY = "replay/<id>"
    BUS = stages.BUS.at("<region>")


# A store, or a part of it.
OF_STORES = (
    *(Subject.STORE, Subject.NODE, Subject.OBSERVER, Subject.CHECKER, Subject.CLIENTS, Subject.GATEWAY),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said of a kind of milestone.

    ``name``: in journals and documents; ``of``: what it happens to; ``phase``: what the time between its
    cause and it is spent on. ``sentence``: what happened, with names from the subjects ({domains} their first
    part, {second}, {third}, {fourth}; {nodes} a store and a region; {whole} the subjects themselves).
    ``why``: one phrase, with values of the milestone ``m``. ``implied``: others tell it too, so a story that
    must be short leaves it out.
    """

    name: str
    of: Subject
    phase: str
    sentence: str
    why: str
    implied: bool = False


class Happening(Protocol):
    """What happened, with its values: a record of one of the classes below."""

    kind: ClassVar[Declaration]


C = TypeVar("C", bound=type)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(figure,))
def milestone(cls: C) -> C:
    """Make a class a kind of milestone."""
    made: Any = record(cls)
    assert made.kind.phase in PHASES, made.kind
    return made  # type: ignore[no-any-return]


def kinds_of(room: ModuleType) -> Iterator[tuple[str, type[Happening]]]:
    """Yield (name, class) of the kinds of milestone that a module declares, in order."""
    for found in vars(room).values():
        if isinstance(getattr(found, "kind", None), Declaration):
            yield found.kind.name, found


def why(what: Happening) -> str:
    """Return in one phrase, for people, what there is to say beyond what happened."""
    return what.kind.why.format(m=what)
