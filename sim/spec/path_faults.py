"""The faults of the data path, one model a kind."""

from typing import Annotated, Literal

from pydantic import Field

from sim.spec.fault import Fault
from sim.spec.types import Name, Positive

LSNS = 2**40  # so many records a log can have


class ProcessKill(Fault):
    """A process of the data path dies; it restarts when the fault is over."""

    kind: Literal["process_kill"]
    process: str  # "orders/relay"


class ProcessPause(Fault):
    """A process of the data path stands still, and goes on as if nothing had happened."""

    kind: Literal["process_pause"]
    process: str


class DomainFault(Fault):
    """Fields of faults on one domain, or ``*``."""

    database: str = "*"


class RelayCrash(DomainFault):
    """The relay dies between publishing and saving its position."""

    kind: Literal["relay_crash"]


class SlotLost(DomainFault):
    """The relay's position is not there when it starts."""

    kind: Literal["slot_lost"]
    gap: Literal["skip", "snapshot"] = "skip"


class BrokerFault(Fault):
    """Fields of faults on one broker of a region's bus."""

    region: Name
    broker: Annotated[int, Field(ge=0)]


class BrokerCrash(BrokerFault):
    """A broker dies; its partitions elect new leaders."""

    kind: Literal["broker_crash"]


class LeaderElection(BrokerFault):
    """The partitions that a broker leads elect new leaders, as planned."""

    kind: Literal["leader_election"]


class UncleanLeaderElection(BrokerFault):
    """A replica that lags becomes leader."""

    kind: Literal["unclean_leader_election"]
    lost: Positive  # rows of the last so long before


class FlowFault(DomainFault):
    """Fields of faults on what is copied from one region to another."""

    from_: Annotated[Name, Field(alias="from")]
    to: Name


class MirrorPause(FlowFault):
    """Mirrors between two regions stand still."""

    kind: Literal["mirror_pause"]


class ObjectReplicationPause(FlowFault):
    """Object sync between two regions stands still."""

    kind: Literal["object_replication_pause"]


class ObjectReplicationLag(FlowFault):
    """Files arrive later."""

    kind: Literal["object_replication_lag"]
    lag: Positive


class RetentionTruncation(DomainFault):
    """A region's bus keeps events for a shorter time."""

    kind: Literal["retention_truncation"]
    region: Name
    retention: Positive


class OffsetTranslationError(Fault):
    """A reader that moves starts beside the right position."""

    kind: Literal["offset_translation_error"]
    reader: str  # "orders/search"
    skew: Annotated[int, Field(ge=-LSNS, le=LSNS)]  # records; negative: earlier


class RebalanceStorm(Fault):
    """A consumer group rebalances again and again."""

    kind: Literal["rebalance_storm"]
    reader: str
    every: Positive


class PoisonMessage(DomainFault):
    """The next event to come cannot be processed by the stream job."""

    kind: Literal["poison_message"]


class TaskFailure(DomainFault):
    """A task of the stream job dies; the job restarts from its checkpoint."""

    kind: Literal["task_failure"]


class CheckpointFailure(DomainFault):
    """Checkpoints of the stream job fail."""

    kind: Literal["checkpoint_failure"]


class MetadataBeforeData(DomainFault):
    """The catalog's pointer reaches a region before the files it points at."""

    kind: Literal["metadata_before_data"]
    region: Name


class CatalogOutage(Fault):
    """A region's catalog takes no commits and answers no reads."""

    kind: Literal["catalog_outage"]
    region: Name


PathFault = (
    ProcessKill
    | ProcessPause
    | RelayCrash
    | SlotLost
    | BrokerCrash
    | LeaderElection
    | UncleanLeaderElection
    | MirrorPause
    | ObjectReplicationPause
    | ObjectReplicationLag
    | RetentionTruncation
    | OffsetTranslationError
    | RebalanceStorm
    | PoisonMessage
    | TaskFailure
    | CheckpointFailure
    | MetadataBeforeData
    | CatalogOutage
)
