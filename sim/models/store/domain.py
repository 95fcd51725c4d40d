"""One domain's data plane: its circle, its write-ahead log, its followers and what its reads return."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.core.draws import key_of
from sim.core.identity import lsn_of
from sim.core.stages import REPLICA
from sim.engine.circle.door import FULL, TRIPPED, Circle
from sim.engine.log import Log
from sim.engine.reading import Commits, append, read_diverged, read_follower, read_primary
from sim.engine.sampling import DistTable
from sim.models.store.acknowledgement import AtOnce, Policy
from sim.models.store.follower import APPLY, RECEIVE, SEND, Follower
from sim.models.store.workload import CircleStream

PRIMARY, FOLLOWING, PROMOTING, STALE, RESTORING = "primary", "following", "promoting", "stale", "restoring"
# A node's cursors, each with the last of the flow's stages that it needs.
CURSORS = {"send": SEND, "receive": RECEIVE, "apply": APPLY, "reads": APPLY}


@dataclass
class Node:
    """A database node's place in the domain."""

    index: int
    region: str
    role: str
    up: bool = True
    data_lost: bool = False
    timeline: int = 1  # of its own log
    lsn: int = 0  # last lsn of its own log, where it does not follow
    memory: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int64))
    seen: int = 1  # next commit of the newest timeline to take into its memory
    # its commits on an abandoned timeline: lsn, version, key, previous
    own: list[np.ndarray] = field(default_factory=list)
    # abandoned rows it had applied: keys, previous versions
    undo: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    shared: int = 0  # its memory includes the newest timeline's commits up to this lsn
    own_done: int = 0  # so many of its own rows are in its memory
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> int:
        """Return how often ``what`` has happened before, and count it."""
        before = self.counts.get(what, 0)
        self.counts[what] = before + 1
        return before


