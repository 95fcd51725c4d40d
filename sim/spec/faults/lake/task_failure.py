"""A task that dies."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import DomainFault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path


class TaskFailure(DomainFault):
    """A task of the stream job dies; the job restarts from its checkpoint."""

    needs: ClassVar[str | None] = "lake"

    kind: Literal["task_failure"]

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """It has no duration."""
        yield from self.check_at_once(path)

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The stream jobs."""
        return self.of_each(scene, d.TASK_FAILURE)
