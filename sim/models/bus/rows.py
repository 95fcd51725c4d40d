"""Rows that grow at one end and are dropped at the other, and numberings kept as runs."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np

_DROP_AT = 1024  # rows are dropped when it is so many at least, and as many as half of those kept
_ROOMY = 2**16  # columns of no more rows than that are never made smaller


class Rows:
    """Named columns over rows numbered from 0: ``base`` is the first one kept, ``end`` the next to come."""

    def __init__(self, **dtypes: Any) -> None:
        self.base = self.end = 0
        self._columns = {name: np.zeros(_DROP_AT, dtype) for name, dtype in dtypes.items()}

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a whole column; element i belongs to row ``base + i``. It may be longer than the rows."""
        return self._columns[name]

    def part(self, name: str, begin: int, end: int) -> np.ndarray:
        """Return a view of a column over the rows [begin, end)."""
        return self._columns[name][begin - self.base : end - self.base]

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` more."""
        need, used = self.end - self.base + rows, self.end - self.base
        for name, column in self._columns.items():
            if need > column.size:
                grown = np.zeros(max(need, 2 * column.size), column.dtype)
                grown[:used] = column[:used]
                self._columns[name] = grown

    def append(self, **columns: np.ndarray | int) -> None:
        """Add rows; a number stands for a column full of it, a column that is not named gets zeros."""
        count = next(len(column) for column in columns.values() if isinstance(column, np.ndarray))
        self.reserve(count)
        self.end += count
        for name in self._columns:
            self.part(name, self.end - count, self.end)[:] = columns.get(name, 0)

    def drop(self, until: int) -> None:
        """Forget the rows before ``until``, once they are worth the move."""
        gone, kept = min(until, self.end) - self.base, self.end - min(until, self.end)
        if gone < max(_DROP_AT, kept // 2):
            return
        for name, column in self._columns.items():
            rest = column[gone : gone + kept].copy()
            if kept < column.size // 8 and column.size > _ROOMY:  # what a long wait needed is given back
                self._columns[name] = np.zeros(max(_DROP_AT, 2 * kept), column.dtype)
            self._columns[name][:kept] = rest
        self.base += gone

    def truncate(self, end: int) -> None:
        """Forget the rows from ``end`` on; the next row has that number, also if it is before ``base``."""
        self.end = end
        self.base = min(self.base, end)

    def restart(self, at: int) -> None:
        """Forget all rows; the next one has number ``at``."""
        self.base = self.end = at


class Runs:
    """Which value the i-th of a growing sequence has, values ascending, kept as runs of consecutive ones."""

    def __init__(self) -> None:
        self.count = 0
        self._firsts: list[int] = []  # index of the first of each run
        self._values: list[int] = []  # its value

    def append(self, values: np.ndarray) -> None:
        """Add values (int64), each larger than all before."""
        if values.size == 0:
            return
        breaks = np.flatnonzero(np.diff(values) != 1) + 1
        for k in [0, *breaks.tolist()]:
            if self.count + k == 0 or k > 0 or int(values[0]) != self.value(self.count - 1) + 1:
                self._firsts.append(self.count + k)
                self._values.append(int(values[k]))
        self.count += values.size

    def value(self, index: int) -> int:
        """Return the value of the ``index``-th, 0 <= index < count."""
        k = bisect_right(self._firsts, index) - 1
        return self._values[k] + index - self._firsts[k]

    def below(self, value: int) -> int:
        """Return how many of the sequence are less than ``value``."""
        k = bisect_right(self._values, value - 1) - 1
        if k < 0:
            return 0
        end = self._firsts[k + 1] if k + 1 < len(self._firsts) else self.count
        return min(self._firsts[k] + value - self._values[k], end)

    def values(self, begin: int, end: int) -> np.ndarray:
        """Return the values (int64) of [begin, end)."""
        parts = [np.arange(first, last, dtype=np.int64) for first, last in self.ranges(begin, end)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def ranges(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the maximal runs [first, last) of consecutive values of [begin, end)."""
        k = max(bisect_right(self._firsts, begin) - 1, 0)
        while begin < end:
            stop = min(end, self._firsts[k + 1] if k + 1 < len(self._firsts) else self.count)
            yield self.value(begin), self.value(begin) + stop - begin
            begin, k = stop, k + 1
