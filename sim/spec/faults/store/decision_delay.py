"""People who take longer."""

from collections.abc import Iterator
from typing import Literal

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import DurationDist


class DecisionDelay(Fault):
    """Failover decisions declared meanwhile take longer."""

    kind: Literal["decision_delay"]
    database: str = "*"
    """The database, or ``*`` for all. Default: all."""
    delay: DurationDist
    """What each decision takes longer, drawn anew for each."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The delay is not nothing."""
        if self.delay.is_constant and self.delay.mean == 0:
            yield Complaint((*path, "delay"), "a delay of 0 changes nothing")

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The delays of each controller."""
        return [d.DECISION.turn(domain, value=self.delay) for domain in scene.domains(self.database)]
