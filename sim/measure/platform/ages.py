"""How old a stage is over time: greatest, mean and quantiles of freshness, and episodes of being too old."""

from dataclasses import dataclass

import numpy as np

from sim.measure.capability.recovery import CapabilitySeries, Episode
from sim.measure.platform import age_kernels as k
from sim.measure.platform.figures import AgeSeries, FreshnessFigures
from sim.measure.platform.watch import StageFollower
from sim.stats.histogram import BUCKETS, upper_edges

STEPS = 2000
LOOK_NS, LOOKS = 10 * 10**9, 720
SECOND = 1e9
QUANTILE = 0.99


@dataclass(frozen=True, slots=True)
class Span:
    """What all ages of a run have in common. Times in ns."""

    warmup_ns: int
    hold_ns: int
    duration_ns: int

    @property
    def look_ns(self) -> int:
        """Return how long it is from one look at the monitors to the next: in long runs there are LOOKS."""
        return max(LOOK_NS, -(-self.duration_ns // LOOKS))


class Ages:
    """Folds the moments at which the oldest missing record of a stage stops missing."""

    def __init__(self, span: Span, level_ns: int) -> None:
        self.span, self.level_ns = span, level_ns
        self.step_ns = max(1, -(-span.duration_ns // STEPS))
        self._p = np.array([span.warmup_ns, level_ns, span.hold_ns, self.step_ns], np.int64)
        self._state = np.zeros(k.STATES, np.int64)
        self._counts, self._sums = np.zeros(BUCKETS, np.int64), np.zeros(BUCKETS, np.int64)
        self._squares = np.zeros(1)
        self.series = np.zeros(STEPS, np.int64)
        self._episodes = np.zeros((64, k.EPISODE), np.int64)
        self._done: list[tuple[int, ...]] = []
        self.followers: list[StageFollower] = []  # who are told the same

    def fold(self, at: np.ndarray, commit: np.ndarray) -> None:
        """Take in arrivals of the oldest missing record: times (n,) int64 ns, and its commit times."""
        for follower in self.followers:
            follower.fold(at, commit)
        row = 0
        while row < len(at):
            row = k.ages(
                at, commit, row, self._state, self._p, self._counts, self._sums, self._squares,
                self.series, self._episodes,
            )  # fmt: skip
            if row < len(at):
                self._drain()

    @property
    def greatest_ns(self) -> int:
        """Return the greatest age so far."""
        return int(self._state[k.GREATEST])

    def figures(self, end_ns: int) -> FreshnessFigures:
        """Return greatest, mean and quantile in seconds, and the series of maxima for plotting."""
        time_ns = max(1, end_ns - self.span.warmup_ns)
        last = -(-end_ns // self.step_ns)
        return FreshnessFigures(
            max_s=self.greatest_ns / SECOND,
            mean_s=float(self._squares[0]) / time_ns / SECOND,
            p99_s=self._quantile(time_ns) / SECOND,
            level_s=self.level_ns / SECOND,
            series=AgeSeries(
                step_s=self.step_ns / SECOND, age_s=tuple((self.series[:last] / SECOND).tolist())
            ),
        )

    def recovery(self, end_ns: int, records: int, failed: int = 0) -> CapabilitySeries:
        """Return the episodes, after everything was folded.

        ``records`` is what had to arrive, ``failed`` how many refreshes failed.
        """
        self._drain()
        if self._state[k.IN_EPISODE]:
            k.close_episode(self._state, self._episodes)
            self._drain()
        hold, rows = self.span.hold_ns, self._done
        episodes = tuple(
            Episode(
                started_ns=started, recovered_ns=ended if ended < end_ns else None,
                downtime_ns=bad, failed=0, held=end_ns - ended >= hold and ended < end_ns,
            )
            for started, ended, bad in rows
        )  # fmt: skip
        return CapabilitySeries(episodes, sum(e.downtime_ns for e in episodes), records, failed, 0)

    def _drain(self) -> None:
        rows = self._episodes[: self._state[k.EPISODES]].tolist()
        self._done += [tuple(row) for row in rows]
        self._state[k.EPISODES] = 0

    def _quantile(self, time_ns: int) -> int:
        """Return the least upper edge of a bucket below which the age is for QUANTILE of the time."""
        fresh = time_ns - int(self._state[k.AGED])
        used = np.flatnonzero(self._counts | self._sums)
        count = int(used[-1]) + 1 if len(used) else 0
        # Of each stretch that begins below an edge, the time up to the edge or its end. The products wrap
        # around, and so do the sums; their difference does not.
        uppers = upper_edges(count)
        below = uppers * np.cumsum(self._counts[:count]) - np.cumsum(self._sums[:count])
        enough = np.flatnonzero(fresh + below >= QUANTILE * time_ns)
        return min(int(uppers[enough[0]]), self.greatest_ns) if len(enough) else self.greatest_ns
