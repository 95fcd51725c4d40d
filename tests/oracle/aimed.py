"""Cases aimed at what chance does not reach: one store is made quick to fail over, and its primary is taken
away in a particular way."""

from typing import TYPE_CHECKING

from sim.core.distributions import constant
from sim.spec.faults.kinds import AnyFault, DbCrash, NetworkPartition, RegionIsolation
from sim.spec.model import MS, S
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database
from sim.spec.store.workload import Keys, Retry

if TYPE_CHECKING:
    from .generate import Maker

EVERY = 20  # of so many cases one is aimed at each target
SERVED, FORGOTTEN = 6, 13  # their numbers modulo EVERY


def aimed(number: int) -> bool:
    """Whether a case is aimed at something."""
    return number % EVERY in (SERVED, FORGOTTEN)


def aim(make: "Maker", number: int, scenario: Scenario) -> Scenario:
    """Return an aimed case's scenario: its platform, with another store and other faults."""
    client = sorted(scenario.clients)[0]
    others = sorted(set(scenario.regions) - {client})
    if len(others) == 1:  # two regions have no majority without one another
        return scenario
    change = _served_beyond_a_trip if number % EVERY == SERVED else _forgotten_answers
    name, (database, faults) = sorted(scenario.databases)[0], change(make, scenario, client, others=others)
    return scenario.model_copy(update={"databases": {**scenario.databases, name: database}, "faults": faults})


def _served_beyond_a_trip(
    make: "Maker", scenario: Scenario, client: str, *, others: list[str]
) -> tuple[Database, dict[str, AnyFault]]:
    """The primary is cut off from all regions but its clients, and replaced while it works on what arrived
    before all observers tripped at once; reads there show what it really has."""
    dice = make.dice
    old = _quick(make, scenario, fencing="none")
    service = old.service.model_copy(
        update={
            "write": constant(dice.whole(25, 60) * MS),
            "read": constant(dice.whole(2, 10) * MS),
            "workers": 1,
            "queue": 1000,
        }
    )
    workload = old.workload.model_copy(
        update={
            "writes": dice.real(6, 12),
            "reads": dice.real(10, 30),
            "keys": Keys(count=dice.whole(1, 3)),
        }
    )
    database = old.model_copy(
        update={"primary": client, "replicas": others, "reads": "local"}
        | {"service": service, "workload": workload}
    )
    cut = RegionIsolation(
        kind="region_isolation",
        region=client,
        at=constant(dice.whole(1500, 4000) * MS),
        duration=constant(make.span(2000, 3000)),
    )
    return database, {"alone": cut}


def _forgotten_answers(
    make: "Maker", scenario: Scenario, client: str, *, others: list[str]
) -> tuple[Database, dict[str, AnyFault]]:
    """The primary's answers to one client do not arrive, its records do; then it crashes, so that the client
    tries again elsewhere what was committed last."""
    dice = make.dice
    old = _quick(make, scenario, fencing=dice.pick(("none", "lease")))
    retry = Retry(timeout=dice.whole(100, 250) * MS, attempts=8, base=20 * MS, cap=100 * MS, jitter=0.5)
    workload = old.workload.model_copy(update={"retry": retry, "writes": dice.real(10, 30)})
    database = old.model_copy(
        update={"primary": others[0], "replicas": [*others[1:], client], "workload": workload}
    )
    deaf = NetworkPartition(
        kind="network_partition",
        groups=[[others[0]], [client]],
        one_way=True,
        at=constant(dice.whole(1500, 3000) * MS),
        duration=constant(3000 * MS),
    )
    crash = DbCrash(
        kind="db_crash",
        database=sorted(scenario.databases)[0],
        at=constant(dice.whole(3200, 4000) * MS),
        duration=constant(make.span(1000, 3000)),
    )
    return database, {"deaf": deaf, "crash": crash}


def _quick(make: "Maker", scenario: Scenario, *, fencing: str) -> Database:
    """Return the first store: observers probe at the same moments and give up at once, and everything after
    that takes milliseconds."""
    dice = make.dice
    old = scenario.databases[sorted(scenario.databases)[0]]
    interval = dice.whole(300, 500) * MS
    failover = old.failover.model_copy(
        update={
            "interval": interval,
            "timeout": interval - dice.whole(0, 100) * MS,
            "failures": 1,
            "offset": dice.whole(0, 100) * MS,
            "decision": constant(dice.whole(1, 8) * MS),
            "promotion": constant(dice.whole(1, 8) * MS),
            "fencing": fencing,
            "lease": interval + 10 * MS,
            "max_lag": 60 * S,
        }
    )
    apply = constant(dice.whole(1, 3) * MS)
    replication = old.replication.model_copy(update={"apply": apply, "record": 512})
    return old.model_copy(update={"failover": failover, "replication": replication})
