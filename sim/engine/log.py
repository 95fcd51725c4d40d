"""A log: columns over numbered rows that grow at one end and are dropped at the other."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

LEAST = 1024  # rows for which there is always room
ROOMY = 2**16  # a log with room for no more rows than that is never made smaller

Column = Callable[[int], np.ndarray]  # a column from a row on: element 0 belongs to that row


def room_for(rows: int, there: int) -> int:
    """Return for how many rows there should be room, if ``rows`` are needed: for twice as many.

    It is ``there`` as long as that is enough, and not far more than that.
    """
    need = max(2 * rows, LEAST)
    return there if need <= there <= max(8 * need, ROOMY) else need


class Log:
    """Named columns over rows: ``base`` is the number of the first one kept, ``end`` of the next to come.

    Element 0 of ``columns`` belongs to row ``origin``.

    Rows are moved only where there is no room behind the last one, or far too much, so adding and dropping
    cost no more than the rows take. Whoever adds or drops rows may have moved what others have a view of.
    """

    def __init__(self, first: int = 0, **dtypes: Any) -> None:
        self.base = self.end = self.origin = first
        self._room = LEAST
        self.columns = {name: np.empty(LEAST, dtype) for name, dtype in dtypes.items()}

    def __len__(self) -> int:
        """Return how many rows are kept."""
        return self.end - self.base

    def since(self, name: str, row: int) -> np.ndarray:
        """Return a column from a row on, with the room behind it."""
        return self.columns[name][row - self.origin :]

    def column(self, name: str) -> Column:
        """Return a column as a function of the first row that is looked at."""
        return partial(self.since, name)

    def part(self, name: str, begin: int, end: int) -> np.ndarray:
        """Return a view of a column over the rows [begin, end)."""
        return self.columns[name][begin - self.origin : end - self.origin]

    def all(self, name: str) -> np.ndarray:
        """Return a view of a column over the rows kept."""
        return self.part(name, self.base, self.end)

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` more."""
        if self.end - self.origin + rows > self._room:
            self._move(room_for(len(self) + rows, self._room))

    def append(self, **columns: np.ndarray | int) -> None:
        """Add rows; a number stands for a column full of it, a column that is not named gets zeros."""
        count = next(len(column) for column in columns.values() if isinstance(column, np.ndarray))
        self.reserve(count)
        new = slice(self.end - self.origin, self.end - self.origin + count)
        self.end += count
        for name, column in self.columns.items():
            column[new] = columns.get(name, 0)

    def drop(self, until: int) -> None:
        """Forget the rows before ``until``."""
        self.base = max(self.base, min(until, self.end))
        room = room_for(len(self), self._room)
        if room < self._room:  # what a long wait needed is given back
            self._move(room)

    def truncate(self, end: int) -> None:
        """Forget the rows from ``end`` on; the next row has that number, also if it is before ``base``."""
        if end < self.base:
            self.restart(end)
        self.end = end

    def restart(self, at: int) -> None:
        """Forget all rows; the next one has number ``at``."""
        self.base = self.end = self.origin = at

    def _move(self, room: int) -> None:
        """Put the rows kept at the front of columns with this much room."""
        for name, column in self.columns.items():
            fresh = column if room == self._room else np.empty((room, *column.shape[1:]), column.dtype)
            fresh[: len(self)] = self.all(name)  # numpy copies through a buffer where they overlap
            self.columns[name] = fresh
        self.origin, self._room = self.base, room
