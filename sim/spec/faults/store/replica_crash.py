"""Replicas that die, wherever the primary is."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.store.placement import nodes_of
from sim.spec.text import Complaint, Path


class ReplicaCrash(Fault):
    """Replicas die: the nodes that are not the primary at the time, all or the first ``count``."""

    why_nothing: ClassVar[str] = "there are no replicas"

    kind: Literal["replica_crash"]
    database: str
    """The database, or ``*`` for all."""
    count: Annotated[int, Field(ge=1)] | None = None
    """How many, in the order in which they may take over. Default: all."""
    data: Literal["survives", "lost"] = "survives"
    """What becomes of their data. Default: a process that dies leaves the disk alone."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """There are so many."""
        if self.database in platform.databases and self.count is not None:
            replicas = platform.databases[self.database].replicas
            if 0 < len(replicas) < self.count:
                why = f"{self.database} has only {len(replicas)}"
                yield Complaint((*path, "count"), why, f"the replicas are in {', '.join(replicas)}")

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """Its nodes are down."""
        nodes = (node for domain in scene.domains(self.database) for node in self._nodes(scene, domain))
        return [d.DOWN.turn(*node, value=self.data) for node in nodes]

    def _nodes(self, scene: FaultScene, domain: str) -> list[tuple[str, str]]:
        regions = nodes_of(scene.platform.databases[domain])
        return [(domain, region) for region in regions if region != scene.primaries[domain]][: self.count]
