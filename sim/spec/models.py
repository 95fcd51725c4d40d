"""What a scenario may say: the pydantic models, authored and resolved alike.

Durations are int nanoseconds, rates float per second, sizes int bytes, bandwidths float bytes per second,
fractions 0 to 1. A field that is None in the authored form is filled in by ``resolve``; in the resolved form
none of those is None. Defaults carry their source as a comment: a row of the profile table, or a reason.
"""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import Distribution, constant
from sim.core.identity import LIMITS
from sim.spec.fault import Fault as Fault
from sim.spec.fault import When as When
from sim.spec.fault_models import (
    AnyFault as AnyFault,
)
from sim.spec.fault_models import (
    BandwidthLimit as BandwidthLimit,
)
from sim.spec.fault_models import (
    DbCrash as DbCrash,
)
from sim.spec.fault_models import (
    DecisionDelay as DecisionDelay,
)
from sim.spec.fault_models import (
    LinkFault as LinkFault,
)
from sim.spec.fault_models import (
    LinkFlap as LinkFlap,
)
from sim.spec.fault_models import (
    NetworkLatency as NetworkLatency,
)
from sim.spec.fault_models import (
    NetworkPartition as NetworkPartition,
)
from sim.spec.fault_models import (
    NodeFault as NodeFault,
)
from sim.spec.fault_models import (
    NodeSlow as NodeSlow,
)
from sim.spec.fault_models import (
    PacketLoss as PacketLoss,
)
from sim.spec.fault_models import (
    RegionIsolation as RegionIsolation,
)
from sim.spec.fault_models import (
    RegionOutage as RegionOutage,
)
from sim.spec.fault_models import (
    ReplicationPause as ReplicationPause,
)
from sim.spec.fault_models import (
    TrafficSpike as TrafficSpike,
)
from sim.spec.model import MS as MS
from sim.spec.model import Model as Model
from sim.spec.model import S as S
from sim.spec.path_models import Bus as Bus
from sim.spec.path_models import Cdc, Relay
from sim.spec.path_models import Consumer as Consumer
from sim.spec.path_models import Fresh as Fresh
from sim.spec.path_models import Insight as Insight
from sim.spec.path_models import Lake as Lake
from sim.spec.path_models import Moves as Moves
from sim.spec.prices import Prices as Prices
from sim.spec.replays import Replay as Replay
from sim.spec.sweep_form import Sweep
from sim.spec.types import (
    Bandwidth,
    Duration,
    DurationDist,
    FilePath,
    Fraction,
    Good,
    Metric,
    Multiple,
    Name,
    Origin,
    Part,
    Positive,
    Predicate,
    Rate,
    Share,
    Size,
    Weight,
)  # fmt: skip

# --- regions and network --------------------------------------------------------------------------


class Region(Model):
    """A region and its zones."""

    zones: list[Name] = Field(
        default=["a", "b", "c"], min_length=1
    )  # three zones: what the large clouds offer


class Link(Model):
    """A one-way inter-region link. In the map, ``a/b`` gives both directions unless ``b/a`` is also there."""

    latency: Duration  # one way, the constant part
    jitter: DurationDist = constant(0)
    loss: Annotated[Fraction, Field(lt=1)] = 0.0
    bandwidth: Bandwidth = 125_000_000.0  # 1 Gbit/s: a common inter-region allowance; set your own


class Access(Model):
    """Between a client and the gateway of its own region."""

    latency: Duration = 5 * MS  # a metropolitan round trip of about 10 ms
    jitter: DurationDist = constant(0)


class Network(Model):
    """Latency matrix, client access and retransmission."""

    links: dict[str, Link] = {}  # "us-east/us-west"
    access: Access = Access()
    local: Duration = (
        300_000  # gateway to node in one region, one way; IBM Cloud inter-zone RTT 0.28 to 2.01 ms
    )
    retransmit: Duration = 200 * MS  # Linux TCP_RTO_MIN


# --- workload -------------------------------------------------------------------------------------


class Poisson(Model):
    """Independent arrivals."""

    kind: Literal["poisson"] = "poisson"


class Constant(Model):
    """Evenly spaced arrivals."""

    kind: Literal["constant"] = "constant"


class Diurnal(Model):
    """Poisson arrivals with a daily cosine."""

    kind: Literal["diurnal"] = "diurnal"
    amplitude: Annotated[Fraction, Field(lt=1)]
    period: Positive = 86_400 * S
    peak: Duration = 0
    step: Positive = 60 * S


class Bursty(Model):
    """Poisson arrivals that alternate between calm and burst, exponential lengths."""

    kind: Literal["bursty"] = "bursty"
    factor: Multiple
    calm: Positive
    burst: Positive


class TraceColumns(Model):
    """The columns of a recorded load by what they are; those not named are ignored."""

    time: str
    client: str | None = None
    kind: str | None = None
    count: str | None = None
    rate_per_s: str | None = None


