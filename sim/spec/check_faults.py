"""Faults: they start, they name what exists, and they change something."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sim.core.quantity import format_duration
from sim.spec.check_path_faults import path_sense
from sim.spec.fault import Fault, When
from sim.spec.fault_models import (
    BandwidthLimit,
    DecisionDelay,
    LinkFault,
    NetworkLatency,
    NetworkPartition,
    NodeFault,
    RegionIsolation,
    RegionOutage,
    ReplicationPause,
    TrafficSpike,
)
from sim.spec.network.flows import flows_on
from sim.spec.scenario import Scenario
from sim.spec.store.placement import nodes_of
from sim.spec.targets import databases_named, targets
from sim.spec.text import Complaint, nearest

MILESTONES = (
    "node.down",
    "node.up",
    "primary.lost",
    "destroyed",
    "observer.unhealthy",
    "observer.healthy",
    "checker.unhealthy",
    "checker.healthy",
    "answer",
    "no_majority",
    "declared",
    "cancelled",
    "decided",
    "fenced",
    "no_candidate",
    "kept",
    "promoting",
    "promotion_failed",
    "promoted",
    "rerouted",
    "rewinding",
    "rebuilding",
    "rejoined",
)  # fmt: skip  (the kinds of the journal's milestones that belong to one database)
PATH_MILESTONES = ("process.stopped", "process.started", "relay.resumed", "reader.moved", "stream.failed")

_Check = Callable[[Scenario, Any, tuple[str, ...]], Iterator[Complaint]]


def check_faults(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the faults of a scenario whose other sections are read."""
    for name, fault in scenario.faults.items():
        path = ("faults", name)
        yield from _timing(scenario, fault, path)
        yield from _sense(scenario, fault, path)


