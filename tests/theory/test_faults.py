"""Each kind of fault: its exact effect while it holds, and its exact undoing: afterwards every write goes as
if it had never been.

Write n is sent at n * 10 ms, reaches the primary 5.3 ms later, is committed after 1 ms of work, handed to the
wire after
1 ms and received 30 ms after that; apply takes 50 us. Detection is off (20 failures) unless a test wants it.
"""

from typing import Any

import numpy as np
import pytest

from sim.core.errors import SpecError
from tests.theory.one_store import (
    ACCESS,
    APPLY,
    COMMIT,
    EAST_NORTH,
    EAST_WEST,
    LSN,
    MS,
    TO_NODE,
    TRANSMIT,
    US,
    WRITE,
    Run,
    S,
    arrivals,
    run,
    stage,
)

GAP = 10 * MS
OK, FAIL, INFO = 0, 1, 2
STILL = {"failover": {"failures": 20}}  # nobody gives up
N = np.arange(1, 6000)
SEND = N * GAP
COMMITTED = SEND + COMMIT
SENT = COMMITTED + TRANSMIT
RECEIVED = SENT + EAST_WEST


def struck(fault: dict[str, Any], *, patch: dict[str, Any] | None = None, **orders: Any) -> Run:
    """Return a run with one fault and no failover."""
    return run(patch, orders={**STILL, **orders}, fault=fault)


def undone(found: Run, since_ns: int, *, patch: dict[str, Any] | None = None, **orders: Any) -> None:
    """Assert that every write sent from ``since_ns`` on went exactly as in a run without the fault (positions
    aside).
    """
    plain = run(patch, orders={**STILL, **orders}).journeys(since_ns)
    assert len(plain) > 500, "there must be enough left to compare"
    assert found.journeys(since_ns) == plain


def seconds(at: float, length: float, kind: str, **more: Any) -> dict[str, Any]:
    """Return a fault of ``kind`` for ``length`` s from ``at`` s on, both exact to the nanosecond."""
    return {"kind": kind, "at": f"{round(at * S)}ns", "duration": f"{round(length * S)}ns", **more}


def outcomes(r: Run, begin: int, end: int) -> list[tuple[int, int]]:
    """Return (outcome, time to it) of the writes sent in [begin, end)."""
    return [(o, done - send) for send, done, o, *_ in r.journeys(begin).values() if send < end]


# --- regions and nodes


def test_region_outage_is_silence_then_refusal_then_nothing():
    """Down: no answer, the client times out (info). Region back, process restarting: refused (fail). Then all
    as before.
    """
    r = struck(seconds(20, 5, "region_outage", region="east"))
    assert (r.when("region.down", "east"), r.when("region.up", "east")) == ([20 * S], [25 * S])
    assert r.when("node.up") == [35 * S]
    silent = outcomes(r, 20 * S, 25 * S)
    assert silent == [(INFO, 2 * S)] * 500
    refused = outcomes(r, 25 * S, 35 * S - TO_NODE)
    assert refused == [(FAIL, 2 * TO_NODE)] * len(refused)
    assert len(refused) == 1000
    assert outcomes(r, 35 * S, 36 * S) == [(OK, 2 * TO_NODE + WRITE)] * 100
    undone(r, 35 * S)


def test_zone_outage_leaves_the_gateway():
    """Only the nodes of a zone fall silent: the region's gateway stays, and sends writes to the new primary
    after rerouting.
    """
    zones = {"regions": {"east": {"zones": ["a", "b"]}}}
    r = run(
        zones,
        orders={"zone": "a"},
        fault={"kind": "region_outage", "region": "east", "zone": "a", "at": "20s"},
    )
    assert r.when("region.down") == []
    assert r.when("answer") == [49 * S]
    rerouted = r.when("rerouted", "orders/route/east")[0]
    assert rerouted == r.when("promoted")[0] + 1 * S
    first = min(send for send, _, outcome, *_ in r.journeys(20 * S).values() if outcome == OK)
    assert first == rerouted
    assert outcomes(r, rerouted, rerouted + GAP) == [(OK, 2 * (ACCESS + EAST_WEST) + WRITE)]
    with pytest.raises(SpecError, match="hits nothing"):
        run(zones, orders={"zone": "b"}, fault=seconds(20, 5, "region_outage", region="east", zone="a"))


