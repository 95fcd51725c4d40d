"""How long a failover takes, from arithmetic: each step of the critical path, to the nanosecond.

Observers probe at 1 s, 6 s, 11 s...; the answer of a probe takes 20 ms each way to north and 30 ms to west.
"""

from typing import Any

import pytest

from sim.trust import trust
from tests.theory.one_store import (
    EAST_NORTH,
    EAST_WEST,
    LOCAL,
    MS,
    PROBE,
    TO_NODE,
    US,
    WRITE,
    S,
    run,
)

GAP = 10 * MS
LEVEL = {"good": "100%", "latency": "1s", "window": "10ms", "hold": "5s"}  # a window is one write
FAR = {"clients": {"east": None, "north": {"share": 1}}, "level": LEVEL}  # clients whose own gateway survives


def outage(at_ns: int = 20 * S, **more: Any) -> dict[str, Any]:
    """Return the loss of east."""
    return {"kind": "region_outage", "region": "east", "at": f"{at_ns}ns", **more}


def first_failing(at_ns: int, flight_ns: int) -> int:
    """Return when the first probe is sent that is not served strictly before ``at_ns``."""
    return next(s for s in range(1 * S, 10**12, 5 * S) if s + flight_ns + PROBE >= at_ns)


# --- detection


@pytest.mark.parametrize("k", [1, 3, 4])
@pytest.mark.parametrize(
    "at_ns", [20 * S, 21 * S, 21 * S + EAST_NORTH + PROBE, 21 * S + EAST_NORTH + PROBE + 1]
)
def test_silence_is_detected_after_k_probes(k, at_ns):
    """A dead region is given up (k - 1) intervals and one timeout after the first probe that it did not
    serve.
    """
    r = run(orders={"failover": {"failures": k}}, power=outage(at_ns))
    for region, flight in (("north", EAST_NORTH), ("west", EAST_WEST)):
        expected = first_failing(at_ns, flight) + (k - 1) * 5 * S + 2 * S
        assert r.when("observer.unhealthy", f"orders/observer/{region}")[0] == expected
    assert r.when("observer.unhealthy", "orders/observer/east") == [], "its region is down: it sends nothing"


def test_a_refusal_is_detected_on_arrival():
    """A dead process in a live region refuses: an observer knows one round trip after the k-th probe."""
    r = run(crash={"kind": "db_crash", "database": "orders", "at": "20s"})
    third = 31 * S
    assert r.when("observer.unhealthy", "orders/observer/east") == [third + 2 * LOCAL]
    assert r.when("observer.unhealthy", "orders/observer/north") == [third + 2 * EAST_NORTH]
    assert r.when("declared") == [third + 2 * EAST_NORTH], "two of three are a majority"


def test_k_minus_one_failures_are_not_enough():
    """An outage over before the third probe trips nobody, and the count starts again after one success."""
    crash = {"kind": "db_crash", "database": "orders", "duration": "1s"}
    quick = {"failover": {"restart": "100ms"}}
    r = run(
        orders=quick,
        one={**crash, "at": "20s", "duration": "7s"},
        two={**crash, "at": "35s", "duration": "7s"},
    )
    assert r.when("observer.unhealthy") == []  # 21 and 26 s fail, 31 s succeeds, 36 and 41 s fail


def test_healthy_again_after_the_successes():
    """An observer changes back at the third successful answer in a row."""
    crash = {"kind": "db_crash", "database": "orders", "at": "20s", "duration": "15s"}
    r = run(orders={"failover": {"decision": "60s"}}, crash=crash)  # up again at 45 s; probes at 46, 51, 56 s
    assert r.when("node.up") == [45 * S]
    assert r.when("observer.healthy", "orders/observer/north") == [56 * S + 2 * EAST_NORTH + PROBE]


def test_a_primary_that_returns_cancels_the_decision():
    """At the end of the decision no majority of observers is unhealthy any more: cancelled, none promoted."""
    crash = {"kind": "db_crash", "database": "orders", "at": "20s", "duration": "15s"}
    r = run(orders={"failover": {"decision": "26s"}}, crash=crash)
    declared = 31 * S + 2 * EAST_NORTH
    assert (r.when("declared"), r.when("cancelled")) == ([declared], [declared + 26 * S])
    assert (r.when("decided"), r.when("promoted"), r.lost()) == ([], [], [])


# --- the critical path


def started(at_ns: int) -> int:
    """Return the send time of the first write from north that east does not commit before ``at_ns``."""
    flight = TO_NODE - LOCAL + EAST_NORTH + WRITE
    return next(n * GAP for n in range(1, 10**6) if n * GAP + flight >= at_ns)


