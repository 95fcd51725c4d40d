"""What goes down at once when a fault strikes, and comes back after it: regions and nodes of databases."""

from collections.abc import Iterable

from sim.core import dials as d
from sim.core.draws import Purpose
from sim.engine.clock import Steps
from sim.models.control import Control
from sim.models.store.failover import Failover
from sim.models.store.rejoin import Rejoin


class Regions:
    """Tells of regions that go down and up, and lets observers in them forget or start anew."""

    def __init__(self, controls: Iterable[Control]) -> None:
        self._controls = list(controls)
        self._any = self._controls[0]
        self._any.dials.listen(d.REGION, struck=self._struck, healed=self._healed)

    def _struck(self, turn: d.Turn, fault: str, cause: int) -> None:
        if self._any.dials.by(d.REGION, *turn.of) == (fault,):  # it was up
            self._any.note("region.down", turn.of[0], "its gateways are gone", cause)
            self._forget(turn.of[0], anew=False)

    def _healed(self, turn: d.Turn, fault: str, cause: int) -> None:  # noqa: ARG002  # as every listener
        if self._any.network.up(turn.of[0]):
            self._any.note("region.up", turn.of[0], "its gateways answer", cause)
            self._forget(turn.of[0], anew=True)

    def _forget(self, region: str, *, anew: bool) -> None:
        for control in self._controls:
            control.effects.forget_probes(region, anew=anew)


class Nodes:
    """Takes the nodes of a domain down, and restarts them when no fault keeps them down."""

    def __init__(self, control: Control, failover: Failover, rejoin: Rejoin) -> None:
        self._c, self._failover, self._rejoin = control, failover, rejoin
        self._name = control.domain.name
        for region in control.domain.nodes:
            control.dials.listen(d.DOWN, self._name, region, struck=self._struck, healed=self._healed)

    def _struck(self, turn: d.Turn, fault: str, cause: int) -> None:  # noqa: ARG002  # as every listener
        c, (name, region), data_lost = self._c, turn.of, turn.value == "lost"
        if c.effects.node_down(region, data_lost=data_lost, now=c.clock.now):
            why = "its data is lost" if data_lost else "its data survives"
            c.note("node.down", f"{name}/{region}", why, cause)
        if data_lost and region != c.domain.primary:
            self._rejoin.wanted(cause)

    def _healed(self, turn: d.Turn, fault: str, cause: int) -> None:  # noqa: ARG002  # as every listener
        if self._c.dials.value(d.DOWN, *turn.of):
            return
        region, rules = turn.of[1], self._c.scenario.databases[self._name].failover
        attempt = self._c.domain.nodes[region].count("restart")
        wait = self._c.draw(f"{self._name}/{region}", rules.restart, Purpose.RESTART, rid=attempt)
        self._c.clock.run(self._restart(region, wait, attempt=attempt, cause=cause))

    def _restart(self, region: str, wait: int, *, attempt: int, cause: int) -> Steps:
        c, who = self._c, f"{self._name}/{region}"
        yield c.clock.sleep(who, wait)
        node = c.domain.nodes[region]
        newest = node.counts["restart"] == attempt + 1
        if newest and not c.dials.value(d.DOWN, self._name, region) and not node.up:
            c.settle()
            c.effects.node_up(region, c.clock.now)
            up = c.note("node.up", who, "it has restarted", cause)
            c.effects.apply(c.clock.now)
            self._failover.watch_primary()
            c.announce()
            c.serving(up)
