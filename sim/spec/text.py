"""What a reader of one value says when it is wrong, and texts that know which folder they were written in."""

import difflib
import os
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from sim.core.inert import QUOTED_MAX
from sim.spec.synonyms import synonyms

Path = tuple[str | int, ...]
COMPARED_LETTERS, COMPARED_NAMES, LISTED_LETTERS = 64, 200, 1000  # what nearest looks at, and lists


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong at ``path`` (keys and list indices). With ``at_key`` the key itself is wrong."""

    path: Path
    why: str
    hint: object = ""  # as of a Problem
    at_key: bool = False


class Text(str):
    """A string from a file in ``folder``; paths in it are relative to that folder."""

    __slots__ = ("folder",)
    folder: str


def complain(why: str, hint: str = "", path: Path = ()) -> PydanticCustomError:
    """Return the error by which a validator reports a complaint; ``path`` starts at the value it looks at."""
    return PydanticCustomError(
        "complaints", "{why}", {"why": why, "complaints": [Complaint(path, why, hint)]}
    )


def path_of(value: Any) -> str:
    """Return the absolute path of a file named in a scenario. Raises the complaint if it is no text."""
    if not isinstance(value, str) or not value:
        raise complain("expected the name of a file")
    return os.path.normpath(os.path.join(os.path.abspath(getattr(value, "folder", ".")), value))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The hint that names the closest of ``known`` to ``name``, or lists them if none is close.

    It is worked out when it is shown: of a hundred thousand problems few are.
    """

    name: str
    known: Collection[str]

    def __str__(self) -> str:
        """Return the hint; its length is bounded, whatever the names are."""
        meant = synonyms(self.name, self.known)
        if meant:
            return "did you mean " + " or ".join(map(_named, meant))
        close = _closest(self.name, self.known)
        if close is not None:
            return f"did you mean {close!r}"
        return _listed(sorted(self.known))


def nearest(name: str, names: Collection[str]) -> Nearest:
    """Return the hint for a ``name`` that is none of ``names``."""
    return Nearest(name, names)


def _named(target: str) -> str:
    """Return a target of the synonyms with its name in quotes."""
    name, space, rest = target.partition(" ")
    return f"{name!r}{space}{rest}"


def _closest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that was probably meant, or None. Long names and lists are not searched."""
    if len(name) > COMPARED_LETTERS or len(known) > COMPARED_NAMES:
        return None
    most = min(max(1, len(name) // 4), len(name) - 1)
    slips = [(_slips(name, other), other) for other in sorted(known) if _apart(name, other) <= most]
    if slips and min(slips)[0] <= most:
        return min(slips)[1]
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.7)), None)


def _listed(known: Sequence[str]) -> str:
    """Return a list of the names, cut off where it gets too long to be read."""
    if not known:
        return "there are none"
    text = ", ".join(known[:COMPARED_NAMES])
    if len(text) > LISTED_LETTERS or len(known) > COMPARED_NAMES:
        text = text[:LISTED_LETTERS].rpartition(", ")[0] or text[:QUOTED_MAX]
        text += f", … ({len(known):,} in all)"
    return "expected " + ("one of " if len(known) > 1 else "") + text


def _apart(a: str, b: str) -> int:
    """Return the least that ``_slips`` can be: letters of one that the other does not have."""
    common = sum((Counter(a) & Counter(b)).values())
    return max(len(a), len(b)) - common


def _slips(a: str, b: str) -> int:
    """Return how many letters to add, drop, replace or swap with the next (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            least = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                least = min(least, before[j - 2] + 1)
            new.append(least)
        before, row = row, new
    return row[-1]
