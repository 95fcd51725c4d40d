"""A broker that dies."""

from typing import Literal

from sim.core import dials as d
from sim.spec.faults.bus.broker_fault import BrokerFault
from sim.spec.faults.scene import FaultScene


class BrokerCrash(BrokerFault):
    """A broker dies; its partitions elect new leaders."""

    kind: Literal["broker_crash"]

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """An election; what only the leader had is lost if producers did not wait for more."""
        bus = scene.platform.bus
        assert bus is not None, "it needs one"
        return self.election(lost_ns=bus.replica_lag if bus.acks == "leader" else 0)
