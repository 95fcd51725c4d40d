"""Dead letters of a stream job, and poison: rows that it cannot get past."""

from dataclasses import dataclass

import numpy as np

from sim.journal.recorder import Table as Columns
from sim.models.bus.reader import Reader

Run = tuple[int, int]


@dataclass
class Poison:
    """A row that the job fails on. ``faults``: fault -> milestone of its start; ``failures``: so far."""

    faults: dict[str, int | None]
    failures: int = 0


class Letters:
    """Which completed rows are dead letters. ``attempts``: failures after which a poisoned row is one.

    ``refusing``: whether rows that complete now are dead letters, because the look-up is down.
    """

    def __init__(self, attempts: int) -> None:
        self.refusing = False
        self._attempts = attempts
        self._judged = 0  # rows before this position have been looked at
        self._dead: list[Run] = []  # of those completed since the last commit
        self._poison: dict[Run, Poison] = {}  # (region, position)
        self._rows: list[tuple[int, int, np.ndarray]] = []  # for the journal: region, begin, times

    def restart(self, position: int) -> None:
        """The job goes on at a position: what it completed from there on is not known any more."""
        self._judged, self._dead = position, []

    def judge(self, reader: Reader, region: int) -> None:
        """Look at what was completed since the last time, under what held since then."""
        begin, self._judged = self._judged, reader.position()
        if begin == self._judged:
            return
        found = reader.runs(begin, self._judged) if self.refusing else self._poisoned(reader, region, begin)
        self._rows += [(region, first, reader.times(first, end).copy()) for first, end in found]
        self._dead += found

    def _poisoned(self, reader: Reader, region: int, begin: int) -> list[Run]:
        """Return the rows that were poison and have been completed since ``begin``."""
        there = sorted(p for (r, p) in self._poison if r == region and begin <= p < self._judged)
        return [run for p in there for run in reader.runs(p, p + 1)]

    def strip(self, runs: list[Run]) -> list[Run]:
        """Return the runs, which are all that was completed since the last time, without dead letters."""
        dead, self._dead, kept = self._dead, [], []
        for begin, end in runs:
            for first, last in dead:
                if begin <= first < end:
                    kept.append((begin, first))
                    begin = last
            kept.append((begin, end))
        return [(begin, end) for begin, end in kept if begin < end]

    # --- poison ---------------------------------------------------------------------------------------------

    def poison(self, region: int, position: int, fault: str, cause: int | None) -> None:
        """A fault marks a row of a region's bus."""
        self._poison.setdefault((region, position), Poison({})).faults[fault] = cause

    def barrier(self, region: int, position: int) -> int | None:
        """Return the first row at or after a position that the job cannot get past, None if there is none."""
        ahead = [
            p for (r, p), poison in self._poison.items()
            if r == region and p >= position and poison.failures < self._attempts
        ]  # fmt: skip
        return min(ahead, default=None)

    def failed(self, region: int, position: int) -> Poison:
        """The job has failed on a row; return what is known of it."""
        poison = self._poison[region, position]
        poison.failures += 1
        return poison

    def take_rows(self) -> dict[str, Columns]:
        """Return the journal's new rows."""
        rows, self._rows = self._rows, []
        if not rows:
            return {}
        sizes = [times.size for _, _, times in rows]
        return {
            "dead/stream": {
                "at_ns": np.concatenate([times for _, _, times in rows]),
                "region": np.repeat(np.array([region for region, _, _ in rows], np.int16), sizes),
                "position": np.concatenate(
                    [np.arange(begin, begin + size) for (_, begin, _), size in zip(rows, sizes, strict=True)]
                ),
            }
        }
