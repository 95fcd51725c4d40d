"""A consumer group: a reader whose members can die and rebalance, and that moves to another region."""

from sim.core import dials as d
from sim.core.milestones.flows import ReaderMoved
from sim.engine.clock import START, Steps
from sim.journal.recorder import Table
from sim.models.bus.bus import RegionBus
from sim.models.bus.calls import Handler, calls_log
from sim.models.bus.offsets import Offsets
from sim.models.bus.reader import Reader
from sim.models.component import Component
from sim.models.dials import Strike
from sim.models.moves import Mover
from sim.models.placements import Placements
from sim.models.process import Process
from sim.models.setting import ModelSetting
from sim.spec.bus.consumer import Consumer as Spec


class ConsumerGroup(Component):
    """The group ``<domain>/<name>``; with a ``handler`` it calls another domain.

    ``offsets`` tells where it begins after a move.
    """

    def __init__(
        self,
        setting: ModelSetting,
        name: str,
        spec: Spec,
        *,
        buses: dict[str, RegionBus],
        offsets: Offsets,
        handler: Handler | None = None,
    ) -> None:
        who = f"{setting.domain}/{name}"
        places = [spec.region, *spec.standby]
        self.name, self.domain = who, setting.domain
        self.inputs = tuple(buses[place].name for place in places)
        self.outputs = () if handler is None else (calls_log(handler.calls.domain.name),)
        self.spec, self._table = spec, name
        self._setting, self._buses, self._offsets = setting, buses, offsets
        self.reader = Reader(
            setting, who, buses[spec.region], work=spec.work, save_every=spec.commit, handler=handler
        )
        offsets.watch(self.reader, spec, home=spec.region)
        self.process = Process(
            setting, who, spec.region, restart=spec.restart, works=self, killable=spec.members == 1
        )
        self.moves = Mover(setting, who, places=places, rules=spec, move=self.move)
        self._lost: set[str] = set()  # faults each of which has killed a member
        self._waits_until = -1  # end of the latest wait of the group, -1 if it does not wait
        self._placed = Placements((0, buses[spec.region].index, 0))
        setting.dials.listen(d.STORM, who, struck=self._struck_by_storm)

    def advance(self, until: int) -> None:
        """Read, and save at ticks, strictly before ``until``."""
        self.reader.advance(until)

    # --- what changes ---------------------------------------------------------------------------------------

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again."""
        self.reader.opened(region)

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        killers = set() if self.process.killable else set(self._setting.dials.by(d.KILLED, self.process.name))
        died, back = killers - self._lost, self._lost - killers
        self._lost = killers
        self.process.look(cause)
        if self.process.held():
            self._waits_until = -1
        elif died:
            self._rebalance(self.spec.session + self.spec.rebalance, "a member died", cause, died)
        elif back:
            self._rebalance(self.spec.rebalance, "a member came back", cause, set())
        self.moves.look(cause)

    def _rebalance(self, wait: int, why: str, cause: int | None, faults: set[str]) -> None:
        """The group stops, if it runs, and goes on after a wait; if it waits already, after the longer."""
        if self.process.running:
            self._setting.dials.hits.update(faults)
            self.process.stop(why, cause)
        elif self._waits_until < 0:
            return
        until = self._setting.now + wait
        if until > self._waits_until:
            self._waits_until = until
            self._setting.clock.run(self._waiting(until, cause))

    def _waiting(self, until: int, cause: int | None) -> Steps:
        yield self._setting.clock.sleep(self.process.name, until - self._setting.now)
        if self._waits_until == until:
            self._waits_until = -1
            self._setting.advance()
            self.process.start("the group has rebalanced", cause)

    def _struck_by_storm(self, strike: Strike) -> None:
        self._setting.clock.run(self._storm(strike.fault, strike.value, strike.cause))

    def _storm(self, fault: str, every: int, cause: int) -> Steps:
        """Rebalance now and every ``every`` ns for as long as a fault is in force."""
        while fault in self._setting.dials.by(d.STORM, self.process.name):
            if self.process.running:
                self._setting.advance()
                self._rebalance(self.spec.rebalance, "the group rebalances", cause, {fault})
            yield self._setting.clock.sleep(f"fault/{fault}", every, START)

    def move(self, region: str, cause: int | None) -> None:
        """Go on in another region."""
        who, old = self.process.name, self.process.region
        self._waits_until = -1
        position = self._offsets.start_of(who, old, region, start=self.spec.start)
        self.process.leave(region)
        self.reader.place(self._buses[region], position)
        self.process.arrive()
        self._setting.note(who, ReaderMoved(origin=old, position=position), cause)

    # --- what its process does ------------------------------------------------------------------------------

    def halt(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Stop: the position goes back to the one saved."""
        self.reader.halt()

    def resume(self, now: int) -> None:
        """Run from now on."""
        self.reader.resume(now)
        self._placed.add(now, self.reader.bus.index, self.reader.saved)

    @property
    def waits(self) -> bool:
        """Whether a row waits for the group."""
        return self.reader.waited > 0

    def pace(self, now: int) -> None:
        """Work with the members that are there, or stand still while it is paused."""
        members = max(0, self.spec.members - len(self._lost))
        self.reader.pace(now, 0.0 if self.process.paused else float(members))

    # --- the journal ----------------------------------------------------------------------------------------

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows."""
        name, handler = self._table, self.reader.handler
        done, skipped = self.reader.take_rows()
        tables = {f"consumed/{name}": done, f"skipped/{name}": skipped, f"placed/{name}": self._placed.take()}
        return tables if handler is None else {**tables, f"handled/{name}": handler.calls.table()}

    def final_rows(self) -> dict[str, Table]:
        """Return what it has not completed of the bus of its region."""
        return {f"unread/{self._table}": self.reader.unread_table()}
