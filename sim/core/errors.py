"""Bad input, told completely: every problem with its place, what is wrong there and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.core.inert import around, inert, shortened

SHOWN_MAX = 100  # problems of one input that are written out


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input.

    ``line`` and ``column`` count from 1 and are 0 where there is no place to point at; ``path`` is dotted
    (``faults.power.at``); ``value`` is what was found there; ``why`` and ``hint`` are phrases without a full
    stop; ``source`` is the line itself. A hint that is no text yet becomes one when it is shown, and then
    bounds its own length. As text a problem is inert, and quotes at most ``QUOTED_MAX`` characters.
    """

    why: str
    hint: object = ""
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
        hint = shortened(self.hint) if isinstance(self.hint, str) else str(self.hint)
        return inert(", ".join(part for part in (shortened(self.why), hint) if part))

    def __str__(self) -> str:
        """Return the message with place and path, and the source line with a caret below."""
        head = ": ".join(inert(part) for part in (self.place, shortened(self.path), self.message) if part)
        if not self.source:
            return head
        number = f"{self.line:5} | "
        line, column = around(self.source.replace("\t", " "), self.column)
        before = len(number) + len(inert(line[: column - 1]))
        return f"{head}\n{number}{inert(line)}\n{' ' * before}^"


class SpecError(Exception):
    """The input cannot be used. ``problems`` holds all that is wrong with it, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(set_of(problems), key=lambda p: (p.file, p.line, p.column, p.path, p.why))
        )
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return the first problems, one below the other, and how many more there are."""
        rest = len(self.problems) - SHOWN_MAX
        more = [f"and {rest:,} more problems"] if rest > 0 else []
        return "\n".join([*map(str, self.problems[:SHOWN_MAX]), *more])

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows in place of a traceback: the input is wrong, not the code."""
        return [*str(self).splitlines(), ""]


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
        kept.setdefault((p.file, p.line, p.column, p.path if not p.line else "", p.why), p)
    return list(kept.values())
