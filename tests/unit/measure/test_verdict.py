"""Verdicts: met, missed, undecided; and what must never read as a pass."""

import math

import pytest

from sim.measure.control_run import differences
from sim.measure.metrics import VALUES, measured
from sim.measure.verdict import FAIL, INCONCLUSIVE, PASS, judge, overall
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.predicates import parse_predicate
from sim.spec.scenario import Objective
from tests.histories import bad, good
from tests.histories.builder import S, setup
from tests.records import figures

FIRED = {"power": True}


def verdict(figures, metric, of, must, faults=FIRED, over=None):
    """Judge one objective."""
    objective = Objective.model_construct(metric=metric, of=of, must=parse_predicate(must), over=over)
    return judge(figures, {"x": objective}, faults)[0]


@pytest.mark.parametrize(
    ("metric", "of", "met", "missed"),
    [
        ("rta", "orders.read", "<= 19.5s", "< 19.5s"),
        ("downtime", "orders.read", "== 20s", "< 20s"),
        ("failed_requests", "orders.read", "== 39", "<= 38"),
        ("failed_requests", "orders.read", "< 34%", "< 33%"),
        ("latency_p50", "orders.read", "== 20ms", "> 20ms"),
        ("caught_up", "orders.read", "<= 19.5s", "< 19.5s"),
    ],
)
def test_an_objective_is_met_at_its_bound_and_missed_beyond(metric, of, met, missed):
    """Durations, counts and fractions are compared exactly."""
    figures = bad.outage().measured()
    assert verdict(figures, metric, of, met).verdict == "met"
    assert verdict(figures, metric, of, missed).verdict == "missed"


def test_a_standby_that_has_not_caught_up_leaves_open_when():
    """It took longer than to serve again; how much longer the run does not tell."""
    figures = bad.standby_behind().measured()
    assert verdict(figures, "caught_up", "orders.read", "<= 19s").verdict == "missed"
    found = verdict(figures, "caught_up", "orders.read", "<= 1h")
    assert (found.verdict, found.why) == ("undecided", "a standby had not caught up when the run ended")


@pytest.mark.parametrize(
    ("metric", "over", "met", "missed"),
    [
        ("availability", None, ">= 66.9%", ">= 67%"),  # 79 of 118
        ("error_rate", None, "< 33.1%", "< 33%"),
        ("availability", 20 * S, "== 2.5%", "> 2.5%"),  # 1 of 40
        ("error_rate", 20 * S, "<= 97.5%", "< 97.5%"),
    ],
)
def test_a_ratio_is_judged_over_the_run_or_in_its_worst_window(metric, over, met, missed):
    """A window without operations, or a capability without any, leaves it open."""
    history = bad.outage()
    history.setup = setup(windows=(("read", 20 * S), ("write", 20 * S)))
    figures = history.measured()
    assert verdict(figures, metric, "orders.read", met, over=over).verdict == "met"
    assert verdict(figures, metric, "orders.read", missed, over=over).verdict == "missed"
    assert verdict(figures, metric, "orders.write", missed, over=over).verdict == "undecided"


@pytest.mark.parametrize(
    ("must", "want"),
    [("< 19.5s", "missed"), ("<= 19.5s", "undecided"), ("<= 24s", "undecided"), (">= 19.5s", "met"),
     ("> 19.5s", "undecided"), ("== 10s", "missed"), ("!= 10s", "met"), ("== 30s", "undecided")],
)  # fmt: skip
def test_a_recovery_that_has_not_held_may_have_been_over_when_it_served_again(must, want):
    """It served again after 19.5 s, and the run ended 4 s later: 19.5 s is the least, not 23.5 s."""
    got = verdict(bad.outage(end=44).measured(), "rta", "orders.read", must)
    assert (got.verdict, got.censored, got.value) == (want, True, None)
    assert (got.bounds.low, got.bounds.high) == (19_500_000_000, math.inf)


@pytest.mark.parametrize(
    ("must", "want"),
    [("< 14.5s", "missed"), ("<= 14.5s", "undecided"), (">= 14.5s", "met"), (">= 15s", "undecided")],
)
def test_a_recovery_that_never_came_lasted_until_the_end_at_least(must, want):
    """Down from 20.5 s on, and the run ends at 35 s."""
    assert verdict(bad.outage(end=35).measured(), "rta", "orders.read", must).verdict == want


def test_a_longer_outage_that_was_over_counts_beside_one_that_was_not():
    """The longest recovery is what is asked for: ten minutes, though the last outage began a second ago."""
    over, open_ = {"rta_s": 600.0}, {"rta_s": None}
    capability = {"operations": 9, "rta_s": None, "serving_again_s": None, "censored_after_s": 1.0}
    found = figures(recovery={"orders.read": {**capability, "episodes": [over, open_]}})
    assert measured(found, "rta", "orders.read").low == 600 * 10**9


