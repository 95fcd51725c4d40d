"""Milestones of a store: its nodes and their data, and what probes find."""

from typing import ClassVar, Literal

from sim.core.milestones.declaration import DETECT, REPAIR, REROUTE, Declaration, Subject, milestone
from sim.core.record import figure


@milestone
class NodeDown:
    """A database node stopped."""

    kind: ClassVar = Declaration(
        *("node.down", Subject.NODE, DETECT, "databases stop: {nodes}", "its data {m.fate}"), implied=True
    )
    data_lost: bool = figure("whether its data is lost with it")

    @property
    def fate(self) -> str:
        """What became of its data."""
        return "is lost" if self.data_lost else "survives"


@milestone
class NodeUp:
    """A database node runs again."""

    kind: ClassVar = Declaration(
        *("node.up", Subject.NODE, REPAIR, "databases run again: {nodes}", "it has restarted"), implied=True
    )


@milestone
class PrimaryLost:
    """The primary stopped serving the majority side."""

    kind: ClassVar = Declaration(
        "primary.lost", Subject.STORE, DETECT, "primary lost, {domains}", "{m.phrase}"
    )
    because: Literal["down", "data_lost", "minority"] = figure(
        "what is wrong with it: it is down, its data is lost, or its region reaches no majority"
    )

    @property
    def phrase(self) -> str:
        """What is wrong with it."""
        told = {"down": "its node is down", "data_lost": "its data is lost"}
        return told.get(self.because, "it reaches no majority")


@milestone
class Destroyed:
    """No copy is left of the last records of a store, or of all it had."""

    kind: ClassVar = Declaration(
        "destroyed", Subject.STORE, DETECT, "data destroyed, {domains}", "{m.phrase}"
    )
    records: int = figure("how many records no node has any more", "records")
    everything: bool = figure("whether no node holds its data any more")

    @property
    def phrase(self) -> str:
        """What is gone."""
        if self.everything:
            return "no node holds its data any more"
        last = "the last record" if self.records == 1 else f"the last {self.records} records"
        return f"no copy is left of {last}"


@milestone
class ObserverUnhealthy:
    """An observer gave up on the primary."""

    kind: ClassVar = Declaration(
        *("observer.unhealthy", Subject.OBSERVER, DETECT),
        *("observers in {third} give up on the primary, {domains}", "{m.failures} probes in a row failed"),
    )
    failures: int = figure("probes in a row that failed", "probes")


@milestone
class ObserverHealthy:
    """An observer sees the primary again."""

    kind: ClassVar = Declaration(
        *("observer.healthy", Subject.OBSERVER, REPAIR),
        *("observers in {third} see the primary again, {domains}", "probes succeed again"),
        implied=True,
    )


@milestone
class CheckerUnhealthy:
    """A checker gave up on a region."""

    kind: ClassVar = Declaration(
        *("checker.unhealthy", Subject.CHECKER, DETECT),
        *("health checks from {third} find {fourth} bad, {domains}", "{m.failures} probes in a row failed"),
        implied=True,
    )
    failures: int = figure("probes in a row that failed", "probes")


@milestone
class CheckerHealthy:
    """A checker sees the region again."""

    kind: ClassVar = Declaration(
        *("checker.healthy", Subject.CHECKER, REPAIR),
        *("health checks from {third} find {fourth} good, {domains}", "probes succeed again"),
        implied=True,
    )


@milestone
class AnswerChanged:
    """The DNS answer to the clients of a region changed."""

    kind: ClassVar = Declaration(
        *("answer", Subject.CLIENTS, REROUTE),
        *("DNS answer changes for clients in {third}, {domains}", "clients are sent to {m.region}"),
    )
    region: str = figure("where they are sent now")


# --- commits that wait --------------------------------------------------------------------------------------


@milestone
class WritesBlocked:
    """Fewer replicas than a commit waits for can acknowledge one."""

    kind: ClassVar = Declaration(
        *("writes.blocked", Subject.STORE, DETECT, "writes wait for replicas, {domains}"),
        "{m.able} of {m.replicas} replicas can acknowledge, {m.needed} must",
    )
    able: int = figure("replicas that can acknowledge", "replicas")
    replicas: int = figure("replicas whose acknowledgements count", "replicas")
    needed: int = figure("replicas that must acknowledge", "replicas")


@milestone
class WritesUnblocked:
    """Enough can acknowledge again, or the primary does not wait any more."""

    kind: ClassVar = Declaration(
        "writes.unblocked", Subject.STORE, REPAIR, "writes wait no longer, {domains}", "{m.phrase}"
    )
    primary_serves: bool = figure("whether the primary serves; if not, it commits nothing any more")

    @property
    def phrase(self) -> str:
        """Why they wait no longer."""
        serves = "enough replicas can acknowledge"
        return serves if self.primary_serves else "its primary commits nothing any more"
