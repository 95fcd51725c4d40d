"""One business domain: its timelines, its nodes, what its gateways and resolvers believe."""

from array import array
from typing import TYPE_CHECKING, Any

from sim.journal.schema import LSN_BITS, LSN_MASK
from sim.spec.store.database import Database

if TYPE_CHECKING:
    from .node import Node


class Timeline:
    """A history: its own commits follow the parent's up to ``cut``."""

    __slots__ = ("cut", "number", "parent", "records")

    def __init__(self, number: int, parent: int, cut: int) -> None:
        self.number = number
        self.parent = parent
        self.cut = cut
        self.records: list[tuple[int, int, int, int, int]] = []  # commit_ns, version, rid, key, node


class Domain:
    """Shared state of one domain; its parts are wired by the twin."""

    def __init__(self, name: str, number: int, spec: Database) -> None:
        self.name = name
        self.number = number
        self.spec = spec
        self.timelines = {1: Timeline(1, 0, 0)}
        self.newest = 1
        self.left: int | None = None  # what a destruction has left of the newest timeline
        self.by_key: dict[
            int, tuple[list[int], list[int]]
        ] = {}  # key -> lsns, commit times on the newest timeline
        self.nodes: list[Node | None] = []
        self.primary: Node | None = None
        self.view: list[Node] = []
        self.promoting = False
        self.acknowledging: list[int] = []  # regions of the replicas that count for an answer
        self.needed = 0  # so many of them, 0: none
        self.known = 0  # the primary's last lsn as the newest successful probes told
        self.open: dict[int, Any] = {}  # rid -> operation
        self.ops = array("q")  # rows for the journal, one after the other
        self.commits: list[tuple] = []
        self.cuts: list[tuple] = []

    def record(self, timeline: int, lsn: int) -> tuple[int, int, int, int, int]:
        """Return the commit at ``lsn`` as seen from a timeline."""
        line = self.timelines[timeline]
        while lsn <= line.cut:
            line = self.timelines[line.parent]
        return line.records[lsn - line.cut - 1]

    def last_lsn(self) -> int:
        """Return the last lsn of the newest timeline."""
        line = self.timelines[self.newest]
        return line.cut + len(line.records)

    def on_timeline(self, version: int, timeline: int) -> bool:
        """Whether a version is part of a timeline's history."""
        lsn = version & LSN_MASK
        line = self.timelines[timeline]
        while line.number > version >> LSN_BITS and lsn <= line.cut:
            line = self.timelines[line.parent]
        return line.number == version >> LSN_BITS

    def shared(self, timeline: int) -> int | None:
        """Return the last lsn that a timeline shares with the newest one, None if it is the newest."""
        cuts = []
        line = self.timelines[self.newest]
        while line.number > timeline:
            cuts.append(line.cut)
            line = self.timelines[line.parent]
        return min(cuts, default=None)

    def note_commit(self, row: tuple[int, int, int, int, int]) -> None:
        """Add a commit to its timeline and, if that is the newest, to the newest versions of its key."""
        commit_ns, version, _, key, _ = row
        timeline = version >> LSN_BITS
        self.timelines[timeline].records.append(row)
        self.commits.append(row)
        if timeline == self.newest:
            known = self.by_key.get(key)
            if known is None:
                known = self.by_key[key] = ([], [])
            known[0].append(version & LSN_MASK)
            known[1].append(commit_ns)

    def branch(self, cut: int, *, node: int, at: int) -> None:
        """Start a new newest timeline at ``cut`` of the one before."""
        number = self.newest + 1
        self.timelines[number] = Timeline(number, self.newest, cut)
        self.cuts.append((at, number, self.newest, cut, node))
        self.newest = number
        self.left = None
        for lsns, times in self.by_key.values():
            while lsns and lsns[-1] > cut:
                lsns.pop()
                times.pop()
