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
    """Something wrong at ``path`` (keys and list indices). With ``at_key`` it is the key itself that is wrong."""

    path: Path
    why: str
    hint: str = ""
    at_key: bool = False


class Text(str):
    """A string from a file in ``folder``; paths in it are relative to that folder."""

    __slots__ = ("folder",)
    folder: str


def complain(why: str, hint: str = "", path: Path = ()) -> PydanticCustomError:
    """Return the error by which a validator reports one complaint; ``path`` starts at the value it looks at."""
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
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}"
    if not known:
        return "there are none"
    return "expected " + ("one of " if len(known) > 1 else "") + ", ".join(known)
