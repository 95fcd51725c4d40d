"""The names of what works on the data path: ``<domain>/relay``, ``<domain>/<consumer>`` and so on."""

from collections.abc import Iterable

from sim.spec.bus.consumer import Consumer
from sim.spec.lake.lake import Lake
from sim.spec.network.flows import mirrors_on
from sim.spec.scenario import Scenario
from sim.spec.store.placement import Pair

JOBS = ("stream", "curated", "analytics")


def processes_of(scenario: Scenario, domain: str) -> list[str]:
    """Return the processes of a domain: relay, mirrors, consumers and jobs, as far as there are any."""
    if scenario.bus is None:
        return []
    jobs = [f"{domain}/{job}" for job in JOBS] if scenario.lake else []
    return [
        f"{domain}/relay",
        *mirrors([domain], mirrors_on(scenario)),
        *consumers_of(scenario, domain),
        *jobs,
    ]


def processes_in(scenario: Scenario, region: str) -> list[str]:
    """Return the relays, consumers and jobs that are in a region at first, in order of domain."""
    found: list[str] = []
    for domain, database in sorted(scenario.databases.items()):
        for name in processes_of(scenario, domain):
            kind = name.partition("/")[2]
            consumer = scenario.consumers.get(kind)
            home = scenario.lake.home if scenario.lake and kind in JOBS else None
            place = database.primary if kind == "relay" else consumer.region if consumer else home
            found += [name] if place == region else []
    return found


def consumers_of(scenario: Scenario, domain: str) -> list[str]:
    """Return the consumer groups of a domain, as ``<domain>/<consumer>``, in order of name."""
    return [
        f"{domain}/{name}" for name, consumer in sorted(scenario.consumers.items()) if consumer.of == domain
    ]


def mirrors(domains: Iterable[str], pairs: Iterable[Pair]) -> list[str]:
    """Return the mirrors of domains between pairs of regions."""
    pairs = list(pairs)
    return [f"{domain}/mirror/{a}/{b}" for domain in domains for a, b in pairs]


def syncs(domains: Iterable[str], pairs: Iterable[Pair]) -> list[str]:
    """Return the flows that copy the tables of domains between pairs of regions."""
    pairs = list(pairs)
    return [f"{domain}/sync/{a}/{b}" for domain in domains for a, b in pairs]


def moves_of(scenario: Scenario, reader: str) -> Consumer | Lake | None:
    """Return how a consumer or a stream job moves between regions; None if there is no such reader."""
    domain, _, name = reader.partition("/")
    if name == "stream" and domain in scenario.databases:
        return scenario.lake
    consumer = scenario.consumers.get(name)
    return consumer if consumer is not None and consumer.of == domain else None
