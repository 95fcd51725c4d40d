"""An election that loses rows."""

from typing import Literal

from sim.core import dials as d
from sim.spec.faults.bus.broker_fault import BrokerFault
from sim.spec.faults.scene import FaultScene
from sim.spec.types import Positive


class UncleanLeaderElection(BrokerFault):
    """A replica that lags becomes leader."""

    kind: Literal["unclean_leader_election"]
    lost: Positive
    """By how much the new leader lags: rows that became visible in so long before are gone."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """An election that loses what the new leader does not have."""
        return self.election(lost_ns=self.lost)