def next_write(at_ns: int) -> int:
    """Return the first write sent at ``at_ns`` or later."""
    return -(-at_ns // GAP) * GAP


def test_the_recovery_time_is_the_sum_of_the_critical_path():
    """Detection + decision + promotion + rerouting, and what the grid of the load adds at both ends; phases
    sum to it.
    """
    at_ns = 20 * S + 3 * MS + 7
    r = run(
        FAR | {"gateway": {"route": "1500ms"}}, orders={"failover": {"promotion": "3s"}}, power=outage(at_ns)
    )
    declared = 31 * S + 2 * S
    promoted = declared + 7 * S + 3 * S
    rerouted = promoted + 1_500 * MS
    assert r.when("declared") == [declared]
    assert r.when("decided") == [declared + 7 * S]
    assert r.when("promoted") == [promoted]
    assert r.when("rerouted", "orders/route/north") == [rerouted]
    write = r.figures["recovery"]["orders.write"]
    assert write["rta_ns"] == next_write(rerouted) - started(at_ns)
    assert write["phases_ns"] == {
        "detect": declared - started(at_ns),
        "decide": 7 * S,
        "fence": 0,
        "promote": 3 * S,
        "reroute": 1_500 * MS,
        "repair": 0,
        "replay": 0,
        "reconcile": 0,
        "catch_up": next_write(rerouted) - rerouted,
    }


def test_fencing_waits_for_the_lease():
    """The promotion waits until the last probe that may have renewed the lease, and a lease's length, are
    over.
    """
    r = run(
        {**FAR, "duration": "90s"}, orders={"failover": {"fencing": "lease", "lease": "30s"}}, power=outage()
    )
    fenced = 31 * S + 30 * S
    assert r.when("fenced") == [fenced]
    assert r.when("promoted") == [fenced + 3 * S]
    write = r.figures["recovery"]["orders.write"]
    assert write["rta_ns"] == fenced + 3 * S + 1 * S - started(20 * S)
    assert write["phases_ns"]["fence"] == fenced - 40 * S


def test_a_lease_that_ran_out_already_costs_nothing():
    """A decision that takes longer than the lease leaves nothing to wait for."""
    rules = {"fencing": "lease", "lease": "13s", "decision": "15s"}
    r = run(FAR, orders={"failover": rules}, power=outage())
    assert r.when("decided") == [48 * S]
    assert r.when("fenced") == [48 * S]
    assert r.figures["recovery"]["orders.write"]["phases_ns"]["fence"] == 0


def test_the_promotion_first_applies_the_backlog():
    """803 records that were received while apply was paused take 50 us each before the promotion proper
    begins.
    """
    resumed = 40 * S - 10 * MS
    pause = {
        "kind": "replication_pause", "database": "orders", "region": "west", "stage": "apply",
        "at": "12s", "duration": f"{resumed - 12 * S}ns",
    }  # fmt: skip
    r = run({**FAR, "clients": {"east": {"share": 1}}}, pause=pause, power=outage())
    first = next(
        n for n in range(1, 2000) if n * GAP + TO_NODE + WRITE + 1 * MS + EAST_WEST + 50 * US >= 12 * S
    )
    applied = resumed + (1999 - first + 1) * 50 * US
    assert (first, r.when("promoting")) == (1197, [40 * S])
    assert applied > 40 * S
    assert r.when("promoted") == [applied + 3 * S]
    assert r.lost() == [], "received and not applied is not lost"


def test_a_decision_delay_adds_exactly_while_it_holds():
    """A delay in force when the failover is declared adds to the decision; one that ended before adds
    nothing.
    """
    delay = {"kind": "decision_delay", "delay": "4s", "at": "10s"}
    r = run(power=outage(), delay={**delay, "duration": "23s1ns"})
    assert r.when("decided") == [33 * S + 7 * S + 4 * S]
    over = run(power=outage(), delay={**delay, "duration": "23s"})
    assert over.when("decided") == [33 * S + 7 * S]
    two = run(power=outage(), delay=delay, other={**delay, "delay": "1500ms", "database": "orders"})
    assert two.when("decided") == [33 * S + 7 * S + 5_500 * MS], "delays add up"


def paused_lag() -> int:
    """Return the lag (ns) of a standby to which nothing is sent from 5 s on, when east is lost at 20 s.

    The commit time of the last record known to the observers (by the probe of 16 s), less that of the last
    one sent.
    """
    known = max(n for n in range(1, 3000) if n * GAP + TO_NODE + WRITE <= 16 * S + EAST_WEST + PROBE - 1)
    received = max(n for n in range(1, 3000) if n * GAP + TO_NODE + WRITE + 1 * MS < 5 * S)
    return (known - received) * GAP


def test_too_far_behind_is_no_candidate():
    """A standby behind by more than ``max_lag`` is refused at every look, which is said once; the old primary
    that returns is kept.
    """
    pause = {"kind": "replication_pause", "database": "orders", "region": "west", "at": "5s"}
    r = run(
        {"duration": "90s"},
        orders={"failover": {"max_lag": "10s"}},
        pause=pause,
        power=outage(duration="30s"),
    )
    assert r.when("node.up") == [60 * S]
    assert r.when("observer.healthy")[1] == 71 * S + 2 * EAST_WEST + PROBE, "probes at 61, 66 and 71 s"
    assert r.when("no_candidate") == [40 * S]
    (said,) = (m.why for m in r.milestones if m.kind == "no_candidate")
    assert said == f"west: lag {paused_lag() / S:g}s, max_lag 10s"
    assert r.when("kept") == [75 * S], "the first look at which no majority gives it up any more"
    assert (r.when("promoted"), r.lost()) == ([], [])


def test_each_replica_that_may_not_take_over_is_named_and_again_when_the_reason_changes():
    """West lags and north is down; when north is up again it lags as well: that is another reason."""
    pauses = {
        f"pause-{region}": {"kind": "replication_pause", "database": "orders", "region": region, "at": "5s"}
        for region in ("west", "north")
    }
    r = run(
        {"duration": "90s"},
        orders={"replicas": ["west", "north"], "failover": {"max_lag": "10s"}},
        **pauses,
        power=outage(),
        crash={"kind": "db_crash", "database": "orders", "region": "north", "at": "20s", "duration": "36s"},
    )
    assert r.when("node.up", "orders/north") == [66 * S]
    said = {m.at_ns // S: m.why for m in r.milestones if m.kind == "no_candidate"}
    lag = f"lag {paused_lag() / S:g}s, max_lag 10s"
    assert said == {40: f"west: {lag}; north: down", 70: f"west: {lag}; north: {lag}"}


def test_no_majority_is_said_once_for_as_long_as_nobody_could_agree():
    """Two of three regions are lost: the observer left gives up, but is no majority until north returns."""
    north = {"kind": "region_outage", "region": "north", "at": "30s", "duration": "30s"}
    r = run({"duration": "120s"}, power=outage(), north=north)
    assert r.when("no_majority") == r.when("observer.unhealthy", "orders/observer/west")
    (said,) = (m for m in r.milestones if m.kind == "no_majority")
    assert said.why == "0 of 3 regions reach a majority, 2 must agree"
    assert r.milestones[said.cause].kind == "observer.unhealthy"
    assert len(r.when("promoted")) == 1, "north's observer gives up in its turn"
    assert not any("no failover was possible" in line for line in trust(r.scenario, r.measured, r.milestones))


def test_two_regions_never_agree_without_one_of_them():
    """One of two is no majority: the standby waits until the region is back, and the run says why.

    A crash alone is another matter: both observers are there to agree.
    """
    two = {
        "duration": "90s",
        "regions": {"north": None},
        "network": {"links": {"east/north": None, "north/west": None}},
    }
    r = run(two, power=outage(duration="30s"))
    assert (len(r.when("no_majority")), r.when("declared"), r.when("promoted")) == (1, [], [])
    said = "An observer gave up on the primary of orders, but no failover was possible: 0 of 2 regions"
    assert any(line.startswith(said) for line in trust(r.scenario, r.measured, r.milestones))
    crashed = run(two, crash={"kind": "db_crash", "database": "orders", "at": "20s"})
    assert (crashed.when("no_majority"), len(crashed.when("promoted"))) == ([], 1)


def test_at_the_maximum_lag_a_standby_is_still_a_candidate():
    """The lag is the commit time of the last record known to the observers less that of the last received;
    equal is enough.
    """
    pause = {"kind": "replication_pause", "database": "orders", "region": "west", "at": "5s"}
    lag = paused_lag()
    eligible = run(orders={"failover": {"max_lag": f"{lag}ns"}}, pause=pause, power=outage())
    refused = run(orders={"failover": {"max_lag": f"{lag - 1}ns"}}, pause=pause, power=outage())
    assert eligible.when("promoting") == [40 * S]
    assert refused.when("promoting") == []
    assert refused.when("no_candidate")[0] == 40 * S


def test_a_gateway_behind_a_cut_learns_later():
    """A gateway that the new primary cannot reach asks again every interval until it can."""
    cut = {
        "kind": "network_partition",
        "groups": [["west"], ["north"]],
        "one_way": True,
        "at": "43500ms",
        "duration": "8s",
    }
    r = run(power=outage(), cut=cut)
    assert r.when("rerouted", "orders/route/west") == [44 * S]
    assert r.when("rerouted", "orders/route/north") == [54 * S]  # not at 44 and 49 s; healed at 51.5 s


def test_a_censored_recovery_is_not_a_number():
    """Without a failover the outage lasts to the end: no recovery time, censored after what was seen."""
    r = run(FAR, orders={"replicas": []}, power=outage())
    write = r.figures["recovery"]["orders.write"]
    assert write["rta_ns"] is None
    assert write["censored_after_s"] == (60 * S - started(20 * S)) / S


def test_who_reads_locally_never_notices():
    """Reads served in the client's own region go on through the loss of the primary: recovery time 0."""
    r = run(FAR, orders={"replicas": ["north"], "workload": {"reads": "50/s"}}, power=outage())
    assert r.figures["recovery"]["orders.read"]["rta_ns"] == 0
    assert r.figures["recovery"]["orders.write"]["rta_ns"] > 0


# --- DNS

DNS = {
    "gateway": {"ttl": "20s", "resolvers": 512},
    "level": LEVEL,
    "duration": "80s",
}
BUSY = {"workload": {"writes": "2000/s", "sessions": {"count": 4096}}, "replication": {"record": "100B"}}


def decay() -> tuple[Any, int]:
    """Return a run that loses the clients' own region, and when their answer changes: 45 s + 4 s."""
    r = run(DNS, orders=BUSY, power=outage())
    return r, 49 * S


def test_clients_leave_with_their_resolvers_answers():
    """Each write goes where its session's resolver says: an answer is renewed by the first write after it
    expires.
    """
    from sim.core.draws import Purpose, key_of
    from sim.engine.sampling import uniform

    r, changed = decay()
    assert r.when("answer") == [changed]
    key = key_of(1, 0, "orders/dns/east")
    expiry = [int(uniform(key, i, 0, Purpose.DNS) * (20 * S)) for i in range(512)]
    moved = [False] * 512
    sends, rids = r.table("ops", "send_ns"), r.table("ops", "rid")
    sessions, outcomes = r.table("ops", "session") >> 20, r.table("ops", "outcome")
    for i in sends.argsort(kind="stable").tolist():
        who, at = int(sessions[i]) % 512, int(sends[i])
        if at >= expiry[who]:
            expiry[who], moved[who] = at + 20 * S, at >= changed
        alive = moved[who] or at + TO_NODE + WRITE < 20 * S
        assert (outcomes[i] == 0) == alive, f"write {rids[i]} of resolver {who} at {at}"
    assert all(moved)


def test_the_dead_region_is_left_linearly():
    """Of the resolvers, x / TTL have left x after the change (binomial, 1 in 10^6); the last one leaves
    within the TTL.
    """
    from scipy.stats import binom

    r, changed = decay()
    sends, resolver = r.table("ops", "send_ns"), (r.table("ops", "session") >> 20) % 512
    ok = r.table("ops", "outcome") == 0
    after = ok & (sends >= changed)
    left = {who: int(sends[after & (resolver == who)].min()) - changed for who in range(512)}
    for quarter in (1, 2, 3):
        x = quarter * 5 * S
        count = sum(at <= x for at in left.values())
        low, high = binom.interval(1 - 1e-6, 512, quarter / 4)
        assert low <= count <= high, f"{count} of 512 had left after {x} ns"
    gap = max(int(abs(sends[resolver == who][1:] - sends[resolver == who][:-1]).max()) for who in range(512))
    assert 19 * S < max(left.values()) <= 20 * S + gap


def test_the_recovery_of_displaced_clients_ends_with_the_last_answer():
    """Checker's trip + at most TTL: the recovery time of clients of the dead region, with the decay in phase
    reroute.
    """
    r, changed = decay()
    write = r.figures["recovery"]["orders.write"]
    start = 20 * S - 6 * MS  # first write of the 0.5 ms grid not committed before 20 s
    assert start + TO_NODE + WRITE >= 20 * S > start - MS // 2 + TO_NODE + WRITE
    latest = changed + 20 * S
    assert changed + 19 * S - start < write["rta_ns"] <= latest + MS // 2 - start
    assert (
        write["phases_ns"]["detect"] + write["phases_ns"]["reroute"] + write["phases_ns"]["catch_up"]
        == write["rta_ns"]
    )


def test_clients_of_other_regions_stay():
    """Only the answer of clients whose region died changes; others keep theirs and only wait for the new
    primary.
    """
    r = run({"clients": {"west": {"share": 1}}, "level": LEVEL}, power=outage())
    assert [m.subject for m in r.milestones if m.kind == "answer"] == ["orders/dns/east"]
    assert r.figures["recovery"]["orders.write"]["by_client"]["west"]["rta_ns"] is not None
