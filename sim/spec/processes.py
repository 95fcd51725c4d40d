"""The names of what works on the data path: ``<domain>/relay``, ``<domain>/<consumer>`` and so on."""

from collections.abc import Iterable, Iterator

from sim.core.stages import MIRROR, ZONES
from sim.spec.bus.consumer import Consumer
from sim.spec.lake.lake import Lake
from sim.spec.network.flows import mirrors_on
from sim.spec.platform import Platform
from sim.spec.references import unknown_one
from sim.spec.store.placement import Pair
from sim.spec.text import Complaint, Path

STREAM = "stream"
JOBS = (STREAM, *ZONES[1:])  # what makes each table of the lake


def processes_of(platform: Platform, domain: str) -> list[str]:
    """Return the processes of a domain: relay, mirrors, consumers and jobs, as far as there are any."""
    if platform.bus is None:
        return []
    jobs = [f"{domain}/{job}" for job in JOBS] if platform.lake else []
    return [
        f"{domain}/relay",
        *mirrors([domain], mirrors_on(platform)),
        *consumers_of(platform, domain),
        *jobs,
    ]


def processes_in(platform: Platform, region: str) -> list[str]:
    """Return the relays, consumers and jobs that are in a region at first, in order of domain."""
    found: list[str] = []
    for domain, database in sorted(platform.databases.items()):
        for name in processes_of(platform, domain):
            kind = name.partition("/")[2]
            consumer = platform.consumers.get(kind)
            home = platform.lake.home if platform.lake and kind in JOBS else None
            place = database.primary if kind == "relay" else consumer.region if consumer else home
            found += [name] if place == region else []
    return found


def consumers_of(platform: Platform, domain: str) -> list[str]:
    """Return the consumer groups of a domain, as ``<domain>/<consumer>``, in order of name."""
    return [
        f"{domain}/{name}" for name, consumer in sorted(platform.consumers.items()) if consumer.of == domain
    ]


def mirrors(domains: Iterable[str], pairs: Iterable[Pair]) -> list[str]:
    """Return the mirrors of domains between pairs of regions."""
    pairs = list(pairs)
    return [f"{domain}/{MIRROR.at(a)}/{b}" for domain in domains for a, b in pairs]


def syncs(domains: Iterable[str], pairs: Iterable[Pair]) -> list[str]:
    """Return the flows that copy the tables of domains between pairs of regions."""
    pairs = list(pairs)
    return [f"{domain}/sync/{a}/{b}" for domain in domains for a, b in pairs]


def moves_of(platform: Platform, reader: str) -> Consumer | Lake | None:
    """Return how a consumer or a stream job moves between regions; None if there is no such reader."""
    domain, _, name = reader.partition("/")
    if name == STREAM and domain in platform.databases:
        return platform.lake
    consumer = platform.consumers.get(name)
    return consumer if consumer is not None and consumer.of == domain else None


def check_name(platform: Platform, name: str, what: str, path: Path) -> Iterator[Complaint]:
    """Yield why there is no ``what`` (process, consumer, or reader: consumer or stream job) of that name."""
    domain, _, own = name.partition("/")
    if domain not in platform.databases:
        yield unknown_one("database", domain, platform.databases, path)
        return
    known = processes_of(platform, domain) if what == "process" else consumers_of(platform, domain)
    if what == "reader" and platform.lake is not None:
        known = [*known, f"{domain}/{STREAM}"]
    if own in JOBS and platform.lake is None:
        yield Complaint(path, f"no {what} {name!r}", "there is no lake")
    elif name not in known:
        yield unknown_one(what, name, known, path)
