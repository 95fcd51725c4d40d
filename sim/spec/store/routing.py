"""Clients, and the gateways that lead them to a region."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.model import Model, S
from sim.spec.types import Duration, DurationDist, Name, Positive, Weight


class Client(Model):
    """Clients near a region, outside its failure domain."""

    share: Weight  # weight; resolved to fractions that sum to 1
    order: Annotated[list[Name], Field(min_length=1)] | None = (
        None  # regions by preference; default: own, then by latency
    )


class Check(Model):
    """Health checks through the gateway to the domain's node."""

    interval: Positive = 10 * S  # Route 53 fast interval
    timeout: Positive = 4 * S  # Route 53 connection limit
    failures: Annotated[int, Field(ge=1)] = 3  # Route 53 failure threshold
    successes: Annotated[int, Field(ge=1)] = 3  # HAProxy rise in Pigsty's profiles
    offset: Duration | None = None  # None: uniform over the interval, per checker


class Gateway(Model):
    """Health-checked DNS routing of clients to regions."""

    check: Check = Check()
    ttl: Positive = 60 * S  # Route 53 recommends at most 60 s with health checks
    resolvers: Annotated[int, Field(ge=1, le=4096)] = 50
    failback: Literal["auto", "never"] = "auto"
    failback_after: Positive = 300 * S
    route: DurationDist = constant(
        1 * S
    )  # how long a gateway takes to learn of a new primary; Orchestrator polls at 1 s
