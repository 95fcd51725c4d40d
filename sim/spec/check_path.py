"""The sections of the data path: they have what they build on, and name what exists."""

from collections.abc import Iterator

from sim.spec import models as m
from sim.spec.placement import nodes_of
from sim.spec.references import twice, unknown, unknown_one
from sim.spec.text import Complaint, Path

_NEEDS = {"consumers": "bus", "lake": "bus", "insights": "lake"}
_NOT_A_DOMAIN = ("bus", "dashboard", "insights", "lake", "platform")  # would be taken for parts of the path
_NOT_A_CONSUMER = (
    "analytics",
    "bus",
    "copy",
    "curated",
    "database",
    "events",
    "mirror",
    "outbox",
    "raw",
    "read",
    "relay",
    "replica",
    "stream",
    "sync",
    "write",
)  # fmt: skip  (what else <domain>/... and <domain>.... can mean)


def check_path(scenario: m.Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the references of the data path."""
    for section, needed in _NEEDS.items():
        if getattr(scenario, section) and not getattr(scenario, needed):
            yield Complaint((section,), f"there is no {needed} for this", f"add {needed}", at_key=True)
    for name in scenario.databases if scenario.bus else ():
        if name in _NOT_A_DOMAIN:
            yield Complaint(("databases", name), *_taken(name), at_key=True)
    for name in scenario.consumers:
        yield from _consumer(scenario, name)
    if scenario.lake is not None:
        yield from _lake(scenario, scenario.lake)
    for name in scenario.insights:
        yield from _insight(scenario, name)


def check_refreshes(scenario: m.Scenario) -> Iterator[Complaint]:
    """Yield the insights that would refresh without end at one moment."""
    for name, insight in scenario.insights.items():
        if insight.refresh.mean == 0:
            yield Complaint(("insights", name, "refresh"), "this would refresh without end")


def _taken(name: str) -> tuple[str, str]:
    return f"{name!r} is a name of the data path itself", "choose another"


def _consumer(scenario: m.Scenario, name: str) -> Iterator[Complaint]:
    consumer, path = scenario.consumers[name], ("consumers", name)
    if name in _NOT_A_CONSUMER:
        yield Complaint(path, *_taken(name), at_key=True)
    if name in scenario.regions:
        yield Complaint(path, f"{name!r} is a region", "choose another", at_key=True)
    if consumer.of not in scenario.databases:
        yield unknown_one("database", consumer.of, scenario.databases, (*path, "of"))
    if consumer.region not in scenario.regions:
        yield unknown_one("region", consumer.region, scenario.regions, (*path, "region"))
    yield from _standby(scenario, consumer, consumer.region, path)


def _lake(scenario: m.Scenario, lake: m.Lake) -> Iterator[Complaint]:
    if lake.home not in scenario.regions:
        yield unknown_one("region", lake.home, scenario.regions, ("lake", "home"))
    yield from _standby(scenario, lake, lake.home, ("lake",))
    lookup, path = lake.stream.lookup, ("lake", "stream", "lookup")
    if lookup is None:
        return
    if lookup not in scenario.databases:
        yield unknown_one("database", lookup, scenario.databases, path)
        return
    nodes = nodes_of(scenario.databases[lookup])
    for region in (lake.home, *lake.standby):
        if region in scenario.regions and region not in nodes:
            yield Complaint(path, f"{lookup} has no node in {region}", "where the lake can be")


def _standby(scenario: m.Scenario, moves: m.Moves, own: str, path: Path) -> Iterator[Complaint]:
    """The regions to move to exist, each once, and are others."""
    at = (*path, "standby")
    yield from unknown("region", moves.standby, scenario.regions, at)
    yield from twice(moves.standby, at)
    if own in moves.standby:
        yield Complaint((*at, moves.standby.index(own)), f"{own!r} is where it is at first")


def _insight(scenario: m.Scenario, name: str) -> Iterator[Complaint]:
    insight, path = scenario.insights[name], ("insights", name)
    yield from unknown("database", insight.reads, scenario.databases, (*path, "reads"))
    yield from twice(insight.reads, (*path, "reads"))
    yield from unknown("region", insight.regions or [], scenario.regions, (*path, "regions"))
    yield from twice(insight.regions or [], (*path, "regions"))
