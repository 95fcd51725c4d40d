"""A replica that gets, or applies, nothing."""

from collections.abc import Iterator
from typing import Literal

from sim.core import dials as d
from sim.spec.faults.scene import FaultScene, domains_named
from sim.spec.faults.store.node_fault import NodeFault
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path


class ReplicationPause(NodeFault):
    """The flow to a replica stops at its sender, or its apply stops. ``region`` is required: the replica."""

    kind: Literal["replication_pause"]
    stage: Literal["send", "apply"] = "send"
    """What stands still: sending to the replica, or applying at it. Default: a pause of sending puts
    records at risk."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The region is given, and is a replica's at first."""
        yield from super().check(platform, path)
        if self.region is None:
            yield Complaint(path, "a replication pause needs a region", "that of the replica", at_key=True)
            return
        named = [platform.databases[name] for name in domains_named(platform, self.database)]
        if self.region in platform.regions and named and all(one.primary == self.region for one in named):
            replicas = sorted({replica for database in named for replica in database.replicas})
            hint = f"the replicas are in {', '.join(replicas)}" if replicas else "there are no replicas"
            yield Complaint((*path, "region"), f"{self.region} is the primary's", hint)

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """One stage of its nodes."""
        dial = d.PAUSE_SEND if self.stage == "send" else d.PAUSE_APPLY
        return [dial.turn(*node) for node in self.nodes(scene)]
