"""A platform small enough to be worked out by hand: three regions, one domain ``d``, constants only.

Write k (from 0) commits at 107 + 100 k ms; the relay's rounds begin every 100 ms, so it is on the bus of
``a`` at 202 + 100 k ms, and on those of ``b`` and ``c`` 10.004 ms later (4 us to send, 10 ms on the way).
"""

from sim.core.distributions import constant
from sim.spec.bus.bus import Bus, Mirror, Poll
from sim.spec.bus.consumer import Consumer
from sim.spec.lake.lake import Analytics, Curated, Lake, Stream, Sync
from sim.spec.model import MS, S
from sim.spec.network.network import Access, Link, Network, Region
from sim.spec.resolve import resolve
from sim.spec.scenario import Level, Scenario
from sim.spec.store.database import Database, Failover, Replication, Service
from sim.spec.store.routing import Check, Client, Gateway
from sim.spec.store.workload import Constant, Keys, Retry, Workload

from ..twin import Result, run_twin

NEVER = 3600 * S
QUIET = {"interval": 1 * S, "timeout": 500 * MS, "offset": NEVER}
POLL = {
    "kind": "poll",
    "interval": 100 * MS,
    "batch": 10,
    "publish": constant(2 * MS),
    "mark": 5 * MS,
    "restart": constant(300 * MS),
}


def ms(number: float):
    """Return a constant number of ms."""
    return constant(number * MS)


def reader(**more) -> Consumer:
    """Return a consumer in ``a`` that takes 3 ms for a row and saves its position every second."""
    given = {"of": "d", "region": "a", "work": ms(3), "commit": 1 * S, "restart": ms(200)}
    return Consumer(**{**given, **more})


def lake(**more) -> Lake:
    """Return a lake in ``a``: 3 ms a row, a commit every second that takes 100 ms, jobs of 50 ms."""
    stream = {
        "transform": ms(3),
        "parallelism": 1,
        "checkpoint": 1 * S,
        "commit": 100 * MS,
        "restart": ms(200),
        **more.pop("stream", {}),
    }
    job = {"base": ms(50), "per_row": 1 * MS, "restart": ms(200)}
    sync = {"share": 0.1, "row": 1000, "lag": ms(20), "pointer": 5 * MS, **more.pop("sync", {})}
    return Lake(
        home="a",
        stream=Stream(**stream),
        curated=Curated(interval=1 * S, **job),
        analytics=Analytics(interval=2 * S, **job),
        sync=Sync(**sync),
        **more,
    )


def run(**changed) -> Result:
    """Run the twin on the platform with what is given changed (see ``platform``)."""
    return run_twin(platform(**changed), 7)


def platform(
    *,
    faults=None,
    duration=6 * S,
    outbox=None,
    bus=None,
    mirror=None,
    failover=None,
    replication=None,
    writes=10.0,
    **sections,
) -> Scenario:
    """Return the platform with what is given changed."""
    database = Database(
        primary="a",
        replicas=["b", "c"],
        service=Service(write=ms(5), read=ms(1), probe=constant(0)),
        replication=Replication(share=0.5, record=1000, apply=ms(1), **(replication or {})),
        failover=Failover(**(failover or QUIET)),
        workload=Workload(
            writes=writes,
            arrivals=Constant(),
            keys=Keys(count=1),
            retry=Retry(timeout=300 * MS, attempts=1),
        ),
        outbox=Poll(**POLL) if outbox is None else outbox,
    )
    wire = Link(latency=10 * MS, bandwidth=1e9)
    carried = {"share": 0.25, "save": 1 * S, "checkpoint": 1 * S, "restart": ms(200), "granularity": 1}
    scenario = Scenario(
        name="by hand",
        duration=duration,
        regions={region: Region() for region in "abc"},
        network=Network(
            links={"a/b": wire, "a/c": wire, "b/c": wire}, access=Access(latency=1 * MS), local=1 * MS
        ),
        clients={"a": Client(share=1.0)},
        gateway=Gateway(check=Check(**QUIET)),
        databases={"d": database},
        bus=Bus(event=1000, mirror=Mirror(**(carried | (mirror or {}))), **(bus or {})),
        faults=faults or {},
        level=Level(hold=5 * S),
        **sections,
    )
    return resolve(scenario)


def in_ms(column) -> list[float]:
    """Return times in ms."""
    return [value / MS for value in column.tolist()]
