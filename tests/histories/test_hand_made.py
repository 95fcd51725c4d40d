"""Each measure on a good and a bad history whose answers are known by hand."""

import numpy as np
import pytest

from sim.measure.conservation import ConservationError
from sim.measure.metrics import measured
from tests.histories import bad, good
from tests.histories.builder import INFO, MS, OK, READ, WRITE, History, S, setup, v


def test_a_quiet_history_has_no_fault_in_any_measure():
    """No downtime, loss, staleness or violation; every sum closes."""
    f = good.quiet().figures(strict=True)
    for capability in f["recovery"].values():
        assert (capability["rta_s"], capability["downtime_s"], capability["failed_requests"]) == (0.0, 0.0, 0)
        assert (capability["caught_up_s"], capability["episodes"], capability["chain"]) == (0.0, [], [])
    assert (f["loss"]["orders"]["records"], f["loss"]["orders"]["window_s"]) == (0, 0.0)
    store = f["consistency"]["orders"]
    assert (store["reads"], store["stale_reads"], store["staleness_max_s"]) == (58, 0, 0.0)
    assert all(
        store[g]["violations"] == 0 for g in ("read_your_writes", "monotonic_reads", "monotonic_writes")
    )
    cut = f["exposure"]["orders"]["b"]["cut"]
    assert (cut["records_max"], cut["age_max_s"]) == (1, 0.04)
    assert cut["records_mean"] == pytest.approx(58 * 0.04 / 60)
    assert f["latency"]["orders.write"] == {
        **dict.fromkeys(("p50_s", "p90_s", "p95_s", "p99_s", "p999_s", "max_s"), 0.02),
        "n": 58,
    }


def test_recovery_time_runs_from_first_bad_send_to_first_good_send():
    """Reads sent from 20.5 s fail until 40 s: 19.5 s, while 20 whole windows were bad."""
    got = bad.outage().figures()["recovery"]["orders.read"]
    assert (got["rta_s"], got["downtime_s"], got["failed_requests"]) == (19.5, 20.0, 39)
    assert (got["serving_again_s"], got["caught_up_s"], got["censored_after_s"]) == (19.5, 19.5, None)
    assert got["by_client"]["a"]["rta_s"] == 19.5
    assert got["by_client"]["b"]["rta_s"] == 0.0


@pytest.mark.parametrize(("end", "rta"), [(45, 19.5), (44, None)])
def test_recovery_is_censored_until_the_hold_is_complete(end, rta):
    """Good since 40 s with a hold of 5 s.

    Known at 45 s, a second earlier only that it lasted 23.5 s at least.
    """
    got = bad.outage(end=end).figures()["recovery"]["orders.read"]
    assert (got["rta_s"], got["censored_after_s"]) == (rta, None if rta else end - 20.5)
    assert got["serving_again_s"] == 19.5


def test_what_only_a_node_that_is_down_has_leaves_a_loss_open():
    """8, 9 and 10 are in a alone: from nothing to three records, and to 2.5 s before the primary was lost."""
    figures = bad.out_of_reach().measured()
    found = {metric: measured(figures, metric, "orders") for metric in ("rpa_records", "rpa_window")}
    assert {metric: (b.low, b.high) for metric, b in found.items()} == {
        "rpa_records": (0, 3), "rpa_window": (0, 2_500_000_000),
    }  # fmt: skip
    assert found["rpa_records"].reason == "3 records are only in a, which is down at the end"


def test_a_relapse_within_the_hold_extends_the_episode():
    """Good from 40 s, one bad second at 43 s: recovered at 44 s only."""
    history = bad.outage()
    history.op(9999, 43 * S + 100 * MS, 43 * S + 150 * MS, READ, 1, stale_ns=-1)
    got = history.figures()["recovery"]["orders.read"]
    assert (got["rta_s"], got["downtime_s"], len(got["episodes"])) == (23.5, 21.0, 1)


def test_failures_in_good_windows_count_when_the_episode_goes_on():
    """A failure in a good window between bad ones belongs to the episode, one after the last does not."""
    history = bad.outage()
    history.op(9999, 43 * S + 100 * MS, 43 * S + 150 * MS, READ, 1, stale_ns=-1)
    for second in (41, 46):
        for i in range(200):
            at = second * S + i * 4 * MS
            history.op(second * 1000 + i, at, at + MS, READ, int(i == 7), stale_ns=-1 if i == 7 else 0)
    got = history.figures()["recovery"]["orders.read"]
    assert (got["failed_requests"], got["episodes"][0]["failed_requests"]) == (42, 41)


