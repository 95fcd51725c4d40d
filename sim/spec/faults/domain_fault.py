"""What faults on the data path of a domain have in common."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.references import unknown_one
from sim.spec.text import Complaint, Path
from sim.spec.types import Name


class DomainFault(Fault):
    """Fields of faults on one domain, or ``*``."""

    database: str = "*"
    """The database, or ``*`` for all. Default: all."""

    def of_each(self, scene: FaultScene, dial: d.Dial, *of: str, value: Any = True) -> list[d.Turn]:
        """Return the overlays of a value on a dial of each domain."""
        return [dial.turn(domain, *of, value=value) for domain in scene.domains(self.database)]

    def check_at_once(self, path: Path) -> Iterator[Complaint]:
        """It has no duration: it happens at once."""
        if self.duration is not None:
            why, hint = "this fault happens at once", "leave the duration out"
            yield Complaint((*path, "duration"), why, hint, at_key=True)


class FlowFault(DomainFault):
    """Fields of faults on what is copied from one region to another."""

    from_: Annotated[Name, Field(alias="from")]
    """The region from which is copied."""
    to: Name
    """The region to which is copied."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The ends are regions, and not the same one."""
        for key, region in (("from", self.from_), ("to", self.to)):
            if region not in platform.regions:
                yield unknown_one("region", region, platform.regions, (*path, key))
        if self.from_ == self.to:
            yield Complaint((*path, "to"), f"{self.to!r} is where it comes from")
