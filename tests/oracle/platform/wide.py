"""Wide data paths: what the usual ones leave out, as those of the databases alone do (``..wide``)."""

from collections.abc import Iterator

from sim.core.distributions import constant
from sim.spec.faults import kinds as f
from sim.spec.faults.kinds import AnyFault
from sim.spec.faults.when import When
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database

from .. import schedules as databases
from ..generate import EVEN, MS, REGIONS, Dice, Maker, S, acknowledged
from ..sides import Case
from ..stories import at_the_end, heaped, long_gone, never_heals, returns_empty, sound
from ..wide import NAMES
from . import schedules
from .generate import finished, platform

MOST = 14


def wide(number: int) -> Case:
    """Return wide case ``number``."""
    dice = Dice(f"wide path {number}")
    make, more = Maker(dice), Maker(Dice(f"wide additions {number}"))
    make.unit = dice.pick((1, 5, 10, 20, 50)) * MS
    more.style, more.unit = make.style, make.unit
    regions = _regions(dice)
    duration = dice.whole(6, {1: 25, 2: 25, 3: 18, 4: 12}.get(len(regions), 8)) * S
    duration += 0 if make.style == EVEN else dice.whole(0, S)
    scenario = platform(make, more, regions, name=f"wide path case {number}", duration=duration)
    databases = {name: _store(make, database) for name, database in scenario.databases.items()}
    scenario = scenario.model_copy(update={"databases": databases})
    scenario = acknowledged(make, number, scenario)
    scenario = scenario.model_copy(update={"faults": _told(make, scenario)})
    return finished(number, make, more, scenario)


def _regions(dice: Dice) -> tuple[str, ...]:
    if dice.chance(0.02):
        return NAMES[: dice.whole(6, 8)]
    return REGIONS[: dice.pick((1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 5))]


def _store(make: Maker, database: Database) -> Database:
    """Return a store of which every other has a limit between the lags of its replicas, or no fencing."""
    dice = make.dice
    rules: dict = {"max_lag": make.span(1, 120)} if dice.chance(0.4) else {}
    rules |= {"fencing": "none"} if dice.chance(0.4) else {}
    return database.model_copy(update={"failover": database.failover.model_copy(update=rules)})


def _told(make: Maker, scenario: Scenario) -> dict[str, AnyFault]:
    """Return a schedule of faults: one to three stories, and faults of the path."""
    dice = make.dice
    stories = [_crash_at_a_promotion, _stopped_in_a_snapshot, _ends_in_a_snapshot, _ends_stopped]
    if len(scenario.regions) > 1:
        stories += [returns_empty, heaped, never_heals, long_gone, at_the_end, _crash_at_a_promotion]
    found = [fault for _ in range(dice.whole(1, 3)) for fault in dice.pick(stories)(make, scenario)]
    found += [schedules.anything(make, scenario) for _ in range(dice.whole(1, 4))]
    return sound(make, scenario, [fault for fault in found if fault is not None], most=MOST)


def _crash_at_a_promotion(make: Maker, scenario: Scenario) -> Iterator[AnyFault]:
    """A relay is to crash after a round, and its primary, which lives on or not, is replaced meanwhile."""
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    database = scenario.databases[name]
    at = databases.moment(make, scenario, 10, 50)
    if len(scenario.regions) > 1:
        timing = {"at": constant(at), "duration": constant(make.span(1000, 8000))}
        kind = dice.pick((databases.isolation, databases.isolation, databases.outage))
        fault = kind(make, scenario, timing, region=database.primary, database=name)
        whole = {"peers": None, "direction": "both"} if fault.kind == "region_isolation" else {"zone": None}
        yield fault.model_copy(update=whole)
    look = When(milestone=f"{name}.{dice.pick(('declared', 'decided', 'promoting'))}", every=make.span(5, 60))
    when = dice.pick(({"when": look}, {"at": constant(at + make.span(10, 3000))}))
    lasts = {"duration": constant(make.span(500, 6000))} if dice.chance(0.6) else {}
    yield f.RelayCrash(kind="relay_crash", database=name, **when, **lasts)


def _stopped_in_a_snapshot(make: Maker, scenario: Scenario) -> Iterator[AnyFault]:
    """A relay without its slot takes a snapshot, and is stopped in it or after it, for good or not."""
    dice = make.dice
    for fault in schedules.without_position(make, scenario):
        last = fault
        yield fault
    at = int(last.at.mean + last.duration.mean) + make.span(50, 4000)
    lasts = {"duration": constant(make.span(50, 2000))} if dice.chance(0.5) else {}
    yield f.ProcessKill(kind="process_kill", process=last.process, at=constant(at), **lasts)


def _ends_in_a_snapshot(make: Maker, scenario: Scenario) -> Iterator[AnyFault]:
    """The run ends while a relay without its slot publishes the newest of each key, or soon after."""
    name = make.dice.pick(sorted(scenario.databases))
    at = databases.moment(make, scenario, 5, 60)
    yield f.SlotLost(kind="slot_lost", database=name, gap="snapshot", at=constant(at))
    before = make.span(200, 4000)
    when = {"at": constant(max(MS, scenario.duration - before)), "duration": constant(make.span(10, 500))}
    yield f.ProcessKill(kind="process_kill", process=f"{name}/relay", **when)


def _ends_stopped(make: Maker, scenario: Scenario) -> Iterator[AnyFault]:
    """The run ends while processes are stopped or stand still."""
    dice = make.dice
    for _ in range(dice.whole(1, 3)):
        process = schedules.one_process(make, scenario)
        when = {"at": constant(max(MS, scenario.duration - make.span(1, 4000)))}
        if dice.chance(0.6):
            yield f.ProcessKill(kind="process_kill", process=process, **when)
        else:
            yield f.ProcessPause(kind="process_pause", process=process, **when)