def test_a_late_answer_is_bad_and_an_exact_one_is_good():
    """Answered in 2 s is good at a level of 2 s; a nanosecond more is bad but not failed."""
    history = good.quiet()
    history.op(5001, 10 * S + 1, 12 * S + 1, READ, version=v(1, 9))
    assert history.figures()["recovery"]["orders.read"]["rta_s"] == 0.0
    history.op(5002, 11 * S + 2, 13 * S + 3, READ, version=v(1, 9))
    got = history.figures()["recovery"]["orders.read"]
    assert (got["failed_requests"], got["slow_requests"], got["downtime_s"]) == (0, 1, 1.0)


def test_empty_windows_carry_the_state_before_them():
    """A bad second, then silence for 10 s: all of it is downtime."""
    history = History()
    history.op(1, 5 * S, 6 * S, READ, 1, stale_ns=-1)
    history.op(2, 16 * S, 16 * S + MS)
    got = history.figures()["recovery"]["orders.read"]
    assert (got["rta_s"], got["downtime_s"]) == (11.0, 11.0)


def test_an_open_operation_is_bad_once_it_is_older_than_the_level():
    """Open for 3 s at the end: bad. Open for 1 s: unknown, and the hold does not count its window."""
    history = bad.outage(end=45)
    history.still_open(7001, 44 * S + 100 * MS)
    assert history.figures()["recovery"]["orders.read"]["rta_s"] is None
    history = good.quiet()
    history.still_open(7002, 56 * S + 1)
    got = history.figures()["recovery"]["orders.read"]
    assert (got["downtime_s"], got["censored_after_s"]) == (1.0, 4.0 - 1e-9)


@pytest.mark.parametrize("send", [52_000, 55_500, 57_000])
def test_an_open_operation_is_judged_however_long_nothing_had_been_sent(send):
    """A good read at 1 s, then silence; what is sent last is open at the end, and bad from then on."""
    history = History()
    history.op(1, S, S + MS)
    history.still_open(2, send * MS)
    got = history.figures()["recovery"]["orders.read"]
    assert (got["operations"], got["censored_after_s"]) == (2, 60 - send / 1000)


def test_a_clean_switch_loses_nothing():
    """Everything acknowledged was received: no records, no window."""
    loss = good.clean_switch().figures(strict=True)["loss"]["orders"]
    assert (loss["records"], loss["window_s"], loss["named_cause"]) == (0, 0.0, None)
    assert (loss["recoveries"][0]["from"], loss["recoveries"][0]["to"]) == ("a", "b")


def test_a_lossy_failover_is_accounted_for_record_by_record():
    """Lost: 7 and 8 (on the wire), 11 (diverged); info: 9; 10 was committed again; window from 7 to 15 s."""
    f = bad.lossy_failover().figures(strict=True)
    loss = f["loss"]["orders"]
    assert (loss["records"], loss["info_lost"], loss["diverged"]) == (3, 1, 1)
    assert loss["window_s"] == 8.0
    assert loss["bytes"] == 3000
    assert loss["avoidable"] == 1
    assert loss["salvageable"] == 3
    assert loss["cause"] == {"diverged": 1, "paused": 0, "send_queue": 0, "wire": 2, "node": 0}
    assert loss["named_cause"] == "wire"


@pytest.mark.parametrize(("lsn", "end"), [(3, 3), (7, 8), (8, 25), (9, 12), (9, 25)])
@pytest.mark.parametrize("cuts", [(), (6 * S, 9 * S, 22 * S)])
def test_calls_answered_with_the_commit_of_another_lose_it_once(lsn, end, cuts):
    """A handler's call that comes again is answered with the first one's commit.

    Whether that commit is everywhere, under way or abandoned by then, acknowledged before or not.
    """
    history = bad.lossy_failover()
    for rid in (101, 102):
        history.op(rid, end * S - 20 * MS, end * S + 20 * MS, WRITE, version=v(1, lsn))
    got = history.figures(at=cuts, strict=True)
    assert got["loss"]["orders"]["records"] == 3 + (lsn == 9)
    assert got["conservation"]["orders"]["acks"]["unknown"] == 0


def test_what_was_not_sent_is_named_by_the_queue_or_the_pause():
    """Without its sent rows the loss lay in the send queue.

    With a pause of that replica in force, behind the pause.
    """
    history = bad.lossy_failover()
    history.rows["sent/b"] = [row for row in history.rows["sent/b"] if row["version"] <= v(1, 6)]
    assert history.figures()["loss"]["orders"]["cause"]["send_queue"] == 2
    history.setup = setup(pauses=(("stall", "b"),))
    history.milestone(3 * S, "fault.started", "fault/stall")
    assert history.figures()["loss"]["orders"]["cause"] == {
        "diverged": 1,
        "paused": 2,
        "send_queue": 0,
        "wire": 0,
        "node": 0,
    }


