"""A stage and those who follow how old it is."""

from typing import Protocol

import numpy as np

from sim.measure.platform.spans import Span, Spans
from sim.measure.platform.stage import StageProgress


class StageFollower(Protocol):
    """Whoever follows the oldest missing record of a stage."""

    def fold(self, at: np.ndarray, commit: np.ndarray) -> None:
        """Take in that the oldest stopped missing at ``at`` (n,) ns; ``commit``: its commit times."""


class Track:
    """Keeps what is folded, to be combined with other domains and regions at the end."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray]] = []

    def fold(self, at: np.ndarray, commit: np.ndarray) -> None:
        """Take in arrivals of the oldest missing record."""
        self.parts.append((at, commit))

    def steps(self) -> tuple[np.ndarray, np.ndarray]:
        """Return times and commit times (n,) int64: until each time that was the oldest missing commit."""
        if not self.parts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at, commit = (np.concatenate(columns) for columns in zip(*self.parts, strict=True))
        return at, commit


class Watch:
    """A stage whose oldest missing record is followed."""

    def __init__(self, stage: StageProgress) -> None:
        self.stage = stage
        self._followers: list[StageFollower] = []

    def attach(self, follower: StageFollower) -> None:
        """Let somebody follow from now on."""
        self._followers.append(follower)

    def approach(self, follower: StageFollower) -> None:
        """Let somebody follow from now on for whom its commits have to be known exactly: it is near."""
        self.attach(follower)
        self.stage.approach()

    def leave(self, follower: StageFollower, at_ns: int) -> None:
        """Follow no longer, from ``at_ns`` on: it is far."""
        self._followers.remove(follower)
        tell([follower], at_ns, self.clock(at_ns))
        self.stage.leave()

    def arrive(self, version: int, at: np.ndarray) -> None:
        """Take in arrivals of consecutive versions at the times ``at`` (n,) ns."""
        self._fold(version, at, self.stage.arrive(version, at))

    def pass_over(self, version: int, at: np.ndarray, why: str) -> None:
        """Take in that consecutive versions will not come."""
        self._fold(version, at, self.stage.pass_over(version, at, why))

    def clock(self, at_ns: int) -> int:
        """Return when the oldest missing record was committed, as known at ``at_ns``, or FOREVER."""
        return self.stage.clock(self.stage.oldest, at_ns)

    def look_again(self, at_ns: int) -> None:
        """Find the oldest missing record anew, after a promotion at ``at_ns``."""
        before = self.stage.oldest
        self.stage.look_again()
        if self.stage.oldest != before:
            tell(self._followers, at_ns, self.stage.clock(before, at_ns))

    def restrict(self, delivered: Spans, *, arrivals: int, commits: int, at_ns: int) -> None:
        """Commits from this number on are taken back at ``at_ns``; ``delivered`` stays."""
        tell(self._followers, at_ns, self.clock(at_ns))
        self.stage.restrict(delivered, arrivals, commits)

    def close(self, end_ns: int) -> None:
        """Nothing comes after ``end_ns``."""
        tell(self._followers, end_ns, self.clock(end_ns))

    def _fold(self, version: int, at: np.ndarray, parts: list[Span]) -> None:
        for low, high in parts if self._followers else ():
            times = at[low - version : high - version]
            if self.stage.table and times[0] == times[-1]:  # a commit: the first is older than the others
                commit_ns = self.stage.clock(low, int(times[0]))
                tell(self._followers, int(times[0]), commit_ns)
                continue
            commits = self.stage.line.times(low, times, self.stage.near_from)
            for follower in self._followers:
                follower.fold(times, commits)


def tell(followers: list[StageFollower], at_ns: int, commit_ns: int) -> None:
    """Say that a record of this commit time stopped being the oldest that is missing."""
    at, commit = np.array([at_ns]), np.array([commit_ns])
    for follower in followers:
        follower.fold(at, commit)
