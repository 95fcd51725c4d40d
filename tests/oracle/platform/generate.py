"""Platforms with a data path made from a number, after those of the databases alone: every rule of the path
within some tens of simulated seconds."""

from sim.spec.bus.bus import Bus, Cdc, Mirror, Poll, Relay, Validation
from sim.spec.bus.consumer import Consumer
from sim.spec.lake.insight import Insight
from sim.spec.lake.lake import Analytics, Curated, Lake, Stream, Sync
from sim.spec.model import MS, S
from sim.spec.network.network import Region
from sim.spec.resolve import resolve
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database
from sim.spec.store.placement import nodes_of
from sim.spec.store.routing import Client
from sim.world import ALL

from ..generate import (
    EVEN,
    REGIONS,
    Dice,
    Maker,
    acknowledged,
    database_of,
    gateway_of,
    is_wide,
    level_of,
    network_of,
)
from ..sides import Case
from .additions import clients_everywhere, replays_for, with_handlers
from .schedules import faults_for

DOMAINS = ("apps", "orders")  # before and after ``lake`` in order of name
FIRST = 1_000_000  # the numbers of these cases, apart from those without a path


def case(number: int) -> Case:
    """Return case ``number``."""
    if is_wide(number):
        from .wide import wide  # which builds its cases from what is here

        return wide(number)
    dice = Dice(FIRST + number)
    make = Maker(dice)
    make.unit = dice.pick((1, 5, 10, 20, 50)) * MS
    regions = REGIONS[: dice.pick((1, 2, 3, 3, 3, 3, 4))]
    duration = dice.whole(15, 35) * S + (0 if make.style == EVEN else dice.whole(0, S))
    more = Maker(Dice(f"additions/{number}"))  # so that a case without any stays as it is
    more.style, more.unit = make.style, make.unit
    scenario = platform(make, more, regions, name=f"path case {number}", duration=duration)
    scenario = validated(number, acknowledged(make, number, scenario))
    scenario = scenario.model_copy(update={"faults": faults_for(make, scenario)})
    return finished(number, make, more, scenario)


def validated(number: int, scenario: Scenario) -> Scenario:
    """Let a bus of every fourth hundred of cases, from the third on, drop bad records."""
    if number // 100 % 4 != 2:
        return scenario
    bad = Dice(f"validation {number}").pick((0.02, 0.1, 0.3, 1.0))
    bus = scenario.bus.model_copy(update={"validation": Validation(bad=bad)})
    return scenario.model_copy(update={"bus": bus})


def finished(number: int, make: Maker, more: Maker, scenario: Scenario) -> Case:
    """Return a case whose scenario has its faults: with replays, pulls and a seed."""
    dice = make.dice
    scenario = resolve(scenario.model_copy(update={"replays": replays_for(more, scenario)}))
    pulls = [(dice.whole(1, scenario.duration - 1), ALL) for _ in range(dice.whole(0, 12))]
    pulls += _pulls(number, make, scenario)
    return Case(number, make.style, scenario, dice.whole(0, 2**31), tuple(sorted(pulls)))


def platform(make: Maker, more: Maker, regions: tuple[str, ...], *, name: str, duration: int) -> Scenario:
    """Return a platform with a data path, without faults and replays. ``more``: who adds handlers."""
    dice = make.dice
    names = dice.pick((DOMAINS[:1], DOMAINS[1:], DOMAINS))
    databases = {name: _domain(make, regions, share=1 / len(names)) for name in names}
    sections: dict = {"bus": _bus(make), "consumers": _consumers(make, regions, names)}
    if dice.chance(0.85):
        sections["lake"] = _lake(make, regions, databases)
        sections["insights"] = _insights(make, regions, names)
    network = network_of(make, regions)
    clients = {client: Client(share=1.0) for client in dice.some(regions, 1, 2)}
    if more.dice.chance(0.7):
        clients = clients_everywhere(clients, regions)
        if more.dice.chance(0.7):
            sections["consumers"] = with_handlers(more, sections["consumers"], names)
    return Scenario(
        name=name,
        duration=duration,
        regions={region: Region() for region in regions},
        network=network,
        clients=clients,
        gateway=gateway_of(make),
        level=level_of(make),
        databases=databases,
        **sections,
    )


def cursors_of(scenario: Scenario, domain: str) -> list[str]:
    """Return the components of a domain that can be pulled by themselves, without its name."""
    regions = sorted(scenario.regions)
    found = ["relay", *(f"bus/{r}" for r in regions)]
    found += [f"mirror/{a}/{b}" for a in regions for b in regions if a != b]
    found += [name for name, consumer in scenario.consumers.items() if consumer.of == domain]
    found += [f"replay/{name}" for name, replay in scenario.replays.items() if replay.of == domain]
    return found if scenario.lake is None else [*found, "stream", "stream"]


