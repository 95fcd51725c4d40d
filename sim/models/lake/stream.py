"""The stream job: reads the bus as a reader does, and commits what it has completed to the raw table."""

from collections.abc import Callable, Mapping
from functools import partial

from sim.core import dials as d
from sim.core.milestones.flows import StreamFailed
from sim.core.stages import RAW
from sim.engine.clock import Steps
from sim.journal.recorder import Table as Columns
from sim.models.bus.bus import RegionBus
from sim.models.bus.offsets import Offsets
from sim.models.bus.reader import Reader
from sim.models.component import Component
from sim.models.lake.dead_letters import Letters
from sim.models.lake.tables import Due, PositionRange, ZoneTables, tables_log
from sim.models.network import Links
from sim.models.placements import Placements
from sim.models.process import Process
from sim.models.setting import ModelSetting
from sim.models.store.domain import Domain


def serves(domain: Domain, network: Links, region: str) -> bool:
    """Return whether a domain's node in a region is up and serves reads."""
    node = domain.nodes.get(region)
    if node is None or not (node.up and network.up(region)):
        return False
    return domain.circle.serving(node.index)


class StreamJob(Component):
    """The stream job of one domain.

    ``offsets`` tells where it begins after a move. ``serves(region)``: whether the
    node that the look-up asks serves there; None: there is no look-up.
    """

    def __init__(
        self,
        setting: ModelSetting,
        tables: ZoneTables,
        *,
        buses: Mapping[str, RegionBus],
        offsets: Offsets,
        serves: Callable[[str], bool] | None,
    ) -> None:
        lake = setting.scenario.lake
        assert lake is not None, "there is a lake to write to"
        name, rules = f"{setting.domain}/stream", lake.stream
        self.name, self.domain = name, setting.domain
        self.inputs = tuple(buses[place].name for place in (lake.home, *lake.standby))
        self.outputs = (tables_log(setting.domain, RAW.name),)
        self.reader = Reader(setting, name, buses[lake.home], work=rules.transform)
        offsets.watch(self.reader, lake, home=lake.home)
        self.letters = Letters(rules.attempts)
        self.process = Process(setting, name, lake.home, restart=rules.restart, works=self)
        self._setting, self._tables, self._serves = setting, tables, serves
        self._buses, self._offsets = buses, offsets
        self._rules, self._start = rules, lake.start
        self._blind = False  # whether the look-up is down
        self._done = 0  # the position behind what it has committed, since its last start
        self._before = (0, 0)  # (when, what that position was before) of the last commit that appeared
        self._under_way: Due | None = None
        self._upto = 0  # the position behind what is under way
        self._published = False
        self._placed = Placements()
        self._listen()
        self._run_ticks()
        self.resume(0)

    def _listen(self) -> None:
        dials, domain = self._setting.dials, self._setting.domain
        dials.listen(d.CHECKPOINT_FAILURE, domain)
        dials.listen(d.TASK_FAILURE, domain, struck=lambda strike: self.failed(strike.fault, strike.cause))
        dials.listen(d.POISON, domain, struck=lambda strike: self.poison(strike.fault, strike.cause))

    @property
    def _region(self) -> int:
        return self._setting.network.regions.index(self.process.region)

    # --- ticks ----------------------------------------------------------------------------------------------

    def _run_ticks(self) -> None:
        run, rules = self._setting.clock.run, self._rules
        if rules.mode == "at_least_once":
            run(self._ticks(rules.flush, self._prepare))
        run(self._ticks(rules.checkpoint, self._checkpoint))

    def _ticks(self, interval: int, step: Callable[[int], None]) -> Steps:
        clock = self._setting.clock
        while True:
            yield clock.sleep(self.process.name, interval)
            if self._under_way is not None and self._under_way.at == clock.now:
                self._end(self._under_way)  # it appears before the tick, whatever the order of the two
            if self.process.used(clock.now):
                self._setting.advance()
                step(clock.now)

    def _checkpoint(self, now: int) -> None:
        setting, reader = self._setting, self.reader
        if reader.barrier is not None and reader.position() == reader.barrier < reader.bus.end:
            self._fail(reader.barrier)
        elif setting.dials.value(d.CHECKPOINT_FAILURE, setting.domain):
            setting.dials.hit(d.CHECKPOINT_FAILURE, setting.domain)
        elif self._rules.mode == "exactly_once":
            self._prepare(now)
        else:
            self.reader.saved = self._before[1] if self._before[0] == now else self._done

    def _prepare(self, now: int) -> None:
        """Begin a commit of all that was completed and is not committed; without any, the tick passes."""
        reader, region = self.reader, self._region
        end = reader.position()
        if self._under_way is not None or self._before[0] == now or end <= self._done:
            return
        runs = self.letters.strip(reader.runs(self._done, end))
        ranges = tuple(PositionRange(region, first, last) for first, last in runs)
        self._under_way, self._upto, self._published = (
            Due(now + self._rules.commit, ranges, 0, self._seen),
            end,
            False,
        )
        self._setting.clock.call(self.process.name, self._under_way.at, partial(self._end, self._under_way))

    def _end(self, due: Due) -> None:
        if self._under_way is due and not self._published:
            self._published = True
            self._tables.publish(self._tables.of[RAW.name][self.process.region], due)

    def _seen(self) -> None:
        self._before, self._done = (self._setting.now, self._done), self._upto
        self._under_way = None
        if self._rules.mode == "exactly_once":
            self.reader.saved = self._done

    # --- its process ----------------------------------------------------------------------------------------

    def halt(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Stop: the commit under way is lost, and the position goes back to the one saved."""
        self.reader.halt()
        if self._under_way is not None:
            self._tables.withdraw(self._under_way)
            self._under_way = None
        self._begin_at(self.reader.saved)

    def _begin_at(self, position: int) -> None:
        self._done, self._before = position, (0, position)
        self.letters.restart(position)
        self.reader.barrier = self.letters.barrier(self._region, position)

    def resume(self, now: int) -> None:
        """Read on from the present position."""
        self._look_up()
        self.reader.resume(now)
        self.pace(now)
        self._placed.add(now, self._region, self.reader.position())

    @property
    def waits(self) -> bool:
        """Whether a row waits for the job."""
        return self.reader.waited > 0

    def pace(self, now: int) -> None:
        """Work with all tasks, unless it is paused or waits for the look-up."""
        waits = self._blind and self._rules.when_down == "wait"
        self.reader.pace(now, 0.0 if waits or self.process.paused else float(self._rules.parallelism))

    def move(self, region: str) -> None:
        """Go on in another region, where its start rule says."""
        old, process = self.process.region, self.process
        position = self._offsets.start_of(process.name, old, region, start=self._start)
        process.leave(region)
        self.reader.place(self._buses[region], position)
        self._begin_at(position)
        process.arrive()

    # --- what happens to it ---------------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """Work up to ``until`` (ns), and see which of the rows completed are dead letters."""
        self.reader.advance(until)
        self.letters.judge(self.reader, self._region)

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again."""
        self.reader.opened(region)

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self._look_up()
        self.process.look(cause)

    def _look_up(self) -> None:
        self._blind = self._serves is not None and not self._serves(self.process.region)
        self.letters.refusing = self._blind and self._rules.when_down == "dead_letter"

    def failed(self, fault: str, cause: int | None) -> None:
        """A task has died now."""
        if self.process.running:
            self._setting.dials.hits[fault] += 1
            self.process.fail("a task failed", cause)

    def poison(self, fault: str, cause: int | None) -> None:
        """The next row that its bus gets cannot be processed."""
        self.letters.poison(self._region, self.reader.bus.end, fault, cause)
        self.reader.barrier = self.letters.barrier(self._region, self.reader.position())

    def _fail(self, position: int) -> None:
        poison = self.letters.failed(self._region, position)
        self._setting.dials.hits.update(list(poison.faults))
        cause = max((cause for cause in poison.faults.values() if cause is not None), default=None)
        failed = StreamFailed(failure=poison.failures, position=position)
        cause = self._setting.note(self.process.name, failed, cause)
        self.process.fail("it cannot process a message", cause)

    # --- the journal ----------------------------------------------------------------------------------------

    def take_rows(self) -> dict[str, Columns]:
        """Return the journal's new rows."""
        _, skipped = self.reader.take_rows()
        placed = self._placed.take()
        return {**self.letters.take_rows(), "skipped/stream": skipped, "placed/stream": placed}

    def final_rows(self) -> dict[str, Columns]:
        """Return what it has not completed of the bus of its region."""
        return {"unread/stream": self.reader.unread_table()}