class Trace(Model):
    """A recorded load, CSV or Parquet: ``time_s`` and, optional, ``client``, ``kind``, ``count``.

    Other forms, units and names of columns: docs/files.md.
    """

    kind: Literal["trace"] = "trace"
    file: FilePath
    sha256: str | None = None  # of the file; filled in by resolve, checked when given
    columns: TraceColumns | None = None
    unit: Literal["s", "ms", "us", "ns", "iso8601"] | None = None  # None: the column's name says it
    origin: Origin | None = None  # what is time 0 of the run; None: 0
    interval: Duration = 0  # how long a row lasts
    scale: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    repeat: Annotated[Duration, Field(gt=0)] | None = None


Arrivals = Annotated[Poisson | Constant | Diurnal | Bursty | Trace, Field(discriminator="kind")]


class Keys(Model):
    """How many keys a store has and how skewed their use is (Zipf exponent; 0 is uniform)."""

    count: Annotated[int, Field(ge=1, le=LIMITS["keys"])] = 10_000
    zipf: Annotated[float, Field(ge=0, le=1000)] = 0.99  # YCSB's default


class Sessions(Model):
    """Sessions of each client region, for each domain; each works on a few keys of its own."""

    count: Annotated[int, Field(ge=1, le=LIMITS["sessions"])] = 500
    keys: Annotated[int, Field(ge=1, le=64)] = 4
    length: Positive = 600 * S  # long enough for a visit


class Retry(Model):
    """How a client waits and tries again."""

    timeout: Positive = 2 * S
    attempts: Annotated[int, Field(ge=1, le=LIMITS["attempts"])] = 3
    base: Positive = 100 * MS  # Kafka's retry.backoff.ms
    cap: Positive = 1 * S  # Kafka's retry.backoff.max.ms
    jitter: Fraction = 1.0  # 1 is "full jitter"


class Workload(Model):
    """The load on one domain over all clients."""

    writes: Rate = 0.0
    reads: Rate = 0.0
    arrivals: Arrivals = Poisson()
    keys: Keys = Keys()
    sessions: Sessions = Sessions()
    retry: Retry = Retry()


class Client(Model):
    """Clients near a region, outside its failure domain."""

    share: Weight  # weight; resolved to fractions that sum to 1
    order: Annotated[list[Name], Field(min_length=1)] | None = (
        None  # regions by preference; default: own, then by latency
    )


# --- gateway --------------------------------------------------------------------------------------


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


# --- databases ------------------------------------------------------------------------------------


class Service(Model):
    """The node's queue: work of each kind at nominal speed."""

    write: DurationDist = Distribution("exponential", (1.0 * MS,))
    read: DurationDist = Distribution("exponential", (0.3 * MS,))
    probe: DurationDist = Distribution("constant", (0.1 * MS,))
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    queue: Annotated[int, Field(ge=0, le=1_000_000)] = 1000  # waiting places


class Replication(Model):
    """The flow to each replica."""

    record: Annotated[Size, Field(gt=0)] = 2048  # bytes of log a commit
    share: Part | None = None  # of each link; default: an equal part for each domain's flow
    window: Annotated[Size, Field(gt=0)] = 4 * 1024 * 1024  # unacknowledged bytes: Linux tcp_wmem maximum
    apply: DurationDist = constant(100_000)  # work a record


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
    """A domain's operational store: one primary, asynchronous replicas."""

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


# --- objectives and the whole ---------------------------------------------------------------------


class Objective(Model):
    """A predicate on one run."""

    metric: Metric
    of: str
    must: Predicate
    over: Annotated[Duration, Field(gt=0)] | None = (
        None  # of a ratio: the worst window so long; None: the run
    )
    in_: Annotated[Share | None, Field(alias="in")] = None  # of runs; None: every trial of the study


class Study(Model):
    """How many trials a check runs, and when it may stop before."""

    trials: Annotated[int, Field(ge=1, le=LIMITS["trials"])] = 1  # at most
    until: Literal["trials", "decided"] = "decided"
    seed: Annotated[int, Field(ge=0)] = 0


class Level(Model):
    """When a capability counts as good."""

    good: Good = 0.99
    latency: Positive = 2 * S
    window: Positive = 1 * S
    hold: Duration = 300 * S
    patience: Positive = 300 * S  # an order that takes longer is stuck; as hold


class Scenario(Model):
    """A platform and what happens to it."""

    name: str
    purpose: str = ""
    duration: Positive
    warmup: Duration = 0
    regions: Annotated[dict[Name, Region], Field(min_length=1)]
    network: Network = Network()
    clients: Annotated[dict[Name, Client], Field(min_length=1)]
    gateway: Gateway = Gateway()
    databases: Annotated[dict[Name, Database], Field(min_length=1)]
    bus: Bus | None = None  # the data path is there if the bus is
    consumers: dict[Name, Consumer] = {}
    lake: Lake | None = None
    insights: dict[Name, Insight] = {}
    fresh: Fresh = Fresh()
    replays: dict[Name, Replay] = {}
    faults: dict[Name, AnyFault] = {}
    level: Level = Level()
    sla: dict[Name, Objective] = {}
    study: Study | None = None
    sweep: Sweep | None = None
    prices: Prices | None = None
