"""What a scenario may say of the data path: outbox, bus, consumers, lakehouse, insights."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import Distribution, constant, lognormal
from sim.core.identity import LIMITS
from sim.spec.model import MS, Model, S
from sim.spec.types import Count, Duration, DurationDist, Name, Part, Positive, Size

# How far behind the newest a record may come without being late. Flink has no default for it, and its windows
# wait for nothing beyond it (allowedLateness is 0); 5 s is the bound in its manual's example of a WATERMARK.
LATENESS = 5 * S

# --- outbox ---------------------------------------------------------------------------------------


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

# --- the bus --------------------------------------------------------------------------------------


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


# --- readers --------------------------------------------------------------------------------------


class Moves(Model):
    """How what is computed in one region comes to be computed in another."""

    standby: list[Name] = []  # regions to move to, in order
    takeover: DurationDist = constant(120 * S)  # noticing and deciding; a person or a script
    again: Positive = 10 * S  # how long until another look, if no region can take over
    start: Literal["checkpoint", "earliest", "latest"] = "checkpoint"


class Consumer(Moves):
    """A consumer group of one domain's events: a projection, an index, a cache."""

    of: Name
    region: Name
    members: Annotated[int, Field(ge=1, le=1024)] = 1
    work: DurationDist = Distribution("exponential", (0.5 * MS,))
    commit: Positive = 5 * S  # Kafka auto.commit.interval.ms
    session: Positive = 45 * S  # Kafka session.timeout.ms
    rebalance: Positive = 3 * S  # Kafka group.initial.rebalance.delay.ms
    restart: DurationDist = constant(10 * S)  # a container's start
    fresh: Positive = 30 * S  # its freshness objective
    lateness: Duration = LATENESS  # records further behind the newest that had arrived are late
    writes: Name | None = None  # a handler: the domain that it calls for each event it reacts to
    on: Name = "clients"  # of whose writes the events are: the clients' or those of a handler
    idempotent: bool = True  # a call for an event that has a commit already commits nothing


# --- lakehouse ------------------------------------------------------------------------------------


class Stream(Model):
    """The job that takes events into the raw zone."""

    transform: DurationDist = constant(200_000)  # a record: 5,000 a second and task
    parallelism: Annotated[int, Field(ge=1, le=1024)] = 2
    mode: Literal["exactly_once", "at_least_once"] = "exactly_once"  # Flink execution.checkpointing.mode
    checkpoint: Positive = 60 * S  # Flink has none by default; a minute is usual
    flush: Positive = 30 * S  # at_least_once: files are closed so often
    commit: Positive = 1 * S  # from prepared to visible
    lateness: Duration = LATENESS  # in every table: what is further behind the newest of them is late
    lookup: Name | None = None  # a domain whose local node enrichment asks
    when_down: Literal["wait", "dead_letter"] = "wait"
    attempts: Count = 3  # at a poison message, before it is a dead letter
    restart: DurationDist = constant(10 * S)  # Flink exponential-delay: 1 s to 60 s


class Job(Model):
    """A scheduled job from one zone to the next."""

    interval: Positive
    base: DurationDist
    per_row: Duration = 2_000  # 500,000 rows a second
    restart: DurationDist = constant(30 * S)  # a cluster's driver


class Curated(Job):
    """Cleans and conforms."""

    interval: Positive = 300 * S
    base: DurationDist = constant(30 * S)
    deduplicate: bool = True


class Analytics(Job):
    """Builds what people look at."""

    interval: Positive = 900 * S
    base: DurationDist = constant(60 * S)


class Sync(Model):
    """Copies tables to the other regions: objects and the catalog's pointers."""

    share: Part | None = None  # of a link, each domain's flow; default: an equal part
    row: Annotated[Size, Field(gt=0)] = 256  # bytes of a record in a file, compressed
    lag: DurationDist = lognormal(
        15 * S, 60 * S
    )  # S3 with replication time control: most objects within seconds
    pointer: Duration = 1 * S


class Fresh(Model):
    """How old the newest complete state of each stage may be: its level."""

    events: Positive = 5 * S
    raw: Positive = 180 * S
    curated: Positive = 720 * S
    analytics: Positive = 1980 * S


class Lake(Moves):
    """The lakehouse: raw, curated and analytics tables of every domain in every region."""

    home: Name  # where it is computed
    stream: Stream = Stream()
    curated: Curated = Curated()
    analytics: Analytics = Analytics()
    sync: Sync = Sync()


class Insight(Model):
    """Something that reads the analytics zone of its own region."""

    kind: Literal["dashboard", "report", "features", "query"] = "dashboard"
    reads: Annotated[list[Name], Field(min_length=1)]  # domains
    regions: Annotated[list[Name], Field(min_length=1)] | None = None  # default: all
    refresh: DurationDist = constant(300 * S)
    fresh: Positive = 2400 * S
