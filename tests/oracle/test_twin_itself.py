"""The twin gives what arithmetic gives: constants only, every expected time worked out by hand."""

import pytest

from sim.core.distributions import constant
from sim.core.draws import Purpose, key_of
from sim.engine.sampling import uniform
from sim.journal.schema import FAIL, INFO, LSN_MASK, OK
from sim.spec.faults.kinds import (
    DbCrash,
    NetworkPartition,
    NodeSlow,
    RegionIsolation,
    RegionOutage,
    ReplicationPause,
    TrafficSpike,
)
from sim.spec.model import MS, S
from sim.spec.network.network import Access, Link, Network, Region
from sim.spec.resolve import resolve
from sim.spec.scenario import Level, Scenario
from sim.spec.store.database import Database, Failover, Replication, Service
from sim.spec.store.routing import Check, Client, Gateway
from sim.spec.store.workload import Constant, Keys, Retry, Workload

from . import measures
from .compare import compare, compare_milestones
from .generate import case
from .twin import Result, run_twin

NEVER = 3600 * S
QUIET = {"interval": 1 * S, "timeout": 500 * MS, "offset": NEVER}
WATCHED = {
    "interval": 1 * S,
    "timeout": 500 * MS,
    "failures": 3,
    "offset": 250 * MS,
    "lease": 3 * S,
    "decision": constant(500 * MS),
    "promotion": constant(2 * S),
}
ONCE = Retry(timeout=300 * MS, attempts=1)


def _run(
    *,
    clients="a",
    duration=20 * S,
    failover=None,
    service=None,
    faults=None,
    link=None,
    replication=None,
    check=None,
    gateway=None,
    **load,
) -> Result:
    """Run three regions with the primary in a: access and local legs take 1 ms, links 10 ms, a write 5 ms, a
    read 1 ms."""
    made = Service(write=constant(5 * MS), read=constant(1 * MS), probe=constant(0))
    database = Database(
        primary="a",
        replicas=["b", "c"],
        service=service or made,
        replication=replication or Replication(share=1.0, record=1000, apply=constant(1 * MS)),
        failover=Failover(**(failover or QUIET)),
        workload=Workload(arrivals=Constant(), keys=Keys(count=1), **{"retry": ONCE, **load}),
    )
    wire = link or Link(latency=10 * MS, bandwidth=1e9)
    scenario = Scenario(
        name="by hand",
        duration=duration,
        regions={region: Region() for region in "abc"},
        network=Network(
            links={"a/b": wire, "a/c": wire, "b/c": wire}, access=Access(latency=1 * MS), local=1 * MS
        ),
        clients={client: Client(share=1.0) for client in clients},
        gateway=Gateway(check=Check(**(check or QUIET)), **(gateway or {})),
        databases={"d": database},
        faults=faults or {},
        level=Level(hold=5 * S),
    )
    return run_twin(resolve(scenario), 7)


def _ms(column) -> list[float]:
    return [value / MS for value in column.tolist()]


def _at(ms: int) -> dict:
    return {"at": constant(ms * MS)}


def _outage(ms: int, **more) -> RegionOutage:
    return RegionOutage(kind="region_outage", region="a", **_at(ms), **more)


def _judged(result: Result, **level) -> Scenario:
    """Return a scenario that carries what the plain measures need to know."""
    regions = {region: Region() for region in "abc"}
    database = Database(primary="a", replicas=["b", "c"])
    return Scenario(
        name="judged",
        duration=40 * S,
        regions=regions,
        clients={"b": Client(share=1.0)},
        databases={"d": database},
        level=Level(hold=5 * S, **level),
    )


def test_an_unloaded_write_takes_its_legs_and_its_service():
    """Write k is sent at (k + 1) gaps, commits 7 ms later and is known another 2 ms later."""
    tables = _run(writes=10.0, duration=1 * S).tables["d"]
    assert _ms(tables["ops"]["send_ns"]) == [100.0 * k for k in range(1, 10)]
    assert _ms(tables["commits"]["commit_ns"]) == [100.0 * k + 7 for k in range(1, 10)]
    assert _ms(tables["ops"]["end_ns"]) == [100.0 * k + 9 for k in range(1, 10)]


def test_an_overloaded_server_works_in_order():
    """With 150 ms of work every 100 ms, write k is done at 102 + 150 (k + 1) ms."""
    service = Service(write=constant(150 * MS))
    retry = Retry(timeout=10 * S, attempts=1)
    commits = _run(writes=10.0, duration=2 * S, service=service, retry=retry).tables["d"]["commits"][
        "commit_ns"
    ]
    assert _ms(commits) == [102.0 + 150 * (k + 1) for k in range(12)]


def test_a_full_queue_refuses():
    """One place and 250 ms of work every 100 ms: of the first five writes the third and the fifth are turned
    away."""
    service = Service(write=constant(250 * MS), queue=1)
    retry = Retry(timeout=10 * S, attempts=1)
    ops = _run(writes=10.0, duration=2 * S, service=service, retry=retry).tables["d"]["ops"]
    sent = {int(rid & LSN_MASK): outcome for rid, outcome in zip(ops["rid"], ops["outcome"], strict=True)}
    assert [sent[k] for k in range(5)] == [OK, OK, FAIL, OK, FAIL]


