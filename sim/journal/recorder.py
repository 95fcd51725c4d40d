"""Slices of the journal, and the recorder that hands each one to every reducer of its domain.

A reducer sees each slice once, in order, and keeps bounded state; what nobody keeps is dropped. So the memory
of a run does not depend on its length.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.journal import schema
from sim.journal.milestones import Milestone, Onset, onsets

Table = dict[str, np.ndarray]
_STAGES = ("commits", "sent", "received", "applied")


@dataclass(frozen=True, slots=True)
class Slice:
    """What records did in one domain before ``until_ns``, controls by then, and is in no earlier slice.

    ``tables``: table name (``ops``, ``sent/us-west``) -> column -> array (n,), C-contiguous, dtypes of
    ``sim.journal.schema``. A table without rows may be left out. ``heard``: what happened then, to whomever.
    """

    domain: str
    until_ns: int
    tables: dict[str, Table]
    heard: tuple[Milestone, ...] = ()

    @property
    def onsets(self) -> tuple[Onset, ...]:
        """Return the faults that began then."""
        return onsets(self.heard)

    def table(self, name: str) -> Table:
        """Return a table, empty if this slice has no rows of it."""
        return self.tables[name] if name in self.tables else schema.empty(name)

    def rows(self, name: str) -> int:
        """Return the number of rows of a table."""
        return len(next(iter(self.tables[name].values()))) if name in self.tables else 0


class Reducer(Protocol):
    """Whatever reads a journal: measures, the digest, the Parquet writer."""

    def fold(self, part: Slice) -> None:
        """Take in one slice; slices of a domain come in order."""

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run; no slice comes after."""


def _check_times(part: Slice, since_ns: int) -> None:
    """Raise ValueError if a commit or a position lies outside a slice's time.

    Reducers would see it too early or too late.
    """
    for name, table in part.tables.items():
        if name.split("/")[0] in _STAGES:
            times = table["commit_ns" if name == "commits" else "at_ns"]
            if times[0] < since_ns or times[-1] >= part.until_ns:
                rows = f"{part.domain}.{name}: rows of {times[0]} to {times[-1]} ns"
                raise ValueError(f"{rows} in a slice from {since_ns} to {part.until_ns} ns")


class Recorder:
    """Hands every slice to every reducer, and checks that slices follow each other."""

    def __init__(self, reducers: Iterable[Reducer], recorded: Callable[[int], None] = lambda _: None) -> None:
        self.rows = 0  # of all tables: what the run recorded
        self._recorded = recorded  # told the rows of each slice, before anybody works on them
        self._reducers = tuple(reducers)
        self._until: dict[str, int] = {}

    def fold(self, part: Slice) -> None:
        """Hand ``part`` to the reducers. ValueError if it ends before an earlier slice of its domain."""
        since_ns = self._until.get(part.domain, 0)
        if part.until_ns < since_ns:
            raise ValueError(
                f"slice of {part.domain} ends at {part.until_ns} ns, before the one that came earlier"
            )
        self._until[part.domain] = part.until_ns
        _check_times(part, since_ns)
        rows = sum(part.rows(name) for name in part.tables)
        self.rows += rows
        self._recorded(rows)
        for reducer in self._reducers:
            reducer.fold(part)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Tell the reducers that the run ended at ``end_ns``."""
        for reducer in self._reducers:
            reducer.finish(milestones, end_ns)
