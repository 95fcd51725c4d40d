"""What each kind of fault turns: the dials it puts an overlay on, each with its value."""

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from sim.core import dials as d
from sim.models.network import CLIENTS
from sim.spec import fault_models as spec
from sim.spec.scenario import Scenario
from sim.spec.store.placement import nodes_of
from sim.spec.targets import databases_named, isolation, link_pairs, partition

Turns = list[d.Turn]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault meets when it strikes. ``primaries``: domain -> region of the present primary."""

    scenario: Scenario
    primaries: dict[str, str]


@singledispatch
def turns(fault: Any, scene: Scene) -> Turns:
    """Return the dials and values of a fault that strikes now."""
    raise TypeError(f"no overlay for a {type(fault).__name__} in {scene.scenario.name}")


@turns.register
def _(fault: spec.RegionOutage, scene: Scene) -> Turns:
    found: Turns = [] if fault.zone else [d.REGION.turn(fault.region)]
    if scene.scenario.bus is not None and not fault.zone:
        found += [
            d.BUS_WIRE.turn(fault.region, value=fault.wire),
            d.BUS_DATA.turn(fault.region, value=fault.data),
        ]
    for domain, database in scene.scenario.databases.items():
        if fault.region in nodes_of(database) and fault.zone in (None, database.zone):
            found += [
                d.WIRE.turn(domain, fault.region, value=fault.wire),
                d.SILENT.turn(domain, fault.region),
                d.DOWN.turn(domain, fault.region, value=fault.data),
            ]
    return found


@turns.register
def _(fault: spec.RegionIsolation, scene: Scene) -> Turns:
    cut = list(isolation(fault, scene.scenario.regions))
    ends = [CLIENTS + client for client in scene.scenario.clients] if fault.clients else []
    if fault.direction != "from":
        cut += [(end, fault.region) for end in ends]
    if fault.direction != "to":
        cut += [(fault.region, end) for end in ends]
    return [d.CUT.turn(*pair) for pair in cut]


@turns.register
def _(fault: spec.NetworkPartition, scene: Scene) -> Turns:
    return [d.CUT.turn(*pair) for pair in partition(fault, scene.scenario.regions)]


def _on_links(fault: spec.LinkFault, scene: Scene, dial: d.Dial, value: Any) -> Turns:
    return [dial.turn(*pair, value=value) for pair in link_pairs(fault.link, scene.scenario.regions)]


@turns.register
def _(fault: spec.NetworkLatency, scene: Scene) -> Turns:
    found = _on_links(fault, scene, d.LATENCY, float(fault.latency)) if fault.latency else []
    if not (fault.jitter.is_constant and fault.jitter.params[0] == 0):
        found += _on_links(fault, scene, d.JITTER, fault.jitter)
    return found


@turns.register
def _(fault: spec.PacketLoss, scene: Scene) -> Turns:
    return _on_links(fault, scene, d.LOSS, fault.loss)


@turns.register
def _(fault: spec.BandwidthLimit, scene: Scene) -> Turns:
    return _on_links(fault, scene, d.BANDWIDTH, fault.bandwidth)


@turns.register
def _(fault: spec.LinkFlap, scene: Scene) -> Turns:
    return _on_links(fault, scene, d.CUT, True)


def _nodes(fault: spec.NodeFault, scene: Scene) -> list[tuple[str, str]]:
    """Return (domain, region) of the nodes a fault names; without a region: the present primary's."""
    domains = databases_named(scene.scenario, fault.database)
    named = [(domain, fault.region or scene.primaries[domain]) for domain in domains]
    return [(d, region) for d, region in named if region in nodes_of(scene.scenario.databases[d])]


@turns.register
def _(fault: spec.DbCrash, scene: Scene) -> Turns:
    return [d.DOWN.turn(*node, value=fault.data) for node in _nodes(fault, scene)]


@turns.register
def _(fault: spec.ReplicationPause, scene: Scene) -> Turns:
    dial = d.PAUSE_SEND if fault.stage == "send" else d.PAUSE_APPLY
    return [dial.turn(*node) for node in _nodes(fault, scene)]


@turns.register
def _(fault: spec.NodeSlow, scene: Scene) -> Turns:
    return [d.SLOW.turn(*node, value=fault.factor) for node in _nodes(fault, scene)]


@turns.register
def _(fault: spec.TrafficSpike, scene: Scene) -> Turns:
    found: Turns = []
    for domain, database in scene.scenario.databases.items():
        if fault.database not in ("*", domain) or database.workload.arrivals.kind == "trace":
            continue
        for client in scene.scenario.clients:
            if fault.client in (None, client):
                words = [fault.operation] if fault.operation else ["read", "write"]
                found += [d.SPIKE.turn(f"{domain}/{client}/{word}", value=fault.factor) for word in words]
    return found


@turns.register
def _(fault: spec.DecisionDelay, scene: Scene) -> Turns:
    domains = databases_named(scene.scenario, fault.database)
    return [d.DECISION.turn(domain, value=fault.delay) for domain in domains]
