"""Links that carry less."""

from collections.abc import Iterator
from typing import Literal

from sim.core import dials as d
from sim.spec.faults.network.link_fault import LinkFault
from sim.spec.faults.scene import FaultScene
from sim.spec.network.flows import flows_on
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import Bandwidth


class BandwidthLimit(LinkFault):
    """Limits bulk flows."""

    kind: Literal["bandwidth_limit"]
    bandwidth: Bandwidth
    """How much the link carries of what is copied in bulk."""

    def check_effect(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """It is less than the links have, and something is copied over one of them."""
        links, pairs = platform.network.links, self.links(platform.regions)
        found = [links.get(f"{a}/{b}") or links.get(f"{b}/{a}") for a, b in pairs]
        widths = [link.bandwidth for link in found if link is not None]
        if widths and self.bandwidth >= max(widths):
            yield Complaint((*path, "bandwidth"), "limits nothing", "the link has no more than that")
        if not set(pairs) & set(flows_on(platform)):
            yield Complaint((*path, "link"), "nothing is copied over this link")

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The bandwidth of each link."""
        return self.on_links(scene, d.BANDWIDTH, self.bandwidth)