def test_db_crash_loses_what_is_in_service():
    """The write in service at the crash never ends (info), later ones are refused, and after the restart
    nothing is left of it.
    """
    at = 19_990 * MS + TO_NODE + 400 * US  # 0.4 ms into the work of write 1999
    r = struck(seconds(at / S, 5, "db_crash", database="orders"))
    up = at + 5 * S + 10 * S
    assert r.when("node.up") == [up]
    assert outcomes(r, 19_990 * MS, 20 * S) == [(INFO, 2 * S)]
    refused = outcomes(r, 20 * S, up - TO_NODE)
    assert set(refused) == {(FAIL, 2 * TO_NODE)}
    assert len(refused) == 1500
    undone(r, next(n * GAP for n in N if n * GAP + TO_NODE >= up))


def test_replica_crash_stops_what_is_sent_and_nothing_else():
    """Of two replicas the first named is down for 5 s and the 10 s of its restart: clients and the other
    replica notice nothing, and what waited is sent at the speed of the link.
    """
    two = {"replicas": ["west", "north"], "replication": {"share": 0.5}}
    fault = seconds(20, 5, "replica_crash", database="orders", count=1)
    r, plain = struck(fault, **two), run(orders={**STILL, **two})
    assert [(m.at_ns, m.subject) for m in r.milestones if m.kind == "node.down"] == [(20 * S, "orders/west")]
    assert r.when("node.up") == [35 * S]
    for column in ("send_ns", "end_ns", "outcome"):
        assert (r.table("ops", column) == plain.table("ops", column)).all()
    assert (stage(r, "sent", "north") == stage(plain, "sent", "north")).all()
    sent, each = stage(r, "sent"), 2 * TRANSMIT  # at half of the link
    assert not ((sent > 20 * S) & (sent <= 35 * S)).any()
    behind = sent[sent > 35 * S]
    first = np.searchsorted(COMMITTED, 20 * S - each - EAST_WEST, side="right")
    backlog = int(np.argmax(np.diff(behind) > each)) + 1
    assert (behind[:backlog] == 35 * S + each * np.arange(1, backlog + 1)).all()
    assert backlog == (35 * S - COMMITTED[first]) // (GAP - each) + 1, "until one is sent as it is committed"
    undone(r, 35 * S + backlog * each, **two)


