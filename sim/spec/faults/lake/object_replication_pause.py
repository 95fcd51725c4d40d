"""Object sync that stands still."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import FlowFault
from sim.spec.faults.lake.copied import check_source
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path


class ObjectReplicationPause(FlowFault):
    """Object sync between two regions stands still."""

    needs: ClassVar[str | None] = "lake"

    kind: Literal["object_replication_pause"]

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """Tables can come to be copied from there."""
        yield from super().check(platform, path)
        yield from check_source(platform, self.from_, path)

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The flows of objects."""
        return self.of_each(scene, d.OBJECT_PAUSE, self.from_, self.to)
