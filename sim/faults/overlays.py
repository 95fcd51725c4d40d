"""What each kind of fault turns: the dials it puts an overlay on, each with its value."""

from functools import singledispatch
from typing import Any

from sim.models.dials import Dial
from sim.models.network import CLIENTS
from sim.spec import models as spec
from sim.spec.models import Scenario

Turns = list[tuple[Dial, Any]]


@singledispatch
def turns(fault: Any, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    """Return the dials and values of a fault that strikes now. ``primaries``: domain -> region of the present primary."""
    raise TypeError(f"no overlay for {type(fault).__name__}")


@turns.register
def _(fault: spec.RegionOutage, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    found: Turns = [] if fault.zone else [(Dial("region", (fault.region,)), True)]
    for domain, database in scenario.databases.items():
        held = fault.region in (database.primary, *database.replicas)
        if held and fault.zone in (None, database.zone):
            found += [
                (Dial("wire", (domain, fault.region)), fault.wire),
                (Dial("silent", (domain, fault.region)), True),
                (Dial("down", (domain, fault.region)), fault.data),
            ]
    return found


@turns.register
def _(fault: spec.RegionIsolation, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    ends = list(fault.peers or [])
    if fault.clients:
        ends += [CLIENTS + client for client in scenario.clients]
    found: Turns = []
    for end in ends:
        if fault.direction in ("both", "to"):
            found.append((Dial("cut", (end, fault.region)), True))
        if fault.direction in ("both", "from"):
            found.append((Dial("cut", (fault.region, end)), True))
    return found


@turns.register
def _(fault: spec.NetworkPartition, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return [(Dial("cut", pair), True) for pair in partition(fault, sorted(scenario.regions))]


def partition(fault: spec.NetworkPartition, regions: list[str]) -> list[tuple[str, str]]:
    """Return the one-way links a network partition cuts. Shapes as Jepsen has them, over regions in name order."""
    half = len(regions) // 2
    if fault.shape == "majorities_ring":
        return _ring(regions)
    groups = (
        fault.groups
        or {
            "one": [regions[:1], regions[1:]],
            "bisect": [regions[:half], regions[half:]],
            "bridge": [regions[:half], regions[half + 1 :]],
        }[fault.shape or "one"]
    )
    pairs = []
    for i, group in enumerate(groups):
        for other in groups[i + 1 :]:
            pairs += [(a, b) for a in group for b in other]
            if not fault.one_way:
                pairs += [(b, a) for a in group for b in other]
    return pairs


def _ring(regions: list[str]) -> list[tuple[str, str]]:
    """Every region hears a majority, no two the same one."""
    n = len(regions)
    m = n // 2 + 1
    cut = []
    for i, region in enumerate(regions):
        heard = {(i - m // 2 + k) % n for k in range(m)}
        cut += [(regions[j], region) for j in range(n) if j not in heard and j != i]
    return cut


def links_of(link: str, regions: list[str]) -> list[tuple[str, str]]:
    """Return the one-way links that ``a/b`` (both ways), ``a->b`` or a region (all its links) names."""
    if "->" in link:
        a, b = link.split("->")
        return [(a, b)]
    if "/" in link:
        a, b = link.split("/")
        return [(a, b), (b, a)]
    return [pair for other in regions if other != link for pair in ((link, other), (other, link))]


def _on_links(fault: spec.LinkFault, scenario: Scenario, what: str, value: Any) -> Turns:
    return [(Dial(what, pair), value) for pair in links_of(fault.link, sorted(scenario.regions))]


@turns.register
def _(fault: spec.NetworkLatency, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    found = _on_links(fault, scenario, "latency", float(fault.latency)) if fault.latency else []
    if not (fault.jitter.is_constant and fault.jitter.params[0] == 0):
        found += _on_links(fault, scenario, "jitter", fault.jitter)
    return found


@turns.register
def _(fault: spec.PacketLoss, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return _on_links(fault, scenario, "loss", fault.loss)


@turns.register
def _(fault: spec.BandwidthLimit, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return _on_links(fault, scenario, "bandwidth", fault.bandwidth)


@turns.register
def _(fault: spec.LinkFlap, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return _on_links(fault, scenario, "cut", True)


def _nodes(fault: spec.NodeFault, scenario: Scenario, primaries: dict[str, str]) -> list[tuple[str, str]]:
    """Return (domain, region) of the nodes a fault names; without a region: the present primary's."""
    domains = sorted(scenario.databases) if fault.database == "*" else [fault.database]
    named = [(domain, fault.region or primaries[domain]) for domain in domains]
    return [(d, r) for d, r in named if r in (scenario.databases[d].primary, *scenario.databases[d].replicas)]


@turns.register
def _(fault: spec.DbCrash, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return [(Dial("down", node), fault.data) for node in _nodes(fault, scenario, primaries)]


@turns.register
def _(fault: spec.ReplicationPause, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return [(Dial(f"pause_{fault.stage}", node), True) for node in _nodes(fault, scenario, primaries)]


@turns.register
def _(fault: spec.NodeSlow, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    return [(Dial("slow", node), fault.factor) for node in _nodes(fault, scenario, primaries)]


@turns.register
def _(fault: spec.TrafficSpike, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    found: Turns = []
    for domain, database in scenario.databases.items():
        if fault.database not in ("*", domain) or database.workload.arrivals.kind == "trace":
            continue
        for client in scenario.clients:
            if fault.client in (None, client):
                words = [fault.operation] if fault.operation else ["read", "write"]
                found += [(Dial("spike", (f"{domain}/{client}/{word}",)), fault.factor) for word in words]
    return found


@turns.register
def _(fault: spec.DecisionDelay, scenario: Scenario, primaries: dict[str, str]) -> Turns:
    domains = sorted(scenario.databases) if fault.database == "*" else [fault.database]
    return [(Dial("decision", (domain,)), fault.delay) for domain in domains]
