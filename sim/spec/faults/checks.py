"""Faults: they start, they name what exists, and they change something."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.core.quantity import format_duration
from sim.spec.faults.fault import Fault
from sim.spec.faults.targets import targets
from sim.spec.faults.when import check_condition
from sim.spec.scenario import Scenario
from sim.spec.store.placement import nodes_of
from sim.spec.text import Complaint, nearest


def check_faults(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the faults, as far as it is told without the data path."""
    for name, fault in scenario.faults.items():
        path = ("faults", name)
        yield from _timing(scenario, fault, path)
        yield from _references(scenario, fault, path)
        if fault.needs is None:
            yield from fault.check(scenario, path)


def check_path_faults(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the faults of the data path in a scenario whose other sections are read."""
    for name, fault in scenario.faults.items():
        if fault.needs is not None:
            yield from _of_section(scenario, fault, ("faults", name))


def check_effects(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the faults that are right in themselves but would hit nothing, or change nothing."""
    if not _placed(scenario):
        return
    for name, fault in scenario.faults.items():
        path = ("faults", name)
        if any(_references(scenario, fault, path)) or any(_of_section(scenario, fault, path)):
            continue
        if not targets(scenario, fault):
            yield Complaint(path, "this fault hits nothing", fault.why_nothing, at_key=True)
        else:
            yield from fault.check_effect(scenario, path)


def _of_section(scenario: Scenario, fault: Fault, path: tuple[str, ...]) -> Iterator[Complaint]:
    """Yield what the kind itself finds wrong, if the section that it needs is there."""
    if fault.needs is not None and getattr(scenario, fault.needs) is None:
        yield Complaint((*path, "kind"), f"there is no {fault.needs} that could have this fault")
    else:
        yield from fault.check(scenario, path)


def _placed(scenario: Scenario) -> bool:
    """Whether every node is in a region that exists, so that targets can be worked out."""
    return all(
        node in scenario.regions for database in scenario.databases.values() for node in nodes_of(database)
    )


def _timing(scenario: Scenario, fault: Fault, path: tuple[str, ...]) -> Iterator[Complaint]:
    if fault.at is None and fault.when is None:
        yield Complaint(path, "a fault needs 'at' or 'when'", at_key=True)
    if fault.at is not None and fault.when is not None:
        yield Complaint((*path, "when"), "a fault has 'at' or 'when', not both", at_key=True)
    if fault.at is not None and fault.at.least >= scenario.duration:
        yield Complaint(
            (*path, "at"), f"a fault at {format_duration(fault.at.least)} comes after the end of the run"
        )
    if fault.duration is not None and fault.duration.is_constant and fault.duration.mean == 0:
        yield Complaint(
            (*path, "duration"),
            "a fault must last some time",
            "without duration it lasts to the end of the run",
        )
    if fault.when is not None:
        yield from check_condition(scenario, fault.when, (*path, "when"))


def _references(scenario: Scenario, fault: Any, path: tuple[str, ...]) -> Iterator[Complaint]:
    """What a fault names exists."""
    known: dict[str, Mapping[str, object]] = {
        "region": scenario.regions,
        "client": scenario.clients,
        "database": scenario.databases,
    }
    for field, names in known.items():
        name = getattr(fault, field, None)
        if name is not None and name not in names and (field, name) != ("database", "*"):
            what = "client group" if field == "client" else field
            yield Complaint((*path, field), f"no {what} {name!r}", nearest(name, names))
