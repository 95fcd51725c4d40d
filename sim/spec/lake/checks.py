"""The lake and its insights: they have what they build on, name what exists, and come to an end."""

from collections.abc import Iterator

from sim.spec.lake.lake import Lake
from sim.spec.moves import check_standby
from sim.spec.references import twice, unknown, unknown_one, without
from sim.spec.scenario import Scenario
from sim.spec.store.placement import nodes_of
from sim.spec.text import Complaint


def check_lake(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the references of the lake and its insights."""
    if scenario.lake is not None and scenario.bus is None:
        yield without("lake", "bus")
    if scenario.insights and scenario.lake is None:
        yield without("insights", "lake")
    if scenario.lake is not None:
        yield from _lake(scenario, scenario.lake)
    for name in scenario.insights:
        yield from _insight(scenario, name)


def check_refreshes(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the insights that would refresh without end at one moment."""
    for name, insight in scenario.insights.items():
        if insight.refresh.mean == 0:
            yield Complaint(("insights", name, "refresh"), "this would refresh without end")


def _lake(scenario: Scenario, lake: Lake) -> Iterator[Complaint]:
    if lake.home not in scenario.regions:
        yield unknown_one("region", lake.home, scenario.regions, ("lake", "home"))
    yield from check_standby(lake, lake.home, scenario.regions, ("lake",))
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


def _insight(scenario: Scenario, name: str) -> Iterator[Complaint]:
    insight, path = scenario.insights[name], ("insights", name)
    yield from unknown("database", insight.reads, scenario.databases, (*path, "reads"))
    yield from twice(insight.reads, (*path, "reads"))
    yield from unknown("region", insight.regions or [], scenario.regions, (*path, "regions"))
    yield from twice(insight.regions or [], (*path, "regions"))
