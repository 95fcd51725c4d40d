"""Pointers that come before files."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import DomainFault
from sim.spec.faults.lake.copied import check_target
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import Name


class MetadataBeforeData(DomainFault):
    """The catalog's pointer reaches a region before the files it points at."""

    needs: ClassVar[str | None] = "lake"

    kind: Literal["metadata_before_data"]
    region: Name
    """Where pointers come first."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """Tables can come to be copied there."""
        yield from check_target(platform, self.region, path)

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The tables there."""
        return self.of_each(scene, d.METADATA_FIRST, self.region)
