"""Fault schedules for generated cases: one to five faults of all kinds, overlapping, some of them aimed at a
failover under way."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.core.distributions import constant
from sim.spec.check import check
from sim.spec.faults.kinds import (
    AnyFault,
    BandwidthLimit,
    DbCrash,
    DecisionDelay,
    LinkFlap,
    NetworkLatency,
    NetworkPartition,
    NodeSlow,
    PacketLoss,
    RegionIsolation,
    RegionOutage,
    ReplicaCrash,
    ReplicationPause,
    TrafficSpike,
)
from sim.spec.faults.when import When
from sim.spec.model import MS
from sim.spec.scenario import Scenario
from sim.spec.store.placement import nodes_of

if TYPE_CHECKING:
    from .generate import Maker
    from .sides import Case


def faults_for(make: "Maker", scenario: Scenario) -> dict[str, AnyFault]:
    """Return a schedule of faults that each hit something."""
    dice = make.dice
    faults: dict[str, AnyFault] = {}
    candidates = [*(_primary_loss(make, scenario) if dice.chance(0.6) else ())]
    candidates += [anything(make, scenario) for _ in range(dice.whole(1, 5))]
    for fault in candidates:
        name = f"f{dice.whole(0, 99)}"
        trial = scenario.model_copy(update={"faults": {**faults, name: fault}})
        if len(faults) < 5 and not list(check(dict(trial))):
            faults[name] = fault
    return faults


def _primary_loss(make: "Maker", scenario: Scenario) -> Iterator[AnyFault]:
    """Yield a fault that takes a primary away and, mostly, one that strikes while its successor is being
    promoted."""
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    database = scenario.databases[name]
    when = {"at": constant(moment(make, scenario, 5, 40)), "duration": constant(make.span(500, 6000))}
    yield dice.pick((outage, isolation, crash))(
        make, scenario, {**when}, region=database.primary, database=name
    )
    if dice.chance(0.6) and database.replicas:
        look = When(milestone=f"{name}.promoting", every=make.span(5, 60))
        strike = {"when": look, "duration": constant(make.span(50, 2000))}
        makers = (outage, isolation, crash, partition, flap)
        yield dice.pick(makers)(make, scenario, strike, region=dice.pick(nodes_of(database)), database=name)


def anything(make: "Maker", scenario: Scenario) -> AnyFault:
    """Return a fault of any kind."""
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    region = dice.pick(sorted(scenario.regions))
    makers = (
        outage,
        isolation,
        partition,
        _latency,
        _loss,
        bandwidth_limit,
        flap,
        crash,
        pause,
        slow,
        _spike,
        _delay,
    )
    return dice.pick(makers)(make, scenario, _timing(make, scenario, name), region=region, database=name)


def moment(make: "Maker", scenario: Scenario, low: int, high: int) -> int:
    """Return a time between two percentages of the run, ns."""
    return make.span(scenario.duration // MS * low // 100, scenario.duration // MS * high // 100)


def _timing(make: "Maker", scenario: Scenario, name: str) -> dict:
    dice = make.dice
    timing: dict = {} if dice.chance(0.1) else {"duration": make.random(50, 5000)}
    if dice.chance(0.1):
        timing["probability"] = 0.5
    if not dice.chance(0.2):
        return {**timing, "at": make.random(200, scenario.duration // MS * 3 // 4)}
    every = make.span(20, 300)
    kind = dice.pick(
        ("declared", "decided", "promoted", "rewinding", "no_candidate", "queue_depth", "replica_lag")
    )
    of = f"{name}/{dice.pick(nodes_of(scenario.databases[name]))}"
    if kind == "queue_depth":
        return {**timing, "when": When(metric=kind, of=of, above=float(dice.whole(0, 4)), every=every)}
    if kind == "replica_lag":
        return {**timing, "when": When(metric=kind, of=of, above=make.span(10, 400), every=every)}
    return {**timing, "when": When(milestone=f"{name}.{kind}", every=every)}


def outage(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return an outage of a region or zone."""
    dice = make.dice
    zone = scenario.databases[database].zone if dice.chance(0.25) else None
    return RegionOutage(
        kind="region_outage",
        region=region,
        zone=zone,
        data=_data(make),
        wire=dice.pick(("delivered", "lost")),
        **timing,
    )


def _data(make: "Maker") -> str:
    return make.dice.pick(("survives", "survives", "survives", "lost"))


