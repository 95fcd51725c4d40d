"""Numberings kept as runs."""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np


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
