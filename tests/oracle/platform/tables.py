"""Tables of the lakehouse: lists of commits, and the catalog that lets them appear."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .platform import Path

ZONES = ("raw", "curated", "analytics")
Range = tuple[int, int, int]  # source region, begin, end


class Commit:
    """Ranges that become visible together; ``read``: commits of the input that had been read by then."""

    __slots__ = ("at", "ranges", "read")

    def __init__(self, at: int, ranges: list[Range], read: int) -> None:
        self.at = at
        self.ranges = ranges
        self.read = read

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(end - begin for _, begin, end in self.ranges)


class Table:
    """One zone of one domain in one region."""

    def __init__(self, path: "Path") -> None:
        self.path = path
        self.clock = path.clock
        self.commits: list[Commit] = []
        self.rows: list[tuple[int, int, int, int, int]] = []
        self.taken_rows: list[tuple[int, int]] = []
        self.calls: list[Callable[[], None]] = []  # flows that wait for commits
        self.dangling_rows: list[tuple[int, int]] = []

    def append(self, commit: Commit) -> None:
        """Let a commit be visible from now on."""
        number = len(self.commits)
        self.rows += [(commit.at, number, *one) for one in commit.ranges]
        self.commits.append(commit)
        for call in self.calls:
            call()

    def take_back(self, kept: int) -> None:
        """Take back all commits beyond the first ``kept``."""
        if kept < len(self.commits):
            self.path.count["commits taken back"] += len(self.commits) - kept
            self.taken_rows.append((self.clock._now, kept))
            del self.commits[kept:]

    def seen(self) -> int:
        """Return how many commits were visible strictly before now."""
        return sum(commit.at < self.clock._now for commit in self.commits)


class Catalog:
    """The catalog of one region: what becomes due while it is out waits."""

    def __init__(self, path: "Path") -> None:
        self.path = path
        self.outages: set[str] = set()
        self.waiting: list[tuple[int, int, int, Callable[[], None]]] = []

    def take(self, zone: str, appear: Callable[[], None]) -> None:
        """Let a commit appear, now or when the outage is over."""
        if self.outages:
            self.path.count["commits that wait for a catalog"] += 1
            self.path.fire(self.outages)
            self.waiting.append((self.path.clock._now, ZONES.index(zone), len(self.waiting), appear))
        else:
            appear()

    def heal(self, fault: str) -> None:
        """End an outage; what waited appears in the order in which it became due."""
        self.outages.discard(fault)
        if not self.outages:
            waiting, self.waiting = sorted(self.waiting, key=lambda one: one[:3]), []
            for *_, appear in waiting:
                appear()
