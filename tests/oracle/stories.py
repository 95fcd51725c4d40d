"""What happens in wide cases: faults that tell a story, where chance alone seldom does, among others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.core.distributions import constant
from sim.spec.check import check
from sim.spec.faults.kinds import AnyFault, ReplicationPause
from sim.spec.model import MS
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database
from sim.spec.store.placement import nodes_of

from . import schedules

if TYPE_CHECKING:
    from .generate import Maker

MOST = 7


def told(make: "Maker", scenario: Scenario) -> dict[str, AnyFault]:
    """Return a schedule of faults: one to three stories and what else happens."""
    dice = make.dice
    stories = (returns_empty, heaped, never_heals, long_gone, at_the_end)
    found = [fault for _ in range(dice.whole(1, 3)) for fault in dice.pick(stories)(make, scenario)]
    found += [schedules.anything(make, scenario) for _ in range(dice.whole(0, 2))]
    return sound(make, scenario, found, most=MOST)


def sound(make: "Maker", scenario: Scenario, candidates: list[AnyFault], *, most: int) -> dict[str, AnyFault]:
    """Return those of the candidates that are right in the scenario, under names of their own."""
    faults: dict[str, AnyFault] = {}
    for fault in candidates:
        name = f"f{make.dice.whole(0, 99)}"
        trial = scenario.model_copy(update={"faults": {**faults, name: fault}})
        if len(faults) < most and name not in faults and not list(check(dict(trial))):
            faults[name] = fault
    return faults


def returns_empty(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """A primary loses its data and runs again before anybody has decided; often the others then lag."""
    dice = make.dice
    name, database = _store(make, scenario)
    timing = _from(make, scenario, 10, 50, lasts=make.span(100, 1500))
    kind = dice.pick((schedules.outage, schedules.crash))
    fault = kind(make, scenario, timing, region=database.primary, database=name)
    yield fault.model_copy(update={"data": "lost"} | ({"zone": None} if "zone" in fault.__dict__ else {}))
    if database.replicas and dice.chance(0.4):
        pause = {"region": dice.pick(database.replicas), "stage": dice.pick(("send", "apply"))}
        when = _from(make, scenario, 5, 45, lasts=make.span(100, 3000))
        yield ReplicationPause(kind="replication_pause", database=name, **pause, **when)


def heaped(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """Several faults come to one node, one upon the other."""
    dice = make.dice
    name, database = _store(make, scenario)
    region = dice.pick((database.primary, dice.pick(nodes_of(database))))
    at = schedules.moment(make, scenario, 10, 60)
    kinds = (schedules.outage, schedules.crash, schedules.slow, schedules.isolation, schedules.pause)
    for _ in range(dice.whole(2, 4)):
        timing = {"at": constant(at), "duration": constant(make.span(50, 4000))}
        fault = dice.pick(kinds)(make, scenario, timing, region=region, database=name)
        yield fault.model_copy(update={"region": region})
        at += make.span(5, 1500)


def never_heals(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """What happens lasts to the end, and takes the data more often than not."""
    dice = make.dice
    name, database = _store(make, scenario)
    for _ in range(dice.whole(1, 3)):
        kind = dice.pick((schedules.outage, schedules.outage, schedules.crash, schedules.isolation))
        region = dice.pick((database.primary, dice.pick(sorted(scenario.regions))))
        fault = kind(make, scenario, _from(make, scenario, 5, 80), region=region, database=name)
        if "data" in fault.__dict__ and dice.chance(0.6):
            fault = fault.model_copy(update={"data": "lost"})
        yield fault


def long_gone(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """A region or a link is away for half of the run, and comes back."""
    dice = make.dice
    name, database = _store(make, scenario)
    timing = _from(make, scenario, 5, 30, lasts=schedules.moment(make, scenario, 35, 60))
    kinds = (schedules.outage, schedules.isolation, schedules.partition, schedules.crash)
    region = dice.pick((database.primary, dice.pick(sorted(scenario.regions))))
    yield dice.pick(kinds)(make, scenario, timing, region=region, database=name)


def at_the_end(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """The run ends while something is stopped, cut or half done."""
    dice = make.dice
    name, database = _store(make, scenario)
    for _ in range(dice.whole(1, 2)):
        before = make.span(1, 2500)
        timing = {"at": constant(max(MS, scenario.duration - before))}
        kinds = (schedules.outage, schedules.crash, schedules.isolation, schedules.flap, schedules.pause)
        region = dice.pick((database.primary, dice.pick(nodes_of(database))))
        yield dice.pick(kinds)(make, scenario, timing, region=region, database=name)


def _store(make: "Maker", scenario: Scenario) -> tuple[str, Database]:
    name = make.dice.pick(sorted(scenario.databases))
    return name, scenario.databases[name]


def _from(make: "Maker", scenario: Scenario, low: int, high: int, *, lasts: int | None = None) -> dict:
    """Return a start between two percentages of the run; without ``lasts`` it lasts to the end."""
    timing: dict = {} if lasts is None else {"duration": constant(lasts)}
    return {**timing, "at": constant(schedules.moment(make, scenario, low, high))}
