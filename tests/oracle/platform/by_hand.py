"""A platform small enough to be worked out by hand: three regions, one domain ``d``, constants only.

Write k (from 0) commits at 107 + 100 k ms; the relay's rounds begin every 100 ms, so it is on the bus of
``a`` at 202 + 100 k ms, and on those of ``b`` and ``c`` 10.004 ms later (4 us to send, 10 ms on the way).
"""

from sim.core.distributions import constant
from sim.spec import models as m
from sim.spec import path_models as p
from sim.spec.resolve import resolve

from ..twin import Result, run_twin

MS, S = m.MS, m.S
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


def reader(**more) -> p.Consumer:
    """Return a consumer in ``a`` that takes 3 ms for a row and saves its position every second."""
    given = {"of": "d", "region": "a", "work": ms(3), "commit": 1 * S, "restart": ms(200)}
    return p.Consumer(**{**given, **more})


def lake(**more) -> p.Lake:
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
    return p.Lake(
        home="a",
        stream=p.Stream(**stream),
        curated=p.Curated(interval=1 * S, **job),
        analytics=p.Analytics(interval=2 * S, **job),
        sync=p.Sync(**sync),
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
) -> m.Scenario:
    """Return the platform with what is given changed."""
    database = m.Database(
        primary="a",
        replicas=["b", "c"],
        service=m.Service(write=ms(5), read=ms(1), probe=constant(0)),
        replication=m.Replication(share=0.5, record=1000, apply=ms(1), **(replication or {})),
        failover=m.Failover(**(failover or QUIET)),
        workload=m.Workload(
            writes=writes,
            arrivals=m.Constant(),
            keys=m.Keys(count=1),
            retry=m.Retry(timeout=300 * MS, attempts=1),
        ),
        outbox=p.Poll(**POLL) if outbox is None else outbox,
    )
    wire = m.Link(latency=10 * MS, bandwidth=1e9)
    carried = {"share": 0.25, "save": 1 * S, "checkpoint": 1 * S, "restart": ms(200), "granularity": 1}
    scenario = m.Scenario(
        name="by hand",
        duration=duration,
        regions={region: m.Region() for region in "abc"},
        network=m.Network(
            links={"a/b": wire, "a/c": wire, "b/c": wire}, access=m.Access(latency=1 * MS), local=1 * MS
        ),
        clients={"a": m.Client(share=1.0)},
        gateway=m.Gateway(check=m.Check(**QUIET)),
        databases={"d": database},
        bus=p.Bus(event=1000, mirror=p.Mirror(**(carried | (mirror or {}))), **(bus or {})),
        faults=faults or {},
        level=m.Level(hold=5 * S),
        **sections,
    )
    return resolve(scenario)


def in_ms(column) -> list[float]:
    """Return times in ms."""
    return [value / MS for value in column.tolist()]
