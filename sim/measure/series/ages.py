"""How old a stage is at moments: the age of the oldest record that had not arrived strictly before."""

import numpy as np


class AgesAt:
    """Follows the oldest missing record of a stage. ``values``: (n,) float64 s, of each moment; else nan."""

    def __init__(self, moments: np.ndarray) -> None:
        self.values = np.full(len(moments), np.nan)
        self._moments, self._next = moments, 0

    def fold(self, at: np.ndarray, commit: np.ndarray) -> None:
        """Take in arrivals of the oldest missing record: times (n,) int64 ns, and its commit times."""
        if not len(at):
            return
        stop = int(np.searchsorted(self._moments, at[-1], side="right"))
        if stop <= self._next:
            return
        moments = self._moments[self._next : stop]
        oldest = commit[np.searchsorted(at, moments)]
        self.values[self._next : stop] = np.maximum(moments - oldest, 0) / 1e9
        self._next = stop
