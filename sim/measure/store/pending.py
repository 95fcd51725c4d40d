"""The pending part of a store's surviving timeline: commits that some standby has still to receive."""

from dataclasses import dataclass, field

import numpy as np

from sim.journal.recorder import Table
from sim.measure.column_growth import room_for


@dataclass(slots=True)
class Line:
    """Pending commits of the line, a growing array with a moving head.

    ``base``: log sequence number of the first.
    """

    commit_ns: np.ndarray = field(default_factory=lambda: np.zeros(4096, np.int64))
    version: np.ndarray = field(default_factory=lambda: np.zeros(4096, np.int64))
    rid: np.ndarray = field(default_factory=lambda: np.zeros(4096, np.int64))
    node: np.ndarray = field(default_factory=lambda: np.zeros(4096, np.int64))
    flags: np.ndarray = field(default_factory=lambda: np.zeros(4096, np.int64))
    head: int = 0
    tail: int = 0
    base: int = 1

    def view(self, name: str) -> np.ndarray:
        """Return the pending part of a column."""
        return getattr(self, name)[self.head : self.tail]

    def __len__(self) -> int:
        return self.tail - self.head

    @property
    def last(self) -> int:
        """Return the last log sequence number of the line."""
        return self.base + len(self) - 1

    def append(self, rows: Table) -> None:
        """Append commits in order of their log sequence numbers."""
        count = len(rows["rid"])
        self._make_room(count)
        new = slice(self.tail, self.tail + count)
        for name in ("commit_ns", "version", "rid", "node"):
            getattr(self, name)[new] = rows[name]
        self.flags[new] = 0
        self.tail += count

    def drop_head(self, count: int) -> None:
        """Forget the first ``count`` commits."""
        self.head += count
        self.base += count

    def _make_room(self, count: int) -> None:
        """Move the pending part to the front, of larger or smaller arrays if these do not fit it."""
        if self.tail + count <= len(self.rid):
            return
        live = len(self)
        size = room_for(live + count, len(self.rid))
        for name in ("commit_ns", "version", "rid", "node", "flags"):
            column = getattr(self, name)
            fresh = column if size == len(column) else np.zeros(size, np.int64)
            fresh[:live] = self.view(name)  # numpy copies through a buffer where the two overlap
            setattr(self, name, fresh)
        self.head, self.tail = 0, live
