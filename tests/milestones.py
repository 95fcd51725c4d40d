"""Milestones made by hand: of a kind's name, with values that a test gives, or any."""

from typing import Any, get_args, get_origin, get_type_hints

from sim.core.milestones import KINDS
from sim.core.milestones.declaration import Happening
from sim.journal.milestones import Milestone

ANY = {int: 1, str: "x", bool: False}


def what(kind: str, **values: Any) -> Happening:
    """Return what happened, of a kind by its name; values that are not given are any."""
    hints = {name: hint for name, hint in get_type_hints(KINDS[kind]).items() if name != "kind"}
    return KINDS[kind](**{name: _any(hint) for name, hint in hints.items()} | values)


def milestone(
    number: int, at_ns: int, kind: str, subject: str, cause: int | None = None, **values: Any
) -> Milestone:
    """Return a milestone; values that are not given are any."""
    return Milestone(number, at_ns, subject, what(kind, **values), cause)


def _any(hint: Any) -> Any:
    if get_origin(hint) is tuple:
        return ()
    return get_args(hint)[0] if get_args(hint) else ANY[hint]
