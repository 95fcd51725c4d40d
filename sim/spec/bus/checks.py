"""The bus and its consumers: they have what they build on, and name what exists."""

from collections.abc import Iterator

from sim.spec.moves import check_standby
from sim.spec.references import unknown_one, without
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint

_NOT_A_DOMAIN = ("bus", "dashboard", "insights", "lake", "platform")  # would be taken for parts of the path


def check_bus(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the references of what is on the bus."""
    if scenario.consumers and scenario.bus is None:
        yield without("consumers", "bus")
    for name in scenario.databases if scenario.bus else ():
        if name in _NOT_A_DOMAIN:
            why = f"{name!r} is a name of the data path itself"
            yield Complaint(("databases", name), why, "choose another", at_key=True)
    for name in scenario.consumers:
        yield from _consumer(scenario, name)


def _consumer(scenario: Scenario, name: str) -> Iterator[Complaint]:
    consumer, path = scenario.consumers[name], ("consumers", name)
    if name in scenario.regions:
        yield Complaint(path, f"{name!r} is a region", "choose another", at_key=True)
    if consumer.of not in scenario.databases:
        yield unknown_one("database", consumer.of, scenario.databases, (*path, "of"))
    if consumer.region not in scenario.regions:
        yield unknown_one("region", consumer.region, scenario.regions, (*path, "region"))
    yield from check_standby(consumer, consumer.region, scenario.regions, path)
