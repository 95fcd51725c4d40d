"""What each fault will hit, in words, before anything runs."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sim.spec.path_blast import path_phrases
from sim.spec.scenario import Scenario
from sim.spec.store.placement import Pair, nodes_of, replicas_on
from sim.spec.targets import Targets, targets


def blast_radius(scenario: Scenario) -> dict[str, list[str]]:
    """Return, for each fault of a resolved scenario by id, what it hits: one phrase for each thing."""
    return {
        name: list(_phrases(scenario, targets(scenario, fault))) for name, fault in scenario.faults.items()
    }


def _phrases(scenario: Scenario, hit: Targets) -> Iterator[str]:
    for region in hit.regions:
        zones = f"zones {', '.join(scenario.regions[region].zones)}"
        bus = ", its bus and its mirrors" if scenario.bus else ""
        lake = ", its tables" if scenario.lake else ""
        yield f"region {region}: its gateway, {zones}{bus}{lake}"
    yield from _nodes(scenario, hit.nodes)
    yield from _links(scenario, hit.links)
    for client, region in hit.clients:
        yield f"clients in {client} to and from {region}"
    yield from _streams(hit.streams)
    if hit.controllers:
        yield f"failover of {', '.join(hit.controllers)}"
    yield from path_phrases(scenario, hit)


def _nodes(scenario: Scenario, nodes: Iterable[Pair]) -> Iterator[str]:
    """Name nodes by region and role; losing a primary also stops its flows to the replicas."""
    roles: dict[tuple[str, str], list[str]] = {}
    for name, region in nodes:
        role = "primary" if scenario.databases[name].primary == region else "replica"
        roles.setdefault((region, role), []).append(name)
    for (region, role), names in sorted(roles.items()):
        replicas = sorted({replica for name in names for replica in nodes_of(scenario.databases[name])[1:]})
        tail = f", with replicas in {', '.join(replicas)}" if role == "primary" and replicas else ""
        yield f"{role} of {', '.join(names)} in {region}{tail}"


def _links(scenario: Scenario, links: Iterable[Pair]) -> Iterator[str]:
    """Name links with the bulk flows that run over them at first."""
    flows = replicas_on(scenario.databases)
    for a, b in links:
        users = [name for name in flows.get((a, b), ()) if scenario.databases[name].primary == a]
        carried = [f"replication of {', '.join(users)}"] if users else []
        carried += ["mirrors"] if scenario.bus else []
        carried += ["sync of tables"] if scenario.lake and scenario.lake.home == a else []
        yield f"link {a} -> {b}" + (f", {'; '.join(carried)}" if carried else "")


def _streams(streams: Iterable[str]) -> Iterator[str]:
    parts = sorted(tuple(stream.split("/")) for stream in streams)
    for (domain, client), group in groupby(parts, key=lambda part: part[:2]):
        yield f"{' and '.join(part[2] + 's' for part in group)} of {domain} from {client}"
