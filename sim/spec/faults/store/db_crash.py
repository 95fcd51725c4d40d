"""A database process that dies."""

from typing import Literal

from sim.core import dials as d
from sim.spec.faults.scene import FaultScene
from sim.spec.faults.store.node_fault import NodeFault


class DbCrash(NodeFault):
    """The database process dies."""

    kind: Literal["db_crash"]
    data: Literal["survives", "lost"] = "survives"
    """What becomes of its data. Default: a process that dies leaves the disk alone."""

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """Its nodes are down."""
        return [d.DOWN.turn(*node, value=self.data) for node in self.nodes(scene)]
