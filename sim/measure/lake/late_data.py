"""Late data: records that come when newer ones have been there, and change what had been shown."""

from dataclasses import dataclass

import numpy as np

from sim.core.quantity import seconds
from sim.measure.platform.tally import CommitTally, TallyFigures, Witness
from sim.measure.store.line import Line


@dataclass(frozen=True, slots=True)
class Watermark:
    """The newest commit time (ns) that has arrived, and whose it is."""

    at_ns: int = 0
    version: int = 0


class Lateness:
    """First arrivals at one stage whose commit lies more than ``allowed_ns`` behind the watermark.

    ``batches``: the rows of a commit arrive together, and are judged against what was there before it.
    """

    def __init__(self, line: Line, allowed_ns: int, *, batches: bool) -> None:
        self._line, self._allowed_ns, self._batches = line, allowed_ns, batches
        self._reached: dict[int, Watermark] = {}  # behind each commit of a table, ascending; elsewhere of 0
        self._tally = CommitTally()
        self._behind: dict[int, int] = {}  # commit -> how far the latest of its late rows was, ns

    def judge(self, version: int, at: np.ndarray, *, near_from: int, commit: int) -> None:
        """Take in first arrivals of consecutive versions at ``at`` (n,) ns, their times as ``Line.times``."""
        times, mark = self._line.clocks(version, at, near_from), self._before(commit)
        # what follows a commit of the line was committed after it, whatever is still known of either time
        older = max(0, mark.version - version) if self._line.holds(mark.version) else len(at)
        behind = mark.at_ns - times[:older]
        late = np.flatnonzero(behind > self._allowed_ns)
        if late.size:
            first = version + int(late[0])
            at_ns = int(at[first - version])
            rid = self._line.rid(first, at_ns, near_from)
            self._tally.add(late.size, Witness(at_ns, first, rid), commit)
            self._behind[commit] = max(self._behind.get(commit, 0), int(behind.max()))
        self._reach(commit, int(times.max()), version + len(at) - 1)

    def forget(self, commits: int) -> None:
        """Commits from this number on have been taken back, and what they brought is not there any more."""
        self._tally.forget(commits)
        self._reached = {number: mark for number, mark in self._reached.items() if number < commits}
        self._behind = {number: ns for number, ns in self._behind.items() if number < commits}

    def figures(self) -> TallyFigures:
        """Return how many were late, and the first of them."""
        return self._tally.figures()

    def greatest_s(self) -> float:
        """Return how far the latest of them was behind the watermark; 0 if none is."""
        return seconds(max(self._behind.values(), default=0))

    def _before(self, commit: int) -> Watermark:
        marks = reversed(self._reached.items())
        return next((m for number, m in marks if number < commit or not self._batches), Watermark())

    def _reach(self, commit: int, at_ns: int, version: int) -> None:
        mark = next(reversed(self._reached.values()), Watermark())
        if at_ns > mark.at_ns or (version > mark.version and self._line.holds(mark.version)):
            mark = Watermark(max(at_ns, mark.at_ns), version)
        self._reached[commit] = mark
