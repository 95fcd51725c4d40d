"""Links that are slower."""

from collections.abc import Iterator
from typing import Literal

from sim.core import dials as d
from sim.core.distributions import constant
from sim.spec.faults.network.link_fault import LinkFault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import Duration, DurationDist


class NetworkLatency(LinkFault):
    """Adds latency and jitter."""

    kind: Literal["network_latency"]
    latency: Duration = 0
    """What is added to each leg over the link. Default: nothing."""
    jitter: DurationDist = constant(0)
    """What replaces the link's jitter; several faults: the newest counts. Default: it stays."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """It adds something."""
        yield from super().check(platform, path)
        if self.latency == 0 and self.jitter.is_constant and self.jitter.mean == 0:
            yield Complaint(path, "this fault changes nothing", "give latency or jitter", at_key=True)

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """What is added."""
        found = self.on_links(scene, d.LATENCY, float(self.latency)) if self.latency else []
        if not (self.jitter.is_constant and self.jitter.params[0] == 0):
            found += self.on_links(scene, d.JITTER, self.jitter)
        return found