def test_slow_work_in_service_is_stretched_and_shrunk():
    """50 ms of work, half speed from 10 ms to 50 ms after its start: 10 + 40 + 20 ms in all."""
    slow = NodeSlow(
        kind="node_slow", database="d", region="a", factor=2.0, duration=constant(40 * MS), **_at(112)
    )
    service = Service(write=constant(50 * MS))
    commits = _run(writes=10.0, duration=1 * S, service=service, faults={"slow": slow}).tables["d"][
        "commits"
    ]["commit_ns"]
    assert _ms(commits)[:2] == [172.0, 252.0]


def test_a_spike_rescales_the_gap_in_progress():
    """Tripled rate from 150 ms: 50 ms of the gap are left and take 16.67 ms, then a write every 33.33 ms."""
    spike = TrafficSpike(kind="traffic_spike", factor=3.0, **_at(150))
    sends = _run(writes=10.0, duration=300 * MS, faults={"spike": spike}).tables["d"]["ops"]["send_ns"]
    assert sends.tolist()[:4] == [100 * MS, 166_666_667, 200_000_000, 233_333_333]


def test_refusals_are_retried_after_back_off():
    """A dead process refuses in 4 ms; back-offs of 100 ms and 150 ms (the cap); the third refusal ends the
    write as failed."""
    crash = DbCrash(kind="db_crash", database="d", region="a", **_at(0))
    retry = Retry(timeout=50 * MS, attempts=3, base=100 * MS, cap=150 * MS, jitter=0.0)
    ops = _run(writes=10.0, duration=1 * S, faults={"crash": crash}, retry=retry).tables["d"]["ops"]
    assert (ops["end_ns"][0] / MS, ops["outcome"][0], ops["attempts"][0]) == (
        100 + 4 + 100 + 4 + 150 + 4,
        FAIL,
        3,
    )


def test_silence_is_retried_after_the_timeout():
    """A dead region is silent: three timeouts of 50 ms and the back-offs between them; nobody knows what
    became of the write."""
    retry = Retry(timeout=50 * MS, attempts=3, base=100 * MS, cap=150 * MS, jitter=0.0)
    ops = _run(writes=10.0, duration=1 * S, faults={"out": _outage(0)}, retry=retry).tables["d"]["ops"]
    assert (ops["end_ns"][0] / MS, ops["outcome"][0], ops["attempts"][0]) == (
        100 + 50 + 100 + 50 + 150 + 50,
        INFO,
        3,
    )


def test_losing_the_primary_region_takes_exactly_its_phases():
    """Detection 2.75 s, decision 0.5 s, fence until 15.25 s, promotion 2 s, routing 1 s: writes are good
    again from 19 s on."""
    result = _run(
        clients="b", writes=10.0, duration=40 * S, failover=WATCHED, faults={"out": _outage(10_000)}
    )
    kinds = {kind: at / S for kind, at, _ in result.milestones}
    wanted = {
        "declared": 12.75,
        "decided": 13.25,
        "fenced": 15.25,
        "promoting": 15.25,
        "promoted": 17.25,
        "rerouted": 18.25,
    }
    assert {kind: kinds[kind] for kind in wanted} == wanted
    (episode,) = measures.episodes(result.tables["d"], _judged(result), 1)
    assert (episode.started_ns, episode.rta_ns, episode.downtime_ns) == (10 * S, 9 * S, 9 * S)
    assert measures.loss(result.tables["d"], result.milestones, _judged(result), "d")["lost"] == set()


def test_a_send_queue_loses_what_had_not_left():
    """20 commits and 10 sends a second for 10 s: 199 committed, 99 handed to the wire, 100 lost, the oldest
    5.016 s old."""
    slow = Link(latency=10 * MS, bandwidth=10_000.0)
    result = _run(
        clients="b",
        writes=20.0,
        duration=40 * S,
        failover=WATCHED,
        link=slow,
        faults={"out": _outage(10_000)},
    )
    found = measures.loss(result.tables["d"], result.milestones, _judged(result), "d")
    assert (len(found["lost"]), result.tables["d"]["cuts"]["cut"].tolist()) == (100, [99])
    assert found["recoveries"][0]["window_ns"] == 10_000 * MS - (50 * 100 + 16) * MS


@pytest.mark.parametrize(("wire", "lost"), [("delivered", 0), ("lost", 8)])
def test_propagation_delay_alone_loses_nothing_unless_the_wire_is_lost(wire, lost):
    """100 commits a second over 80 ms: 8 records are on the wire when the sender dies, and arrive unless the
    wire is lost."""
    link = Link(latency=80 * MS, bandwidth=1e9)
    outage = _outage(10_000, wire=wire)
    result = _run(writes=100.0, duration=30 * S, failover=WATCHED, link=link, faults={"out": outage})
    found = measures.loss(result.tables["d"], result.milestones, _judged(result), "d")
    assert len(found["lost"]) == lost


