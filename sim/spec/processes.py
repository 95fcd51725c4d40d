"""The names of what works on the data path: ``<domain>/relay``, ``<domain>/<consumer>`` and so on."""

from collections.abc import Collection, Iterable, Iterator

from sim.core.names import CONSUMER, OWN, known_as, plain
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
            consumer = consumer_of(platform, name)
            home = platform.lake.home if platform.lake and kind in JOBS else None
            place = database.primary if kind == "relay" else consumer.region if consumer else home
            found += [name] if place == region else []
    return found


def consumers_of(platform: Platform, domain: str) -> list[str]:
    """Return the consumer groups of a domain, as ``<domain>/<consumer>``, in order of name."""
    return [
        f"{domain}/{known_as(name)}"
        for name, consumer in sorted(platform.consumers.items())
        if consumer.of == domain
    ]


def consumer_of(platform: Platform, process: str) -> Consumer | None:
    """Return the consumer that is a process, None if that is none."""
    domain, _, what = process.partition("/")
    found = platform.consumers.get(what.removeprefix(f"{CONSUMER}/"))
    return found if found is not None and process in consumers_of(platform, domain) else None


def mirrors(domains: Iterable[str], pairs: Iterable[Pair]) -> list[str]:
    """Return the mirrors of domains between pairs of regions."""
    pairs = list(pairs)
    return [f"{domain}/{MIRROR.at(a)}/{b}" for domain in domains for a, b in pairs]


def moves_of(platform: Platform, reader: str) -> Consumer | Lake | None:
    """Return how a consumer or a stream job moves between regions; None if there is no such reader."""
    domain, _, name = reader.partition("/")
    if name == STREAM and domain in platform.databases:
        return platform.lake
    return consumer_of(platform, reader)


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
    elif plain(name, "/") not in known:
        yield unknown_one(what, name, known, path)
    else:
        yield from check_meaning(name, "/", known, path)


def check_meaning(name: str, separator: str, known: Collection[str], path: Path) -> Iterator[Complaint]:
    """Yield that ``<domain><separator><what>`` is a part of the domain and a consumer, if it is both."""
    domain, _, what = name.partition(separator)
    consumer = f"{domain}{separator}{CONSUMER}/{what}"
    if name in known and consumer in known:
        own = f"{domain}{separator}{OWN}/{what}"
        why = f"{name!r} may be {domain}'s own or the consumer {what!r}"
        yield Complaint(path, why, f"write {own} or {consumer}")
