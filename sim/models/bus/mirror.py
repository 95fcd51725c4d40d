"""A mirror: what one region published, carried to the bus of another, and where readers would go on there."""

from dataclasses import dataclass

import numpy as np

from sim.core import dials as d
from sim.core.stages import MIRROR
from sim.engine.cursor import EARLY, Gate, Queue
from sim.engine.flow import Flow
from sim.engine.sampling import DistTable
from sim.engine.wire import Luck, Transit
from sim.journal.recorder import Table
from sim.models.bus.bus import Publication, RegionBus, carried_log, published_log
from sim.models.bus.runs import Runs
from sim.models.component import Component
from sim.models.process import Process
from sim.models.setting import ModelSetting
from sim.models.store.workload import DistributionTable


@dataclass(frozen=True, slots=True)
class Jitters:
    """Every jitter that a link can come to have, and the same in compiled form."""

    tables: DistributionTable
    table: DistTable


class MirrorFlow(Component):
    """A flow of the rows published at ``source`` to the bus of ``target``.

    Numbers are those of ``source.own``; rows before ``counted`` have been received, or skipped, once.
    """

    def __init__(self, setting: ModelSetting, source: RegionBus, target: RegionBus, jitters: Jitters) -> None:
        bus = setting.scenario.bus
        assert bus is not None, "there are mirrors if there is a bus"
        self.setting, self.source, self.target, self.rules = setting, source, target, bus.mirror
        a, b = source.region, target.region
        name = f"{setting.domain}/{MIRROR.at(a)}/{b}"
        self.name, self.domain = name, setting.domain
        self.inputs, self.outputs = (published_log(setting.domain, a),), (carried_log(setting.domain, b),)
        self.process = Process(setting, name, b, restart=self.rules.restart, works=self)
        self.steps = 0  # rows sent so far; a wait with something to send counts one
        self.counted = self.saved = 0
        self.copies = Runs()  # positions in the target of the first copies, in the order of the source
        self._passed_over = Runs()  # numbers of the rows before ``counted`` that were skipped
        self._jitters = jitters
        luck = Luck(jitters.table, setting.key(name))
        own = source.own
        self.flow = Flow(Queue(own.column("at"), own.column("version"), self._gate), luck)
        assert self.rules.share is not None, "resolved"
        self.flow.carries(bus.event * 1e9 / (self.rules.share * setting.network.link(a, b).bandwidth))
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

    def _gate(self, row: int) -> Gate:
        return self.source.gate(row, own=True)

    @property
    def waits(self) -> bool:
        """Whether a row waits to be sent."""
        return self.flow.next < self.source.own.end

    @property
    def idle(self) -> bool:
        """Whether it brings nothing until something is published at its source, or changes."""
        return self.flow.wire.taken == self.flow.next and not (self.flow.connected and self.waits)

    def needs(self, log: str) -> int:  # noqa: ARG002  # it has one input
        """Return the number of the first row that it may still ask for."""
        return min(self.saved, self.flow.wire.taken)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """Carry what is due strictly before ``until``."""
        if until <= self._advanced:
            return
        begin, early = self.flow.next, self.flow.sender.state[EARLY]
        sent = self.flow.send(self.source.own.end, until)
        if sent:
            self._note_skipped(begin)
        if self.flow.sender.state[EARLY] > early:
            self.setting.dials.hit(d.RETENTION, self.setting.domain, self.source.region)
        self.steps += sent + self.waits
        self.target.put(self._receive(until))
        self._save(until)
        self._advanced = until
        self.flow.wire.rows.drop(min(self.saved, self.flow.wire.taken))

    def _note_skipped(self, begin: int) -> None:
        rows, end = self.flow.wire.rows, self.flow.next
        skipped = np.flatnonzero(rows.part("skipped", begin, end))
        if skipped.size:
            self._skips.append((rows.part("at", begin, end)[skipped], begin + skipped))

    def _receive(self, until: int) -> Publication:
        begin, end = self.flow.wire.receive(until)
        rows, own = self.flow.wire.rows, self.source.own
        there = np.flatnonzero(~rows.part("skipped", begin, end))
        new = begin + there >= self.counted
        if end > self.counted:
            first = max(self.counted, begin)
            self._passed_over.append(first + np.flatnonzero(rows.part("skipped", first, end)))
            self.counted = end
        return Publication(
            self.source.index, rows.part("received", begin, end)[there],
            own.part("version", begin, end)[there], own.part("partition", begin, end)[there],
            lambda positions: self.copies.append(positions[new]),
        )  # fmt: skip

    def _save(self, until: int) -> None:
        """At each tick: what had been received strictly before it."""
        tick = (until - 1) // self.rules.save * self.rules.save
        first = max(self._advanced, self.process.since + 1)
        if not self.process.running or self.process.paused or tick < first:
            return
        rows, taken = self.flow.wire.rows, self.flow.wire.taken
        end = self.saved + int(rows.part("received", self.saved, taken).searchsorted(tick))
        received = np.flatnonzero(~rows.part("skipped", self.saved, end))
        if received.size:
            self.saved += int(received[-1]) + 1

    # --- what changes ---------------------------------------------------------------------------------------

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        path = self.setting.network.path(self.source.region, self.target.region)
        self.flow.wire.transit = Transit(
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
        flow = self.flow
        if connected and not flow.connected:
            flow.connect(now)
        elif flow.connected and not connected:
            self._parted = now
            flow.disconnect(died_ns=None if wire_lost else now)
        elif self._parted == now and wire_lost:  # more than one thing broke it at this moment
            flow.disconnect()

    def halt(self, now: int) -> None:
        """Stop: what is on the wire is taken back, the position goes back to the one saved."""
        self.flow.place(self.saved, now)

    def resume(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Run from now on; it connects if it can."""
        self._connect()

    def pace(self, now: int) -> None:
        """Send at the speed that the link's bandwidth allows, or stand still."""
        a, b = self.source.region, self.target.region
        paused = self.process.paused or self.setting.dials.value(d.MIRROR_PAUSE, self.setting.domain, a, b)
        speed = 0.0 if paused else self.setting.network.bandwidth(a, b)
        self.flow.sender.change_speed(at=now, to=speed)

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again."""
        if region == self.source.region:
            self.flow.sender.resume(self.setting.now)

    # --- offset checkpoints ---------------------------------------------------------------------------------

    def translate(self, position: int) -> int:
        """Return where in the target a reader would go on whose saved position in the source is this."""
        before = self.source.own_positions.below(position)
        count = min(before - self._passed_over.below(before), self.copies.count)
        count -= count % self.rules.granularity
        return self.copies.value(count - 1) + 1 if count else 0

    # --- the journal ----------------------------------------------------------------------------------------

    @property
    def _table_name(self) -> str:
        return f"{MIRROR.at(self.source.region)}/{self.target.region}"

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows of what was skipped."""
        skips, self._skips = self._skips, []
        return {f"skipped/{self._table_name}": self._skipped(skips)} if skips else {}

    def _skipped(self, skips: list[tuple[np.ndarray, np.ndarray]]) -> Table:
        numbers = np.concatenate([numbers for _, numbers in skips])
        positions = [self.source.own_positions.value(int(number)) for number in numbers]
        return {
            "at_ns": np.concatenate([at for at, _ in skips]),
            "region": np.full(numbers.size, self.source.index, np.int16),
            "position": np.array(positions, np.int64),
        }

    def final_rows(self) -> dict[str, Table]:
        """Return what is on the wire and what has never been received nor is on it, as runs of positions."""
        wire = self.flow.wire
        flying = wire.taken + np.flatnonzero(~wire.rows.part("skipped", wire.taken, wire.rows.end))
        name = self._table_name
        return {f"flying/{name}": self._ranges(flying), f"unread/{name}": self._rest()}

    def _rest(self) -> Table:
        positions = self.source.own_positions
        first = max(self.flow.next, self.counted)
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
