"""A planned election."""

from typing import Literal

from sim.core import dials as d
from sim.spec.faults.bus.broker_fault import BrokerFault
from sim.spec.faults.scene import FaultScene


class LeaderElection(BrokerFault):
    """The partitions that a broker leads elect new leaders, as planned."""

    kind: Literal["leader_election"]

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """An election that loses nothing."""
        return self.election(lost_ns=0)
