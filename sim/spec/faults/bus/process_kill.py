"""A process of the data path that dies."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.core.names import plain
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.processes import check_name
from sim.spec.text import Complaint, Path


class ProcessKill(Fault):
    """A process of the data path dies; it restarts when the fault is over."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["process_kill"]
    process: str
    """Which one: orders/relay, orders/mirror/us-east/us-west, orders/search for a consumer, or
    orders/stream for a job."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """There is such a process."""
        yield from check_name(platform, self.process, "process", (*path, "process"))

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The process."""
        return [d.KILLED.turn(plain(self.process, "/"))]
