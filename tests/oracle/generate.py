"""Scenarios made from a number: platforms, loads and faults that crowd much into a few simulated seconds.

Everything is decided by hashing (case number, how many decisions before), so a case is the same everywhere.
In *even* cases every quantity is a small multiple of one unit, so that many things happen at the same time;
in *drawn* cases they are distributions.
"""

from hashlib import sha256

from sim.core.distributions import (
    Distribution,
    constant,
    empirical,
    exponential,
    gamma,
    lognormal,
    mixture,
    uniform,
)
from sim.spec.model import MS, S
from sim.spec.network.network import Access, Link, Network, Region
from sim.spec.resolve import resolve
from sim.spec.scenario import Level, Scenario
from sim.spec.store.acknowledgement import AnyReplicas
from sim.spec.store.database import Database, Failover, Replication, Service
from sim.spec.store.placement import nodes_of
from sim.spec.store.routing import Check, Client, Gateway
from sim.spec.store.workload import Bursty, Constant, Diurnal, Keys, Poisson, Retry, Sessions, Workload
from sim.world import ALL

from .aimed import aim, aimed
from .schedules import faults_for, with_replica_crashes
from .sides import Case
from .trace import traced

REGIONS = ("ams", "fra", "lon", "par", "waw")
EVEN, DRAWN, MIXED = "even", "drawn", "mixed"
CURSORS = ("circle", "send", "receive", "apply", "reads")
TRACED = 5  # in one of so many cases a store follows a trace
WIDE = 100_000  # from this number on every third case is a wide one


NEWER = 1_000_000  # from this number on cases have what there was not when those before were made


def is_wide(number: int) -> bool:
    """Whether a case is one of those that go beyond the usual platform (``wide``)."""
    return number >= WIDE and number % 3 == 2


class Dice:
    """Decisions by hash."""

    def __init__(self, number: int | str) -> None:
        self.number = number
        self.count = 0

    def bits(self) -> int:
        """Return 64 bits."""
        self.count += 1
        return int.from_bytes(sha256(f"{self.number}/{self.count}".encode()).digest()[:8], "big")

    def whole(self, low: int, high: int) -> int:
        """Return an integer in [low, high]."""
        return low + self.bits() % (high - low + 1)

    def real(self, low: float, high: float) -> float:
        """Return a float in [low, high)."""
        return low + (high - low) * (self.bits() >> 11) / 2.0**53

    def pick(self, options):
        """Return one of the options."""
        return options[self.bits() % len(options)]

    def some(self, options, low: int, high: int) -> list:
        """Return between low and high of the options, in their order."""
        wanted = min(self.whole(low, high), len(options))
        ranked = sorted(options, key=lambda _: self.bits())[:wanted]
        return [option for option in options if option in ranked]

    def chance(self, probability: float) -> bool:
        """Return true with a probability."""
        return self.real(0, 1) < probability


