"""A relay that has lost its position."""

from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import DomainFault
from sim.spec.faults.scene import FaultScene


class SlotLost(DomainFault):
    """The relay's position is not there when it starts."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["slot_lost"]
    gap: Literal["skip", "snapshot"] = "skip"
    """What the relay does about it: go on behind the last commit, or publish the newest version of each
    key. Default: as a slot made anew does."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """What the relays do about it."""
        return self.of_each(scene, d.SLOT_LOST, value=self.gap)
