"""A bus that forgets sooner."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.core.quantity import format_duration as _t
from sim.spec.faults.domain_fault import DomainFault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import Name, Positive


class RetentionTruncation(DomainFault):
    """A region's bus keeps events for a shorter time."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["retention_truncation"]
    region: Name
    """Where the bus is."""
    retention: Positive
    """For how long it keeps events meanwhile."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """It is shorter than the bus has it."""
        assert platform.bus is not None, "it needs one"
        if self.retention >= platform.bus.retention:
            hint = f"the bus has {_t(platform.bus.retention)}"
            yield Complaint((*path, "retention"), f"{_t(self.retention)} is not shorter", hint)

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The retention."""
        return self.of_each(scene, d.RETENTION, self.region, value=self.retention)
