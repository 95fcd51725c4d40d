"""Replays: rows of a log handed out once more."""

from typing import TYPE_CHECKING

from sim.spec.bus.replay import Place

from ..draws import FOREVER
from .worker import DONE, later

if TYPE_CHECKING:
    from .platform import Path


class Replay:
    """One replay: ``left`` are the positions still to come, in order."""

    def __init__(self, path: "Path", name: str, spec) -> None:
        self.path = path
        self.clock = path.clock
        self.name = name
        self.subject = f"replay/{name}"
        self.spec = spec
        self.part = path.parts[spec.of]
        self.region = path.names.index(spec.region)
        self.bus = self.part.buses[self.region]
        self.into_database = spec.consumer is None
        self.table = "handled" if self.into_database else "replayed"
        self.rows: list[tuple[int, ...]] = []
        self.left: list[int] = []
        self.turn = 0  # rows due in an earlier turn are void: the region went down
        self.still = False
        self.clock.process(self._begin())

    # --- the beginning ---

    def _begin(self):
        when = self.spec.when
        if when is None:
            yield self.clock.control(self.spec.at, self.subject)
        else:
            yield from self._until(when)
        self.path.note("replay.started", self.subject)
        self.path.count["replays begun"] += 1
        first, end = self._place(self.spec.from_), self._place(self.spec.to)
        self.left = [position for position in range(first, end) if self._there(position)]
        self.path.count["rows that a replay leaves out"] += max(0, end - first) - len(self.left)
        if self.into_database:
            there, self.left = self.left, [position for position in self.left if self._is_wanted(position)]
            self.path.count["rows that a replay does not call"] += len(there) - len(self.left)
        self.still = not self.path.network.up(self.region)
        self.path.count["replays begun in a dead region"] += self.still
        if not self.left:
            self.path.count["replays without rows"] += 1
            self.path.note("replay.finished", self.subject)
        elif not self.still:
            self._go_on()

    def _until(self, when):
        looks = 0
        while True:
            looks += 1
            yield self.clock.control(looks * when.every, self.subject)
            if self.path.twin.faults.true(when):
                return

    def _place(self, place: Place) -> int:
        rows = self.bus.rows
        if place.position is not None:
            return min(place.position, len(rows))
        began = self.path.twin.faults.began
        if place.fault is not None:
            if place.fault not in began:
                self.path.count["places of a fault that had not started"] += 1
                return len(rows)
            at = began[place.fault] - place.before
        elif place.at is not None:
            at = place.at
        else:
            return len(rows)
        return next((position for position, row in enumerate(rows) if row.at >= at), len(rows))

    def _there(self, position: int) -> bool:
        row = self.bus.rows[position]
        return not row.gone and self.clock._now < row.at + min(self.bus.retentions.values())

    def _is_wanted(self, position: int) -> bool:
        """Whether a row is called, if it goes into the database."""
        domain = self.part.domain
        version = self.bus.rows[position].version
        if not self.spec.idempotent:
            return True
        if domain.on_timeline(version, domain.newest):
            return False
        rid = self.part.rid(version)
        standing = (domain.record(domain.newest, lsn)[2] for lsn in range(1, domain.last_lsn() + 1))
        return rid not in standing

    # --- its rows ---

    def look(self) -> None:
        """Stand still while the region is down, go on when it returns."""
        down = not self.path.network.up(self.region)
        if self.left and down != self.still:
            self.still = down
            self.turn += 1
            self.path.count["replays that stand still"] += down
            if not down:
                self._go_on()

    def _go_on(self) -> None:
        self.clock.process(self._rows(self.turn))

    def _rows(self, turn: int):
        start, number = self.clock._now, 0
        while self.left:
            number += 1
            due = start + int(min(number * 1e9 / self.spec.rate, FOREVER) + 0.5)
            yield self.clock.control(due, self.subject)
            if turn != self.turn:
                return
            self._out(self.left.pop(0))
        self.path.note("replay.finished", self.subject)

    def _out(self, position: int) -> None:
        if not self.into_database:
            self.path.count["rows replayed into a consumer"] += 1
            self.rows.append((self.clock._now, self.region, position))
        else:
            later(self.clock, self.clock._now, DONE, lambda: self._call(position))

    def _call(self, position: int) -> None:
        tag = self.part.rid(self.bus.rows[position].version)
        op = self.path.twin.calls[self.spec.of, self.name].send(self.region, tag)
        self.path.count["calls of replays"] += 1
        self.rows.append((self.clock._now, self.region, position, op.rid, tag))
