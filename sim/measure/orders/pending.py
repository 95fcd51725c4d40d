"""Rows that may still be abandoned: they grow at one end and are dropped at both."""

import numpy as np

from sim.engine.log import Log


class PendingRows:
    """Rows (n, columns) int64."""

    def __init__(self, columns: int) -> None:
        self._log = Log(row=np.dtype((np.int64, (columns,))))

    @property
    def rows(self) -> np.ndarray:
        """All of them, a view."""
        return self._log.all("row")

    def append(self, new: np.ndarray) -> None:
        """Add rows at the end; what was a view may be one no more."""
        self._log.append(row=new)

    def drop(self, count: int) -> None:
        """Forget the first ``count`` rows."""
        self._log.drop(self._log.base + count)

    def cut(self, count: int) -> np.ndarray:
        """Keep the first ``count`` rows; return a copy of the others."""
        gone = self.rows[count:].copy()
        self._log.truncate(self._log.base + count)
        return gone
