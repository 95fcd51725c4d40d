"""What each fault will hit, in words, before anything runs."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sim.core.names import CONSUMER
from sim.spec.faults.targets import Targets, targets
from sim.spec.lake.lake import Lake
from sim.spec.processes import consumer_of
from sim.spec.scenario import Scenario
from sim.spec.store.placement import Pair, nodes_of, replicas_on


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
    yield from _on_the_path(scenario, hit)


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


def _on_the_path(scenario: Scenario, hit: Targets) -> Iterator[str]:
    """Yield one phrase for each thing of the data path; the same one of several domains is one thing."""
    yield from _processes(scenario, hit.processes)
    for region, broker in hit.brokers:
        assert scenario.bus is not None
        led = len(range(broker, scenario.bus.partitions, scenario.bus.brokers))
        yield f"broker {broker} in {region}, leader of {led} of {scenario.bus.partitions} partitions"
    for what, places in (("events of {} on the bus in {}", hit.logs), ("tables of {} in {}", hit.tables)):
        for region in sorted({region for _, region in places}):
            yield what.format(", ".join(name for name, other in places if other == region), region)


def _processes(scenario: Scenario, names: tuple[str, ...]) -> Iterator[str]:
    domains: dict[str, list[str]] = {}
    for name in names:
        domain, _, rest = name.partition("/")
        domains.setdefault(_phrase(scenario, domain, rest), []).append(domain)
    for phrase, users in domains.items():
        yield phrase.format(", ".join(users))


def _phrase(scenario: Scenario, domain: str, rest: str) -> str:
    """Return what ``<domain>/<rest>`` is, with a place for the names of domains."""
    consumer = consumer_of(scenario, f"{domain}/{rest}")
    kind, *ends = [rest.removeprefix(f"{CONSUMER}/")] if consumer else rest.split("/")
    if ends:
        return f"{kind} {ends[0]} -> {ends[1]} of {{}}"
    if kind == "relay" and consumer is None:
        return f"relay of {{}} in {scenario.databases[domain].primary}"
    moves = consumer or scenario.lake
    assert moves is not None
    place = moves.home if isinstance(moves, Lake) else moves.region
    what = f"{kind} job" if isinstance(moves, Lake) else f"consumer {kind}"
    after = f", standby in {', '.join(moves.standby)}" if moves.standby else ""
    return f"{what} of {{}} in {place}{after}"
