"""What goes down at once when a fault strikes, and comes back after it: regions and nodes of databases."""

from collections.abc import Iterable

from sim.core import dials as d
from sim.core.draws import Purpose
from sim.core.milestones.faults import RegionDown, RegionUp
from sim.core.milestones.store import NodeDown, NodeUp
from sim.engine.clock import Steps
from sim.models.control import Control
from sim.models.dials import Strike
from sim.models.setting import ModelSetting
from sim.models.store.rejoin import Rejoin


class Regions:
    """Tells of regions that go down and up, and lets observers in them forget or start anew."""

    def __init__(self, setting: ModelSetting, controls: Iterable[Control]) -> None:
        self._setting, self._controls = setting, list(controls)
        setting.dials.listen(d.REGION, struck=self._struck, healed=self._healed)

    def _struck(self, strike: Strike) -> None:
        (region,) = strike.of
        if self._setting.dials.by(d.REGION, region) == (strike.fault,):  # it was up
            self._setting.note(region, RegionDown(), strike.cause)
            self._forget(region, anew=False)

    def _healed(self, strike: Strike) -> None:
        (region,) = strike.of
        if self._setting.network.up(region):
            self._setting.note(region, RegionUp(), strike.cause)
            self._forget(region, anew=True)

    def _forget(self, region: str, *, anew: bool) -> None:
        for control in self._controls:
            control.effects.forget_probes(region, anew=anew)


class Nodes:
    """Takes the nodes of a domain down, and restarts them when no fault keeps them down."""

    def __init__(self, control: Control, rejoin: Rejoin) -> None:
        self._c, self._rejoin = control, rejoin
        self._name = control.domain.name
        for region in control.domain.nodes:
            control.dials.listen(d.DOWN, self._name, region, struck=self._struck, healed=self._healed)

    def _struck(self, strike: Strike) -> None:
        c, (name, region), data_lost = self._c, strike.of, strike.value == "lost"
        if c.effects.node_down(region, data_lost=data_lost, now=c.clock.now):
            c.note(f"{name}/{region}", NodeDown(data_lost=data_lost), strike.cause)
        if data_lost and region != c.domain.primary:
            self._rejoin.wanted(strike.cause)

    def _healed(self, strike: Strike) -> None:
        name, region = strike.of
        if self._c.dials.value(d.DOWN, name, region):
            return
        rules = self._c.scenario.databases[name].failover
        attempt = self._c.domain.nodes[region].count("restart")
        wait = self._c.draw(f"{name}/{region}", rules.restart, Purpose.RESTART, rid=attempt)
        self._c.clock.run(self._restart(region, wait, attempt=attempt, cause=strike.cause))

    def _restart(self, region: str, wait: int, *, attempt: int, cause: int) -> Steps:
        c, who = self._c, f"{self._name}/{region}"
        yield c.clock.sleep(who, wait)
        node = c.domain.nodes[region]
        newest = node.counts["restart"] == attempt + 1
        if newest and not c.dials.value(d.DOWN, self._name, region) and not node.up:
            c.settle()
            c.effects.node_up(region, c.clock.now)
            up = c.note(who, NodeUp(), cause)
            c.setting.changed(up)
