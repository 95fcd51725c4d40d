"""Where a process has started, each time: rows of the journal."""

import numpy as np

from sim.journal.recorder import Table


class Placements:
    """Times (ns), regions (numbers) and positions at which a process has begun to work."""

    def __init__(self, *rows: tuple[int, int, int]) -> None:
        self._rows = list(rows)

    def add(self, at: int, region: int, position: int) -> None:
        """It begins at a position of a region's log."""
        self._rows.append((at, region, position))

    @property
    def last(self) -> int:
        """The position at which it began last, before its row is taken."""
        return self._rows[-1][2]

    def take(self) -> Table:
        """Return the journal's new rows."""
        rows, self._rows = self._rows, []
        columns = np.array(rows, np.int64).reshape(-1, 3)
        return {
            "at_ns": columns[:, 0].copy(),
            "region": columns[:, 1].astype(np.int16),
            "position": columns[:, 2].copy(),
        }
