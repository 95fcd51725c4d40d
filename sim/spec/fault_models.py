"""The fault models: what can go wrong, one model a kind."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.fault import Fault
from sim.spec.fault import When as When
from sim.spec.path_faults import PathFault
from sim.spec.types import Bandwidth, Duration, DurationDist, Factor, Fraction, Multiple, Name, Positive


class RegionOutage(Fault):
    """A region's gateways and nodes stop; ``zone`` narrows it to the nodes in that zone."""

    kind: Literal["region_outage"]
    region: Name
    zone: Name | None = None
    data: Literal["survives", "lost"] = "survives"
    wire: Literal["delivered", "lost"] = "delivered"


class RegionIsolation(Fault):
    """The region is cut from its peers, and from clients if ``clients``."""

    kind: Literal["region_isolation"]
    region: Name
    peers: list[Name] | None = None  # default: all others
    direction: Literal["both", "to", "from"] = "both"
    clients: bool = False


class NetworkPartition(Fault):
    """Groups of regions that cannot reach each other. Give groups, or a shape (regions in name order)."""

    kind: Literal["network_partition"]
    groups: list[list[Name]] | None = None
    shape: Literal["one", "bisect", "majorities_ring", "bridge"] | None = None
    one_way: bool = False  # only from an earlier group to a later one


class LinkFault(Fault):
    """Fields of faults on links: ``a/b`` (both directions), ``a->b`` (one way) or a region (all its)."""

    link: str


class NetworkLatency(LinkFault):
    """Adds latency and jitter."""

    kind: Literal["network_latency"]
    latency: Duration = 0
    jitter: DurationDist = constant(0)


class PacketLoss(LinkFault):
    """Adds loss."""

    kind: Literal["packet_loss"]
    loss: Annotated[Fraction, Field(gt=0, lt=1)]


class BandwidthLimit(LinkFault):
    """Limits bulk flows."""

    kind: Literal["bandwidth_limit"]
    bandwidth: Bandwidth


class LinkFlap(LinkFault):
    """Cuts and restores, beginning with a cut."""

    kind: Literal["link_flap"]
    down: Positive
    up: Positive


class NodeFault(Fault):
    """Fields of faults on nodes: database (or ``*``) and region (default: the primary's at the time)."""

    database: str
    region: Name | None = None


class DbCrash(NodeFault):
    """The database process dies."""

    kind: Literal["db_crash"]
    data: Literal["survives", "lost"] = "survives"


class ReplicationPause(NodeFault):
    """The flow to a replica stops at its sender, or its apply stops. ``region`` is required: the replica."""

    kind: Literal["replication_pause"]
    stage: Literal["send", "apply"] = "send"


class NodeSlow(NodeFault):
    """Service and apply work take ``factor`` times as long."""

    kind: Literal["node_slow"]
    factor: Multiple


class TrafficSpike(Fault):
    """Arrival rates are multiplied."""

    kind: Literal["traffic_spike"]
    factor: Factor
    database: str = "*"
    client: Name | None = None
    operation: Literal["read", "write"] | None = None


class DecisionDelay(Fault):
    """Failover decisions declared meanwhile take longer."""

    kind: Literal["decision_delay"]
    database: str = "*"
    delay: DurationDist


AnyFault = Annotated[
    RegionOutage
    | RegionIsolation
    | NetworkPartition
    | NetworkLatency
    | PacketLoss
    | BandwidthLimit
    | LinkFlap
    | DbCrash
    | ReplicationPause
    | NodeSlow
    | TrafficSpike
    | DecisionDelay
    | PathFault,
    Field(discriminator="kind"),
]
