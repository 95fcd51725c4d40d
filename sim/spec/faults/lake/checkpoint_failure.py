"""Checkpoints that fail."""

from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import DomainFault
from sim.spec.faults.scene import FaultScene


class CheckpointFailure(DomainFault):
    """Checkpoints of the stream job fail."""

    needs: ClassVar[str | None] = "lake"

    kind: Literal["checkpoint_failure"]

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The stream jobs."""
        return self.of_each(scene, d.CHECKPOINT_FAILURE)
