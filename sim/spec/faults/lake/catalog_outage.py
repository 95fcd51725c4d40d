"""A catalog that is out."""

from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.types import Name


class CatalogOutage(Fault):
    """A region's catalog takes no commits and answers no reads."""

    needs: ClassVar[str | None] = "lake"

    kind: Literal["catalog_outage"]
    region: Name
    """Where the catalog is out."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The catalog."""
        return [d.CATALOG.turn(self.region)]
