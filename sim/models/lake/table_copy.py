"""One connection between the tables of the lake's region and those of another: files, then pointers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sim.core import dials as d
from sim.core.stages import COPY, ZONES
from sim.engine.cursor import REMAINING, Cursor
from sim.models.lake.tables import Commit, Due, ZoneTables
from sim.models.setting import ModelSetting


@dataclass(eq=False)
class Early:
    """A pointer that does not wait for its files: when it arrives, and when they do (ns; None: not known)."""

    at: int
    files: int | None = None


@dataclass(eq=False)
class Sending:
    """A commit in the sender's service, taken up at ``begun``."""

    zone: str
    commit: Commit
    rid: int
    begun: int
    early: Early | None


@dataclass
class Arrivals:
    """What is known of one table at the other end (ns).

    ``files``: when all files sent so far will have arrived; ``appear``: when the newest of their commits is
    due; ``early``: pointers under way or there that did not wait for their files.
    """

    files: int = 0
    appear: int = 0
    early: list[Early] = field(default_factory=list)


class TableCopy:
    """The connection of one domain from region ``source`` to ``target``, from now until it is cut.

    It begins with the commits that the target does not have. ``begun`` counts, by flow, the commits that were
    ever begun to be sent.
    """

    def __init__(
        self, setting: ModelSetting, tables: ZoneTables, ends: tuple[str, str], *, begun: Counter[str]
    ) -> None:
        assert setting.scenario.lake is not None, "there is a lake to copy"
        self.source, self.target = ends
        self.name = f"{setting.domain}/sync/{self.source}/{self.target}"
        self.arrivals = {zone: Arrivals() for zone in ZONES}
        self._setting, self._tables, self._counts = setting, tables, begun
        self._rules = setting.scenario.lake.sync
        self._next = {zone: tables.of[zone][self.target].count for zone in ZONES}
        self._alive = True
        self._sender = Cursor(speed=0.0)
        self._sending: Sending | None = None
        self._dues: set[Due] = set()

    # --- the sender -----------------------------------------------------------------------------------------

    def _at(self, at: int, step: Callable[[], None]) -> None:
        """Do something later, if the flow is not cut before."""
        self._setting.clock.call(self.name, at, lambda: step() if self._alive else None)

    def look(self) -> None:
        """Take up the next commit, if there is one, after what else changes at this moment."""
        if self._sending is None and not self._sender.stands and self._head() is not None:
            self._at(self._setting.now, self._begin)
        elif self._sender.stands and (self._sending is not None or self._head() is not None):
            self._setting.dials.hit(d.OBJECT_PAUSE, self._setting.domain, self.source, self.target)

    def _head(self) -> tuple[int, int, str] | None:
        """Return (time, number of the zone, zone) of the next commit to send."""
        waiting = []
        for index, zone in enumerate(ZONES):
            table = self._tables.of[zone][self.source]
            if self._next[zone] < table.count:
                waiting.append((table.get(self._next[zone]).at, index, zone))
        return min(waiting, default=None)

    def _begin(self) -> None:
        head, now = self._head(), self._setting.now
        if self._sending is not None or self._sender.stands or head is None:
            return
        zone = head[2]
        rid = self._counts[self.name]
        commit = self._tables.of[zone][self.source].get(self._next[zone])
        self._next[zone] += 1
        self._counts[self.name] += 1
        self._sender.take_up(self._work(commit), now)
        early = self._early(zone)
        self._sending = Sending(zone, commit, rid, begun=now, early=early)
        self._await(self._sending)

    def _early(self, zone: str) -> Early | None:
        """Send the pointer before the files, if a fault has it so."""
        setting = self._setting
        if not setting.dials.value(d.METADATA_FIRST, setting.domain, self.target):
            return None
        setting.dials.hit(d.METADATA_FIRST, setting.domain, self.target)
        early = Early(setting.now + self._rules.pointer)
        self.arrivals[zone].early.append(early)
        return early

    def _work(self, commit: Commit) -> float:
        share, link = self._rules.share, self._setting.network.link(self.source, self.target)
        assert share is not None, "resolved"
        return commit.rows * self._rules.row * 1e9 / (share * link.bandwidth)

    def _await(self, sending: Sending) -> None:
        due = self._sender.due
        self._at(due, lambda: self._done(sending) if self._in_service(sending, due) else None)

    def _in_service(self, sending: Sending, due: int) -> bool:
        return self._sending is sending and not self._sender.stands and self._sender.due == due

    def pace(self) -> None:
        """Send at the speed that pauses and the link's bandwidth allow now."""
        setting, sending, now = self._setting, self._sending, self._setting.now
        paused = setting.dials.value(d.OBJECT_PAUSE, setting.domain, self.source, self.target)
        to = 0.0 if paused else setting.network.bandwidth(self.source, self.target)
        if to == self._sender.speed[0]:
            return
        if sending is not None and sending.begun == now:
            self._put_back(sending)
        self._sender.change_speed(at=now, to=to)
        if self._sending is not None and to > 0:
            if self._sender.state[REMAINING] < 0:
                self._sender.take_up(self._work(self._sending.commit), now)
            self._await(self._sending)

    def _put_back(self, sending: Sending) -> None:
        """What was taken up at this very moment has not begun."""
        if sending.early is not None:
            self.arrivals[sending.zone].early.remove(sending.early)
        self._next[sending.zone] -= 1
        self._counts[self.name] -= 1
        self._sending = None
        self._sender.interrupt()

    # --- the other end --------------------------------------------------------------------------------------

    def _done(self, sending: Sending) -> None:
        """The files have left: they arrive after the lag, and the pointer once all earlier ones are there."""
        setting, now, there = self._setting, self._setting.now, self.arrivals[sending.zone]
        self._sending = None
        self._sender.interrupt()
        lag = setting.draw(self.name, self._rules.lag, COPY.draw, rid=sending.rid)
        added = setting.dials.value(d.OBJECT_LAG, setting.domain, self.source, self.target)
        setting.dials.hit(d.OBJECT_LAG, setting.domain, self.source, self.target)
        there.files = max(there.files, now + lag + added)
        pointer = there.files + self._rules.pointer
        if sending.early is not None:
            pointer, sending.early.files = sending.early.at, there.files
        there.appear = max(there.appear, there.files, pointer)
        due = Due(there.appear, sending.commit.ranges, sending.commit.read, lambda: self._dues.discard(due))
        self._at(due.at, partial(self._appear, sending.zone, due))
        self.look()

    def _appear(self, zone: str, due: Due) -> None:
        self._dues.add(due)
        self._tables.publish(self._tables.of[zone][self.target], due)

    def cut(self) -> None:
        """The connection is gone: what has not appeared is taken back, pointers too."""
        self._alive = False
        now, sending = self._setting.now, self._sending
        if sending is not None and sending.begun == now:
            self._put_back(sending)
        for due in list(self._dues):
            self._tables.withdraw(due)

    # --- dangling -------------------------------------------------------------------------------------------

    def dangling(self, zone: str, at: int) -> bool:
        """Return whether a table at the other end was dangling just before ``at``, this moment."""
        return any(
            early.at < at and (early.files is None or at <= early.files)
            for early in self.arrivals[zone].early
        )

    def take_dangling(self, zone: str, before: int, *, cut: bool) -> list[tuple[int, int]]:
        """Return the intervals (from, to) of pointers without files that ended strictly before ``before``.

        ``cut``: everything ends at ``before``, and is over.
        """
        there, found = self.arrivals[zone], []
        for early in list(there.early):
            over = early.files is not None and early.files < before
            if over or cut:
                there.early.remove(early)
                end = early.files if early.files is not None and over else before
                found.append((early.at, end))
        return sorted(((begin, end) for begin, end in found if begin < end), key=lambda row: row[::-1])
