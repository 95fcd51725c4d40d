"""A consumer group that does not come to rest."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.core.names import plain
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.processes import check_name
from sim.spec.text import Complaint, Path
from sim.spec.types import Positive


class RebalanceStorm(Fault):
    """A consumer group rebalances again and again."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["rebalance_storm"]
    reader: str
    """The consumer group, as in orders/search."""
    every: Positive
    """How often it rebalances."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """There is such a group."""
        yield from check_name(platform, self.reader, "consumer", (*path, "reader"))

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The group."""
        return [d.STORM.turn(plain(self.reader, "/"), value=self.every)]
