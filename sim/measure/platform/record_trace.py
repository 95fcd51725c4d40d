"""One transaction, wherever it went: a reducer that keeps the rows of one operation alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.core.identity import lsn_of, timeline_of
from sim.core.stages import ANALYTICS, BUS, ZONES
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice, Table
from sim.journal.schema import OUTCOMES

BY_VERSION = {
    "sent": "handed to the wire to",
    "received": "received by",
    "applied": "applied in",
    "dropped": "dropped by",
}
PASSED = {
    "consumed": "completed by",
    "replayed": "handed out again by replay",
    "skipped": "skipped by",
    "dead": "dead letter of",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the transaction at ``at_ns``."""

    at_ns: int
    what: str


class Tap:
    """Follows the commits of one operation (``rid``), or one commit (``version``), of one domain."""

    def __init__(
        self, domain: str, regions: Sequence[str], *, rid: int | None = None, version: int | None = None
    ) -> None:
        self.domain, self._regions = domain, tuple(regions)
        self.rid, self.events, self.answered = rid, list[Event](), False
        self._wanted = version
        self._versions: set[int] = set()
        self._gone: set[int] = set()  # of them, on no database any more
        self._positions: dict[int, dict[int, int]] = {r: {} for r in range(len(regions))}  # -> version
        self._rows = [0] * len(regions)
        self._inside: dict[str, set[int]] = {}  # table -> commits that hold it
        self._shown: set[str] = set()

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        if part.domain != self.domain:
            return
        for name in sorted(part.tables, key=_order):
            head, _, rest = name.partition("/")
            self._take(head, rest, part.tables[name])

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:  # noqa: ARG002
        """Put what happened in order."""
        self.events.sort(key=lambda event: event.at_ns)

    def _take(self, head: str, rest: str, rows: Table) -> None:
        whole = {"commits": self._commits, "ops": self._operation, "cuts": self._cuts}
        named = {"taken": self._taken, "refresh": self._refresh}
        if head in whole:
            whole[head](rows)
        elif head in named:
            named[head](rest, rows)
        elif head in BY_VERSION:
            self._note(rows, np.isin(rows["version"], list(self._versions)), f"{BY_VERSION[head]} {rest}")
        elif head == BUS.name:
            self._bus(self._regions.index(rest), rows)
        elif head == "gone":
            self._at(rows, self._regions.index(rest), f"gone from {BUS.at(rest)}")
        elif head == "handled":
            self._handled(rest, rows)
        elif head in PASSED:
            for r, region in enumerate(self._regions):
                self._at(rows, r, f"{PASSED[head]} {self.domain}/{rest} in {region}")
        elif head in ZONES:
            self._ranges(head, rest, rows)

    def _commits(self, rows: Table) -> None:
        mine = rows["rid"] == self.rid if self._wanted is None else rows["version"] == self._wanted
        for i in np.flatnonzero(mine).tolist():
            version, node = int(rows["version"][i]), self._regions[int(rows["node"][i])]
            if self._wanted is not None:
                self.rid = int(rows["rid"][i])
            self._versions.add(version)
            self._say(rows["commit_ns"][i], f"committed in {node} as {written(version)}")

    def _operation(self, rows: Table) -> None:
        for i in np.flatnonzero(rows["rid"] == self.rid).tolist():
            outcome, attempts = OUTCOMES[int(rows["outcome"][i])], int(rows["attempts"][i])
            self._say(rows["send_ns"][i], "first sent by its client")
            version = int(rows["version"][i])
            named = f", {written(version)}" if version else ""
            self._say(rows["end_ns"][i], f"the client knows: {outcome} after {attempts} attempts{named}")
            self.answered = True

    def _cuts(self, rows: Table) -> None:
        columns = (rows[name].tolist() for name in ("at_ns", "parent", "cut", "node"))
        for at_ns, parent, cut, node in zip(*columns, strict=True):
            gone = {v for v in self._versions if timeline_of(v) == parent and lsn_of(v) > cut} - self._gone
            how = "destroyed with its last copy" if node < 0 else "abandoned by a promotion"
            for version in sorted(gone):
                self._say(at_ns, f"{written(version)} {how}: on no database any more")
            self._gone |= gone

    def _bus(self, r: int, rows: Table) -> None:
        for i in np.flatnonzero(np.isin(rows["version"], list(self._versions))).tolist():
            version, origin = int(rows["version"][i]), self._regions[int(rows["origin"][i])]
            position = self._rows[r] + i
            self._positions[r][position] = version
            region = self._regions[r]
            how = "published on" if origin == region else f"mirrored from {origin} to"
            self._say(rows["at_ns"][i], f"{written(version)} {how} {BUS.at(region)}, position {position}")
        self._rows[r] += len(rows["version"])

    def _at(self, rows: Table, r: int, what: str) -> None:
        hit = np.isin(rows["position"], list(self._positions[r]))
        if "region" in rows:
            hit &= rows["region"] == r
        self._note(rows, hit, what)

    def _handled(self, name: str, rows: Table) -> None:
        """Note what was called because of it."""
        for i in np.flatnonzero(rows["tag"] == self.rid).tolist():
            made = int(rows["rid"][i])
            region = self._regions[int(rows["region"][i])]
            self._say(rows["at_ns"][i], f"handled by {name} in {region}, which sends operation {made}")

    def _ranges(self, zone: str, region: str, rows: Table) -> None:
        for i in range(len(rows["at_ns"])):
            begin, end = int(rows["begin"][i]), int(rows["end"][i])
            if any(begin <= p < end for p in self._positions[int(rows["source"][i])]):
                commit = int(rows["commit"][i])
                self._inside.setdefault(f"{zone}/{region}", set()).add(commit)
                self._say(rows["at_ns"][i], f"in {zone} of {region}, commit {commit}")

    def _taken(self, table: str, rows: Table) -> None:
        held = self._inside.get(table, set())
        for at_ns, kept in zip(rows["at_ns"].tolist(), rows["kept"].tolist(), strict=True):
            for commit in [c for c in held if c >= kept]:
                held.remove(commit)
                self._say(at_ns, f"taken back from {table}, commit {commit}")

    def _refresh(self, which: str, rows: Table) -> None:
        """Note the first refresh that shows it."""
        name, _, region = which.rpartition("/")
        held = self._inside.get(ANALYTICS.at(region), set())
        for at_ns, ok, commits in zip(*(rows[c].tolist() for c in ("at_ns", "ok", "commits")), strict=True):
            if ok and any(commit < commits for commit in held) and which not in self._shown:
                self._shown.add(which)
                self._say(at_ns, f"shown by {name} in {region}")

    def _note(self, rows: Table, hit: np.ndarray, what: str) -> None:
        for at_ns in rows["at_ns"][hit].tolist():
            self._say(at_ns, what)

    def _say(self, at_ns: int, what: str) -> None:
        self.events.append(Event(int(at_ns), what))


def written(version: int) -> str:
    """Return a version as people read it: ``1:4711`` is number 4711 of timeline 1."""
    return f"{timeline_of(version)}:{lsn_of(version)}"


def _order(name: str) -> tuple[int, str]:
    """Take in what others refer to first."""
    first = ("commits", "ops", "cuts", BUS.name, *ZONES)
    head = name.partition("/")[0]
    return (first.index(head) if head in first else len(first)), name
