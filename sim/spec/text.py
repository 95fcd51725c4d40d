"""What a reader of one value says when it is wrong, and texts that know which folder they were written in."""

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong at ``path`` (keys and list indices). With ``at_key`` the key itself is wrong."""

    path: Path
    why: str
    hint: str = ""
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


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the hint that names the closest of ``names``, or lists them if none is close."""
    known = sorted(names)
    by_slips = sorted(known, key=lambda other: _slips(name, other))
    if by_slips and _slips(name, by_slips[0]) <= min(max(1, len(name) // 4), len(name) - 1):
        return f"did you mean {by_slips[0]!r}"
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    if close:
        return f"did you mean {close[0]!r}"
    if not known:
        return "there are none"
    return "expected " + ("one of " if len(known) > 1 else "") + ", ".join(known)


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
