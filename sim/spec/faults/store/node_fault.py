"""What faults on nodes of databases have in common."""

from collections.abc import Iterator

from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.store.placement import Pair, nodes_of
from sim.spec.text import Complaint, Path, nearest
from sim.spec.types import Name


class NodeFault(Fault):
    """Fields of faults on nodes: database (or ``*``) and region (default: the primary's at the time)."""

    database: str
    """The database, or ``*`` for all."""
    region: Name | None = None
    """Where the node is. Default: where the primary is when the fault begins."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The database has a node in the region."""
        if self.region in platform.regions and self.database in platform.databases:
            nodes = nodes_of(platform.databases[self.database])
            if self.region not in nodes:
                why = f"{self.database} has no node in {self.region}"
                yield Complaint((*path, "region"), why, nearest(self.region or "", nodes))

    def nodes(self, scene: FaultScene) -> list[Pair]:
        """Return (domain, region) of the nodes that it is about."""
        return scene.nodes(self.database, self.region)