class Maker:
    """Quantities in the style of one case."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.style = dice.pick((EVEN, EVEN, EVEN, DRAWN, DRAWN, MIXED))
        self.unit = dice.pick((1, 2, 5, 10)) * MS

    @property
    def even(self) -> bool:
        """Whether the next quantity is a multiple of the unit."""
        return self.style == EVEN or (self.style == MIXED and self.dice.chance(0.5))

    def span(self, low: int, high: int) -> int:
        """Return a duration between two numbers of ms, in whole units if even."""
        if not self.even:
            return self.dice.whole(low * MS, high * MS)
        return max(1, self.dice.whole(low * MS // self.unit, high * MS // self.unit)) * self.unit

    def random(self, low: int, high: int) -> Distribution:
        """Return a distribution of durations about as long as ``span``."""
        if self.even:
            return constant(self.span(low, high))
        mean = float(self.span(low, high))
        kind = self.dice.pick(
            (
                "constant",
                "exponential",
                "uniform",
                "lognormal",
                "gamma",
                "weibull",
                "pareto",
                "mixture",
                "empirical",
            )
        )
        parts = (exponential(mean), constant(mean), uniform(0.0, 2 * mean))
        made = {
            "constant": constant(mean),
            "exponential": exponential(mean),
            "uniform": uniform(mean / 2, mean * 3 / 2),
            "lognormal": lognormal(mean, mean * 4),
            "gamma": gamma(mean, 0.7),
            "weibull": Distribution("weibull", (1.5, mean)),
            "pareto": Distribution("pareto", (mean / 2, 2.5)),
            "mixture": mixture((1.0, 2.0, 1.0), parts),
            "empirical": empirical([mean / 3, mean, mean, 2 * mean], weights=_weights(mean)),
        }
        return made[kind]


def _weights(mean: float) -> tuple[float, ...] | None:
    """Return weights for half of the empirical distributions."""
    return (1.0, 0.0, 2.0, 0.5) if int(mean) % 2 else None


def case(number: int) -> Case:
    """Return case ``number``."""
    if is_wide(number):
        from .wide import wide  # which builds its cases from what is here

        one = wide(number)
    else:
        one = _usual(number)
    return with_replica_crashes(one) if number >= NEWER else one


def _usual(number: int) -> Case:
    dice = Dice(number)
    make = Maker(dice)
    regions = REGIONS[: dice.pick((2, 3, 3, 3, 4, 5))]
    duration = dice.whole(8, 20) * S + (0 if make.style == EVEN else dice.whole(0, S))
    clients = dice.some(regions, 1, 3)
    names = ("orders", "stock", "users")[: dice.pick((1, 1, 1, 2, 3))]
    scenario = Scenario(
        name=f"case {number}",
        duration=duration,
        regions={region: Region() for region in regions},
        network=network_of(make, regions),
        clients={
            client: Client(share=1.0 if make.style == EVEN else dice.real(0.5, 2.0)) for client in clients
        },
        gateway=gateway_of(make),
        level=level_of(make),
        warmup=make.span(0, 2000),
        databases={name: database_of(make, regions, share=1 / len(names)) for name in names},
    )
    scenario = acknowledged(make, number, scenario)
    if number % TRACED == 4:
        scenario = traced(make, number, scenario)
    if aimed(number):
        scenario = aim(make, number, scenario)
    if not scenario.faults:
        scenario = scenario.model_copy(update={"faults": faults_for(make, scenario)})
    scenario = resolve(scenario)
    return Case(number, make.style, scenario, dice.whole(0, 2**31), pulls_for(number, scenario))


def acknowledged(make: Maker, number: int, scenario: Scenario) -> Scenario:
    """Let about half of the stores of every second hundred of cases answer when replicas have a commit.

    By decisions of its own, so that the other cases stay as they were.
    """
    own = Maker(Dice(f"acknowledgement {number}"))
    own.style, own.unit = make.style, make.unit
    if number // 100 % 2 == 0:
        return scenario
    databases = {
        name: database.model_copy(update={"replication": _answering(own, database)})
        for name, database in scenario.databases.items()
    }
    return scenario.model_copy(update={"databases": databases})


def _answering(make: Maker, database: Database) -> Replication:
    dice, replicas = make.dice, len(database.replicas)
    if not replicas or dice.chance(0.4):
        return database.replication
    of = dice.some(database.replicas, 1, replicas) if dice.chance(0.4) else None
    if of is not None and dice.chance(0.5):
        of = [database.primary, *of]
    most = replicas if of is None else len(set(of) - {database.primary})
    flush = dice.pick((0, make.span(0, 10), make.span(0, 300)))
    rule = AnyReplicas(kind="any", count=min(most, dice.pick((1, 1, 2, 3))), of=of, flush=flush)
    return database.replication.model_copy(update={"acknowledgement": rule})


def pulls_for(number: int, scenario: Scenario) -> tuple[tuple[int, str], ...]:
    """Return random times at which a cursor is pulled, a store's circle or a node's (mostly a replica's), and
    some at which all are."""
    dice = Dice(f"pulls {number}")
    pulls = []
    for _ in range(dice.whole(0, 30)):
        name = dice.pick(sorted(scenario.databases))
        database = scenario.databases[name]
        cursor = dice.pick(CURSORS)
        if cursor != "circle":
            node = (
                dice.pick(database.replicas or nodes_of(database)) if dice.chance(0.8) else database.primary
            )
            cursor = f"{node}/{cursor}"
        pulls.append((dice.whole(1, scenario.duration - 1), f"{name}/{cursor}"))
    pulls += [(dice.whole(1, scenario.duration - 1), ALL) for _ in range(dice.whole(0, 3))]
    return tuple(sorted(pulls))


def level_of(make: Maker) -> Level:
    """Return a level of service."""
    dice = make.dice
    return Level(
        good=dice.pick((0.99, 0.9, 0.5)),
        latency=make.span(30, 600),
        window=make.span(200, 1000),
        hold=make.span(300, 4000),
    )


def network_of(make: Maker, regions: tuple[str, ...]) -> Network:
    """Return a network between regions."""
    dice = make.dice
    links = {}
    for i, a in enumerate(regions):
        for b in regions[i + 1 :]:
            links[f"{a}/{b}"] = _link(make)
            if dice.chance(0.3):
                links[f"{b}/{a}"] = _link(make)
    return Network(
        links=links,
        access=Access(latency=make.span(0, 10), jitter=_jitter(make, 5)),
        local=dice.pick((0, make.span(0, 2))),
        retransmit=make.span(20, 200),
    )


def _jitter(make: Maker, most: int) -> Distribution:
    return constant(0) if make.dice.chance(0.5) else make.random(0, most)


def _link(make: Maker) -> Link:
    dice = make.dice
    loss = 0.0 if dice.chance(0.6) else dice.real(0.001, 0.2)
    return Link(
        latency=make.span(1, 60),
        jitter=_jitter(make, 20),
        loss=loss,
        bandwidth=dice.pick((2e5, 4e5, 1e6, 1e8)),
    )


def gateway_of(make: Maker) -> Gateway:
    """Return the gateways' rules."""
    dice = make.dice
    interval = make.span(400, 1000)
    check = Check(
        interval=interval,
        timeout=min(interval, make.span(100, 600)),
        failures=dice.whole(1, 3),
        successes=dice.whole(1, 3),
        offset=_offset(make, interval),
    )
    return Gateway(
        check=check,
        ttl=make.span(200, 3000),
        resolvers=dice.whole(1, 8),
        client_return=dice.pick(("auto", "auto", "never")),
        client_return_after=make.span(200, 3000),
        route=make.random(20, 800),
    )


def _offset(make: Maker, interval: int) -> int | None:
    return make.span(0, interval // MS) if make.even and make.dice.chance(0.7) else None


def database_of(make: Maker, regions: tuple[str, ...], *, share: float) -> Database:
    """Return a store somewhere in these regions."""
    dice = make.dice
    placed = sorted(regions, key=lambda _: dice.bits())
    return Database(
        primary=placed[0],
        replicas=placed[1 : 1 + dice.pick((len(regions), len(regions), 1, 2))] if dice.chance(0.95) else [],
        zone=dice.pick(("a", "b")),
        reads=dice.pick(("local", "local", "primary")),
        service=_service(make),
        replication=Replication(
            record=dice.pick((512, 1000, 2048)),
            share=dice.real(0.3, 1.0) * share,
            window=dice.pick((1000, 4096, 65536)),
            apply=make.random(0, 12),
        ),
        failover=_failover(make),
        workload=_workload(make, share),
    )


def _service(make: Maker) -> Service:
    dice = make.dice
    workers = dice.whole(1, 3)
    write, read = dice.pick(((10, 20), (20, 60), (1, 5)))
    return Service(
        write=make.random(1, write * workers),
        read=make.random(1, read * workers),
        probe=make.random(0, 5),
        workers=workers,
        queue=dice.pick((0, 1, 3, 10, 1000)),
    )


def _failover(make: Maker) -> Failover:
    dice = make.dice
    interval = make.span(100, 500)
    return Failover(
        interval=interval,
        timeout=min(interval, make.span(60, 300)),
        failures=dice.whole(1, 3),
        successes=dice.whole(1, 2),
        offset=_offset(make, interval),
        decision=make.random(0, 300),
        fencing=dice.pick(("lease", "none")),
        lease=interval + make.span(10, 1500),
        max_lag=dice.pick((make.span(50, 500), 60 * S)),
        promotion=make.random(20, 1500),
        rewind=make.random(20, 1500),
        rebuild=make.random(100, 2500),
        restart=make.random(10, 800),
    )


def _workload(make: Maker, share: float) -> Workload:
    dice = make.dice
    retry = Retry(
        timeout=make.span(50, 800),
        attempts=dice.whole(1, 5),
        base=make.span(5, 100),
        cap=make.span(100, 600),
        jitter=0.0 if make.even else dice.real(0, 1),
    )
    return Workload(
        writes=_rate(make, 8, 60) * share,
        reads=_rate(make, 0, 60) * share,
        arrivals=_arrivals(make),
        keys=Keys(count=dice.pick((1, 5, 50, 1000)), zipf=dice.pick((0.0, 0.99, 1.3))),
        sessions=Sessions(count=dice.pick((1, 3, 40)), keys=dice.whole(1, 4), length=make.span(500, 20_000)),
        retry=retry,
    )


def _rate(make: Maker, low: int, high: int) -> float:
    if not make.even:
        return make.dice.real(low, high)
    gap_ms = (
        make.unit // MS * make.dice.whole(max(1, 50 // (make.unit // MS)), max(2, 400 // (make.unit // MS)))
    )
    return 3000.0 / gap_ms if make.dice.chance(0.9) or low else 0.0


def _arrivals(make: Maker):
    dice = make.dice
    if make.even:
        return Constant()
    kind = dice.whole(0, 3)
    if kind == 2:
        period = make.span(1000, 10_000)
        return Diurnal(
            amplitude=dice.real(0.1, 0.95), period=period, peak=dice.whole(0, period), step=make.span(50, 900)
        )
    if kind == 3:
        return Bursty(factor=dice.real(1.5, 6), calm=make.span(200, 3000), burst=make.span(50, 1500))
    return Poisson()
