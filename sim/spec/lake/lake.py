"""The lakehouse: the stream job, the jobs from zone to zone, and the copies of tables."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant, lognormal
from sim.spec.bus.consumer import LATENESS
from sim.spec.model import Model, S
from sim.spec.moves import Moves
from sim.spec.types import Count, Duration, DurationDist, Name, Part, Positive, Size


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


class Lake(Moves):
    """The lakehouse: raw, curated and analytics tables of every domain in every region."""

    home: Name  # where it is computed
    stream: Stream = Stream()
    curated: Curated = Curated()
    analytics: Analytics = Analytics()
    sync: Sync = Sync()
