"""A mirror: what one region published, carried to the bus of another, and where readers would go on there."""

from dataclasses import dataclass

import numpy as np

from sim.core import dials as d
from sim.core.distributions import constant
from sim.core.draws import key_of
from sim.engine.kernels import FLOOR, NEXT
from sim.engine.path_kernels import ALL, EARLY, Work, carry_rows, change_pace, interrupt, read_rows, server
from sim.engine.sampling import DistTable, encode
from sim.journal.recorder import Table
from sim.models.bus.bus import Batch, Bus
from sim.models.bus.rows import Rows, Runs
from sim.models.process import Process
from sim.models.setting import Setting
from sim.models.store.follower import Wire
from sim.models.store.workload import Tables

_CHUNK = 65_536  # rows for which room is made at a time
_COLUMNS = ("sent", "skipped", "last", "received")


@dataclass(frozen=True, slots=True)
class Jitters:
    """Every jitter that a link can come to have, and the same in compiled form."""

    tables: Tables
    table: DistTable


class Mirror:
    """Carries the rows published at ``source`` to the bus of ``target``, through a send queue and a wire.

    Numbers are those of ``source.own``. Rows before ``state[NEXT]`` are on the wire, received or skipped,
    rows before ``taken`` are certain to be received (or skipped), rows before ``counted`` have been so once.
    """

    def __init__(self, setting: Setting, source: Bus, target: Bus, jitters: Jitters) -> None:
        bus = setting.scenario.bus
        assert bus is not None, "there are mirrors if there is a bus"
        self.setting, self.source, self.target, self.rules = setting, source, target, bus.mirror
        a, b = source.region, target.region
        name = f"{setting.domain}/mirror/{a}/{b}"
        self.process = Process(setting, name, b, restart=self.rules.restart, works=self)
        self.connected = False
        self.steps = 0  # rows sent so far; a wait with something to send counts one
        self.taken = self.counted = self.saved = 0
        self.copies = Runs()  # positions in the target of the first copies, in the order of the source
        self._passed_over = Runs()  # numbers of the rows before ``counted`` that were skipped
        self._key = np.uint64(key_of(setting.control.seed, setting.control.trial, name))
        assert self.rules.share is not None, "resolved"
        work = bus.event * 1e9 / (self.rules.share * setting.network.link(a, b).bandwidth)
        self._work = Work(encode([constant(work)]), 0, self._key, 0)
        self._nominal = work
        self._jitters = jitters
        self._wire = Wire(0.0, 0, 0.0, 0.0)
        self._state, self._speed = server()
        self._way = Rows(sent=np.int64, skipped=np.bool_, last=np.int64, received=np.int64)
        self._received_ns = self._previous = 0  # when the row before ``taken``, before ``NEXT`` is received
        self._advanced = 0
        self._parted = -1  # when it was disconnected last
        self._skips: list[tuple[np.ndarray, np.ndarray]] = []  # for the journal: when, numbers
        self._listen(a, b)

    def _listen(self, a: str, b: str) -> None:
        dials = self.setting.dials
        dials.listen(d.MIRROR_PAUSE, self.setting.domain, a, b, reads=self._pauses)
        for dial in (d.CUT, d.LATENCY, d.JITTER, d.LOSS, d.BANDWIDTH):
            dials.listen(dial, a, b, reads=lambda *_: self.steps)

    def _pauses(self, of: tuple[str, ...], fault: str) -> bool:
        """Return whether a fault that pauses it keeps a row waiting now."""
        return fault in self.setting.dials.by(d.MIRROR_PAUSE, *of) and self.waits

    @property
    def waits(self) -> bool:
        """Whether a row waits to be sent."""
        return self._next < self.source.own.end

    @property
    def idle(self) -> bool:
        """Whether it brings nothing until something is published at its source, or changes."""
        return self.taken == self._next and not (self.connected and self.waits)

    @property
    def _next(self) -> int:
        return int(self._state[NEXT])

    def low(self) -> int:
        """Return the number of the first row that it may still ask for."""
        return min(self.saved, self.taken)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int) -> Batch:
        """Carry what is due strictly before ``until``; return what is received before it."""
        before = self._next
        if self.connected:
            self._send(until)
        self.steps += self._next - before + self.waits
        batch = self._receive(until)
        self._save(until)
        self._advanced = until
        self._way.drop(min(self.saved, self.taken))
        return batch

    def _send(self, until: int) -> None:
        own, way, state = self.source.own, self._way, self._state
        early = int(state[EARLY])
        while self._next < own.end and self._speed[0] > 0.0:
            begin, end = self._next, min(own.end, self._next + _CHUNK)
            way.reserve(end - way.end)
            read_rows(
                self.source.columns(own=True), own.base, self.source.cluster.closed, self.source.retention,
                self._work, state, self._speed, way["sent"], way["skipped"], way.base, ALL,
                end=end, until=until,
            )  # fmt: skip
            way.end = self._next
            self._carry(begin)
            if way.end < end:
                break
        if int(state[EARLY]) > early:
            self.setting.dials.hit(d.RETENTION, self.setting.domain, self.source.region)

    def _carry(self, begin: int) -> None:
        way, wire = self._way, self._wire
        if begin == way.end:
            return
        self._previous = carry_rows(
            self.source.own["version"], self.source.own.base, tuple(way[name] for name in _COLUMNS), way.base,
            begin=begin, end=way.end, previous=self._previous,
            link=(wire.latency, wire.jitter, wire.loss, wire.retransmit), table=self._jitters.table,
            key=self._key,
        )  # fmt: skip
        skipped = begin + np.flatnonzero(way.part("skipped", begin, way.end))
        if skipped.size:
            self._skips.append((way["sent"][skipped - way.base], skipped))

    def _receive(self, until: int) -> Batch:
        way, own, begin = self._way, self.source.own, self.taken
        end = begin + int(np.searchsorted(way.part("received", begin, way.end), until))
        numbers = begin + np.flatnonzero(~way.part("skipped", begin, end))
        at = way["received"][numbers - way.base]
        self.taken = end
        if at.size:
            self._received_ns = int(at[-1])
        rows = numbers - own.base
        new = numbers >= self.counted
        if end > self.counted:
            skips = self.counted + np.flatnonzero(way.part("skipped", max(self.counted, begin), end))
            self._passed_over.append(skips)
            self.counted = end
        return Batch(
            self.source.index, at, own["version"][rows], own["partition"][rows],
            lambda positions: self.copies.append(positions[new]),
        )  # fmt: skip

    def _save(self, until: int) -> None:
        """At each tick: what had been received strictly before it."""
        tick = (until - 1) // self.rules.save * self.rules.save
        first = max(self._advanced, self.process.since + 1)
        if not self.process.running or self.process.paused or tick < first:
            return
        way = self._way
        end = self.saved + int(np.searchsorted(way.part("received", self.saved, self.taken), tick))
        received = np.flatnonzero(~way.part("skipped", self.saved, end))
        if received.size:
            self.saved += int(received[-1]) + 1

    # --- what changes ---------------------------------------------------------------------------------------

    def look(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        path = self.setting.network.path(self.source.region, self.target.region)
        self._wire = Wire(
            path.latency,
            self._jitters.tables.add(path.jitter),
            path.loss,
            float(self.setting.scenario.network.retransmit),
        )
        self.process.look(cause)
        self._connect()

    def _connect(self) -> None:
        """Connect or disconnect, as the regions, the links and the process say now."""
        a, b, network, now = self.source.region, self.target.region, self.setting.network, self.setting.now
        joined = network.joined(a, b)
        connected = self.process.running and network.up(a) and network.up(b) and joined
        wire_lost = not joined or self.setting.dials.value(d.BUS_WIRE, a) == "lost"
        if connected and not self.connected:
            self.connected = True
            self._state[FLOOR] = now
        elif self.connected and not connected:
            self.connected, self._parted = False, now
            self._part(now, delivered=not wire_lost)
        elif self._parted == now and wire_lost:  # more than one thing broke it at this moment
            self._cut(self.taken)

    def _part(self, now: int, *, delivered: bool) -> None:
        """What is on the wire is taken back, or only from the first that had to be sent once more."""
        interrupt(self._state)
        end = self.taken
        if delivered:
            holes = np.flatnonzero(self._way.part("last", self.taken, self._next) >= now)
            end = self.taken + int(holes[0]) if holes.size else self._next
        self._cut(end)

    def _cut(self, end: int) -> None:
        if end == self._next:
            return
        self._previous = self._received_ns
        if end > self.taken:
            self._previous = int(self._way.part("received", end - 1, end)[0])
        self._way.truncate(end)
        self._state[NEXT] = end
        interrupt(self._state)

    def halt(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Stop: what is on the wire is taken back, the position goes back to the one saved."""
        self.connected = False
        self._cut(self.taken)
        self._way.truncate(self.saved)
        self.taken = self._state[NEXT] = self.saved
        interrupt(self._state)

    def resume(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Run from now on; it connects if it can."""
        self._connect()

    def pace(self, now: int) -> None:
        """Send at the speed that the link's bandwidth allows, or stand still."""
        a, b = self.source.region, self.target.region
        paused = self.process.paused or self.setting.dials.value(d.MIRROR_PAUSE, self.setting.domain, a, b)
        speed = 0.0 if paused else self.setting.network.bandwidth(a, b)
        change_pace(self._state, self._speed, self._nominal, at=now, to=speed)

    def opened(self, now: int) -> None:
        """Partitions of the source's bus are available again."""
        self._state[FLOOR] = max(int(self._state[FLOOR]), now)

    # --- offset checkpoints ---------------------------------------------------------------------------------

    def translate(self, position: int) -> int:
        """Return where in the target a reader would go on whose saved position in the source is this."""
        before = self.source.own_positions.below(position)
        count = min(before - self._passed_over.below(before), self.copies.count)
        count -= count % self.rules.granularity
        return self.copies.value(count - 1) + 1 if count else 0

    # --- the journal ----------------------------------------------------------------------------------------

    def take_skipped(self) -> Table | None:
        """Return the journal's new rows of what was skipped, None if there are none."""
        skips, self._skips = self._skips, []
        if not skips:
            return None
        numbers = np.concatenate([numbers for _, numbers in skips])
        positions = [self.source.own_positions.value(int(number)) for number in numbers]
        return {
            "at_ns": np.concatenate([at for at, _ in skips]),
            "region": np.full(numbers.size, self.source.index, np.int16),
            "position": np.array(positions, np.int64),
        }

    def under_way(self) -> dict[str, Table]:
        """Return what is on the wire and what has never been received nor is on it, as runs of positions."""
        flying = self.taken + np.flatnonzero(~self._way.part("skipped", self.taken, self._next))
        return {"flying": self._ranges(flying), "unread": self._rest()}

    def _rest(self) -> Table:
        positions = self.source.own_positions
        first = max(self._next, self.counted)
        return _table(self.source.index, list(positions.ranges(first, positions.count)))

    def _ranges(self, numbers: np.ndarray) -> Table:
        runs = Runs()
        runs.append(np.array([self.source.own_positions.value(int(number)) for number in numbers], np.int64))
        return _table(self.source.index, list(runs.ranges(0, runs.count)))


def _table(region: int, ranges: list[tuple[int, int]]) -> Table:
    bounds = np.array(ranges, np.int64).reshape(-1, 2)
    return {
        "region": np.full(len(bounds), region, np.int16),
        "begin": bounds[:, 0].copy(),
        "end": bounds[:, 1].copy(),
    }
