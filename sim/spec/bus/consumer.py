"""Consumer groups: what reads the events of a domain."""

from typing import Annotated

from pydantic import Field

from sim.core.distributions import Distribution, constant
from sim.spec.model import MS, S
from sim.spec.moves import Moves
from sim.spec.types import Duration, DurationDist, Name, Positive

# How far behind the newest a record may come without being late. Flink has no default for it, and its windows
# wait for nothing beyond it (allowedLateness is 0); 5 s is the bound in its manual's example of a WATERMARK.
LATENESS = 5 * S


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
