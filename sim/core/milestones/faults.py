"""Milestones of faults and regions."""

from typing import ClassVar

from sim.core.milestones.declaration import DETECT, REPAIR, Declaration, Subject, milestone
from sim.core.record import figure


@milestone
class FaultStarted:
    """A fault's overlay was applied."""

    kind: ClassVar = Declaration(
        "fault.started", Subject.FAULT, DETECT, "FAULT {second} begins", "{m.fault_kind}"
    )
    fault_kind: str = figure("the kind of fault, as `region_outage`")


@milestone
class FaultHealed:
    """A fault's overlay was removed."""

    kind: ClassVar = Declaration("fault.healed", Subject.FAULT, REPAIR, "FAULT {second} ends", "over")


@milestone
class RegionDown:
    """A region's gateways and nodes stopped."""

    kind: ClassVar = Declaration(
        "region.down", Subject.REGION, DETECT, "region {domains} goes down", "its gateways are gone"
    )


@milestone
class RegionUp:
    """A region's gateways answer again."""

    kind: ClassVar = Declaration(
        "region.up", Subject.REGION, REPAIR, "region {domains} answers again", "its gateways answer"
    )