class Domain:
    """The cursors of one domain, pulled together to one time.

    ``advance`` runs the circle; ``settle`` brings log, followers and reads up to it. ``committed`` is told
    the commits of the newest timeline, as the circle has them.
    """

    def __init__(
        self,
        name: str,
        circle: Circle,
        streams: list[CircleStream],
        regions: list[str],
        *,
        keys: int,
    ) -> None:
        self.name = name
        self.regions = regions
        self.streams = streams
        self.circle = circle
        self.log = Log(1, **dict.fromkeys(Commits._fields, np.int64))
        self.nodes: dict[str, Node] = {}
        self.followers: dict[str, Follower] = {}
        self.primary = ""
        self.timeline = 1
        self.position = 0  # every record strictly before this has been processed by the circle
        self.settled = 0
        self.emitted = 0  # what happened before this is in the journal
        self.noted = 0  # so many milestones have been looked through for it
        self._committed: list[Callable[[np.ndarray], None]] = []
        # (primary, follower) -> how often its flow had something to do
        self.flow_reads: dict[tuple[str, str], int] = {}
        # (follower, primary) -> how many acknowledgements departed, or had to wait
        self.acknowledgement_reads: dict[tuple[str, str], int] = {}
        self.policy: Policy = AtOnce()  # when a commit is answered
        self.first_commit_ns = 0
        self.commits_taken = 0  # of the circle's output
        self.kept: int | None = None  # lsn up to which a destruction left copies of the newest timeline
        self.cut_rows: list[tuple[int, int, int, int, int]] = []
        self.copies: dict[str, list[tuple[int, int]]] = {}
        self.newest = np.zeros(keys, np.int64)
        self.read_first = np.zeros(len(regions), np.int64)  # next read of each node to answer

    # --- setting up -----------------------------------------------------------------------------------------

    def place(
        self, primary: str, replicas: list[str], *, table: DistTable, apply: int, seed: int, trial: int
    ) -> None:
        """Put the nodes in their regions."""
        self.primary = primary
        for region in [primary, *replicas]:
            index = self.regions.index(region)
            node = Node(index, region, PRIMARY if region == primary else FOLLOWING)
            node.memory = np.zeros((self.newest.size, 4), np.int64)
            self.nodes[region] = node
            self.copies[region] = []
            key = key_of(seed, trial, f"{self.name}/{REPLICA.at(region)}")
            self.followers[region] = Follower(self.log, key, table, apply)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int, full: Callable[[], None]) -> int | None:
        """Run the circle to ``until``, or to the first trip.

        ``full`` takes the rows for the journal, up to the settled time, when the circle's output is full.
        Returns the stream that tripped, None if none did; after a trip ``position`` is its time.
        """
        while self.position < until:
            status = self.circle.advance(until)
            if status == FULL:
                # not before where cursors have been pulled to already: the last record may have been long ago
                self.settle(max(self.position, self.circle.now + 1))
                full()
            elif status == TRIPPED:
                self.position = self.circle.now
                return self.circle.tripped
            else:
                self.position = until
        return None

    def feed(self, stream: int, first: int, at: np.ndarray, tag: np.ndarray, *, keep: int) -> None:
        """Let operations of a fed stream arrive at the times ``at`` (ns), each with its tag.

        ``first``: the seq of the first; those that were foreseen have been fed, and must be the same.
        ``keep``: the first one whose end will be asked for yet.
        """
        known = min(self.circle.fed_count(stream) - first, at.size)
        fed = self.circle.fed(np.full(known, stream), np.arange(first, first + known))
        same = (fed["at"] == at[:known]) & (fed["tag"] == tag[:known])
        assert same.all(), f"{self.streams[stream].name}: calls were not as foreseen"
        self.make_room(stream, at.size - known, keep=keep)
        self.circle.feed(stream, at[known:], tag[known:])

    def still_known(self, stream: int, keep: int) -> int:
        """Return the first operation of a fed stream that must stay known: not sent yet, or ``keep``."""
        return min(self.circle.sent_count(stream), keep)

    def make_room(self, stream: int, count: int, *, keep: int) -> None:
        """Make room for more operations of a fed stream, those from ``keep`` on staying known."""
        self.circle.make_room(self.circle.fed_count(stream) + count - self.still_known(stream, keep))

    def sure_until(self) -> int:
        """Return the earliest time (ns) at which a checker could change its mind."""
        return self.circle.sure_until(self.position)

    def settle(self, until: int) -> None:
        """Bring log, followers and reads to ``until``; they never go back."""
        until = max(until, self.settled)
        self.take_commits()
        for region in self.followers:
            self._follow(region, until, through=APPLY)
        for node in self.nodes.values():
            self._answer_reads(node, until)
        since, self.settled = self.settled, until
        self.policy.passed(since, until)

    def pull(self, region: str, cursor: str, until: int) -> None:
        """Bring one of a node's ``CURSORS``, and what it reads from, to ``until`` or as far as the circle is.

        All others stay where they are.
        """
        until = min(until, self.position)
        self.take_commits()
        self._follow(region, until, through=CURSORS[cursor])
        if cursor == "reads":
            self._answer_reads(self.nodes[region], until)

    def _follow(self, region: str, until: int, *, through: int) -> None:
        if self.nodes[region].role in (FOLLOWING, PROMOTING):
            follower = self.followers[region]
            steps = follower.advance(until, through=through)
            sends = self.nodes[region].role == FOLLOWING and not self.nodes[self.primary].data_lost
            waits = follower.received > follower.applied or (sends and self.log.end > follower.flow.next)
            flow = (self.primary, region)
            self.flow_reads[flow] = self.flow_reads.get(flow, 0) + steps + waits

    def listen(self, told: Callable[[np.ndarray], None]) -> None:
        """Let ``told`` know the commits of the newest timeline, as the circle has them (COMMIT, in order)."""
        self._committed.append(told)

    def take_commits(self) -> None:
        """Move the circle's new commits to the log; those of an old primary go to that node."""
        taken, rows = self.commits_taken, self.circle.commits
        if taken == len(rows):
            return
        self.commits_taken = len(rows)
        primary, new = self.nodes[self.primary], rows[taken:]
        mine = new["node"] == primary.index
        ours = new if mine.all() else self._apart(new, mine)
        if len(ours):
            for told in self._committed:
                told(ours)
        log = self.log
        log.reserve(len(ours))
        part, place = (taken, len(rows), primary.index), (log.base - log.origin, log.end - log.origin)
        append(self.circle.handle, part, self._commits(), log.origin, place, self.newest)
        if log.end == 1 and len(ours):
            self.first_commit_ns = int(ours["at"][0])
        log.end += len(ours)
        primary.lsn = log.end - 1

    def _apart(self, new: np.ndarray, mine: np.ndarray) -> np.ndarray:
        """Note the commits that are not the primary's at their nodes; return the primary's."""
        for node in self.nodes.values():
            others = new[(new["node"] == node.index) & ~mine]
            if others.size:
                none = np.zeros(others.size, np.int64)
                lsns = lsn_of(others["version"])
                node.own.append(np.column_stack([lsns, others["version"], others["key"], none]))
                node.lsn = int(lsns[-1])
        return np.compress(mine, new)

    def _commits(self) -> Commits:
        """Return the columns of the log, which begin with lsn ``log.origin``."""
        return Commits(*self.log.columns.values())

    def _answer_reads(self, node: Node, until: int) -> None:
        first, last = int(self.read_first[node.index]), self.circle.read_count(node.index)
        log, columns, circle = self.log, self._commits(), self.circle.handle
        if node.region == self.primary:
            node.seen, first = read_primary(
                circle, node.index, node.memory, columns, log.origin, node.seen, log.end, first, last, until
            )
            node.shared = node.seen - 1
        elif node.role in (FOLLOWING, PROMOTING):
            first = self._answer_follower(node, first, last=last, until=until)
        else:
            own = np.concatenate(node.own) if node.own else np.zeros((0, 4), np.int64)
            node.seen, node.own_done, first = read_diverged(
                circle,
                node.index,
                node.memory,
                columns,
                log.origin,
                node.seen,
                log.end,
                own,
                node.own_done,
                first,
                last,
                until,
            )
            node.own = [own] if own.size else []
        self.read_first[node.index] = first

    def _answer_follower(self, node: Node, first: int, *, last: int, until: int) -> int:
        log, follower = self.log, self.followers[node.region]
        applied = follower.done.since("at", node.shared + 1)
        ends = (log.end, follower.applied + 1)
        node.seen, shared, first = read_follower(
            self.circle.handle,
            node.index,
            node.memory,
            self._commits(),
            applied,
            log.origin,
            node.seen,
            node.shared + 1,
            ends,
            first,
            last,
            until,
        )
        node.shared = shared - 1
        return int(first)

    # --- what the control plane asks ------------------------------------------------------------------------

    def received(self, region: str) -> int:
        """Return the last lsn a node has received before the time of the last settling.

        Of the primary: the last lsn it has committed.
        """
        node = self.nodes[region]
        return node.lsn if node.role == PRIMARY else self.followers[region].received

    @property
    def last_held(self) -> int:
        """The last lsn of the newest timeline of which there is a copy; -1: nothing is left at all."""
        return self.log.end - 1 if self.kept is None else self.kept

    def commit_ns(self, lsn: int) -> int:
        """Return when a record of the newest timeline was committed, 0 for none."""
        return int(self.log.since("at", lsn)[0]) if lsn >= self.log.base else 0
