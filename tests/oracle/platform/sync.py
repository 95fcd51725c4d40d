"""Copies of one domain's tables in another region: files over the wire, then the catalog's pointer."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

from .tables import ZONES, Commit
from .worker import Worker, control

if TYPE_CHECKING:
    from .platform import DomainPath


class Sending:
    """A commit that has begun to be sent and has not appeared."""

    __slots__ = ("arrived", "commit", "complete", "due", "early", "since", "zone")

    def __init__(self, zone: str, commit: Commit, early: int | None) -> None:
        self.zone = zone
        self.commit = commit
        self.early = early  # when its pointer comes, if before its files
        self.arrived = False  # its files
        self.complete = False  # its files and those of all before it
        self.due = False  # nothing but the commits before it and the catalog keeps it from appearing
        self.since: int | None = None  # it dangles since then


class Flow:
    """``<d>/sync/<h>/<c>``, used while the lake is computed in ``h``."""

    def __init__(self, part: "DomainPath", h: int, c: int) -> None:
        self.part = part
        self.path = path = part.path
        self.clock = path.clock
        self.h, self.c = h, c
        self.name = f"{part.domain.name}/sync/{path.names[h]}/{path.names[c]}"
        self.key = path.draws.key(self.name)
        self.spec = path.twin.scenario.lake.sync
        self.leg = path.network.links[h][c]
        self.speed = self.spec.share * self.leg.bandwidth
        self.worker = Worker(self.clock, offer=self._offer, done=self._sent)
        self.begun = 0
        self.connected = False
        self.turn = 0
        self.under_way: dict[str, list[Sending]] = {zone: [] for zone in ZONES}
        self.pauses: set[str] = set()
        self.lags: dict[str, int] = {}
        self.ended: dict[str, int] = {}  # zone -> when files last ended its dangling
        for zone in ZONES:
            part.tables[zone][h].calls.append(self._more)

    # --- sending ---

    def _more(self) -> None:
        self.worker.call()
        self.notice()

    def notice(self) -> None:
        """See whether a commit waits for a pause to end."""
        if self.pauses and self.connected and (self.worker.item is not None or self._ahead()):
            self.path.fire(self.pauses)

    def pace(self) -> None:
        """Set the speed: what limits leave of the bandwidth, 0 while paused."""
        self.worker.change(0.0 if self.pauses else self.leg.speed())

    def _offer(self):
        ahead = self._ahead() if self.connected else []
        if not ahead:
            return None
        _, number, commit = min(ahead, key=lambda one: one[:2])
        return self._begin(ZONES[number], commit)

    def _ahead(self) -> list[tuple[int, int, Commit]]:
        """Return the next commit to send of each table."""
        ahead = []
        for number, zone in enumerate(ZONES):
            commits = self.part.tables[zone][self.h].commits
            sent = len(self.part.tables[zone][self.c].commits) + len(self.under_way[zone])
            if sent < len(commits):
                ahead.append((commits[sent].at, number, commits[sent]))
        return ahead

    def _begin(self, zone: str, commit: Commit):
        early = None
        if any(self.part.early[self.c]):
            early = self.clock._now + self.spec.pointer
            self.path.count["pointers before files"] += 1
            self.path.fire(self.part.early[self.c])
        sending = Sending(zone, commit, early)
        self.under_way[zone].append(sending)
        rid = self.begun
        self.begun += 1
        if early is not None:
            turn = self.turn
            control(self.clock, self.spec.pointer, self.name, lambda: self._pointed(sending, turn))
        return (sending, rid), commit.rows * self.spec.row * 1e9 / self.speed

    def _sent(self, item: tuple[Sending, int]) -> None:
        sending, rid = item
        lag = self.path.draws.duration(self.spec.lag, self.key, rid, Purpose.SYNC) + sum(self.lags.values())
        self.path.count["files that a fault delays"] += bool(self.lags)
        self.path.fire(self.lags)
        turn = self.turn
        control(self.clock, lag, self.name, lambda: self._filed(sending, turn))

    # --- arriving ---

    def _pointed(self, sending: Sending, turn: int) -> None:
        """A pointer arrives before its files, or would have."""
        if turn != self.turn:
            return
        if sending.complete:
            self._due(sending)
        else:
            sending.since = self.clock._now

    def _filed(self, sending: Sending, turn: int) -> None:
        """Files arrive; with them, what waited for them may be complete."""
        if turn != self.turn:
            return
        sending.arrived = True
        for one in list(self.under_way[sending.zone]):
            if not one.arrived:
                return
            if not one.complete:
                one.complete = True
                self._complete(one)

    def _complete(self, one: Sending) -> None:
        now, turn = self.clock._now, self.turn
        if one.early is None:
            control(self.clock, self.spec.pointer, self.name, lambda: turn == self.turn and self._due(one))
        elif one.early <= now:
            self.ended[one.zone] = now
            self._end_dangling(one)
            self._due(one)

    def _end_dangling(self, one: Sending) -> None:
        now = self.clock._now
        if one.since is not None and one.since < now:
            self.part.tables[one.zone][self.c].dangling_rows.append((one.since, now))
            self.path.count["dangling"] += 1
        one.since = None

    def _due(self, one: Sending) -> None:
        if one.due:
            return
        one.due = True
        queue = self.under_way[one.zone]
        if one is not queue[0]:
            self.path.count["commits that wait for the one before"] += 1
        self._release(one.zone)

    def _release(self, zone: str) -> None:
        """Hand what is due and first in its table to the catalog."""
        queue = self.under_way[zone]
        if queue and queue[0].due:
            first, turn = queue[0], self.turn
            self.path.catalogs[self.c].take(zone, lambda: self._appear(first, turn))

    def _appear(self, one: Sending, turn: int) -> None:
        queue = self.under_way[one.zone]
        if turn != self.turn or not queue or queue[0] is not one:
            return
        queue.pop(0)
        copy = Commit(self.clock._now, one.commit.ranges, one.commit.read)
        self.part.tables[one.zone][self.c].append(copy)
        self.path.count["commits copied"] += 1
        self._release(one.zone)

    # --- the connection ---

    def look(self) -> None:
        """Connect or disconnect as the world now is."""
        network, lake = self.path.network, self.path.lake
        whole = network.up(self.h) and network.up(self.c) and network.joined(self.h, self.c)
        connected = whole and lake.region == self.h and lake.follows[self.c]
        if self.connected and not connected:
            self.connected = False
            self._take_back()
        elif connected and not self.connected:
            self.connected = True
            self.worker.call()
        self.notice()

    def _take_back(self) -> None:
        self.turn += 1
        self.worker.drop()
        for sendings in self.under_way.values():
            self.path.count["files taken back"] += len(sendings)
            for one in sendings:
                self._end_dangling(one)
            sendings.clear()

    def dangles(self, zone: str) -> bool:
        """Whether the copy of a table is seen dangling now: since before, its files not seen yet."""
        now = self.clock._now
        if any(one.since is not None and one.since < now for one in self.under_way[zone]):
            return True
        rows = self.part.tables[zone][self.c].dangling_rows
        return self.ended.get(zone) == now and any(end == now for _, end in rows)

    def still_dangling(self, zone: str, end: int) -> list[tuple[int, int]]:
        """Return the rows of what dangles at the end of the run."""
        return [(one.since, end) for one in self.under_way[zone] if one.since is not None]
