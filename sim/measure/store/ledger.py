"""The ledger of one store: what was committed and is not everywhere yet, and what each promotion abandoned.

The *line* is the surviving timeline: log sequence numbers without a gap. The ledger keeps the part of it that
some standby has not received (and the last few seconds), so that a promotion can say which commits it
abandons. Abandoned commits are kept to the end; they are few.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.core.identity import lsn_of, pack_version, timeline_of
from sim.core.milestones.store import PrimaryLost
from sim.engine.log import Log
from sim.journal import schema
from sim.journal.milestones import times_of
from sim.journal.recorder import Slice, Table
from sim.measure.compiled import grow_lineage, on_timeline, run_end
from sim.measure.store import ledger_kernels as k
from sim.measure.store.setup import DomainSetup

LATE_NS = (
    3600 * 10**9
)  # a commit that comes later than this after its client gave up is not counted among the info writes


COMMITS = ("commit_ns", "version", "rid", "key", "node")


@dataclass(frozen=True, slots=True)
class Cut:
    """One promotion, or one destruction (``node`` -1).

    ``timeline`` goes on from ``parent`` after log sequence number ``cut`` at ``node`` (region index);
    ``old``: who was primary. After a destruction nobody writes ``timeline`` until a promotion begins it,
    perhaps after an earlier ``cut``. ``cut`` -1: no node holds anything.
    """

    at_ns: int
    timeline: int
    parent: int
    cut: int
    node: int
    old: int

    @property
    def promoted(self) -> bool:
        """Whether somebody leads from here on; else what lies beyond the cut was destroyed."""
        return self.node >= 0


class Observer(Protocol):
    """Whoever follows the ledger."""

    def stretch(self, ledger: "Ledger", first: int, tables: dict[str, Table], /) -> None:
        """See the rows between two cuts.

        Commits were appended at index ``first`` of the line, positions did not move yet.
        """

    def cut(self, ledger: "Ledger", cut: Cut) -> None:
        """See a promotion before the ledger follows it."""


class Ledger:
    """State of one store that loss, exposure and conservation share.

    Per slice: ``advance``, then ``answer`` with its operations, then ``prune``.
    """

    def __init__(self, setup: DomainSetup) -> None:
        self.setup = setup
        self.timeline = 1
        self.primary = setup.regions.index(setup.primary)
        self.nodes = tuple(setup.regions.index(name) for name in setup.nodes)
        self.line = Log(1, **dict.fromkeys((*COMMITS, "flags", "session"), np.int64))
        self.cuts: list[Cut] = []
        self.lineage = np.zeros((8, 2), np.int64)
        self.sent = np.zeros(len(setup.regions), np.int64)
        self.received = np.zeros(len(setup.regions), np.int64)
        self.totals = np.zeros(k.TOTALS, np.int64)
        self._abandoned = np.zeros((64, k.COLUMNS), np.int64)
        self._lost_count = 0
        self._places = np.full(256, -1, np.int64)
        self.empty: set[int] = set()  # nodes that lost their data and were not copied anew
        self.destroyed = False  # the newest timeline ends in a destruction, and nobody leads
        self.emptied_ns: int | None = None  # when no node held anything any more
        self.first_ns: int | None = None  # the first commit
        self.lost_ns: int | None = None  # when the primary was lost, the last time
        self._lost_last = 0  # the last log sequence number of the line before that
        self.standing: dict[str, Table] = {}  # of the last slice: nodes and sides
        self.silent: list[tuple[int, int]] = []  # versions [low, high) that left the line and no answer named
        self._gave_up = np.zeros((2, 0), np.int64)  # rid and end of writes that ended info

    @property
    def abandoned(self) -> np.ndarray:
        """Return the abandoned commits, (n, COLUMNS) int64, in order of abandonment."""
        return self._abandoned[: self._lost_count]

    def advance(self, part: Slice, observer: Observer) -> None:
        """Take in commits, positions and cuts of one slice."""
        names = [n for n in part.tables if n.split("/")[0] in ("commits", "sent", "received", "copied")]
        marks = dict.fromkeys(names, 0)
        cuts = {name: part.table("cuts")[name] for name in schema.CUTS}
        for i in range(len(cuts["at_ns"])):
            at_ns, timeline, parent, last, node = (int(column[i]) for column in cuts.values())
            self._stretch(_until(part, names, marks, at_ns), observer)
            self._cut(Cut(at_ns, timeline, parent, last, node, self.primary), observer)
        self._stretch(_until(part, names, marks, None), observer)
        self._hear(part)
        self.standing |= {name: part.tables[name] for name in ("nodes", "sides") if name in part.tables}

    def _hear(self, part: Slice) -> None:
        """Note where the line stood when the primary was lost, while that is still known."""
        domain = self.setup.domain
        lost_ns = times_of(part.heard, PrimaryLost, domain)
        if lost_ns:
            before = int(np.searchsorted(self.line.all("commit_ns"), lost_ns[-1]))
            self.lost_ns, self._lost_last = lost_ns[-1], self.line.base + before - 1

    def settled_since(self, since_ns: int, after: int = 0) -> int:
        """Return how many acknowledged commits are settled and came since the primary was lost.

        ``since_ns``: when that was; none if it is not the last time. ``after``: of those behind it alone.
        """
        if since_ns != self.lost_ns:
            return 0
        return self.acknowledged_between(max(after, self._lost_last), self.line.base - 1)

    def answer(self, ops: Table) -> None:
        """Take in what clients learned: acknowledgements, and writes whose outcome they do not know."""
        found, other = k.answer(
            *self._told(ops),
            self._abandoned,
            self._places,
            self._lost_count,
            self.totals,
            self.setup.warmup_ns,
        )
        if len(other):
            self._name(ops["version"][other])
        if len(found):
            self._give_up(ops["rid"][found], ops["send_ns"][found], ops["end_ns"][found])

    def _name(self, versions: np.ndarray) -> None:
        """Take in answers that name the commits of other operations, of the same tag, or old ones."""
        rows = self.abandoned
        for row in np.flatnonzero(np.isin(rows[:, k.VERSION], versions)).tolist():
            named = int((versions == rows[row, k.VERSION]).sum())
            self.totals[k.ACKS_AGAIN] += named if rows[row, k.FLAGS] & k.ACKED else named - 1
            rows[row, k.FLAGS] |= k.ACKED
        for version in versions[~np.isin(versions, rows[:, k.VERSION])].tolist():
            if not 0 < lsn_of(version) < self.line.base or not self.on_line(version):
                self.totals[k.ACKS_UNKNOWN] += 1
            elif self._speak(version):
                self.totals[k.ACKS_PRUNED] += 1
            else:
                self.totals[k.ACKS_AGAIN] += 1

    def on_line(self, version: int) -> bool:
        """Return whether a version is on the line, or was when the last copy of all went."""
        emptied = self.emptied_ns is not None
        timeline = self.cuts[-1].parent if emptied else self.timeline
        return bool(on_timeline(version, timeline, self.lineage))

    def named(self, version: int) -> bool:
        """Return whether an answer named a commit of the line."""
        at = lsn_of(version) - self.line.base
        return self.settled_and_named(version) if at < 0 else bool(self.line.all("flags")[at] & k.ACKED)

    def settled_and_named(self, version: int) -> bool:
        """Return whether all nodes had a commit of the line long ago, and an answer named it."""
        i = bisect_right(self.silent, version, key=lambda run: run[0]) - 1
        quiet = i >= 0 and version < self.silent[i][1]
        return 0 < lsn_of(version) < self.line.base and self.on_line(version) and not quiet

    def acknowledged_between(self, after: int, last: int) -> int:
        """Return how many commits of the line were acknowledged, of log sequence numbers (after, last]."""
        after, base = max(after, 0), self.line.base
        settled = max(min(last, base - 1) - after, 0)
        for low, high in self.silent if settled else ():
            if self.on_line(low):
                first, stop = max(lsn_of(low), after + 1), min(lsn_of(low) + high - low, last + 1)
                settled -= max(stop - first, 0)
        flags = self.line.all("flags")[max(after + 1 - base, 0) : max(last + 1 - base, 0)]
        return settled + int((flags & k.ACKED != 0).sum())

    def of_others(self, ops: Table) -> np.ndarray:
        """Return which acknowledged writes were answered with a commit of another: (n,) bool.

        To be asked when they have been taken in, before ``prune``.
        """
        out = np.empty(len(ops["rid"]), np.bool_)
        rids = self.line.all("rid")
        k.of_others(*self._told(ops), rids, self._abandoned, self._places, self._lost_count, out)
        return out

    def _told(self, ops: Table) -> tuple[k.AnswerColumns, k.PendingCommits]:
        """Return what clients learned, and the commits that it can be about."""
        rows = k.AnswerColumns(*(ops[c] for c in k.AnswerColumns._fields))
        return rows, k.PendingCommits(
            self.line.all("version"), self.line.all("flags"), self.line.all("session"), self.line.base
        )

    def _stretch(self, tables: dict[str, Table], observer: Observer) -> None:
        first = len(self.line)
        if "commits" in tables:
            self._commit(tables["commits"])
        observer.stretch(self, first, tables)
        for name, table in tables.items():
            stage, _, region = name.partition("/")
            if stage == "commits" or not len(table["version"]):
                continue
            node = self.setup.regions.index(region)
            if stage == "copied":
                (self.empty.discard if table["version"][-1] else self.empty.add)(node)
            reached = k.greatest_on_line(table["version"], self.timeline, self.lineage)
            for positions in (self.sent,) if stage == "sent" else (self.received, self.sent):
                positions[node] = max(positions[node], reached)

    def _commit(self, rows: Table) -> None:
        versions, n = rows["version"], len(rows["rid"])
        if self.first_ns is None and n:
            self.first_ns = int(rows["commit_ns"][0])
        self.totals[k.COMMITS] += n
        due = pack_version(self.timeline, self.line.end)
        if n and versions[0] == due and run_end(versions, 0) == n:  # nearly always
            self._extend(rows)
            return
        on_line = timeline_of(versions) == self.timeline
        if on_line.any():
            kept = {name: np.ascontiguousarray(column[on_line]) for name, column in rows.items()}
            if kept["version"][0] != due or run_end(kept["version"], 0) < len(kept["version"]):
                where = f"timeline {self.timeline} have a gap after {self.line.end - 1}"
                raise ValueError(f"{self.setup.domain}: commits of {where}")
            self._extend(kept)
        if not on_line.all():
            self._diverge({name: column[~on_line] for name, column in rows.items()})

    def _extend(self, rows: Table) -> None:
        """Append commits of the line, which follow each other without a gap."""
        if self._lost_count:
            k.recommit(rows["rid"], rows["version"], self._abandoned, self._places)
        first = len(self.line)
        self.line.append(flags=0, session=k.NOBODY, **{name: rows[name] for name in COMMITS})
        if self._gave_up.shape[1]:
            new = self.line.all("flags")[first:]
            new[self._given_up(rows["rid"], rows["commit_ns"])] |= k.INFO

    def _given_up(self, rids: np.ndarray, commit_ns: np.ndarray) -> np.ndarray:
        self._gave_up = self._gave_up[:, self._gave_up[1] + LATE_NS >= commit_ns[0]]
        index = k.find(rids, np.ascontiguousarray(self._gave_up[0]))
        late = np.zeros(len(rids), bool)
        hit = index >= 0
        late[hit] = commit_ns[hit] <= self._gave_up[1][index[hit]] + LATE_NS
        return late

    def _diverge(self, rows: Table) -> None:
        """Keep commits of a timeline that a promotion has already abandoned: a split brain."""
        new = np.zeros((len(rows["rid"]), k.COLUMNS), np.int64)
        new[:, k.VERSION], new[:, k.RID] = rows["version"], rows["rid"]
        new[:, k.COMMIT_NS], new[:, k.NODE] = rows["commit_ns"], rows["node"]
        new[:, k.KEY], new[:, k.SESSION] = rows["key"], k.NOBODY
        new[:, k.CUT_ID] = [self._cut_of(v) for v in rows["version"].tolist()]
        if self._gave_up.shape[1]:
            new[self._given_up(rows["rid"], rows["commit_ns"]), k.FLAGS] |= k.INFO
        at = k.find(rows["rid"], self.line.all("rid"))
        new[at >= 0, k.RECOMMIT] = self.line.all("version")[at[at >= 0]]
        twin = self.line.all("flags")[at[at >= 0]]
        new[at >= 0, k.FLAGS] |= np.where(twin & k.ACKED, k.ACKED_BY_RID, 0) | (twin & k.INFO)
        self._abandon(new)

    def _cut_of(self, version: int) -> int:
        own, lsn = timeline_of(version), lsn_of(version)
        return next(i for i, cut in enumerate(self.cuts) if cut.parent == own and lsn > cut.cut)

    def _cut(self, cut: Cut, observer: Observer) -> None:
        line, last = self.line, cut.cut
        known = cut.timeline == self.timeline if self.destroyed else cut.parent == self.timeline
        emptied = last < 0 and not cut.promoted
        if not known or (last + 1 < line.base and not emptied) or last >= line.end:
            raise ValueError(
                f"{self.setup.domain}: timeline {cut.timeline} cannot branch from {cut.parent} after {last}"
            )
        observer.cut(self, cut)
        self.lineage = grow_lineage(self.lineage, cut.timeline, cut.parent, last)
        self._lost_last = self._lost_last if emptied else min(self._lost_last, last)
        keep = max(last - line.base + 1, 0)
        if keep < len(line):
            self._abandon(self._rows_after(keep, cut.node))
            line.truncate(line.base + keep)
        self.cuts.append(cut)
        self.timeline, self.destroyed = cut.timeline, not cut.promoted
        if not cut.promoted:
            self.emptied_ns = cut.at_ns if emptied else self.emptied_ns
            return
        self.primary = cut.node
        self.received[cut.old] = last
        np.minimum(self.received, last, out=self.received)
        self.received[cut.node] = last
        self.sent[:] = self.received

    def _rows_after(self, keep: int, node: int) -> np.ndarray:
        """Return the abandoned rows of a cut, with what the other nodes had of them."""
        line = self.line
        rows = np.zeros((len(line) - keep, k.COLUMNS), np.int64)
        for name, column in (
            ("version", k.VERSION),
            ("rid", k.RID),
            ("commit_ns", k.COMMIT_NS),
            ("node", k.NODE),
            ("flags", k.FLAGS),
            ("key", k.KEY),
            ("session", k.SESSION),
        ):
            rows[:, column] = line.all(name)[keep:]
        rows[:, k.CUT_ID] = len(self.cuts)
        lsn = lsn_of(rows[:, k.VERSION])
        standbys = [n for n in self.nodes if n != self.primary]
        promoted = node >= 0
        others = [self.received[n] for n in standbys if not promoted or n not in (node, *self.empty)]
        rows[lsn <= max(others, default=0), k.FLAGS] |= k.AVOIDABLE if promoted else k.HELD
        rows[lsn <= max((self.sent[n] for n in ((node,) if promoted else standbys)), default=0), k.FLAGS] |= (
            k.SENT
        )
        return rows

    def _abandon(self, rows: np.ndarray) -> None:
        first, count = self._lost_count, len(rows)
        while first + count > len(self._abandoned):
            self._abandoned = np.concatenate([self._abandoned, np.zeros_like(self._abandoned)])
        self._abandoned[first : first + count] = rows
        self._lost_count += count
        if 2 * self._lost_count > len(self._places):
            self._places = np.full(2 ** int(4 * self._lost_count).bit_length(), -1, np.int64)
            first = 0
        k.index(self._abandoned, first, self._lost_count, self._places)

    def _give_up(self, rids: np.ndarray, send_ns: np.ndarray, end_ns: np.ndarray) -> None:
        """Mark the commits of writes that ended info, and remember the rest: their commits may still come."""
        line = self.line
        since = int(np.searchsorted(line.all("commit_ns"), send_ns.min()))
        line.all("flags")[since:][k.find(line.all("rid")[since:], rids) >= 0] |= k.INFO
        self._gave_up = np.concatenate([self._gave_up, np.stack([rids, end_ns])], axis=1)

    def prune(self, until_ns: int) -> None:
        """Drop what every standby has received, once the answers until then have been taken in.

        But for the commits that a late twin in a split brain could still name.
        """
        others = [self.received[n] for n in self.nodes if n != self.primary]
        line = self.line
        reached = min(others, default=line.end - 1) - line.base + 1
        old = int(np.searchsorted(line.all("commit_ns"), until_ns - self.setup.op_life_ns))
        count = max(0, min(int(reached), old))
        self.totals[k.PRUNED] += count
        self.totals[k.INFO_PRUNED] += int((line.all("flags")[:count] & k.INFO != 0).sum())
        named = line.all("flags")[:count] & k.ACKED != 0
        self.totals[k.ACKS_PRUNED] += int(named.sum())
        self._fall_silent(line.all("version")[:count][~named])
        line.drop(line.base + count)

    def _fall_silent(self, versions: np.ndarray) -> None:
        """Note commits that no answer has named; one to another operation of their tag still may."""
        if not len(versions):
            return
        starts = np.concatenate([[0], np.flatnonzero(np.diff(versions) != 1) + 1])
        stops = np.concatenate([starts[1:], [len(versions)]]) - 1
        for low, high in zip(versions[starts].tolist(), (versions[stops] + 1).tolist(), strict=True):
            if self.silent and self.silent[-1][1] == low:
                low = self.silent.pop()[0]
            self.silent.append((low, high))

    def _speak(self, version: int) -> bool:
        """Note that a commit has been named; return whether none had named it."""
        i = bisect_right(self.silent, version, key=lambda run: run[0]) - 1
        if i < 0 or version >= self.silent[i][1]:
            return False
        low, high = self.silent[i]
        runs = [(low, version), (version + 1, high)]
        self.silent[i : i + 1] = [run for run in runs if run[0] < run[1]]
        return True


def _until(part: Slice, names: list[str], marks: dict[str, int], at_ns: int | None) -> dict[str, Table]:
    """Return the rows of each table strictly before ``at_ns`` that were not returned yet (None: all).

    Controls come before records.
    """
    out: dict[str, Table] = {}
    for name in names:
        table = part.tables[name]
        times = table["commit_ns" if name == "commits" else "at_ns"]
        stop = len(times) if at_ns is None else int(np.searchsorted(times, at_ns))
        if stop > marks[name]:
            out[name] = {column: values[marks[name] : stop] for column, values in table.items()}
            marks[name] = stop
    return out
