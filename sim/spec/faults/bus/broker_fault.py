"""What faults on brokers have in common."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import Name


class BrokerFault(Fault):
    """Fields of faults on one broker of a region's bus."""

    needs: ClassVar[str | None] = "bus"

    region: Name
    """Where the broker is."""
    broker: Annotated[int, Field(ge=0)]
    """Its number, from 0."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The broker leads partitions that others could lead."""
        assert platform.bus is not None, "it needs one"
        at, count, partitions = (*path, "broker"), platform.bus.brokers, platform.bus.partitions
        if self.broker >= count:
            yield Complaint(at, f"no broker {self.broker}", f"they are numbered 0 to {count - 1}")
        elif count == 1:
            yield Complaint(at, "there is no other broker that could lead in its place")
        elif self.broker >= partitions:
            yield Complaint(at, f"broker {self.broker} leads none of the {partitions} partitions")

    def election(self, *, lost_ns: int) -> list[d.Turn]:
        """Return the overlay of an election that loses the rows of the last so long before."""
        return [d.ELECTION.turn(self.region, str(self.broker), value=lost_ns)]
