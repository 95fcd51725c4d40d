"""Faults of the data path: what they name exists, and they change something."""

from collections.abc import Callable, Iterator
from typing import Any

from sim.core.quantity import format_duration as _t
from sim.spec.fault import Fault
from sim.spec.lake.lake import Lake
from sim.spec.network.flows import syncs_on
from sim.spec.path_faults import OffsetTranslationError
from sim.spec.processes import JOBS, consumers_of, moves_of, processes_of
from sim.spec.references import unknown_one
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint, Path

_Check = Callable[[Scenario, Any, Path], Iterator[Complaint]]


def check_path_faults(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the faults of the data path in a scenario whose other sections are read."""
    for name, fault in scenario.faults.items():
        yield from path_sense(scenario, fault, ("faults", name))


def path_sense(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    """Yield what is wrong with one fault; nothing if it is none of the data path."""
    if fault.kind not in _CHECKS:
        return
    section, checks = _CHECKS[fault.kind]
    if getattr(scenario, section) is None:
        yield Complaint((*path, "kind"), f"there is no {section} that could have this fault")
        return
    for check in checks:
        yield from check(scenario, fault, path)


def _process(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    yield from _named(scenario, fault.process, "process", (*path, "process"))


def _group(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    yield from _named(scenario, fault.reader, "consumer", (*path, "reader"))


def _reader(scenario: Scenario, fault: OffsetTranslationError, path: Path) -> Iterator[Complaint]:
    at = (*path, "reader")
    wrong = list(_named(scenario, fault.reader, "reader", at))
    moves = None if wrong else moves_of(scenario, fault.reader)
    yield from wrong
    if moves is not None and not moves.standby:
        yield Complaint(at, f"{fault.reader} has no standby to move to")
    elif moves is not None and moves.start != "checkpoint":
        yield Complaint(at, f"{fault.reader} does not start at a checkpoint when it moves")
    if fault.skew == 0:
        yield Complaint((*path, "skew"), "a skew of 0 changes nothing")


def _named(scenario: Scenario, name: str, what: str, path: Path) -> Iterator[Complaint]:
    """The thing that is called ``<domain>/...`` exists."""
    domain = name.partition("/")[0]
    if domain not in scenario.databases:
        yield unknown_one("database", domain, scenario.databases, path)
        return
    known = processes_of(scenario, domain) if what == "process" else consumers_of(scenario, domain)
    if what == "reader" and scenario.lake is not None:
        known = [*known, f"{domain}/{JOBS[0]}"]
    if name.partition("/")[2] in JOBS and scenario.lake is None:
        yield Complaint(path, f"no {what} {name!r}", "there is no lake")
    elif name not in known:
        yield unknown_one(what, name, known, path)


def _broker(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    assert scenario.bus is not None
    at, count = (*path, "broker"), scenario.bus.brokers
    if fault.broker >= count:
        yield Complaint(at, f"no broker {fault.broker}", f"they are numbered 0 to {count - 1}")
    elif count == 1:
        yield Complaint(at, "there is no other broker that could lead in its place")
    elif fault.broker >= scenario.bus.partitions:
        yield Complaint(at, f"broker {fault.broker} leads none of the {scenario.bus.partitions} partitions")


def _ends(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    for key, region in (("from", fault.from_), ("to", fault.to)):
        if region not in scenario.regions:
            yield unknown_one("region", region, scenario.regions, (*path, key))
    if fault.from_ == fault.to:
        yield Complaint((*path, "to"), f"{fault.to!r} is where it comes from")


def _copied(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    """Tables can come to be copied from that region."""
    assert scenario.lake is not None
    if fault.from_ in scenario.regions and fault.from_ not in (scenario.lake.home, *scenario.lake.standby):
        yield Complaint((*path, "from"), f"no tables are copied from {fault.from_}", _where(scenario.lake))


def _copies(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    """Tables can come to be copied to that region."""
    assert scenario.lake is not None
    if fault.region in scenario.regions and all(fault.region != to for _, to in syncs_on(scenario)):
        yield Complaint((*path, "region"), f"no tables are copied to {fault.region}", _where(scenario.lake))


def _where(lake: Lake) -> str:
    return f"the lake is in {', then '.join((lake.home, *lake.standby))}"


def _shorter(scenario: Scenario, fault: Any, path: Path) -> Iterator[Complaint]:
    assert scenario.bus is not None
    if fault.retention >= scenario.bus.retention:
        hint = f"the bus has {_t(scenario.bus.retention)}"
        yield Complaint((*path, "retention"), f"{_t(fault.retention)} is not shorter", hint)


def _at_once(scenario: Scenario, fault: Fault, path: Path) -> Iterator[Complaint]:  # noqa: ARG001
    if fault.duration is not None:
        yield Complaint(
            (*path, "duration"), "this fault happens at once", "leave the duration out", at_key=True
        )


_CHECKS: dict[str, tuple[str, tuple[_Check, ...]]] = {
    "process_kill": ("bus", (_process,)),
    "process_pause": ("bus", (_process,)),
    "relay_crash": ("bus", ()),
    "slot_lost": ("bus", ()),
    "broker_crash": ("bus", (_broker,)),
    "leader_election": ("bus", (_broker,)),
    "unclean_leader_election": ("bus", (_broker,)),
    "mirror_pause": ("bus", (_ends,)),
    "retention_truncation": ("bus", (_shorter,)),
    "offset_translation_error": ("bus", (_reader,)),
    "rebalance_storm": ("bus", (_group,)),
    "poison_message": ("lake", (_at_once,)),
    "task_failure": ("lake", (_at_once,)),
    "checkpoint_failure": ("lake", ()),
    "object_replication_pause": ("lake", (_ends, _copied)),
    "object_replication_lag": ("lake", (_ends, _copied)),
    "metadata_before_data": ("lake", (_copies,)),
    "catalog_outage": ("lake", ()),
}  # kind -> the section that must be there, and what is checked
