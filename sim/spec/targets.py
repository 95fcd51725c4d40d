"""What a fault can reach: regions, nodes, links, client groups, streams, controllers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

from sim.spec import path_faults as path
from sim.spec.fault_models import (
    AnyFault,
    BandwidthLimit,
    DbCrash,
    DecisionDelay,
    LinkFlap,
    NetworkLatency,
    NetworkPartition,
    NodeSlow,
    PacketLoss,
    RegionIsolation,
    RegionOutage,
    ReplicationPause,
    TrafficSpike,
)
from sim.spec.processes import mirrors, processes_in, syncs
from sim.spec.scenario import Scenario
from sim.spec.store.placement import Pair, nodes_of


@dataclass(frozen=True, slots=True)
class Targets:
    """What a fault overlays. Every tuple is in order of name; an empty one means nothing of that sort."""

    regions: tuple[str, ...] = ()  # whole regions
    nodes: tuple[Pair, ...] = ()  # (database, region)
    links: tuple[Pair, ...] = ()  # one way, (from, to)
    clients: tuple[Pair, ...] = ()  # (client group, region) that cannot reach each other
    streams: tuple[str, ...] = ()  # "orders/us-east/write"
    controllers: tuple[str, ...] = ()  # databases
    processes: tuple[str, ...] = ()  # of the data path: "orders/relay", "orders/sync/us-east/us-west"
    brokers: tuple[tuple[str, int], ...] = ()  # (region, number)
    logs: tuple[Pair, ...] = ()  # (database, region): its events on that bus
    tables: tuple[Pair, ...] = ()  # (database, region): its tables there

    def __bool__(self) -> bool:
        """Whether there is any target."""
        return any(getattr(self, entry.name) for entry in fields(self))


def targets(scenario: Scenario, fault: AnyFault) -> Targets:
    """Return the targets of a fault whose references exist; the primary "at the time" is the initial one."""
    match fault:
        case RegionOutage():
            nodes = _nodes(scenario, "*", fault.region)
            if fault.zone is None:
                here = tuple(processes_in(scenario, fault.region))
                return Targets(regions=(fault.region,), nodes=nodes, processes=here)
            nodes = tuple(node for node in nodes if _zone(scenario, node) == fault.zone)
            return Targets(nodes=nodes, processes=_relays(scenario, nodes))
        case RegionIsolation():
            clients = (
                tuple((client, fault.region) for client in sorted(scenario.clients)) if fault.clients else ()
            )
            return Targets(links=isolation(fault, scenario.regions), clients=clients)
        case NetworkPartition():
            return Targets(links=partition(fault, scenario.regions))
        case NetworkLatency() | PacketLoss() | BandwidthLimit() | LinkFlap():
            return Targets(links=link_pairs(fault.link, scenario.regions))
        case DbCrash():
            nodes = _nodes(scenario, fault.database, fault.region)
            return Targets(nodes=nodes, processes=_relays(scenario, nodes))
        case ReplicationPause() | NodeSlow():
            return Targets(nodes=_nodes(scenario, fault.database, fault.region))
        case TrafficSpike():
            return Targets(streams=_streams(scenario, fault))
        case DecisionDelay():
            return Targets(controllers=tuple(databases_named(scenario, fault.database)))
        case _:
            return _path_targets(scenario, fault)


def _path_targets(scenario: Scenario, fault: path.PathFault) -> Targets:
    domains = databases_named(scenario, getattr(fault, "database", "*"))
    match fault:
        case path.ProcessKill() | path.ProcessPause():
            return Targets(processes=(fault.process,))
        case path.OffsetTranslationError() | path.RebalanceStorm():
            return Targets(processes=(fault.reader,))
        case path.RelayCrash() | path.SlotLost():
            return Targets(processes=tuple(f"{domain}/relay" for domain in domains))
        case path.PoisonMessage() | path.TaskFailure() | path.CheckpointFailure():
            return Targets(processes=tuple(f"{domain}/stream" for domain in domains))
        case path.MirrorPause():
            return Targets(processes=tuple(mirrors(domains, [(fault.from_, fault.to)])))
        case path.ObjectReplicationPause() | path.ObjectReplicationLag():
            return Targets(processes=tuple(syncs(domains, [(fault.from_, fault.to)])))
        case path.BrokerCrash() | path.LeaderElection() | path.UncleanLeaderElection():
            return Targets(brokers=((fault.region, fault.broker),))
        case path.RetentionTruncation():
            return Targets(logs=tuple((domain, fault.region) for domain in domains))
        case path.MetadataBeforeData() | path.CatalogOutage():
            return Targets(tables=tuple((domain, fault.region) for domain in domains))


def databases_named(scenario: Scenario, name: str) -> list[str]:
    """Return the databases that a name or ``*`` stands for, in order of name."""
    return sorted(scenario.databases) if name == "*" else [name]


def link_pairs(link: str, regions: Iterable[str]) -> tuple[Pair, ...]:
    """Return the one-way links that ``a/b``, ``a->b`` or the name of a region stands for."""
    if "->" in link:
        a, b = link.split("->")
        return ((a, b),)
    if "/" in link:
        a, b = link.split("/")
        return tuple(sorted(((a, b), (b, a))))
    others = [region for region in regions if region != link]
    return tuple(sorted([(link, other) for other in others] + [(other, link) for other in others]))


def isolation(fault: RegionIsolation, regions: Iterable[str]) -> tuple[Pair, ...]:
    """Return the links that an isolation cuts: ``to`` those towards the region, ``from`` those away."""
    peers = [region for region in regions if region != fault.region] if fault.peers is None else fault.peers
    away = [(fault.region, peer) for peer in peers] if fault.direction != "to" else []
    towards = [(peer, fault.region) for peer in peers] if fault.direction != "from" else []
    return tuple(sorted(away + towards))


def partition(fault: NetworkPartition, regions: Iterable[str]) -> tuple[Pair, ...]:
    """Return the links that a network partition cuts. Regions in no group reach everyone.

    Shapes over n regions in order of name: ``one`` the first alone; ``bisect`` the first n//2 and the rest;
    ``bridge`` the first n//2 and those after the next, which reaches both sides; ``majorities_ring`` each
    hears a majority m = n//2 + 1 of the ring, itself included, from its place less m//2 on; no two the same.
    """
    names = sorted(regions)
    half = len(names) // 2
    if fault.shape == "majorities_ring":
        return tuple(sorted(_deaf(names)))
    shapes = {
        "one": [names[:1], names[1:]],
        "bisect": [names[:half], names[half:]],
        "bridge": [names[:half], names[half + 1 :]],
    }
    groups = fault.groups or shapes[fault.shape or "one"]
    cut = [(a, b) for left, right in combinations(groups, 2) for a in left for b in right]
    return tuple(sorted(cut if fault.one_way else cut + [(b, a) for a, b in cut]))


def _deaf(names: list[str]) -> Iterator[Pair]:
    """Yield the links of a majorities ring that are cut (Jepsen's shape of that name)."""
    n, majority = len(names), len(names) // 2 + 1
    for i, name in enumerate(names):
        heard = {(i - majority // 2 + k) % n for k in range(majority)}
        yield from ((names[j], name) for j in range(n) if j not in heard and j != i)


def _nodes(scenario: Scenario, database: str, region: str | None) -> tuple[Pair, ...]:
    """Return the nodes of the named databases in a region; without one, their primaries'."""
    chosen = ((name, scenario.databases[name]) for name in databases_named(scenario, database))
    return tuple(
        (name, region or spec.primary) for name, spec in chosen if (region or spec.primary) in nodes_of(spec)
    )


def _relays(scenario: Scenario, nodes: Iterable[Pair]) -> tuple[str, ...]:
    """Return the relays that stop with nodes, if these are the primaries'."""
    if scenario.bus is None:
        return ()
    return tuple(f"{name}/relay" for name, region in nodes if scenario.databases[name].primary == region)


def _zone(scenario: Scenario, node: Pair) -> str:
    database, region = node
    return scenario.databases[database].zone or scenario.regions[region].zones[0]


def _streams(scenario: Scenario, spike: TrafficSpike) -> tuple[str, ...]:
    """Return the streams with a rate that a traffic spike multiplies; a trace has its own times."""
    found: list[str] = []
    for name in databases_named(scenario, spike.database):
        load: Any = scenario.databases[name].workload
        rates = {"read": load.reads, "write": load.writes}
        kinds = [kind for kind, rate in rates.items() if rate > 0 and spike.operation in (None, kind)]
        clients = [
            c for c, group in scenario.clients.items() if group.share > 0 and spike.client in (None, c)
        ]
        found += [
            f"{name}/{client}/{kind}" for client in clients for kind in kinds if load.arrivals.kind != "trace"
        ]
    return tuple(sorted(found))