def test_a_lease_ends_writes_of_an_isolated_primary():
    """Contacts end at 9.25 s, so the 3 s lease holds until 12.25 s; the 23 writes acknowledged after the cut
    are lost."""
    cut = RegionIsolation(kind="region_isolation", region="a", **_at(10_000))
    result = _run(writes=10.0, duration=30 * S, failover=WATCHED, faults={"cut": cut})
    ops = result.tables["d"]["ops"]
    ok = {send / MS: outcome == OK for send, outcome in zip(ops["send_ns"], ops["outcome"], strict=True)}
    assert ok[12_200.0]
    assert not ok[12_300.0]
    assert len(measures.loss(result.tables["d"], result.milestones, _judged(result), "d")["lost"]) == 23


def test_a_paused_replica_returns_old_versions():
    """Apply stops at 1 s: the read served at 1.903 s misses the 18 commits since 1.008 s (a read went first
    at the primary)."""
    pause = ReplicationPause(kind="replication_pause", database="d", region="b", stage="apply", **_at(1000))
    ops = _run(clients="ab", writes=20.0, reads=20.0, duration=3 * S, faults={"pause": pause}).tables["d"][
        "ops"
    ]
    rows = zip(
        *(ops[name].tolist() for name in ("kind", "client", "send_ns", "stale_ns", "behind")), strict=True
    )
    found = [
        (stale / MS, behind)
        for kind, client, send, stale, behind in rows
        if (kind, client, send) == (0, 1, 1900 * MS)
    ]
    assert found == [(895.0, 18)]


def test_a_cut_way_back_stops_the_flow_after_its_window():
    """With only the way back cut from 1 s to 2 s, the window's 4 records are sent, the rest follows from 2 s
    on."""
    cut = NetworkPartition(
        kind="network_partition", groups=[["b"], ["a"]], one_way=True, duration=constant(1 * S), **_at(1000)
    )
    spec = Replication(share=1.0, record=1000, window=4000, apply=constant(1 * MS))
    tables = _run(writes=10.0, duration=3 * S, faults={"cut": cut}, replication=spec).tables["d"]
    sent = [
        (at / MS, version & LSN_MASK)
        for at, version in zip(*(tables["sent/b"][n].tolist() for n in ("at_ns", "version")), strict=True)
    ]
    during = [(at, lsn) for at, lsn in sent if 1000 <= at < 2000]
    assert during == [(1007.001, 10), (1107.001, 11), (1207.001, 12), (1307.001, 13)]
    assert sent[sent.index(during[-1]) + 1] == (2000.001, 14)


def test_a_resolver_follows_the_answer_when_its_cache_expires():
    """The answer leaves a at 2.25 s; the one resolver asks again at the first send after each expiry, a TTL
    apart."""
    ttl = 3 * S
    check = {"interval": 500 * MS, "timeout": 250 * MS, "failures": 2, "offset": 500 * MS}
    gateway = {"ttl": ttl, "resolvers": 1}
    result = _run(reads=10.0, duration=10 * S, check=check, gateway=gateway, faults={"out": _outage(1400)})
    assert ("answer", 2250 * MS, "d/dns/a") in result.milestones
    asked = int(uniform(key_of(7, 0, "d/dns/a"), 0, 0, Purpose.DNS) * ttl)
    while True:
        asked = -(-asked // (100 * MS)) * 100 * MS
        if asked >= 2250 * MS:
            break
        asked += ttl
    ops = result.tables["d"]["ops"]
    moved = [
        send for send, node in zip(ops["send_ns"].tolist(), ops["node"].tolist(), strict=True) if node == 1
    ]
    assert min(moved) == asked


def test_watching_for_ties_changes_nothing():
    """The clock that counts ties gives the same operations as the plain one."""
    one = case(3)
    watched, plain = (run_twin(one.scenario, one.seed, watch=watch) for watch in (True, False))
    assert watched.coverage.ties > 0
    assert compare(plain.tables, watched.tables) is None
    assert plain.milestones == watched.milestones


def test_the_comparison_sees_a_difference_of_one_nanosecond():
    """A single time that is 1 ns off, a row too few and another milestone are all found."""
    one = case(3)
    twin = run_twin(one.scenario, one.seed)
    domain = min(twin.tables)
    for table, column in (("ops", "end_ns"), ("commits", "commit_ns")):
        values = twin.tables[domain][table][column].copy()
        values[len(values) // 2] += 1
        moved = {**twin.tables[domain], table: {**twin.tables[domain][table], column: values}}
        assert f"{domain}.{table}: row {len(values) // 2}" in compare(
            {**twin.tables, domain: moved}, twin.tables
        )
    short = {
        **twin.tables[domain],
        "ops": {name: values[:-1] for name, values in twin.tables[domain]["ops"].items()},
    }
    assert compare({**twin.tables, domain: short}, twin.tables)
    assert compare_milestones(twin.milestones[1:], twin.milestones)
