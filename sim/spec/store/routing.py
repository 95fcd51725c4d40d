"""Clients, and the gateways that lead them to a region."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.model import Model, S
from sim.spec.types import Duration, DurationDist, Name, Positive, Weight


class Client(Model):
    """Clients near a region, outside its failure domain."""

    share: Weight
    """Which part of all operations they send: a weight, beside those of the other groups."""
    order: Annotated[list[Name], Field(min_length=1)] | None = None
    """The regions to which they are led, the best first. Default: their own, then the others by latency."""


class Check(Model):
    """Health checks through the gateway to the domain's node."""

    interval: Positive = 10 * S
    """How often each group of clients has each gateway probed. Default: Route 53's fast interval."""
    timeout: Positive = 4 * S
    """After how long without an answer a probe has failed; at most ``interval``. Default: Route 53's
    limit for a connection."""
    failures: Annotated[int, Field(ge=1)] = 3
    """After how many failed probes in a row a region is unhealthy. Default: Route 53's failure threshold."""
    successes: Annotated[int, Field(ge=1)] = 3
    """After how many good probes in a row it is healthy again. Default: HAProxy's rise in Pigsty's
    profiles."""
    offset: Duration | None = None
    """When the first probe is sent; the others follow at each ``interval``. Default: drawn for each
    checker, within one interval."""


class Gateway(Model):
    """Health-checked DNS routing of clients to regions."""

    check: Check = Check()
    """How it is found out that a region does not answer."""
    ttl: Positive = 60 * S
    """For how long a resolver keeps an answer, and so sends clients to where it was. Default: the most
    that Route 53 recommends with health checks."""
    resolvers: Annotated[int, Field(ge=1, le=4096)] = 50
    """How many resolvers each group of clients has, each with an answer of its own age. Default: so
    that clients move in steps of 2 %."""
    client_return: Literal["auto", "never"] = "auto"
    """Whether clients go back to a region that comes earlier in their order, once it is healthy again.
    Default: as with a DNS failover record."""
    client_return_after: Positive = 300 * S
    """How long that region has to be healthy before they do. Default: as ``level.hold``."""
    route: DurationDist = constant(1 * S)
    """How long a gateway takes to learn of a new primary. Default: as often as Orchestrator polls."""