def _pulls(number: int, make: Maker, scenario: Scenario) -> list[tuple[int, str]]:
    """Return random times, some whole units, at which a component of an event path or a circle is pulled."""
    dice = Dice(f"path pulls {number}")
    pulls = []
    for _ in range(dice.whole(0, 30)):
        name = dice.pick(sorted(scenario.databases))
        cursor = "circle" if dice.chance(0.2) else dice.pick(cursors_of(scenario, name))
        at = dice.whole(1, scenario.duration - 1)
        if dice.chance(0.3):
            at = max(1, at // make.unit) * make.unit
        pulls.append((at, f"{name}/{cursor}"))
    return pulls


def _domain(make: Maker, regions: tuple[str, ...], *, share: float) -> Database:
    """Return a database with a thin load, a part of the links left to the path, and an outbox."""
    dice = make.dice
    base = database_of(make, regions, share=share)
    replicas = dice.some([r for r in regions if r != base.primary], 1, len(regions))
    replication = base.replication.model_copy(update={"share": dice.real(0.1, 0.3) * share})
    retry = base.workload.retry
    writes = dice.real(6, 22) * share
    if make.even:
        writes = 1000.0 / (make.unit // MS * max(1, dice.whole(60, 160) // (make.unit // MS))) * share
    workload = base.workload.model_copy(update={"writes": writes, "reads": 0.0, "retry": retry})
    update = {"replication": replication, "workload": workload, "outbox": _outbox(make), "replicas": replicas}
    return base.model_copy(update=update)


def _outbox(make: Maker) -> Relay:
    dice = make.dice
    rounds = {
        "interval": make.span(20, 600),
        "batch": dice.pick((1, 2, 3, 5, 8, 100)),
        "publish": make.random(1, 25),
        "restart": make.random(20, 1200),
    }
    if dice.chance(0.5):
        return Poll(kind="poll", mark=make.span(2, 120), **rounds)
    return Cdc(kind="cdc", flush=make.span(200, 3000), **rounds)


def _bus(make: Maker) -> Bus:
    dice = make.dice
    acks = dice.pick(("all", "leader"))
    return Bus(
        partitions=dice.whole(1, 5),
        brokers=dice.whole(2, 4),
        event=dice.pick((512, 1000, 2000)),
        retention=dice.pick((make.span(1000, 9000), 600 * S, 600 * S)),
        acks=acks,
        **({"replica_lag": make.span(20, 900)} if acks == "leader" else {}),
        election=make.random(20, 1500),
        mirror=Mirror(
            save=make.span(100, 2500),
            checkpoint=make.span(100, 1500),
            granularity=dice.pick((1, 1, 2, 5, 10)),
            restart=make.random(20, 1200),
        ),
    )


def _moves(make: Maker, regions: tuple[str, ...], home: str) -> dict:
    dice = make.dice
    others = [region for region in regions if region != home]
    if not others or dice.chance(0.1):
        return {}
    return {
        "standby": sorted(dice.some(others, 1, 3), key=lambda _: dice.bits()),
        "takeover": make.random(50, 1200),
        "again": make.span(50, 700),
        "start": dice.pick(("checkpoint", "checkpoint", "checkpoint", "earliest", "latest")),
    }


def _consumers(make: Maker, regions: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Consumer]:
    dice = make.dice
    found = {}
    for name in ("crm", "search", "view")[: dice.whole(1, 3)]:
        region = dice.pick(regions)
        members = dice.pick((1, 1, 2, 3))
        found[name] = Consumer(
            of=dice.pick(names),
            region=region,
            members=members,
            work=make.random(1, 60),
            commit=make.span(50, 2000),
            **({"session": make.span(100, 1500)} if members > 1 else {}),
            rebalance=make.span(50, 800),
            restart=make.random(20, 1200),
            **_moves(make, regions, region),
        )
    return found


def _lake(make: Maker, regions: tuple[str, ...], databases: dict[str, Database]) -> Lake:
    dice = make.dice
    home = dice.pick(regions)
    moves = _moves(make, regions, home)
    places = {home, *moves.get("standby", ())}
    asked = [name for name, database in databases.items() if places <= set(nodes_of(database))]
    return Lake(
        home=home,
        stream=_stream(make, asked),
        curated=Curated(deduplicate=dice.chance(0.5), **_job(make)),
        analytics=Analytics(**_job(make)),
        sync=Sync(row=dice.pick((100, 1000, 4000)), lag=make.random(5, 900), pointer=_pointer(make)),
        **moves,
    )


def _pointer(make: Maker) -> int:
    return 0 if make.dice.chance(0.15) else make.span(1, 500)


def _job(make: Maker) -> dict:
    return {
        "interval": make.span(200, 2000),
        "base": make.random(20, 900),
        "per_row": make.dice.pick((0, 2_000, MS, make.span(1, 20))),
        "restart": make.random(20, 1200),
    }


def _stream(make: Maker, asked: list[str]) -> Stream:
    dice = make.dice
    mode = dice.pick(("exactly_once", "at_least_once"))
    lookup = dice.pick(asked) if asked and dice.chance(0.6) else None
    return Stream(
        transform=make.random(1, 60),
        parallelism=dice.whole(1, 3),
        mode=mode,
        checkpoint=make.span(150, 2000),
        commit=make.span(5, 700),
        attempts=dice.whole(1, 3),
        restart=make.random(20, 1200),
        **({"flush": make.span(100, 1200)} if mode == "at_least_once" else {}),
        **({"lookup": lookup, "when_down": dice.pick(("wait", "dead_letter"))} if lookup else {}),
    )


def _insights(make: Maker, regions: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Insight]:
    dice = make.dice
    return {
        name: Insight(
            kind=dice.pick(("dashboard", "report", "features", "query")),
            reads=dice.some(names, 1, 2),
            **({} if dice.chance(0.5) else {"regions": dice.some(regions, 1, 3)}),
            refresh=make.random(100, 1500),
        )
        for name in ("board", "sales")[: dice.whole(0, 2)]
    }
