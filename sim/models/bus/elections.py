"""Elections on the brokers of one region: while one is on, what the broker led has no leader."""

from sim.core import dials as d
from sim.core.draws import Purpose
from sim.core.milestones.flows import PartitionsDown, PartitionsUp
from sim.core.stages import BUS
from sim.engine.clock import Steps
from sim.models.bus.cluster import Cluster
from sim.models.component import Component
from sim.models.dials import Strike
from sim.models.setting import ModelSetting


class Elections(Component):
    """Lets the brokers of a cluster lose what they lead, and others lead it after an election."""

    def __init__(self, setting: ModelSetting, cluster: Cluster) -> None:
        assert setting.scenario.bus is not None, "there are brokers if there is a bus"
        self.name, self.domain = f"*/{BUS.at(cluster.region)}", None
        self._setting, self._cluster, self._length = setting, cluster, setting.scenario.bus.election
        self._who = BUS.at(cluster.region)
        self._drawn = 0
        setting.dials.listen(d.ELECTION, struck=self._struck, healed=self._healed)

    def _struck(self, strike: Strike) -> None:
        """A broker's partitions have no leader until an election is over."""
        setting, (region, broker) = self._setting, strike.of
        if region != self._cluster.region:
            return
        self._cluster.strike(strike.fault, int(broker))
        setting.dials.hits[strike.fault] += setting.network.up(region)
        down = setting.note(self._who, PartitionsDown(broker=int(broker)), strike.cause)
        wait = setting.draw(self._who, self._length, Purpose.ELECTION, rid=self._drawn)
        self._drawn += 1
        setting.clock.run(self._elect(strike.fault, wait, down))

    def _elect(self, fault: str, wait: int, cause: int) -> Steps:
        yield self._setting.clock.sleep(self._who, wait)
        self._setting.advance()
        if self._cluster.elected(fault):
            self._open(cause)

    def _healed(self, strike: Strike) -> None:
        """The broker leads again."""
        if strike.of[0] == self._cluster.region and self._cluster.heal(strike.fault):
            self._open(strike.cause)

    def _open(self, cause: int) -> None:
        self._setting.note(self._who, PartitionsUp(), cause)
        self._setting.graph.opened(self._cluster.region)
        self._setting.wake()
