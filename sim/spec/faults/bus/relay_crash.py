"""A relay that dies at the worst moment."""

from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import DomainFault
from sim.spec.faults.scene import FaultScene


class RelayCrash(DomainFault):
    """The relay dies between publishing and saving its position."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["relay_crash"]

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The relays."""
        return self.of_each(scene, d.RELAY_CRASH)