def test_a_rebuilt_primary_saves_nothing():
    """The old primary copies everything anew: nothing is salvageable."""
    history = bad.lossy_failover()
    history.milestones = [m for m in history.milestones if m.kind != "rewinding"]
    history.milestone(40 * S, "rebuilding", "orders/a")
    assert history.figures()["loss"]["orders"]["salvageable"] == 0


def test_each_broken_guarantee_is_found_once_with_its_witness():
    """One violation each; the same versions in overlapping operations break nothing."""
    store = bad.broken_sessions().figures()["consistency"]["orders"]
    for key, name in enumerate(
        ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads"), 1
    ):
        assert store[name]["violations"] == 1, name
        witness = store[name]["witness"]
        assert (witness["rid"], witness["earlier_rid"], witness["key"]) == (key * 100 + 1, key * 10 + 1, key)


@pytest.mark.parametrize("cuts", [(), (20 * S, 31 * S), (5 * S, 30 * S + 1)])
def test_a_call_answered_with_the_commit_of_another_is_no_write_of_its_session(cuts):
    """After a failover: neither against what the session knows, nor as what it later should read."""
    for version, broken in ((v(1, 3), 0), (v(1, 11), 0), (v(2, 8), 1)):
        history = bad.lossy_failover()
        history.setup = setup(called=True)
        history.commit(25 * S, v(2, 8), 300, node=1)
        history.add("waiting/a", version=v(2, 8))
        history.add("waiting/c", version=v(2, 8))
        for kind in (READ, WRITE):
            history.op(10 + 200 * (kind == READ), 22 * S, 23 * S, kind, version=v(2, 7), key=5)
        history.op(300, 24 * S, 31 * S, WRITE, version=version, key=5)
        history.op(301, 32 * S, 33 * S, READ, version=v(2, 7), key=5)
        got = history.figures(at=cuts)["consistency"]["orders"]
        assert got["read_your_writes"]["violations"] == broken
        assert got["monotonic_writes"]["violations"] == got["writes_follow_reads"]["violations"] == 0


def test_exposure_of_a_paused_standby_grows_by_a_record_a_second():
    """c is exposed by ten records, the oldest 9.5 s old when they arrive at last; b by one, 100 ms old."""
    f = bad.paused_standby().figures()["exposure"]["orders"]
    assert (f["b"]["cut"]["records_max"], f["b"]["cut"]["age_max_s"]) == (1, 0.1)
    assert (f["c"]["cut"]["records_max"], f["c"]["cut"]["age_max_s"]) == (10, 9.5)
    assert (f["c"]["crash"]["records_max"], f["c"]["crash"]["age_max_s"]) == (10, 9.4)
    assert f["c"]["cut"]["records_mean"] == pytest.approx(sum(10.5 - i for i in range(1, 11)) / 60)
    assert f["c"]["cut"]["age_mean_s"] == pytest.approx(9.5**2 / 2 / 60)
    assert f["c"]["cut"]["series"]["records"][:11] == [0, *range(1, 11)]


def test_exposure_stays_while_nothing_is_decided():
    """Without its rows c is exposed by all ten until the end, the oldest 59 s old, though a is silent."""
    history = bad.paused_standby()
    del history.rows["sent/c"], history.rows["received/c"]
    for kind in ("cut", "crash"):
        series = history.figures(at=(20 * S, 33 * S))["exposure"]["orders"]["c"][kind]["series"]
        assert series["records"][10:] == [10] * 50
        assert series["age_s"][10:] == [float(age) for age in range(10, 60)]


def test_exposure_ends_with_the_promotion_that_abandons():
    """At b's promotion, at 20 s, c's four records that b lacked leave; the others it has from its copy."""
    series = bad.lossy_failover().figures()["exposure"]["orders"]["c"]["cut"]["series"]
    assert (series["records"][12:20], series["records"][22:]) == ([3] * 3 + [4] * 5, [1] * 38)


def test_a_record_received_when_another_is_committed_has_left_the_curve():
    """Positions move first at equal times: never two records at once."""
    history = History()
    for i in range(1, 11):
        history.commit(i * S, v(1, i), i)
        history.position("sent", "b", i * S + MS, v(1, i))
        history.position("received", "b", (i + 1) * S, v(1, i))
    assert history.figures()["exposure"]["orders"]["b"]["cut"]["records_max"] == 1


def test_caught_up_waits_for_the_standby_that_lags():
    """Reads recover at 40 s; a standby that misses a commit of 30 s until 50 s is caught up then."""
    history = bad.outage()
    history.commit(30 * S, v(1, 1), 1)
    for region, at in (("b", 31 * S), ("c", 50 * S)):
        history.position("sent", region, at - MS, v(1, 1))
        history.position("received", region, at, v(1, 1))
    got = history.figures()["recovery"]["orders.read"]
    assert (got["serving_again_s"], got["caught_up_s"]) == (19.5, 29.5)
    history.rows.pop("received/c")
    assert history.figures()["recovery"]["orders.read"]["caught_up_s"] is None


