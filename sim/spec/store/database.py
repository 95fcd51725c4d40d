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
    """How long the work of a write takes. Default: so that a worker makes 1,000 a second."""
    read: DurationDist = Distribution("exponential", (0.3 * MS,))
    """How long the work of a read takes. Default: so that a worker makes 3,300 a second."""
    probe: DurationDist = Distribution("constant", (0.1 * MS,))
    """How long the work of a health check takes. Default: a tenth of a write."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many requests a node works on at a time. Default: what it can do is then one over the work."""
    queue: Annotated[int, Field(ge=0, le=1_000_000)] = 1000
    """How many requests can wait at a node; one more is refused. Default: a second of writes."""


class Replication(Model):
    """The flow to each replica, and when a commit is answered."""

    record: Annotated[Size, Field(gt=0)] = 2048
    """How large the log of a commit is that is sent to each replica. Default: a small transaction; how
    much your log grows, over its commits, tells yours."""
    share: Part | None = None
    """Which part of each link's bandwidth it has. Default: an equal part of what others leave, as
    every flow without one."""
    window: Annotated[Size, Field(gt=0)] = 4 * 1024 * 1024
    """How much is sent on when the way back is cut and nothing is acknowledged. Default: the largest
    send buffer of Linux (tcp_wmem)."""
    apply: DurationDist = constant(100_000)
    """How long a replica takes to apply a record. Default: a tenth of the work of a write."""
    acknowledgement: Acknowledgement = Asynchronous()
    """When a commit is answered. Default: at once, as most products do unless told otherwise."""


class Failover(Model):
    """Who finds out that a primary is gone, and makes another one: the controller."""

    interval: Positive = 5 * S
    """How often each region's observer probes the primary, and how often the controller looks again.
    Default: Orchestrator's InstancePollSeconds."""
    timeout: Positive = 2 * S
    """After how long without an answer a probe has failed; at most ``interval``. Default: above any
    round trip between regions."""
    failures: Annotated[int, Field(ge=1)] = 3
    """After how many failed probes in a row an observer calls the primary unhealthy. Default:
    HAProxy's fall."""
    successes: Annotated[int, Field(ge=1)] = 3
    """After how many good probes in a row it calls it healthy again. Default: HAProxy's rise."""
    offset: Duration | None = None
    """When the first probe is sent; the others follow at each ``interval``. Default: drawn for each
    observer, within one interval."""
    decision: DurationDist = constant(0)
    """How long it takes to decide, once a majority of observers has given the primary up: a script, or
    people. Default: it is automatic and takes no time."""
    fencing: Literal["lease", "none"] = "lease"
    """What stops the old primary from writing: a lease that runs out without contact to a majority, or
    nothing. Default: without it two primaries can both write."""
    lease: Positive = 30 * S
    """For how long a primary may write without hearing from a majority. Default: Patroni's ttl."""
    max_lag: Duration = 60 * S
    """How far a replica may lag and still be promoted. Default: far above a healthy replica's lag; set
    what you accept to lose."""
    promotion: DurationDist = constant(5 * S)
    """How long the chosen replica takes to become primary, once it has applied all it received.
    Default: to end recovery and open for writes."""
    rewind: DurationDist = constant(60 * S)
    """How long a node takes to drop what it has beyond the new primary's line, so that it can follow.
    Default: for a short divergence."""
    rebuild: DurationDist = constant(1800 * S)
    """How long a full copy of a node takes. Default: 700 GiB at the 400 MiB/s of a pg_basebackup."""
    restart: DurationDist = constant(10 * S)
    """How long a node takes to run again, once nothing keeps it down. Default: a start with little log
    to replay."""


class Stock(Model):
    """Keys are items on a shelf: a handler takes a unit with each commit, a client's write fills it up."""

    taken_by: Name
    """The handler (a consumer that writes this domain) whose commits each take a unit."""
    units: Annotated[int, Field(ge=1, le=1_000_000_000)] = 100
    """How many units of each item there are, at first and whenever it is filled up. Default: so that
    shelves empty only under load."""


class Database(Model):
    """A domain's operational store: one primary and its replicas."""

    primary: Name
    """The region of the primary at first."""
    replicas: list[Name] = []
    """The regions of the replicas, in the order in which they may take over. Default: none: then
    nobody can."""
    zone: Name | None = None
    """The zone of each node in its region. Default: the first that all its regions have."""
    reads: Literal["local", "primary"] = "local"
    """Which node answers reads: one in the region to which the client was led, or the primary.
    Default: it is near; what it returns may be stale."""
    service: Service = Service()
    """How long a node works on a request, and how many can wait."""
    replication: Replication = Replication()
    """What flows to each replica, and when a commit is answered."""
    failover: Failover = Failover()
    """Who finds out that the primary is gone, and how another one takes over."""
    workload: Workload = Workload()
    """What clients ask of it."""
    outbox: Relay = Cdc()
    """How its commits get to the bus; without a bus it means nothing. Default: a connector on the
    write-ahead log, which sees every commit."""
    stock: Stock | None = None
    """That its keys are items of which there are so many; it says what was oversold, and changes
    nothing else. Default: they are not."""