def isolation(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return a region cut off from its peers."""
    dice = make.dice
    others = sorted(set(scenario.regions) - {region})
    return RegionIsolation(
        kind="region_isolation",
        region=region,
        peers=None if dice.chance(0.6) else dice.some(others, 1, 3),
        direction=dice.pick(("both", "both", "to", "from")),
        clients=dice.chance(0.5),
        **timing,
    )


def partition(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return a partition of the network."""
    dice = make.dice
    shape = dice.pick((None, "one", "bisect", "majorities_ring", "bridge"))
    one_way = dice.chance(0.3) and shape != "majorities_ring"
    groups = None
    if shape is None:
        others = sorted(set(scenario.regions) - {region})
        rest = dice.some(others, 1, 3)
        groups = dice.pick(([[region], rest], [rest, [region]]))
    return NetworkPartition(kind="network_partition", groups=groups, shape=shape, one_way=one_way, **timing)


def _link(make: "Maker", scenario: Scenario, region: str) -> str:
    other = make.dice.pick(sorted(set(scenario.regions) - {region}))
    return make.dice.pick((region, f"{region}/{other}", f"{region}->{other}", f"{other}->{region}"))


def _latency(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    jitter = constant(0) if make.dice.chance(0.4) else make.random(0, 40)
    return NetworkLatency(
        kind="network_latency",
        link=_link(make, scenario, region),
        latency=make.span(1, 200),
        jitter=jitter,
        **timing,
    )


def _loss(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    return PacketLoss(
        kind="packet_loss", link=_link(make, scenario, region), loss=make.dice.real(0.01, 0.7), **timing
    )


def bandwidth_limit(
    make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str
) -> AnyFault:
    """Return a limit on links."""
    limit = make.dice.pick((10_000.0, 50_000.0, 100_000.0))
    return BandwidthLimit(
        kind="bandwidth_limit", link=_link(make, scenario, region), bandwidth=limit, **timing
    )


def flap(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return a link that flaps."""
    return LinkFlap(
        kind="link_flap",
        link=_link(make, scenario, region),
        down=make.span(10, 700),
        up=make.span(10, 700),
        **timing,
    )


def crash(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return a crash of a node."""
    where = _where(make, scenario, region=region, database=database)
    return DbCrash(kind="db_crash", data=_data(make), **where, **timing)


def with_replica_crashes(one: "Case") -> "Case":
    """Return a case in which, one time in two, replicas die as well: with a primary, after a promotion, or
    at any time."""
    from .generate import Dice, Maker

    make = Maker(Dice(f"replicas {one.number}"))
    faults = dict(one.scenario.faults)
    for k in range(make.dice.pick((0, 0, 1, 2))):
        trial = {**faults, f"r{k}": _replica_crash(make, one.scenario)}
        if not list(check(dict(one.scenario.model_copy(update={"faults": trial})))):
            faults = trial
    return replace(one, scenario=one.scenario.model_copy(update={"faults": faults}))


def _replica_crash(make: "Maker", scenario: Scenario) -> AnyFault:
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    timing = _timing(make, scenario, name)
    if dice.chance(0.4):
        look = When(
            milestone=f"{name}.{dice.pick(('declared', 'promoting', 'promoted'))}", every=make.span(5, 60)
        )
        timing = {"when": look, "duration": constant(make.span(50, 3000))}
    return ReplicaCrash(
        kind="replica_crash",
        database=dice.pick((name, name, "*")),
        count=dice.pick((None, 1, 1, 2)),
        data=_data(make),
        **timing,
    )


def _where(make: "Maker", scenario: Scenario, *, region: str, database: str) -> dict:
    dice = make.dice
    if dice.chance(0.15):
        return {"database": "*", "region": dice.pick((None, region))}
    return {
        "database": database,
        "region": dice.pick((None, region, dice.pick(nodes_of(scenario.databases[database])))),
    }


def pause(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return a stage of replication that stands still."""
    replicas = scenario.databases[database].replicas or [region]
    return ReplicationPause(
        kind="replication_pause",
        database=make.dice.pick((database, database, "*")),
        region=make.dice.pick(replicas),
        stage=make.dice.pick(("send", "apply")),
        **timing,
    )


def slow(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    """Return a node that is slow."""
    where = _where(make, scenario, region=region, database=database)
    return NodeSlow(kind="node_slow", factor=make.dice.pick((2.0, 3.0, 1.5, 7.3)), **where, **timing)


def _spike(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    dice = make.dice
    return TrafficSpike(
        kind="traffic_spike",
        factor=dice.pick((2.0, 3.0, 0.5, 1.7)),
        database=dice.pick((database, "*")),
        client=dice.pick((None, dice.pick(sorted(scenario.clients)))),
        operation=dice.pick((None, "read", "write")),
        **timing,
    )


def _delay(make: "Maker", scenario: Scenario, timing: dict, *, region: str, database: str) -> AnyFault:
    return DecisionDelay(
        kind="decision_delay", database=make.dice.pick((database, "*")), delay=make.random(10, 800), **timing
    )
