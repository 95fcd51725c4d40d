"""A node that is slow."""

from typing import Literal

from sim.core import dials as d
from sim.spec.faults.scene import FaultScene
from sim.spec.faults.store.node_fault import NodeFault
from sim.spec.types import Multiple


class NodeSlow(NodeFault):
    """Service and apply work take ``factor`` times as long."""

    kind: Literal["node_slow"]
    factor: Multiple
    """How many times as long its work takes."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The speed of its nodes."""
        return [d.SLOW.turn(*node, value=self.factor) for node in self.nodes(scene)]
