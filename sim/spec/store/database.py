"""A domain's operational store: its nodes, what flows to replicas, and who replaces a primary."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import Distribution, constant
from sim.spec.bus.bus import Cdc, Relay
from sim.spec.model import MS, Model, S
from sim.spec.store.acknowledgement import Acknowledgement, Asynchronous
from sim.spec.store.workload import Workload
from sim.spec.types import Duration, DurationDist, Name, Part, Positive, Size


class Service(Model):
    """The node's queue: work of each kind at nominal speed."""

    write: DurationDist = Distribution("exponential", (1.0 * MS,))
    read: DurationDist = Distribution("exponential", (0.3 * MS,))
    probe: DurationDist = Distribution("constant", (0.1 * MS,))
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    queue: Annotated[int, Field(ge=0, le=1_000_000)] = 1000  # waiting places


class Replication(Model):
    """The flow to each replica, and when a commit is answered."""

    record: Annotated[Size, Field(gt=0)] = 2048  # bytes of log a commit
    share: Part | None = None  # of each link; default: an equal part for each domain's flow
    window: Annotated[Size, Field(gt=0)] = 4 * 1024 * 1024  # unacknowledged bytes: Linux tcp_wmem maximum
    apply: DurationDist = constant(100_000)  # work a record
    acknowledgement: Acknowledgement = Asynchronous()


class Failover(Model):
    """The controller."""

    interval: Positive = 5 * S  # Orchestrator InstancePollSeconds
    timeout: Positive = 2 * S
    failures: Annotated[int, Field(ge=1)] = 3  # HAProxy fall
    successes: Annotated[int, Field(ge=1)] = 3  # HAProxy rise
    offset: Duration | None = None
    decision: DurationDist = constant(0)
    fencing: Literal["lease", "none"] = "lease"
    lease: Positive = 30 * S  # Patroni ttl
    max_lag: Duration = 60 * S
    promotion: DurationDist = constant(5 * S)
    rewind: DurationDist = constant(60 * S)
    rebuild: DurationDist = constant(1800 * S)
    restart: DurationDist = constant(10 * S)


class Stock(Model):
    """Keys are items on a shelf: a handler takes a unit with each commit, a client's write fills it up."""

    taken_by: Name  # the handler, a consumer that writes this domain
    units: Annotated[int, Field(ge=1, le=1_000_000_000)] = 100  # of each item, at first and when filled up


class Database(Model):
    """A domain's operational store: one primary and its replicas."""

    primary: Name
    replicas: list[Name] = []
    zone: Name | None = None  # of every node; default: the region's first
    reads: Literal["local", "primary"] = "local"
    service: Service = Service()
    replication: Replication = Replication()
    failover: Failover = Failover()
    workload: Workload = Workload()
    outbox: Relay = Cdc()  # used if there is a bus
    stock: Stock | None = None  # None: its keys are no items; only what is counted depends on it
