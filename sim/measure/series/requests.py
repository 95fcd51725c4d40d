"""How requests went between moments: how many ended, and how many of them ok."""

from collections.abc import Iterator

import numpy as np

from sim.engine.compiled import compiled
from sim.journal.recorder import Slice
from sim.journal.schema import OK, READ, WRITE
from sim.measure.series.figures import Series

KINDS = {"read": READ, "write": WRITE}


ENDED, WELL, COUNTS = range(3)


class RequestsAt:
    """Counts operations by the time at which they ended, strictly before each moment."""

    def __init__(self, moments: np.ndarray) -> None:
        self._moments, self._next = moments, 0
        self._between = np.zeros((len(moments) + 1, len(KINDS), COUNTS), np.int64)

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        ops = part.table("ops")
        self._next = count_between(
            ops["end_ns"], ops["kind"], ops["outcome"], self._moments, self._next, self._between
        )

    def series(self, numbers: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
        """Yield (kind, unit, values) between the moments of these numbers (k,): share ok, and ok a second."""
        lasted = np.diff(self._moments[numbers], prepend=np.nan) / 1e9
        before = np.cumsum(self._between, axis=0)[numbers]
        for kind, code in KINDS.items():
            ended, ok = np.diff(before[:, code], axis=0, prepend=0).T
            yield kind, "share", np.divide(ok, ended, out=np.full(len(ok), np.nan), where=ended > 0)
            yield kind, "1/s", ok / lasted


@compiled
def count_between(end, kind, outcome, moments, m, between):
    """Add operations (n,), in order of their end, to ``between`` (moments + 1, kinds, COUNTS).

    Row ``m`` has those that ended before moment ``m``, and not before the one ahead of it. Return the last.
    """
    for i in range(len(end)):
        while m < len(moments) and moments[m] <= end[i]:
            m += 1
        between[m, kind[i], ENDED] += 1
        between[m, kind[i], WELL] += outcome[i] == OK
    return m


def series(unit: str, values: np.ndarray) -> Series:
    """Return values (k,) float64 as a series; nan is none."""
    rounded = np.round(values, 6)
    return Series(unit=unit, values=tuple(None if v != v else v for v in rounded.tolist()))
