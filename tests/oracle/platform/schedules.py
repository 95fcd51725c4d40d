"""Fault schedules for generated data paths: faults of the path, and outages, cuts and crashes that move
it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.core.distributions import constant
from sim.spec.check import check
from sim.spec.faults import kinds as f
from sim.spec.faults.kinds import AnyFault, DbCrash, RegionOutage
from sim.spec.faults.when import PATH_MILESTONES, When
from sim.spec.model import MS
from sim.spec.processes import JOBS, consumers_of, processes_of
from sim.spec.scenario import Scenario

from .. import schedules as databases

if TYPE_CHECKING:
    from ..generate import Maker

MOST = 12


def faults_for(make: "Maker", scenario: Scenario) -> dict[str, AnyFault]:
    """Return a schedule of faults that each hit something."""
    dice = make.dice
    faults: dict[str, AnyFault] = {}
    many = len(scenario.regions) > 1
    candidates = [*(_takes_a_region(make, scenario) if dice.chance(0.8) else ())]
    candidates += [*(_elections(make, scenario) if dice.chance(0.4) else ())]
    candidates += [*(without_position(make, scenario) if dice.chance(0.25) else ())]
    candidates += [*(_held_while_it_moves(make, scenario) if many and dice.chance(0.3) else ())]
    if many and dice.chance(0.3):
        candidates.append(databases.anything(make, scenario))
    candidates += [anything(make, scenario) for _ in range(dice.whole(2, 7))]
    for fault in candidates:
        name = f"f{dice.whole(0, 99)}"
        trial = scenario.model_copy(update={"faults": {**faults, name: fault}})
        if fault is not None and len(faults) < MOST and not list(check(dict(trial))):
            faults[name] = fault
    return faults


def _takes_a_region(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """Yield a fault that takes a region where something is, and sometimes another while things move."""
    dice = make.dice
    places = [database.primary for database in scenario.databases.values()]
    places += [consumer.region for consumer in scenario.consumers.values()]
    places += [scenario.lake.home] * 2 if scenario.lake is not None else []
    name = dice.pick(sorted(scenario.databases))
    for share in (1.0, 0.5, 0.3):
        if not dice.chance(share):
            return
        kind = dice.pick((databases.outage, databases.outage, databases.isolation, databases.crash))
        at = make.span(scenario.duration // MS // 10, scenario.duration // MS * 7 // 10)
        when = {"at": constant(at), "duration": constant(make.span(300, 6000))}
        fault = kind(make, scenario, when, region=dice.pick(places), database=name)
        yield fault if fault.kind != "region_outage" else fault.model_copy(update={"zone": None})


def _elections(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """Yield faults of brokers of one region, soon one after the other."""
    dice = make.dice
    databases_in = [database.primary for database in scenario.databases.values()]
    region = dice.pick((dice.pick(sorted(scenario.regions)), dice.pick(databases_in)))
    at = make.span(300, scenario.duration // MS * 6 // 10)
    for _ in range(dice.whole(2, 4)):
        fault = _broker(make, scenario)
        update = {"region": region, "at": constant(at), "duration": constant(make.span(300, 5000))}
        yield fault.model_copy(update=update)
        at += make.span(10, 1000)


def without_position(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """Yield the loss of a slot and a kill of the relay that it makes start meanwhile."""
    dice = make.dice
    yield _slot(make, scenario)
    name = dice.pick(sorted(scenario.databases))
    when = {"at": constant(make.span(1000, 9000)), "duration": constant(make.span(10, 3000))}
    yield f.ProcessKill(kind="process_kill", process=f"{name}/relay", **when)


def _held_while_it_moves(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """Yield a kill or a pause of a process and an outage of its region that begins meanwhile."""
    dice = make.dice
    at = make.span(500, scenario.duration // MS // 2)
    movable = [(f"{c.of}/{name}", c.region) for name, c in scenario.consumers.items() if c.standby]
    if scenario.lake is not None and scenario.lake.standby:
        names = [f"{name}/{job}" for name in scenario.databases for job in JOBS]
        movable += [(name, scenario.lake.home) for name in names]
    movable += [(f"{name}/relay", d.primary) for name, d in scenario.databases.items() if d.replicas]
    process, region = dice.pick(movable) if movable else (None, None)
    if process is None:
        return
    held = {"process": process, "at": constant(at), "duration": constant(make.span(1000, 9000))}
    kind = f.ProcessKill if dice.chance(0.7) else f.ProcessPause
    yield kind(kind="process_kill" if kind is f.ProcessKill else "process_pause", **held)
    when = {"at": constant(at + make.span(10, 1500)), "duration": constant(make.span(1000, 9000))}
    yield RegionOutage(kind="region_outage", region=region, **when)


def _timing(make: "Maker", scenario: Scenario, *, lasts: bool = True) -> dict:
    dice = make.dice
    timing: dict = {"duration": make.random(50, 5000)} if lasts and dice.chance(0.9) else {}
    if dice.chance(0.05):
        timing["probability"] = 0.5
    if dice.chance(0.12):
        kind = dice.pick((*PATH_MILESTONES, "promoting", "promoted"))
        milestone = f"{dice.pick(sorted(scenario.databases))}.{kind}"
        return {**timing, "when": When(milestone=milestone, every=make.span(20, 300))}
    return {**timing, "at": make.random(200, scenario.duration // MS * 3 // 4)}


def anything(make: "Maker", scenario: Scenario) -> AnyFault | None:
    """Return a fault of the path, of any kind."""
    dice = make.dice
    makers = [_kill, _kill, _pause, _pause, _slot, _relay, _relay, _broker, _broker, _broker, _group]
    makers += [_mirror, _retention, _storm, _translation]
    makers += [_slow] if len(scenario.regions) > 1 else []
    if scenario.lake is not None:
        makers += [_poison, _stream, _stream, _objects, _objects, _early, _early, _catalog]
    return dice.pick(makers)(make, scenario)


def one_process(make: "Maker", scenario: Scenario) -> str:
    """Return the name of a process, seldom a mirror."""
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    names = [one for one in processes_of(scenario, name) if "/mirror/" not in one or dice.chance(0.3)]
    return dice.pick(names)


def _kill(make: "Maker", scenario: Scenario) -> AnyFault:
    process = one_process(make, scenario)
    return f.ProcessKill(kind="process_kill", process=process, **_timing(make, scenario))


def _pause(make: "Maker", scenario: Scenario) -> AnyFault:
    process = one_process(make, scenario)
    return f.ProcessPause(kind="process_pause", process=process, **_timing(make, scenario))


def _database(make: "Maker", scenario: Scenario) -> str:
    return make.dice.pick((*sorted(scenario.databases), "*"))


def _slot(make: "Maker", scenario: Scenario) -> AnyFault:
    """Return the loss of a slot, early and long enough for a relay to start meanwhile."""
    dice = make.dice
    return f.SlotLost(
        kind="slot_lost",
        database=_database(make, scenario),
        gap=dice.pick(("skip", "snapshot", "snapshot")),
        at=constant(make.span(200, 6000)),
        duration=constant(make.span(2000, 20_000)),
    )


def _relay(make: "Maker", scenario: Scenario) -> AnyFault:
    """Return what makes a relay start anew: a crash of its own, or of its database."""
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    kind = dice.whole(0, 2)
    if kind == 0:
        timing = _timing(make, scenario, lasts=False)
        return f.RelayCrash(kind="relay_crash", database=_database(make, scenario), **timing)
    if kind == 1:
        return DbCrash(kind="db_crash", database=name, **_timing(make, scenario))
    return f.ProcessKill(kind="process_kill", process=f"{name}/relay", **_timing(make, scenario))


def _translation(make: "Maker", scenario: Scenario) -> AnyFault | None:
    dice = make.dice
    movable = {n: c for n, c in scenario.consumers.items() if c.standby and c.start == "checkpoint"}
    readers = [f"{consumer.of}/{name}" for name, consumer in movable.items()]
    if scenario.lake is not None and scenario.lake.standby and scenario.lake.start == "checkpoint":
        readers += [f"{name}/stream" for name in scenario.databases]
    if not readers:
        return None
    return f.OffsetTranslationError(
        kind="offset_translation_error",
        reader=dice.pick(readers),
        skew=dice.pick((-1000, -7, -1, 1, 5, 1000)),
        at=constant(make.span(200, 3000)),
    )


def _group(make: "Maker", scenario: Scenario) -> AnyFault | None:
    """Return a kill of a member of a group, if there is a group with several."""
    groups = [f"{c.of}/{name}" for name, c in scenario.consumers.items() if c.members > 1]
    if not groups:
        return None
    return f.ProcessKill(kind="process_kill", process=make.dice.pick(groups), **_timing(make, scenario))


def _broker(make: "Maker", scenario: Scenario) -> AnyFault:
    dice = make.dice
    where = {
        "region": dice.pick(sorted(scenario.regions)),
        "broker": dice.whole(0, min(scenario.bus.brokers, scenario.bus.partitions) - 1),
        **_timing(make, scenario),
    }
    kind = dice.whole(0, 2)
    if kind == 0:
        return f.BrokerCrash(kind="broker_crash", **where)
    if kind == 1:
        return f.LeaderElection(kind="leader_election", **where)
    return f.UncleanLeaderElection(kind="unclean_leader_election", lost=make.span(20, 3000), **where)


def _pair(make: "Maker", scenario: Scenario, sources: list[str]) -> dict | None:
    dice = make.dice
    a = dice.pick(sources)
    others = sorted(set(scenario.regions) - {a})
    return {"from": a, "to": dice.pick(others)} if others else None


def _slow(make: "Maker", scenario: Scenario) -> AnyFault:
    """Return a limit on links, so that work in service changes its speed."""
    region = make.dice.pick(sorted(scenario.regions))
    return databases.bandwidth_limit(make, scenario, _timing(make, scenario), region=region, database="*")


def _mirror(make: "Maker", scenario: Scenario) -> AnyFault | None:
    pair = _pair(make, scenario, sorted(scenario.regions))
    if pair is None:
        return None
    return f.MirrorPause(
        kind="mirror_pause", database=_database(make, scenario), **pair, **_timing(make, scenario)
    )


def _retention(make: "Maker", scenario: Scenario) -> AnyFault:
    return f.RetentionTruncation(
        kind="retention_truncation",
        database=_database(make, scenario),
        region=make.dice.pick(sorted(scenario.regions)),
        retention=min(scenario.bus.retention - 1, make.span(10, 1500)),
        **_timing(make, scenario),
    )


def _storm(make: "Maker", scenario: Scenario) -> AnyFault:
    readers = [one for name in scenario.databases for one in consumers_of(scenario, name)]
    return f.RebalanceStorm(
        kind="rebalance_storm",
        reader=make.dice.pick(readers),
        every=make.span(50, 1200),
        **_timing(make, scenario),
    )


def _poison(make: "Maker", scenario: Scenario) -> AnyFault:
    timing = _timing(make, scenario, lasts=False)
    return f.PoisonMessage(kind="poison_message", database=_database(make, scenario), **timing)


def _stream(make: "Maker", scenario: Scenario) -> AnyFault:
    database = _database(make, scenario)
    if make.dice.chance(0.6):
        timing = _timing(make, scenario, lasts=False)
        return f.TaskFailure(kind="task_failure", database=database, **timing)
    return f.CheckpointFailure(kind="checkpoint_failure", database=database, **_timing(make, scenario))


def _objects(make: "Maker", scenario: Scenario) -> AnyFault | None:
    database = _database(make, scenario)
    lake = scenario.lake
    pair = _pair(make, scenario, [lake.home, lake.home, *lake.standby])
    if pair is None:
        return None
    timing = _timing(make, scenario)
    if make.dice.chance(0.5):
        kind = "object_replication_pause"
        return f.ObjectReplicationPause(kind=kind, database=database, **pair, **timing)
    lag = make.span(10, 1500)
    kind = "object_replication_lag"
    return f.ObjectReplicationLag(kind=kind, database=database, lag=lag, **pair, **timing)


def _early(make: "Maker", scenario: Scenario) -> AnyFault:
    return f.MetadataBeforeData(
        kind="metadata_before_data",
        database=_database(make, scenario),
        region=make.dice.pick(sorted(scenario.regions)),
        **_timing(make, scenario),
    )


def _catalog(make: "Maker", scenario: Scenario) -> AnyFault:
    region = make.dice.pick((scenario.lake.home, make.dice.pick(sorted(scenario.regions))))
    return f.CatalogOutage(kind="catalog_outage", region=region, **_timing(make, scenario))
