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
    """The domain whose events it reads."""
    region: Name
    """Where it runs at first."""
    members: Annotated[int, Field(ge=1, le=1024)] = 1
    """How many members share the work. Default: what it can do is then one over the work."""
    work: DurationDist = Distribution("exponential", (0.5 * MS,))
    """How long a member works on an event. Default: so that it makes 2,000 a second."""
    commit: Positive = 5 * S
    """How often its position is saved; after a stop, what came behind is read again. Default: Kafka's
    auto.commit.interval.ms."""
    session: Positive = 45 * S
    """How long the group waits for a member that has died. Default: Kafka's session.timeout.ms."""
    rebalance: Positive = 3 * S
    """How long the group stands still when its members change. Default: Kafka's
    group.initial.rebalance.delay.ms."""
    restart: DurationDist = constant(10 * S)
    """How long it takes to run again, once nothing stops it. Default: a container's start."""
    fresh: Positive = 30 * S
    """How old the oldest event may be that it has not read, for it to count as good. Default: above a
    restart and catching up."""
    lateness: Duration = LATENESS
    """How far behind the newest event that has come one may come without being late. Default: the
    bound in the example of Flink's manual; Flink has none."""
    writes: Name | None = None
    """The domain that it calls for each event, which makes it a handler. Default: none."""
    on: Name = "clients"
    """Whose writes it reacts to, if it is a handler: clients, or a handler that writes the domain it
    reads. Default: those of clients, whose writes begin everything."""
    idempotent: bool = True
    """Whether a handler's call for an event that has a commit already commits nothing. Default: events
    can come twice, and what is called must not act twice."""
