"""Milestones of a failover, in the order of its runbook, and of what comes after."""

from typing import ClassVar, Literal

from sim.core.milestones.declaration import (
    DECIDE,
    DETECT,
    FENCE,
    PROMOTE,
    REPAIR,
    REROUTE,
    Declaration,
    Subject,
    milestone,
)
from sim.core.quantity import format_duration
from sim.core.record import figure, record

MS = 1_000_000


@milestone
class NoMajority:
    """An observer gave up, but fewer regions than a majority reach one."""

    kind: ClassVar = Declaration(
        *("no_majority", Subject.STORE, DETECT, "nobody can declare the primary dead, {domains}"),
        "{m.able} of {m.regions} regions reach a majority, {m.needed} must agree",
    )
    able: int = figure("regions that reach a majority", "regions")
    regions: int = figure("all regions", "regions")
    needed: int = figure("regions that must agree", "regions")


@milestone
class DeclaredDead:
    """A majority of observers gave up."""

    kind: ClassVar = Declaration(
        *("declared", Subject.STORE, DETECT, "primary declared dead, {domains}"),
        "a majority of observers gave up on the primary",
    )


@milestone
class FailoverCancelled:
    """The primary came back before the decision."""

    kind: ClassVar = Declaration(
        *("cancelled", Subject.STORE, DECIDE, "failover called off, {domains}"),
        "the primary answered again before the decision",
    )


@milestone
class FailoverDecided:
    """Failover was decided."""

    kind: ClassVar = Declaration(
        *("decided", Subject.STORE, DECIDE, "failover decided, {domains}", "the primary is to be replaced")
    )


@milestone
class PrimaryFenced:
    """The old primary can no longer write."""

    kind: ClassVar = Declaration(
        *("fenced", Subject.STORE, FENCE, "old primary fenced, {domains}"),
        "the old primary's lease has run out",
    )


@record
class RuledOut:
    """A replica that may not take over, and the first rule of the choice that it breaks."""

    region: str = figure("where it is")
    rule: Literal["down", "minority", "data_lost", "not_following", "lag"] = figure(
        "what is wrong: it is down, its region reaches no majority, its data is lost, it does not follow the "
        "primary, or it lags more than it may"
    )
    role: str | None = figure("what it is instead of a follower; null: another rule")
    lag_ns: int | None = figure("how far it lags; null: another rule")
    max_lag_ns: int | None = figure("how far it may; null: another rule")

    @property
    def phrase(self) -> str:
        """What is wrong with it, with the figure."""
        if self.lag_ns is not None and self.max_lag_ns is not None:
            return f"lag {_about(self.lag_ns)}, max_lag {format_duration(self.max_lag_ns)}"
        told = {"minority": "its region reaches no majority", "data_lost": "its data is lost"}
        return f"it does not follow ({self.role})" if self.role else told.get(self.rule, self.rule)


@milestone
class NoCandidate:
    """No replica was eligible, and each for which reason; again only when a reason changes."""

    kind: ClassVar = Declaration(
        "no_candidate", Subject.STORE, DECIDE, "no replica may take over, {domains}", "{m.phrase}"
    )
    ruled_out: tuple[RuledOut, ...] = figure("each replica, in the order of the choice")

    @property
    def phrase(self) -> str:
        """Each replica with what is wrong with it."""
        return "; ".join(f"{out.region}: {out.phrase}" for out in self.ruled_out) or "it has no replica"


@milestone
class PrimaryKept:
    """The old primary was kept."""

    kind: ClassVar = Declaration(
        *("kept", Subject.STORE, DECIDE, "old primary kept, {domains}"),
        "the old primary has the most data and is reachable",
    )


@milestone
class PromotionBegun:
    """A replica began its promotion."""

    kind: ClassVar = Declaration(
        *("promoting", Subject.NODE, PROMOTE, "promotion begins, {nodes}"),
        "it has received the most; {m.waiting} records to apply",
    )
    waiting: int = figure("records that it has received and not applied", "records")


@milestone
class PromotionFailed:
    """The promotion was abandoned."""

    kind: ClassVar = Declaration(
        *("promotion_failed", Subject.NODE, PROMOTE, "promotion fails, {nodes}"),
        "it went down or lost the majority",
    )


@milestone
class Promoted:
    """A replica became primary."""

    kind: ClassVar = Declaration(
        *("promoted", Subject.NODE, PROMOTE, "new primary, {nodes}"),
        "timeline {m.timeline} begins after record {m.last}",
    )
    timeline: int = figure("number of the timeline that begins")
    last: int = figure("the last record that it keeps; 0: none")


@milestone
class Rerouted:
    """A gateway learned of the new primary."""

    kind: ClassVar = Declaration(
        *("rerouted", Subject.GATEWAY, REROUTE, "gateways in {third} learn the new primary, {domains}"),
        "the gateway sends writes to {m.region}",
    )
    region: str = figure("where the new primary is")


@milestone
class RewindBegun:
    """A node began to drop what its timeline lost."""

    kind: ClassVar = Declaration(
        *("rewinding", Subject.NODE, REPAIR, "returning node drops what was abandoned, {nodes}"),
        "{m.abandoned} records of its timeline are abandoned",
    )
    abandoned: int = figure("records that it drops", "records")


@milestone
class RebuildBegun:
    """A node began a full copy."""

    kind: ClassVar = Declaration(
        *("rebuilding", Subject.NODE, REPAIR, "returning node copies everything, {nodes}"),
        "its data is gone: full copy",
    )


@milestone
class Rejoined:
    """A node follows the primary again."""

    kind: ClassVar = Declaration(
        *("rejoined", Subject.NODE, REPAIR, "node follows the new primary, {nodes}"),
        "it follows from record {m.first}",
    )
    first: int = figure("the first record that it is sent")


def _about(ns: int) -> str:
    """Write a drawn duration to the millisecond, or as it is where that would hide it."""
    return format_duration(max(1, round(ns / MS)) * MS if ns >= MS else ns)