def check_effects(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the faults that are right in themselves but would hit nothing, or change nothing."""
    for name, fault in scenario.faults.items():
        path = ("faults", name)
        if not _placed(scenario) or any(_sense(scenario, fault, path)):
            continue
        if any(path_sense(scenario, fault, path)):
            continue
        if not targets(scenario, fault):
            yield Complaint(path, "this fault hits nothing", _WHY_NOTHING.get(fault.kind, ""), at_key=True)
        elif isinstance(fault, BandwidthLimit):
            yield from _limit(scenario, fault, path)


def _sense(scenario: Scenario, fault: Any, path: tuple[str, ...]) -> Iterator[Complaint]:
    yield from _references(scenario, fault, path)
    if fault.kind in _CHECKS:
        yield from _CHECKS[fault.kind](scenario, fault, path)


def _placed(scenario: Scenario) -> bool:
    """Whether every node is in a region that exists, so that targets can be worked out."""
    return all(
        node in scenario.regions for database in scenario.databases.values() for node in nodes_of(database)
    )


def _timing(scenario: Scenario, fault: Fault, path: tuple[str, ...]) -> Iterator[Complaint]:
    if fault.at is None and fault.when is None:
        yield Complaint(path, "a fault needs 'at' or 'when'", at_key=True)
    if fault.at is not None and fault.when is not None:
        yield Complaint((*path, "when"), "a fault has 'at' or 'when', not both", at_key=True)
    if fault.at is not None and fault.at.least >= scenario.duration:
        yield Complaint(
            (*path, "at"), f"a fault at {format_duration(fault.at.least)} comes after the end of the run"
        )
    if fault.duration is not None and fault.duration.is_constant and fault.duration.mean == 0:
        yield Complaint(
            (*path, "duration"),
            "a fault must last some time",
            "without duration it lasts to the end of the run",
        )
    if fault.when is not None:
        yield from check_condition(scenario, fault.when, (*path, "when"))


def check_condition(scenario: Scenario, when: When, path: tuple[str, ...]) -> Iterator[Complaint]:
    """Yield what is wrong with a condition at ``path``."""
    if (when.metric is None) == (when.milestone is None):
        yield Complaint(path, "a condition is either a metric or a milestone", at_key=True)
    elif when.milestone is not None:
        yield from _milestone(scenario, when, path)
    else:
        yield from _metric(scenario, when, path)


def _milestone(scenario: Scenario, when: When, path: tuple[str, ...]) -> Iterator[Complaint]:
    for field in ("of", "above"):
        if getattr(when, field) is not None:
            yield Complaint((*path, field), f"{field!r} belongs to a metric, not to a milestone", at_key=True)
    database, _, kind = (when.milestone or "").partition(".")
    if database not in scenario.databases:
        yield Complaint(
            (*path, "milestone"), f"no database {database!r}", nearest(database, scenario.databases)
        )
        return
    kinds = (*MILESTONES, *PATH_MILESTONES) if scenario.bus else MILESTONES
    if kind not in kinds:
        yield Complaint((*path, "milestone"), f"no milestone {kind!r}", nearest(kind, kinds))


def _metric(scenario: Scenario, when: When, path: tuple[str, ...]) -> Iterator[Complaint]:
    for field in ("of", "above"):
        if getattr(when, field) is None:
            yield Complaint(path, f"a metric needs {field!r}", at_key=True)
    nodes = [
        f"{name}/{region}" for name, database in scenario.databases.items() for region in nodes_of(database)
    ]
    if when.of is not None and when.of not in nodes:
        yield Complaint((*path, "of"), f"no node {when.of!r}", nearest(when.of, nodes))
    if (
        when.above is not None
        and isinstance(when.above, int) != (when.metric == "replica_lag")
        and when.above != 0
    ):
        unit = "a duration such as 30s" if when.metric == "replica_lag" else "a count such as 100"
        yield Complaint((*path, "above"), f"{when.metric} is measured in another unit", f"give {unit}")


def _references(scenario: Scenario, fault: Any, path: tuple[str, ...]) -> Iterator[Complaint]:
    """What a fault names exists, and the database has a node in the region."""
    known: dict[str, Mapping[str, object]] = {
        "region": scenario.regions,
        "client": scenario.clients,
        "database": scenario.databases,
    }
    for field, names in known.items():
        name = getattr(fault, field, None)
        if name is not None and name not in names and (field, name) != ("database", "*"):
            what = "client group" if field == "client" else field
            yield Complaint((*path, field), f"no {what} {name!r}", nearest(name, names))
    if (
        isinstance(fault, NodeFault)
        and fault.region in scenario.regions
        and fault.database in scenario.databases
    ):
        nodes = nodes_of(scenario.databases[fault.database])
        if fault.region not in nodes:
            yield Complaint(
                (*path, "region"),
                f"{fault.database} has no node in {fault.region}",
                nearest(fault.region or "", nodes),
            )


def _outage(scenario: Scenario, fault: RegionOutage, path: tuple[str, ...]) -> Iterator[Complaint]:
    zones = scenario.regions[fault.region].zones if fault.region in scenario.regions else []
    if fault.zone is not None and zones and fault.zone not in zones:
        yield Complaint(
            (*path, "zone"), f"{fault.region} has no zone {fault.zone!r}", nearest(fault.zone, zones)
        )


def _isolation(scenario: Scenario, fault: RegionIsolation, path: tuple[str, ...]) -> Iterator[Complaint]:
    for index, peer in enumerate(fault.peers or []):
        others = set(scenario.regions) - {fault.region}
        if peer not in others:
            yield Complaint((*path, "peers", index), f"no other region {peer!r}", nearest(peer, others))


def _partition(scenario: Scenario, fault: NetworkPartition, path: tuple[str, ...]) -> Iterator[Complaint]:
    if (fault.groups is None) == (fault.shape is None):
        yield Complaint(path, "a partition has either groups or a shape", at_key=True)
        return
    if fault.one_way and fault.shape == "majorities_ring":
        yield Complaint((*path, "one_way"), "a majorities_ring has no direction", at_key=True)
    counts = Counter(region for group in fault.groups or [] for region in group)
    for i, group in enumerate(fault.groups or []):
        for j, region in enumerate(group):
            if region not in scenario.regions:
                yield Complaint(
                    (*path, "groups", i, j), f"no region {region!r}", nearest(region, scenario.regions)
                )
            elif counts[region] > 1:
                yield Complaint((*path, "groups", i, j), f"{region!r} is in {counts[region]} places")


def _link(scenario: Scenario, fault: LinkFault, path: tuple[str, ...]) -> Iterator[Complaint]:
    ends = fault.link.split("->") if "->" in fault.link else fault.link.split("/")
    if len(ends) > 2 or (len(ends) == 2 and ends[0] == ends[1]):
        yield Complaint(
            (*path, "link"),
            f"{fault.link!r} names no link",
            "write a/b, a->b for one way, or a region for all its links",
        )
        return
    for end in ends:
        if end not in scenario.regions:
            yield Complaint((*path, "link"), f"no region {end!r}", nearest(end, scenario.regions))


def _latency(scenario: Scenario, fault: NetworkLatency, path: tuple[str, ...]) -> Iterator[Complaint]:
    yield from _link(scenario, fault, path)
    if fault.latency == 0 and fault.jitter.is_constant and fault.jitter.mean == 0:
        yield Complaint(path, "this fault changes nothing", "give latency or jitter", at_key=True)


def _limit(scenario: Scenario, fault: BandwidthLimit, path: tuple[str, ...]) -> Iterator[Complaint]:
    links = scenario.network.links
    pairs = targets(scenario, fault).links
    widths = [
        link.bandwidth
        for a, b in pairs
        if (link := links.get(f"{a}/{b}") or links.get(f"{b}/{a}")) is not None
    ]
    if widths and fault.bandwidth >= max(widths):
        yield Complaint((*path, "bandwidth"), "limits nothing", "the link has no more than that")
    if not set(pairs) & set(flows_on(scenario)):
        yield Complaint((*path, "link"), "nothing is copied over this link")


def _pause(scenario: Scenario, fault: ReplicationPause, path: tuple[str, ...]) -> Iterator[Complaint]:
    if fault.region is None:
        yield Complaint(path, "a replication pause needs a region", "that of the replica", at_key=True)
        return
    if fault.database != "*" and fault.database not in scenario.databases:
        return
    named = [scenario.databases[name] for name in databases_named(scenario, fault.database)]
    if fault.region in scenario.regions and all(database.primary == fault.region for database in named):
        replicas = sorted({replica for database in named for replica in database.replicas})
        hint = f"the replicas are in {', '.join(replicas)}" if replicas else "there are no replicas"
        yield Complaint((*path, "region"), f"{fault.region} is the primary's", hint)


def _spike(scenario: Scenario, fault: TrafficSpike, path: tuple[str, ...]) -> Iterator[Complaint]:  # noqa: ARG001
    if fault.factor == 1:
        yield Complaint((*path, "factor"), "a factor of 1 changes nothing")


def _delay(scenario: Scenario, fault: DecisionDelay, path: tuple[str, ...]) -> Iterator[Complaint]:  # noqa: ARG001
    if fault.delay.is_constant and fault.delay.mean == 0:
        yield Complaint((*path, "delay"), "a delay of 0 changes nothing")


_CHECKS: dict[str, _Check] = {
    "region_outage": _outage,
    "region_isolation": _isolation,
    "network_partition": _partition,
    "network_latency": _latency,
    "packet_loss": _link,
    "bandwidth_limit": _link,
    "link_flap": _link,
    "replication_pause": _pause,
    "traffic_spike": _spike,
    "decision_delay": _delay,
}
_WHY_NOTHING = {
    "region_outage": "no database has a node in that zone",
    "region_isolation": "there is no other region",
    "network_partition": "fewer than two groups, or too few regions for the shape",
    "traffic_spike": "no arrivals with a rate match (a trace has its own times)",
}
