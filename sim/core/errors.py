"""Bad input, told completely: every problem with its place, what is wrong there and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input.

    ``line`` and ``column`` count from 1 and are 0 where there is no place to point at; ``path`` is dotted
    (``faults.power.at``); ``value`` is what was found there; ``why`` and ``hint`` are phrases without a full
    stop; ``source`` is the line itself.
    """

    why: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    value: Any = None
    source: str = ""

    @property
    def place(self) -> str:
        """``file:line:column`` as far as they are known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    @property
    def message(self) -> str:
        """What is wrong and what would be right, in one line."""
        return f"{self.why}, {self.hint}" if self.hint else self.why

    def __str__(self) -> str:
        """Return the message with place and path, and the source line with a caret below."""
        head = ": ".join(part for part in (self.place, self.path, self.message) if part)
        if not self.source:
            return head
        number = f"{self.line:5} | "
        pad = "".join("\t" if char == "\t" else " " for char in self.source[: self.column - 1])
        return f"{head}\n{number}{self.source}\n{' ' * len(number)}{pad}^"


class SpecError(Exception):
    """The input cannot be used. ``problems`` holds all that is wrong with it, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(set_of(problems), key=lambda p: (p.file, p.line, p.column, p.path, p.why))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class LimitReached(Exception):
    """A run came to a limit that nobody could foresee: nothing is wrong, and nothing is decided.

    ``what``: its name in ``sim.core.identity.LIMITS``; ``limit``: how many there can be.
    """

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(what, limit)
        self.what, self.limit = what, limit

    def __str__(self) -> str:
        """Return what there would be too many of."""
        return f"no run can have more than {self.limit:,} {self.what.replace('_', ' ')}"


def set_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems without those that say the same about the same place (an alias is one place)."""
    kept: dict[tuple[str, int, int, str, str], Problem] = {}
    for p in problems:
        kept.setdefault((p.file, p.line, p.column, p.path if not p.line else "", p.message), p)
    return list(kept.values())
