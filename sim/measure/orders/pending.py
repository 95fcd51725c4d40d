"""Rows that may still be abandoned: they grow at one end and are dropped at both."""

import numpy as np

from sim.measure.column_growth import LEAST, room_for


class Pending:
    """Rows (n, columns) int64; adding and dropping them costs no more than they take, however many wait."""

    def __init__(self, columns: int) -> None:
        self._room = np.zeros((LEAST, columns), np.int64)
        self._first = self._end = 0

    @property
    def rows(self) -> np.ndarray:
        """All of them, a view."""
        return self._room[self._first : self._end]

    def append(self, new: np.ndarray) -> None:
        """Add rows at the end; what was a view may be one no more."""
        count, held = len(new), self._end - self._first
        if self._end + count > len(self._room):
            room, size = self._room, room_for(held + count, len(self._room))
            if size != len(room):
                room = np.zeros((size, room.shape[1]), np.int64)
            room[:held] = self.rows
            self._room, self._first, self._end = room, 0, held
        self._room[self._end : self._end + count] = new
        self._end += count

    def drop(self, count: int) -> None:
        """Forget the first ``count`` rows."""
        self._first += count

    def cut(self, count: int) -> np.ndarray:
        """Keep the first ``count`` rows; return a copy of the others."""
        gone = self.rows[count:].copy()
        self._end = self._first + count
        return gone