def test_an_empty_population_is_undecided():
    """No write was sent, so nothing is known of writes, of loss, or of latency."""
    figures = bad.outage().measured()
    for metric, of in (("rta", "orders.write"), ("latency_p99", "orders.write"), ("rpa_records", "orders")):
        assert (
            verdict(figures, metric, of, "<= 1s" if metric != "rpa_records" else "== 0").verdict
            == "undecided"
        )


def struck(history, start_s, stop_s):
    """Let a fault last from one time to another."""
    begun = history.milestone(start_s * S, "fault.started", "fault/power")
    history.milestone(stop_s * S, "fault.healed", "fault/power", begun)
    return history


@pytest.mark.parametrize(
    ("metric", "of", "must", "want"),
    [
        ("rta", "orders.read", "<= 20s", "undecided"),
        ("rta", "orders.read", "<= 10s", "missed"),
        ("rta", "orders.read", ">= 30s", "undecided"),
        ("rta", "orders.read", ">= 10s", "undecided"),
        ("rta", "orders.read", "== 10s", "undecided"),
        ("downtime", "orders.read", "<= 20s", "undecided"),
        ("failed_requests", "orders.read", "< 50%", "undecided"),
        ("failed_requests", "orders.read", "<= 10", "missed"),
        ("latency_p99", "orders.read", "<= 1s", "undecided"),
        ("stale_reads", "orders", "== 0", "undecided"),
        ("rpa_records", "orders", "== 0", "undecided"),
    ],
)
def test_an_objective_that_nothing_put_to_the_test_is_undecided(metric, of, must, want):
    """The reads failed from 20.5 s to 40 s, and the fault came when nobody asked any more.

    But what has missed an upper limit before has missed it.
    """
    history = struck(bad.outage(), 58, 59)
    history.rows["ops"] = [row for row in history.rows["ops"] if row["send_ns"] < 50 * S]
    got = verdict(history.measured(), metric, of, must)
    assert (got.verdict, got.why) == (want, "nothing to measure" if want == "undecided" else "")


def test_an_objective_that_was_put_to_the_test_is_judged():
    """The same figures, but the fault is the one that the reads met."""
    figures = struck(bad.outage(), 20, 40).measured()
    assert verdict(figures, "rta", "orders.read", "<= 20s").verdict == "met"
    assert verdict(figures, "rta", "orders.read", ">= 30s").verdict == "missed"


def test_a_fault_that_never_took_effect_leaves_everything_open():
    """Even an objective that would be met; and the run is inconclusive, with or without objectives."""
    idle = {"power": False}
    got = verdict(good.quiet().measured(), "rta", "orders.read", "<= 1s", idle)
    assert (got.verdict, overall([got], idle), overall([], idle)) == ("undecided", INCONCLUSIVE, INCONCLUSIVE)


def test_the_worst_verdict_wins():
    """Fail before inconclusive before pass."""
    figures = bad.outage(end=44).measured()
    met, missed, undecided = (verdict(figures, "rta", "orders.read", m) for m in (">= 1s", "<= 1s", "<= 30s"))
    assert [overall(v, FIRED) for v in ([met], [met, undecided], [undecided, missed], [])] == [
        PASS,
        INCONCLUSIVE,
        FAIL,
        PASS,
    ]


def test_every_metric_of_the_language_can_be_measured():
    """No metric that a scenario may name is unknown here, and an unknown subject is an error."""
    figures = bad.lossy_failover().measured()
    assert VALUES.keys() == METRICS.keys()
    for metric, declared in METRICS.items():
        of = {"requests": "orders.write", "capability": "orders.write", "store": "orders"}.get(declared.of)
        if of is not None:  # tests/histories/platform and orders measure the others
            measured(figures, metric, of)
        with pytest.raises(KeyError):
            measured(figures, metric, "nothing")
    assert measured(figures, "rpa_window", "orders").low == 8_000_000_000
    assert (
        measured(figures, "exposure_max_records", "orders/b").low == 5
    )  # 7 to 10, and 11 before the promotion


def test_differences_from_a_control_run():
    """The outage cost 20 s of downtime and 39 requests; the run without it none."""
    control = bad.outage(until=20).measured()
    got = differences(bad.outage().measured(), control)["orders.read"]
    assert (got["downtime_s"], got["failed_requests"], got["p50_s"]) == (20.0, 39, 0.0)
    assert differences(control, control)["orders"]["stale_reads"] == 0
