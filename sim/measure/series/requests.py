"""How requests went between moments: how many ended, and how many of them ok."""

from collections.abc import Iterator

import numpy as np

from sim.journal.recorder import Slice
from sim.journal.schema import OK, READ, WRITE
from sim.measure.series.figures import Series

KINDS = {"read": READ, "write": WRITE}


class RequestsAt:
    """Counts operations by the time at which they ended, strictly before each moment."""

    def __init__(self, moments: np.ndarray) -> None:
        self._moments, self._next = moments, 0
        self._ended = {kind: np.zeros(len(moments), np.int64) for kind in KINDS}
        self._ok = {kind: np.zeros(len(moments), np.int64) for kind in KINDS}
        self._before = dict.fromkeys(KINDS, (0, 0))

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        ops, first = part.table("ops"), self._next
        self._next = max(first, int(np.searchsorted(self._moments, part.until_ns, side="right")))
        moments = self._moments[first : self._next]
        for kind, code in KINDS.items():
            own = ops["kind"] == code
            ended, ok = ops["end_ns"][own], ops["end_ns"][own & (ops["outcome"] == OK)]
            before, before_ok = self._before[kind]
            self._ended[kind][first : self._next] = before + np.searchsorted(ended, moments)
            self._ok[kind][first : self._next] = before_ok + np.searchsorted(ok, moments)
            self._before[kind] = before + len(ended), before_ok + len(ok)

    def series(self, numbers: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
        """Yield (kind, unit, values) between the moments of these numbers (k,): share ok, and ok a second."""
        lasted = np.diff(self._moments[numbers], prepend=np.nan) / 1e9
        for kind in KINDS:
            ended, ok = (np.diff(c[kind][numbers], prepend=0) for c in (self._ended, self._ok))
            yield kind, "share", np.divide(ok, ended, out=np.full(len(ok), np.nan), where=ended > 0)
            yield kind, "1/s", ok / lasted


def series(unit: str, values: np.ndarray) -> Series:
    """Return values (k,) float64 as a series; nan is none."""
    rounded = np.round(values, 6)
    return Series(unit=unit, values=tuple(None if v != v else v for v in rounded.tolist()))
