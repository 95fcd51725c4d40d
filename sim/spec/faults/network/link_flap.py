"""Links that come and go."""

from typing import Literal

from sim.core import dials as d
from sim.spec.faults.network.link_fault import LinkFault
from sim.spec.faults.scene import FaultScene
from sim.spec.types import Positive


class LinkFlap(LinkFault):
    """Cuts and restores, beginning with a cut."""

    kind: Literal["link_flap"]
    down: Positive
    """For how long it is cut each time."""
    up: Positive
    """For how long it is whole each time."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The links, while they are down."""
        return self.on_links(scene, d.CUT)

    @property
    def rhythm(self) -> tuple[int, int]:
        """Down, then up."""
        return self.down, self.up
