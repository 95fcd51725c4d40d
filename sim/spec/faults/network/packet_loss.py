"""Links that lose packets."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core import dials as d
from sim.spec.faults.network.link_fault import LinkFault
from sim.spec.faults.scene import FaultScene
from sim.spec.types import Fraction


class PacketLoss(LinkFault):
    """Adds loss."""

    kind: Literal["packet_loss"]
    loss: Annotated[Fraction, Field(gt=0, lt=1)]
    """The probability that a packet is lost, beside what the link loses anyway."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The loss of each link."""
        return self.on_links(scene, d.LOSS, self.loss)