@pytest.mark.parametrize("table", ["applied/b", "received/b", "ops", "waiting/a"])
def test_a_dropped_record_breaks_a_sum(table):
    """One row less in any table, and conservation fails."""
    history = bad.lossy_failover()
    history.figures(strict=True)
    history.rows[table].pop(0)
    with pytest.raises(ConservationError):
        history.figures(strict=True)


def test_an_acknowledgement_without_a_commit_breaks_a_sum():
    """A client told ok for a version that was never committed is our bug."""
    history = good.quiet()
    history.op(777, 30 * S, 30 * S + MS, WRITE, OK, version=v(1, 500))
    with pytest.raises(ConservationError, match="acknowledged"):
        history.figures(strict=True)


def test_warm_up_is_in_no_figure():
    """The same outage inside the warm-up leaves no trace, not even in latency or exposure."""
    history = bad.outage(end=120)
    history.setup = setup(duration_ns=120 * S, warmup_ns=50 * S)
    f = history.figures()
    got = f["recovery"]["orders.read"]
    assert (got["rta_s"], got["failed_requests"], got["operations"]) == (0.0, 0, 140)
    assert f["latency"]["orders.read"]["n"] == 140


def test_an_operation_that_outlives_its_bound_is_refused():
    """The windows are closed by that bound, so a row that breaks it is an error and not a wrong figure."""
    history = good.quiet()
    history.op(1, S, 30 * S)
    with pytest.raises(ValueError, match="outlived"):
        history.figures()


def test_a_gap_in_the_commits_is_refused():
    """Log sequence numbers of a timeline have no gaps."""
    history = good.quiet()
    history.rows["commits"].pop(3)
    with pytest.raises(ValueError, match="gap"):
        history.figures()


def test_latency_quantiles_are_within_a_percent():
    """Quantiles of 2000 known latencies, against their exact order statistics."""
    history = History()
    took = [MS + 7919 * i * i % 900_000_007 for i in range(2000)]
    for i, ns in enumerate(took):
        history.op(i, 20 * MS * i, 20 * MS * i + ns)
    got = history.figures()["latency"]["orders.read"]
    for name, q in (("p50_s", 0.5), ("p90_s", 0.9), ("p95_s", 0.95), ("p99_s", 0.99), ("p999_s", 0.999)):
        exact = np.sort(took)[int(np.ceil(q * 2000)) - 1] / S
        assert got[name] == pytest.approx(exact, rel=0.01)
    assert got["max_s"] == max(took) / S


def test_several_answers_may_name_one_commit():
    """Write 6 ended info at 6.1 s; calls with its tag are told at 30, 31 and 31.5 s that it is done.

    That is one write more. Its commit had left the line by then; so had that of write 7, which its own client
    knew, and which a call is told of too. Every sum closes, however the journal is cut.
    """
    history = good.quiet()
    for row in history.rows["ops"]:
        if row["rid"] == 6:
            row.update(outcome=INFO, version=0, end_ns=6 * S + 100 * MS)
    for i, (at, lsn) in enumerate(((30_000, 6), (31_000, 6), (31_500, 6), (32_000, 7))):
        history.op(9 << 40 | i, at * MS - MS, at * MS, WRITE, version=v(1, lsn))
    for cuts in ((), tuple(range(S, 60 * S, S))):
        acks = history.figures(at=cuts, strict=True)["conservation"]["orders"]["acks"]
        assert (acks["acknowledged"], acks["surviving"], acks["again"], acks["unknown"]) == (61, 58, 3, 0)


def test_an_answer_that_names_an_abandoned_commit_of_another_write():
    """Write 9 is abandoned, and its client does not know; calls of its tag were told of it: it is lost."""
    history = bad.lossy_failover()
    before = history.figures(strict=True)["loss"]["orders"]
    for i, at in enumerate((16, 22)):
        history.op(9 << 40 | i, 15 * S, at * S, WRITE, version=v(1, 9))
    for cuts in ((), tuple(range(S, 60 * S, S))):
        figures = history.figures(at=cuts, strict=True)
        found = figures["loss"]["orders"]
        assert (found["records"], found["info_lost"]) == (before["records"] + 1, before["info_lost"])
        assert figures["conservation"]["orders"]["acks"]["again"] == 1


def test_an_operation_that_is_open_long_after_the_last_answer_is_counted():
    """An answer at 10 s, then silence; one operation is open since 56 s, and was bad from the start."""
    history = History()
    history.op(0, 10 * S, 10 * S + MS)
    history.still_open(1, 56 * S)
    got = history.figures()["recovery"]["orders.read"]
    assert (got["censored_after_s"], got["operations"], got["slow_requests"]) == (4.0, 2, 1)
