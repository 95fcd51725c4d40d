"""A region, or one of its zones, is out."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.store.placement import nodes_of
from sim.spec.text import Complaint, Path, nearest
from sim.spec.types import Name


class RegionOutage(Fault):
    """A region's gateways and nodes stop; ``zone`` narrows it to the nodes in that zone."""

    why_nothing: ClassVar[str] = "no database has a node in that zone"

    kind: Literal["region_outage"]
    region: Name
    """The region that is out."""
    zone: Name | None = None
    """Only the nodes in this zone stop; the region's gateways go on. Default: all of the region."""
    data: Literal["survives", "lost"] = "survives"
    """What becomes of the data of its nodes, bus and tables. Default: machines that lose power keep their
    disks."""
    wire: Literal["delivered", "lost"] = "delivered"
    """What becomes of records that were on their way out of it. Default: they arrive."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The zone is one of the region's."""
        zones = platform.regions[self.region].zones if self.region in platform.regions else []
        if self.zone is not None and zones and self.zone not in zones:
            why = f"{self.region} has no zone {self.zone!r}"
            yield Complaint((*path, "zone"), why, nearest(self.zone, zones))

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The region with its bus, and every node in it; of a zone, the nodes alone."""
        found = [] if self.zone else [d.REGION.turn(self.region)]
        if scene.platform.bus is not None and not self.zone:
            found += [
                d.BUS_WIRE.turn(self.region, value=self.wire),
                d.BUS_DATA.turn(self.region, value=self.data),
            ]
        for domain in self._domains(scene.platform):
            found += [
                d.WIRE.turn(domain, self.region, value=self.wire),
                d.SILENT.turn(domain, self.region),
                d.DOWN.turn(domain, self.region, value=self.data),
            ]
        return found

    def _domains(self, platform: Platform) -> Iterator[str]:
        for domain, database in platform.databases.items():
            zone = database.zone or platform.regions[self.region].zones[0]
            if self.region in nodes_of(database) and self.zone in (None, zone):
                yield domain
