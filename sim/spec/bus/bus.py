"""The event bus: the relays that publish to it, its clusters, and the mirrors between them."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.core.identity import LIMITS
from sim.spec.model import MS, Model, S
from sim.spec.types import Count, Duration, DurationDist, Part, Positive, Size


class Poll(Model):
    """A relay that polls the outbox table and marks what it has published."""

    kind: Literal["poll"]
    interval: Positive = 500 * MS  # as Debezium's poll.interval.ms; no published default for pollers
    batch: Count = 2048  # as Debezium's max.batch.size
    publish: DurationDist = constant(50_000)  # a record: 20,000 a second, a common rate of one connector
    mark: Positive = 5 * MS  # one update of the outbox table
    restart: DurationDist = constant(10 * S)  # Debezium retriable.restart.connector.wait.ms


class Cdc(Model):
    """A connector on the write-ahead log; its position is saved now and then."""

    kind: Literal["cdc"] = "cdc"
    interval: Positive = 500 * MS  # Debezium poll.interval.ms
    batch: Count = 2048  # Debezium max.batch.size
    publish: DurationDist = constant(50_000)  # a record: 20,000 a second, a common rate of one connector
    flush: Positive = 60 * S  # Kafka Connect offset.flush.interval.ms
    restart: DurationDist = constant(10 * S)  # Debezium retriable.restart.connector.wait.ms


Relay = Annotated[Poll | Cdc, Field(discriminator="kind")]


class Mirror(Model):
    """Copies what each region published to every other region, domain by domain."""

    share: Part | None = None  # of a link, each domain's flow; default: an equal part
    save: Positive = 60 * S  # Kafka Connect offset.flush.interval.ms
    checkpoint: Positive = 60 * S  # MirrorMaker 2 emit.checkpoints.interval.seconds
    granularity: Count = 100  # MirrorMaker 2 offset.lag.max
    restart: DurationDist = constant(10 * S)  # as the relay's


class Bus(Model):
    """The event backbone: a cluster in each region."""

    partitions: Annotated[int, Field(ge=1, le=LIMITS["partitions"])] = 12  # four for each of three brokers
    brokers: Annotated[int, Field(ge=1, le=64)] = 3  # one in each zone
    event: Annotated[Size, Field(gt=0)] = 1024  # bytes of an event
    retention: Positive = 604_800 * S  # Kafka log.retention
    acks: Literal["all", "leader"] = "all"  # Kafka producer acks
    replica_lag: Duration = 500 * MS  # Kafka replica.fetch.wait.max.ms
    election: DurationDist = constant(9 * S)  # KRaft broker.session.timeout.ms
    mirror: Mirror = Mirror()
