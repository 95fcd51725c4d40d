"""The event bus: the relays that publish to it, its clusters, and the mirrors between them."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.core.identity import LIMITS
from sim.spec.model import MS, Model, S
from sim.spec.types import Count, Duration, DurationDist, Fraction, Part, Positive, Size


class Poll(Model):
    """A relay that polls the outbox table and marks what it has published."""

    kind: Literal["poll"]
    interval: Positive = 500 * MS
    """How often it looks into the outbox table. Default: as Debezium's poll.interval.ms; there is no
    published one for pollers."""
    batch: Count = 2048
    """How many records a round takes at most. Default: as Debezium's max.batch.size."""
    publish: DurationDist = constant(50_000)
    """How long it takes to publish a record. Default: 20,000 a second, a common rate of one connector."""
    mark: Positive = 5 * MS
    """How long it takes, at the end of a round, to mark what was published. Default: one update of the
    outbox table."""
    restart: DurationDist = constant(10 * S)
    """How long it takes to run again, once nothing stops it. Default: Debezium's
    retriable.restart.connector.wait.ms."""


class Cdc(Model):
    """A connector on the write-ahead log; its position is saved now and then."""

    kind: Literal["cdc"] = "cdc"
    interval: Positive = 500 * MS
    """How often it looks into the log. Default: Debezium's poll.interval.ms."""
    batch: Count = 2048
    """How many records a round takes at most. Default: Debezium's max.batch.size."""
    publish: DurationDist = constant(50_000)
    """How long it takes to publish a record. Default: 20,000 a second, a common rate of one connector."""
    flush: Positive = 60 * S
    """How often its position is saved; after a stop, what came behind is published again. Default:
    Kafka Connect's offset.flush.interval.ms."""
    restart: DurationDist = constant(10 * S)
    """How long it takes to run again, once nothing stops it. Default: Debezium's
    retriable.restart.connector.wait.ms."""


Relay = Annotated[Poll | Cdc, Field(discriminator="kind")]


class Mirror(Model):
    """Copies what each region published to every other region, domain by domain."""

    share: Part | None = None
    """Which part of each link's bandwidth each domain's mirror has. Default: an equal part of what
    others leave, as every flow without one."""
    save: Positive = 60 * S
    """How often its position is saved; after a stop, what came behind is carried again. Default: Kafka
    Connect's offset.flush.interval.ms."""
    checkpoint: Positive = 60 * S
    """How often it writes down where each reader would go on in the other region. Default: MirrorMaker
    2's emit.checkpoints.interval.seconds."""
    granularity: Count = 100
    """To how many records these positions are rounded down. Default: MirrorMaker 2's offset.lag.max."""
    restart: DurationDist = constant(10 * S)
    """How long it takes to run again, once nothing stops it. Default: as the relay's."""


class Validation(Model):
    """Records are validated on their way to the bus, and bad ones are dropped."""

    bad: Annotated[Fraction, Field(gt=0, le=1)]
    """Which share of the writes of clients, handlers and replays is bad, by chance."""


class Bus(Model):
    """The event backbone: a cluster in each region."""

    partitions: Annotated[int, Field(ge=1, le=LIMITS["partitions"])] = 12
    """How many partitions each domain's topic has. Default: four for each of three brokers."""
    brokers: Annotated[int, Field(ge=1, le=64)] = 3
    """How many brokers each region has. Default: one in each of three zones."""
    event: Annotated[Size, Field(gt=0)] = 1024
    """How large an event is on a link. Default: half of a commit's log (``replication.record``)."""
    retention: Positive = 604_800 * S
    """For how long events are kept. Default: Kafka's log.retention.hours."""
    acks: Literal["all", "leader"] = "all"
    """When an event is published: once all replicas in sync have it, or once the leader has; then a
    broker's crash loses the newest. Default: Kafka's acks for producers."""
    replica_lag: Duration = 500 * MS
    """How long the newest events are with the leader alone: what ``acks: leader`` can lose. Default:
    Kafka's replica.fetch.wait.max.ms."""
    election: DurationDist = constant(9 * S)
    """How long partitions are without a leader when their broker fails. Default: Kafka's
    broker.session.timeout.ms."""
    mirror: Mirror = Mirror()
    """How events are copied to the other regions."""
    validation: Validation | None = None
    """What keeps bad records from the bus. Default: nothing does."""
