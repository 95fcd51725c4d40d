"""Which commits a node holds: runs of consecutive log sequence numbers, taken from the rows themselves.

A record that is missing anywhere breaks a run in two, so counting runs finds it; memory is bounded by the
number of gaps, not of records.
"""

from collections.abc import Iterable

import numpy as np

from sim.core.identity import LSN_MASK, lsn_of, timeline_of
from sim.measure.compiled import run_end

Run = list[int]  # timeline, first, last


class Presence:
    """An interval set of versions that mostly grows at its end."""

    def __init__(self) -> None:
        self.runs: list[Run] = []

    def add(self, versions: np.ndarray) -> None:
        """Add versions (n,) int64 in the order in which they came."""
        at = 0
        while at < len(versions):
            stop = run_end(versions, at)
            self._join(int(versions[at]), stop - at)
            at = stop

    def _join(self, first: int, count: int) -> None:
        """Add one run."""
        timeline, low = timeline_of(first), lsn_of(first)
        if self.runs and self.runs[-1][0] == timeline and self.runs[-1][2] + 1 == low:
            self.runs[-1][2] += count
        else:
            self.runs.append([timeline, low, low + count - 1])


def on_line(runs: Iterable[Run], limits: dict[int, int]) -> list[tuple[int, int]]:
    """Return the intervals of log sequence numbers that are on the surviving timeline.

    ``limits``: its timelines and the last number of each.
    """
    return [(low, min(high, limits[t])) for t, low, high in runs if t in limits and low <= limits[t]]


def size(intervals: Iterable[tuple[int, int]]) -> int:
    """Return how many numbers lie in the union of closed intervals."""
    total, reached = 0, -1
    for low, high in sorted(intervals):
        total += max(0, high - max(low, reached + 1) + 1)
        reached = max(reached, high)
    return total


def shared(version: int, limits: dict[int, int], cuts: dict[int, tuple[int, int]]) -> int:
    """Return the last log sequence number up to which all that ``version`` stands on survives.

    ``limits``: the timelines of the surviving one and the last number of each; ``cuts``: timeline -> (parent,
    cut).
    """
    timeline, last = timeline_of(version), lsn_of(version)
    while timeline not in limits and timeline in cuts:
        timeline, cut = cuts[timeline]
        last = min(last, cut)
    return min(int(last), limits.get(timeline, 0))


def limits_of(timeline: int, cuts: dict[int, tuple[int, int]]) -> dict[int, int]:
    """Return the timelines on ``timeline`` and the last log sequence number each contributes.

    ``cuts``: timeline -> (parent, cut).
    """
    limits, limit = {timeline: LSN_MASK}, LSN_MASK
    while timeline in cuts:
        timeline, cut = cuts[timeline]
        limit = min(limit, cut)
        limits[timeline] = limit
    return limits
