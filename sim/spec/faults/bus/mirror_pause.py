"""Mirrors that stand still."""

from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.domain_fault import FlowFault
from sim.spec.faults.scene import FaultScene


class MirrorPause(FlowFault):
    """Mirrors between two regions stand still."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["mirror_pause"]

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The mirrors."""
        return self.of_each(scene, d.MIRROR_PAUSE, self.from_, self.to)
