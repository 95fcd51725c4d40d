"""The bus of one domain in one region: a log of visible rows."""

from __future__ import annotations

import numpy as np


class Bus:
    """Rows numbered by position. ``end`` is the position of the next row, ``base`` of the first one kept."""

    region: str
    base: int
    end: int

    def at_ns(self, position: int) -> int:
        """Return when a row that is kept became visible."""
        raise NotImplementedError

    def versions(self, begin: int, end: int) -> np.ndarray:
        """Return the versions of rows that are kept."""
        raise NotImplementedError
