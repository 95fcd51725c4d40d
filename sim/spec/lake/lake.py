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

    transform: DurationDist = constant(200_000)
    """How long a task works on an event. Default: so that it makes 5,000 a second."""
    parallelism: Annotated[int, Field(ge=1, le=1024)] = 2
    """How many tasks share the work. Default: for 10,000 events a second."""
    mode: Literal["exactly_once", "at_least_once"] = "exactly_once"
    """What a stop repeats in the tables: nothing, or what became visible since the last checkpoint.
    Default: Flink's execution.checkpointing.mode."""
    checkpoint: Positive = 60 * S
    """How often its position is saved; with exactly_once, events become visible only then. Default:
    what is usual; Flink has no default."""
    flush: Positive = 30 * S
    """How often files are closed with at_least_once, and events become visible. Default: half a
    checkpoint."""
    commit: Positive = 1 * S
    """How long it takes from a closed file to a visible one. Default: one commit of the table."""
    lateness: Duration = LATENESS
    """How far behind the newest event that has come one may come without being late, in every table.
    Default: as a consumer's."""
    lookup: Name | None = None
    """The domain whose node in its region it asks about each event. Default: none."""
    when_down: Literal["wait", "dead_letter"] = "wait"
    """What it does while that node does not answer: wait, or set events aside as dead letters.
    Default: waiting loses nothing."""
    attempts: Count = 3
    """How often it fails at an event that cannot be processed before that is a dead letter. Default:
    so that a passing error costs no event."""
    restart: DurationDist = constant(10 * S)
    """How long it takes to run again, once nothing stops it. Default: within Flink's exponential delay
    of 1 s to 60 s."""


class Job(Model):
    """A scheduled job from one zone to the next."""

    interval: Positive
    """How often it looks for new input."""
    base: DurationDist
    """How long a round takes, whatever it reads."""
    per_row: Duration = 2_000
    """How much longer a round takes for each row it reads. Default: 500,000 rows a second."""
    restart: DurationDist = constant(30 * S)
    """How long it takes to run again, once nothing stops it. Default: to start a cluster's driver."""


class Curated(Job):
    """Cleans and conforms."""

    interval: Positive = 300 * S
    """How often it looks for new input. Default: a common schedule of small batches."""
    base: DurationDist = constant(30 * S)
    """How long a round takes, whatever it reads. Default: to plan and to commit."""
    deduplicate: bool = True
    """Whether of an event that arrived twice the first one alone counts. Default: events can come
    twice, and figures must not."""


class Analytics(Job):
    """Builds what people look at."""

    interval: Positive = 900 * S
    """How often it looks for new input. Default: three rounds of the job before it."""
    base: DurationDist = constant(60 * S)
    """How long a round takes, whatever it reads. Default: twice that of the job before it."""


class Sync(Model):
    """Copies tables to the other regions: objects and the catalog's pointers."""

    share: Part | None = None
    """Which part of each link's bandwidth each domain's tables have. Default: an equal part of what
    others leave, as every flow without one."""
    row: Annotated[Size, Field(gt=0)] = 256
    """How large a row is in a file, compressed. Default: a quarter of an event (``bus.event``)."""
    lag: DurationDist = lognormal(15 * S, 60 * S)
    """How much later than sent a file is there. Default: S3 with replication time control has most
    within seconds, and 15 minutes as its limit."""
    pointer: Duration = 1 * S
    """How long the catalog's pointer to a commit takes, once its files are there. Default: one commit
    of the table."""


class Lake(Moves):
    """The lakehouse: raw, curated and analytics tables of every domain in every region."""

    home: Name
    """The region where its tables are computed at first."""
    stream: Stream = Stream()
    """The job that takes events into the raw tables."""
    curated: Curated = Curated()
    """The job from raw to curated tables."""
    analytics: Analytics = Analytics()
    """The job from curated to analytics tables."""
    sync: Sync = Sync()
    """How tables are copied to the other regions."""
