"""A scenario to start from: the words for the regions, databases and stages that somebody has."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import yaml

from sim.spec.loader import validate

SCHEMA = "scenario.schema.json"
REGIONS = ("us-east", "us-west", "eu-west")
# Half of the median round trips between AWS's us-east-1, us-west-2 and eu-west-1 (cloudping.co, 2026-08).
KNOWN = {("us-east", "us-west"): "32ms", ("eu-west", "us-east"): "35ms", ("eu-west", "us-west"): "59ms"}
UNKNOWN = "30ms"
MAJORITY_NEEDS = 3  # regions: two of them can agree that the third is gone


@dataclass(frozen=True, slots=True)
class Outline:
    """What somebody has. The first region is the one where all is written.

    ``stores``: database -> writes a second; ``latency``: pair of regions, in the order of their names -> one
    way, with its unit; that of other pairs is a guess, and said to be one.
    """

    title: str = "My first drill"
    regions: Sequence[str] = REGIONS
    stores: Mapping[str, str] = field(default_factory=lambda: {"orders": "50/s"})
    latency: Mapping[tuple[str, str], str] = field(default_factory=dict)
    bus: bool = True
    lake: bool = True


def starter(outline: Outline | None = None) -> str:
    """Return a scenario with comments, as YAML text, that runs at once and decides."""
    return "\n".join(_lines(outline or Outline())) + "\n"


def wrong(text: str) -> list[str]:
    """Say what is wrong with a text that was made of an outline: with what was put into it."""
    root = yaml.safe_load(text)
    return [f"{'.'.join(map(str, one.path))}: {one.why}" for one in validate(root)[1]]


def _lines(outline: Outline) -> Iterator[str]:
    yield from _head(outline)
    yield from _network(outline)
    yield from _clients(outline)
    yield from _databases(outline)
    if outline.bus:
        yield from _bus(outline)
    if outline.bus and outline.lake:
        yield from _lake(outline)
    yield from _drill(outline)
    yield from _objectives(outline)


def _head(outline: Outline) -> Iterator[str]:
    duration = "1h" if outline.bus and outline.lake else "20m"
    yield f"# yaml-language-server: $schema={SCHEMA}"
    yield "# What there is, and what goes wrong. What is left out has a default: sim resolve FILE shows all."
    yield f"name: {json.dumps(outline.title, ensure_ascii=False)}"
    yield "purpose: One line that says what this scenario is for."
    yield f"duration: {duration}  # quantities carry units: 150ms, 1h30m, 200/s, 2KiB, 1Gbit/s, 99.9%"
    yield "warmup: 1m  # in no figure"
    yield "# extends: [platform.yaml]  # start from other files: maps merge, lists replace, null deletes"
    yield ""
    yield "regions:"
    for region in outline.regions:
        yield f"  {region}: {{zones: [a, b, c]}}"
    if len(outline.regions) < MAJORITY_NEEDS:
        yield "# Fewer than three: no majority can agree that one is gone, so no controller fails over."


def _network(outline: Outline) -> Iterator[str]:
    pairs = list(combinations(outline.regions, 2))
    if not pairs:
        return
    yield ""
    yield "network:"
    yield "  links:  # one way; the way back is the same unless it is there too"
    for a, b in pairs:
        pair = (min(a, b), max(a, b))
        latency = outline.latency.get(pair) or KNOWN.get(pair)
        guess = "" if latency else "  # a guess: half of what ping says"
        yield (
            f"    {a}/{b}: {{latency: {latency or UNKNOWN}, jitter: {{exponential: 300us}}, "
            f"bandwidth: 1Gbit/s}}{guess}"
        )


def _clients(outline: Outline) -> Iterator[str]:
    yield ""
    yield "clients:  # a group of them near each region, with its share of the load"
    for i, region in enumerate(outline.regions):
        yield f"  {region}: {{share: {50 if i == 0 else 25}}}"
    yield ""
    yield "gateway:"
    yield "  check: {interval: 10s, timeout: 4s, failures: 3}"
    yield "  ttl: 60s  # of DNS answers"


def _databases(outline: Outline) -> Iterator[str]:
    first, *others = outline.regions
    yield ""
    yield "databases:"
    for name, writes in outline.stores.items():
        yield f"  {name}:"
        yield f"    primary: {first}"
        yield f"    replicas: [{', '.join(others)}]"
        yield "    # replication: {acknowledgement: {kind: any, count: 1}}  # a replica must have it first"
        yield "    failover:"
        yield "      decision: {lognormal: {median: 20s, p99: 90s}}  # a person says yes; 0s: nobody is asked"
        yield "      fencing: lease"
        yield f"    workload: {{writes: {writes}, reads: {writes}}}"


def _bus(outline: Outline) -> Iterator[str]:
    yield ""
    yield "bus: {partitions: 12, retention: 7d}  # events of every write, mirrored to the other regions"
    yield "consumers:"
    for name in outline.stores:
        yield f"  {name}-view: {{of: {name}, region: {_places(outline, '30s')}}}"


def _lake(outline: Outline) -> Iterator[str]:
    yield ""
    yield f"lake: {{home: {_places(outline, '10m')}}}"
    yield "insights:"
    yield f"  overview: {{kind: dashboard, reads: [{', '.join(outline.stores)}], refresh: 5m}}"


def _places(outline: Outline, takeover: str) -> str:
    first, *others = outline.regions
    return f"{first}, standby: [{', '.join(others)}], takeover: {takeover}" if others else first


def _drill(outline: Outline) -> Iterator[str]:
    yield ""
    yield "faults:  # sim faults lists the kinds"
    yield "  power:"
    yield "    kind: region_outage"
    yield f"    region: {outline.regions[0]}"
    yield "    wire: lost  # what was on its way to the replicas never arrives"
    yield "    at: {uniform: [5m, 7m]}"
    yield "    duration: 8m"


def _objectives(outline: Outline) -> Iterator[str]:
    yield ""
    yield "level: {hold: 1m}  # so long it must be good again to have recovered"
    yield ""
    yield "sla:  # decided from one run: exit code 0 or 1; with in: 99%, from a study"
    for name in outline.stores:
        yield f'  {name}-rto: {{metric: rta, of: {name}.write, must: "<= 5m"}}'
        yield f'  {name}-rpo: {{metric: rpa_window, of: {name}, must: "<= 5s"}}'
        if outline.bus:
            yield f'  {name}-view-rto: {{metric: rta, of: {name}.{name}-view, must: "<= 5m"}}'
    if outline.bus and outline.lake:
        yield '  lake-rto: {metric: rta, of: lake.curated, must: "<= 30m"}'
        yield '  overview-rto: {metric: freshness_max, of: dashboard.overview, must: "<= 1h"}'
    yield ""
    yield "study: {trials: 200}  # sim check FILE: what holds in how many of 200 outages, with intervals"