def test_replica_crash_takes_whoever_is_no_primary_at_the_time():
    """After a promotion that is the old primary, and before it the other: with their data both are empty."""
    power = {"kind": "region_outage", "region": "east", "at": "20s", "duration": "5s"}
    later = {"kind": "replica_crash", "database": "orders", "duration": "1s", "data": "lost"}
    r = run(power=power, later={**later, "when": {"milestone": "orders.promoted"}})
    downs = [(m.at_ns // S, m.subject) for m in r.milestones if m.kind == "node.down"]
    assert downs == [(20, "orders/east"), (r.when("promoted")[0] // S + 1, "orders/east")]
    early = run(orders=STILL, early={**later, "at": "20s"})
    assert [m.subject for m in early.milestones if m.kind == "node.down"] == ["orders/west"]
    assert early.when("rebuilding", "orders/west"), "it comes back by a full copy"


def test_node_slow_rescales_work_in_service():
    """0.4 ms into 1 ms of work, at a third of the speed: 0.6 ms left become 1.8; later ones take 3 ms;
    healing is the reverse.
    """
    at, heal = (n * GAP + TO_NODE + 400 * US for n in (1999, 2999))
    fault = seconds(at / S, (heal - at) / S, "node_slow", database="orders", region="east", factor=3)
    r = struck(fault)
    took = r.table("commits", "commit_ns") - SEND[: len(r.table("commits", "commit_ns"))] - TO_NODE
    expected = np.full(len(took), WRITE)
    expected[1998] = 400 * US + 1_800 * US
    expected[1999:2998] = 3 * WRITE
    expected[2998] = 400 * US + 2_600 * US // 3 + 1  # 2.6 of 3 ms were left: 866,666.67 ns, rounded
    assert (took == expected).all()
    undone(r, 30 * S)


def test_node_slow_slows_apply_too():
    """On the replica, apply takes four times as long, and exactly that."""
    r = struck(seconds(20, 10, "node_slow", database="orders", region="west", factor=4))
    took = stage(r, "applied") - RECEIVED[: len(stage(r, "applied"))]
    slow = (RECEIVED[: len(took)] >= 20 * S) & (RECEIVED[: len(took)] < 30 * S)
    assert (took == np.where(slow, 4 * APPLY, APPLY)).all()
    assert slow.sum() == 1000
    undone(r, 30 * S)


def test_traffic_spike_multiplies_arrivals():
    """Doubled from 4 ms into a gap: the 6 ms left become 3, then a write every 5 ms; back on the old grid in
    the end.
    """
    r = struck(seconds(20.004, 10, "traffic_spike", factor=2))
    before, during = arrivals(100, 20_004 * MS), 20_007 * MS + 5 * MS * np.arange(2000)
    after = np.arange(30_010 * MS, 60 * S, GAP)
    sends = np.sort(np.concatenate([r.table("ops", "send_ns"), r.table("open", "send_ns")]))
    assert (sends == np.concatenate([before, during, after])).all()
    assert ((sends >= 20_004 * MS) & (sends < 30_004 * MS)).sum() == 2 * 1000


def test_traffic_spike_hits_what_it_names():
    """A spike on reads of one client leaves writes, and the other client, as they were."""
    two = {"clients": {"west": {"share": 1}}}
    reads = {"workload": {"reads": "100/s"}}
    r = struck(
        seconds(20, 10, "traffic_spike", factor=3, operation="read", client="west"), patch=two, **reads
    )
    plain = run(two, orders={**STILL, **reads})
    names = list(zip(r.table("issued", "client").tolist(), r.table("issued", "kind").tolist(), strict=True))
    issued, base = (x.table("issued", "count") for x in (r, plain))
    assert [name for name, more in zip(names, issued > base, strict=True) if more] == [(1, 0)], "west, reads"
    assert (issued - base).sum() == 2 * 500, "three times 50/s for 10 s instead of once"
    assert r.journeys() == plain.journeys()


# --- links


def test_network_latency_adds_exactly():
    """15 ms more on the wire; order is kept, so the first after healing waits for the last before it."""
    r = struck(seconds(20, 10, "network_latency", link="east->west", latency="15ms"))
    sent = SENT[: len(stage(r, "sent"))]
    assert (stage(r, "sent") == sent).all(), "the sender does not notice"
    slow = (sent >= 20 * S) & (sent < 30 * S)
    expected = np.maximum.accumulate(sent + EAST_WEST + 15 * MS * slow)[: len(stage(r, "received"))]
    assert (stage(r, "received") == expected).all()
    held = (expected != sent[: len(expected)] + EAST_WEST + 15 * MS * slow[: len(expected)]).sum()
    assert held == 1, "one record arrived only with the one before it"
    undone(r, 30 * S + GAP)


def test_network_latency_both_ways_for_requests():
    """A request and its reply that cross the link take the added latency each; overlapping faults add up."""
    far = {"clients": {"east": None, "west": {"share": 1}}}
    one = seconds(20, 10, "network_latency", link="east/west", latency="15ms")
    two = seconds(25, 10, "network_latency", link="west", latency="4ms", jitter="3ms")
    r = run(far, orders=STILL, one=one, two=two)
    took = {send: done - send for send, done, *_ in r.journeys().values()}
    plain = 2 * (ACCESS + EAST_WEST) + WRITE
    assert {took[s] for s in took if s < 20 * S - plain} == {plain}
    assert {took[s] for s in took if 20 * S <= s < 25 * S - 2 * plain} == {plain + 2 * 15 * MS}
    assert {took[s] for s in took if 25 * S <= s < 30 * S - 2 * plain} == {plain + 2 * (15 + 4 + 3) * MS}
    assert {took[s] for s in took if 30 * S <= s < 35 * S - 2 * plain} == {plain + 2 * (4 + 3) * MS}
    assert {took[s] for s in took if s >= 35 * S} == {plain}


def test_packet_loss_costs_geometric_retransmissions():
    """Each record is sent again n times, P(n >= j) = p^j; base and added losses combine; afterwards only the
    base is left.
    """
    from scipy.stats import binom

    quick = {"network": {"retransmit": "1ms", "links": {"east/west": {"loss": "20%"}}}, "duration": "100s"}
    r = struck(seconds(20, 60, "packet_loss", link="east->west", loss="25%"), patch=quick)
    sent, received = stage(r, "sent"), stage(r, "received")
    extra = (received - sent[: len(received)] - EAST_WEST) / MS
    assert (extra == np.floor(extra)).all(), "whole retransmissions"
    during = extra[(sent[: len(extra)] >= 20 * S) & (sent[: len(extra)] < 80 * S)]
    after = extra[sent[: len(extra)] >= 80 * S]
    for p, n in ((1 - 0.8 * 0.75, during), (0.2, after)):
        for j in (1, 2, 3):
            low, high = binom.interval(1 - 1e-6, len(n), p**j)
            assert low <= (n >= j).sum() <= high, f"{(n >= j).sum()} of {len(n)} with {j} losses at p = {p}"
    undone(r, 81 * S, patch=quick)


def test_bandwidth_limit_rescales_the_record_being_sent():
    """Half the bandwidth from the middle of a record: what is left of it takes twice as long, later ones 2
    ms; healing reversed.
    """
    at = int(SENT[1998]) - 500 * US
    heal = int(COMMITTED[2998]) + 1 * MS  # half of a record of 2 ms
    r = struck(seconds(at / S, (heal - at) / S, "bandwidth_limit", link="east/west", bandwidth="500kB/s"))
    took = stage(r, "sent") - COMMITTED[: len(stage(r, "sent"))]
    expected = np.full(len(took), TRANSMIT)
    expected[1998] = 1_500 * US
    expected[1999:2998] = 2 * TRANSMIT
    expected[2998] = 1_500 * US
    assert (took == expected).all()
    undone(r, 30 * S)


def test_bandwidth_limit_below_the_load_drains_as_a_fluid():
    """A fifth of what is needed for 8 s leaves 640 records; at 1 ms each against one every 10 ms that takes
    711 ms.
    """
    r = struck(
        seconds(float(COMMITTED[1999]) / S, 8, "bandwidth_limit", link="east->west", bandwidth="20kB/s")
    )
    heal = int(COMMITTED[1999]) + 8 * S
    sent, committed = stage(r, "sent"), COMMITTED[: len(stage(r, "sent"))]
    waiting = int((committed < heal).sum() - (sent <= heal).sum())
    assert waiting == 640
    lag = sent - committed
    behind = np.flatnonzero(lag > TRANSMIT)
    drained = int(sent[behind[-1]])
    assert abs((drained - heal) - waiting * TRANSMIT / (1 - 0.1)) <= GAP
    undone(r, drained)


def test_link_flap_cuts_and_restores_on_its_grid():
    """Down 2 s, up 3 s, from 20 to 30 s: nothing is sent while it is down, and what was in flight is sent
    again.
    """
    r = struck(seconds(20, 10, "link_flap", link="east->west", down="2s", up="3s"))
    sent = stage(r, "sent")
    for down, up in ((20 * S, 22 * S), (25 * S, 27 * S)):
        assert not ((sent >= down) & (sent < up)).any()
        first = int(np.searchsorted(RECEIVED, down)) + 1  # the first not received strictly before the cut
        again = sent[sent >= up][:3]
        assert (again == up + TRANSMIT * np.array([1, 2, 3])).all()
        resent = r.table("sent/west", "version")[sent >= up][0] & LSN
        assert resent == first
    assert (
        sent[(sent >= 22_300 * MS) & (sent < 25 * S)] == SENT[(SENT >= 22_300 * MS) & (SENT < 25 * S)]
    ).all()
    undone(r, 28 * S)


def test_partition_resumes_at_what_was_received():
    """A cut both ways takes back what was on the wire; after healing, sending starts again from there, 1 ms a
    record.
    """
    r = struck(seconds(20, 6, "network_partition", shape="one"))
    received = stage(r, "received")
    assert not ((received >= 20 * S) & (received < 26 * S + TRANSMIT + EAST_WEST)).any()
    queue = 26 * S + TRANSMIT * np.arange(1, 501) + EAST_WEST
    assert (received[1996:2496] == queue).all()
    assert (np.diff(received) >= 0).all()
    undone(r, 27 * S)


def test_partition_one_way_lets_requests_through_and_no_replies():
    """Cut from east to west only: a request from the west is committed and its answer lost (info). The other
    way: nothing commits.
    """
    far = {"clients": {"east": None, "west": {"share": 1}}}
    back = seconds(20, 5, "network_partition", groups=[["east"], ["west"]], one_way=True)
    r = struck(back, patch=far)
    gone = [j for j in r.journeys(20 * S).values() if j[0] + ACCESS + EAST_WEST + WRITE < 25 * S]
    assert {(j[2], j[1] - j[0], j[3] - j[0]) for j in gone} == {(INFO, 2 * S, ACCESS + EAST_WEST + WRITE)}
    there = seconds(20, 5, "network_partition", groups=[["west"], ["east"]], one_way=True)
    r = struck(there, patch=far)
    gone = [j for j in r.journeys(20 * S).values() if j[0] < 25 * S]
    assert {(j[2], j[1] - j[0], j[3]) for j in gone} == {(INFO, 2 * S, -1)}
    assert len(gone) == 500
    undone(r, 26 * S, patch=far)


def test_isolation_of_the_way_back_stops_a_flow_after_its_window():
    """Only acknowledgements are cut: five records of window more than what was received are sent, the rest
    after healing.
    """
    window = {"replication": {"window": "5kB"}}
    r = struck(seconds(20, 6, "region_isolation", region="east", peers=["west"], direction="to"), **window)
    acknowledged = int((RECEIVED < 20 * S).sum())
    sent = stage(r, "sent")
    assert acknowledged == 1996
    assert (sent[: acknowledged + 5] == SENT[: acknowledged + 5]).all()
    backlog = sent[acknowledged + 5 : acknowledged + 105]
    assert (backlog == 26 * S + TRANSMIT * np.arange(1, 101)).all()
    assert len(set(r.table("sent/west", "version").tolist())) == len(sent), "nothing is sent twice"
    undone(r, 27 * S, **window)


def test_isolation_of_the_way_out_stops_at_once():
    """The forward way cut: what was on the wire is sent again after healing."""
    r = struck(seconds(20, 6, "region_isolation", region="east", direction="from"))
    sent = stage(r, "sent")
    assert not ((sent >= 20 * S) & (sent <= 26 * S)).any()
    assert sent[sent > 26 * S][0] == 26 * S + TRANSMIT
    undone(r, 27 * S)


def test_isolation_from_clients():
    """With ``clients`` the way between clients and the region's gateway is cut as well: requests vanish."""
    r = struck(seconds(20, 5, "region_isolation", region="east", clients=True))
    assert outcomes(r, 20 * S, 25 * S) == [(INFO, 2 * S)] * 500
    late = [j for j in r.journeys(19_980 * MS).values() if j[0] < 20 * S]
    assert [(j[0], j[2]) for j in late] == [(19_980 * MS, OK), (19_990 * MS, OK)], (
        "both answers left before the cut"
    )
    kept = struck(seconds(20, 5, "region_isolation", region="east"))
    assert set(outcomes(kept, 20 * S, 25 * S)) == {(OK, 2 * TO_NODE + WRITE)}
    undone(r, 26 * S)


# --- replication


def test_pause_at_send_freezes_the_record_being_sent():
    """0.3 ms of a record are sent when the pause begins; the other 0.7 ms follow when it ends."""
    at = int(COMMITTED[1998]) + 300 * US
    heal = at + 5 * S
    r = struck(seconds(at / S, 5, "replication_pause", database="orders", region="west"))
    sent = stage(r, "sent")
    assert sent[1998] == heal + 700 * US
    assert (sent[1999:2300] == heal + 700 * US + TRANSMIT * np.arange(1, 302)).all()
    undone(r, heal + 1 * S)


def test_pause_at_apply_holds_back_reads_only():
    """Reception goes on; the backlog is applied at 50 us a record when the pause ends."""
    at = int(RECEIVED[1999])  # a record that arrives at the very moment waits
    r = struck(seconds(at / S, 5, "replication_pause", database="orders", region="west", stage="apply"))
    assert (stage(r, "received") == RECEIVED[: len(stage(r, "received"))]).all()
    applied = stage(r, "applied")
    assert applied[1998] == RECEIVED[1998] + APPLY
    assert (applied[1999:2499] == at + 5 * S + APPLY * np.arange(1, 501)).all()
    undone(r, at + 6 * S)


@pytest.mark.parametrize(("work_ms", "pause_s"), [(5, 12), (8, 3), (9, 2)])
def test_a_backlog_drains_in_t_rho_over_one_minus_rho(work_ms, pause_s):
    """After a pause of T, apply has caught up exactly T * rho / (1 - rho) later, having served T / gap / (1 -
    rho) records.
    """
    at, work, pause = int(RECEIVED[999]), work_ms * MS, pause_s * S
    slow = {"replication": {"apply": f"{work_ms}ms"}}
    fault = seconds(at / S, pause_s, "replication_pause", database="orders", region="west", stage="apply")
    r = struck(fault, **slow)
    applied, received = stage(r, "applied"), RECEIVED[: len(stage(r, "applied"))]
    idle = np.flatnonzero(applied[999:-1] <= received[1000:])[0] + 999  # the first that leaves nobody behind
    assert applied[idle] - (at + pause) == pause * work // (GAP - work)
    assert idle - 999 + 1 == pause // (GAP - work)
    undone(r, int(applied[idle]), **slow)


# --- reads


def test_a_paused_replica_is_as_stale_as_its_pause():
    """Reads at a paused replica miss what was committed since: staleness is the age of the first write not
    sent.
    """
    far = {"clients": {"east": None, "west": {"share": 1}}}
    load = {"workload": {"reads": "50/s", "keys": {"count": 1}}}
    pause = seconds(20, 10, "replication_pause", database="orders", region="west")
    r = struck(pause, patch=far, **load)
    commit = SEND + ACCESS + EAST_WEST + WRITE  # a write from west
    received = commit + TRANSMIT + EAST_WEST
    applied = received + APPLY
    first = int(np.flatnonzero(commit + TRANSMIT >= 20 * S)[0])
    done = 30 * S  # from the first record not sent, a queue that restarts at 30 s, 1 ms a record
    for i in range(first, len(commit)):
        done = max(done, int(commit[i])) + TRANSMIT
        applied[i] = done + EAST_WEST + APPLY
    read = r.table("ops", "kind") == 0
    served = r.table("ops", "send_ns")[read] + TO_NODE + 400 * US
    has = np.searchsorted(applied, served)  # applied strictly before
    newest = np.searchsorted(commit, served)
    stale = np.where(newest > has, served - commit[has], 0)
    assert (r.table("ops", "stale_ns")[read] == stale).all()
    assert (r.table("ops", "behind")[read] == newest - has).all()
    last = served[(served <= applied[first])].max()
    assert stale.max() == last - commit[first] > 10 * S
    figures = r.figures["consistency"]["orders"]
    assert round(figures["staleness_max_s"] * S) == stale.max()
    assert figures["versions_behind_max"] == (newest - has).max()
    undone(r, 32 * S, patch=far, **load)


def test_reads_go_to_the_primary_where_asked():
    """``reads: primary`` crosses the network and is never stale, paused replica or not."""
    far = {"clients": {"east": None, "west": {"share": 1}}}
    load = {"workload": {"reads": "50/s", "keys": {"count": 1}}, "reads": "primary"}
    r = struck(seconds(20, 10, "replication_pause", database="orders", region="west"), patch=far, **load)
    read = r.table("ops", "kind") == 0
    assert (r.table("ops", "end_ns") - r.table("ops", "send_ns"))[read].max() == 2 * (
        ACCESS + EAST_WEST
    ) + 400 * US
    assert r.table("ops", "stale_ns")[read].max() == 0


# --- when they happen


def test_a_condition_starts_a_fault_at_the_first_look_that_sees_it():
    """Lag above 2 s after a pause at 20 s is seen by the first look, every 700 ms, after it is true."""
    pause = seconds(20, 30, "replication_pause", database="orders", region="west")
    look = {"metric": "replica_lag", "of": "orders/west", "above": "2s", "every": "700ms"}
    crash = {"kind": "db_crash", "database": "orders", "when": look, "duration": "1s"}
    r = run(orders=STILL, pause=pause, crash=crash)
    oldest = int(COMMITTED[np.flatnonzero(SENT >= 20 * S)[0]])
    assert r.when("fault.started", "fault/crash") == [
        next(t for t in range(700 * MS, 60 * S, 700 * MS) if t - oldest > 2 * S)
    ]


def test_a_milestone_starts_a_fault():
    """A second disaster at the first look after the decision; a look at the very moment comes before it."""
    crash = {
        "kind": "db_crash",
        "database": "orders",
        "region": "west",
        "when": {"milestone": "orders.decided", "every": "400ms"},
    }
    r = run(power={"kind": "region_outage", "region": "east", "at": "20s"}, crash=crash)
    assert r.when("fault.started", "fault/crash") == [40 * S + 400 * MS]
    assert r.when("promotion_failed", "orders/west") == [43 * S], "noticed at the end of the promotion's wait"


def test_overlapping_faults_heal_one_by_one():
    """A link cut by two faults is open when the last has healed; a limit under a limit gives way to the
    other.
    """
    one = seconds(20, 5, "region_isolation", region="east", direction="from")
    two = seconds(23, 5, "network_partition", groups=[["east"], ["west"]])
    r = run(orders=STILL, one=one, two=two)
    sent = stage(r, "sent")
    assert sent[sent > 20 * S][0] == 28 * S + TRANSMIT
    undone(r, 29 * S)
    slow = seconds(20, 10.003, "bandwidth_limit", link="east/west", bandwidth="250kB/s")
    slower = seconds(22.003, 2, "bandwidth_limit", link="east->west", bandwidth="200kB/s")
    r = run(orders=STILL, slow=slow, slower=slower)
    took = stage(r, "sent") - COMMITTED[: len(stage(r, "sent"))]
    at = COMMITTED[: len(took)]
    inner = (at >= 22 * S) & (at < 24 * S)  # the changes come while nothing is being sent
    outer = (at >= 20 * S) & (at < 30 * S) & ~inner
    assert (took == np.where(inner, 5 * TRANSMIT, np.where(outer, 4 * TRANSMIT, TRANSMIT))).all()
    undone(r, 31 * S)


def test_probes_wait_in_the_queue_of_a_slow_node():
    """Overload alone trips the observers: with one worker 40 times slower, probes wait behind the writes
    until they time out.
    """
    one = {"service": {"workers": 1}, "failover": {"failures": 3}}
    r = run(orders=one, slow=seconds(20, 38, "node_slow", database="orders", region="east", factor=40))
    waiting = (
        (21 * S + EAST_NORTH - 20 * S) // GAP * (40 * WRITE - GAP)
    )  # ahead of the first probe, in ns of work
    assert waiting > 2 * S
    assert r.when("declared")[0] == 21 * S + 2 * 5 * S + 2 * S
    assert r.when("primary.lost") == [], "the primary was never lost: a false failover"
    assert r.when("promoting") == [40 * S]
    assert r.when("promoted") == r.when("rewinding") == [43 * S], "a healthy primary is replaced, and rewound"
    at = r.table("commits", "commit_ns")[r.table("commits", "node") == 0]
    assert len(r.lost()) == (at + TRANSMIT + EAST_WEST >= 40 * S).sum(), "what it committed meanwhile is lost"
    assert len(r.lost()) >= 3 * S // (40 * WRITE)
