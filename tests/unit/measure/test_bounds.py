"""Bounds: an objective is decided where all values between them agree, and only there."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.bounds import Bounds
from sim.measure.figures import Figures
from sim.measure.metrics import measured
from sim.measure.verdict import MET, MISSED, UNDECIDED, decide, judge
from sim.outcome import objective_of
from sim.spec.objectives.predicates import OPERATORS, parse_predicate
from sim.spec.scenario import Objective
from tests.records import read

INF = math.inf
KINDS = {
    "none": None,
    "exact": Bounds.exactly(5),
    "range": Bounds.between(3, 7, "why"),
    "no limit": Bounds.between(3, INF, "why"),
    "all of it": Bounds.between(INF, INF, "why"),
}
# operator -> what it says of 5 asked of each kind of bounds, in the order of KINDS
TABLE = {
    "<=": (UNDECIDED, MET, UNDECIDED, UNDECIDED, MISSED),
    "<": (UNDECIDED, MISSED, UNDECIDED, UNDECIDED, MISSED),
    ">=": (UNDECIDED, MET, UNDECIDED, UNDECIDED, MET),
    ">": (UNDECIDED, MISSED, UNDECIDED, UNDECIDED, MET),
    "==": (UNDECIDED, MET, UNDECIDED, UNDECIDED, MISSED),
    "!=": (UNDECIDED, MISSED, UNDECIDED, UNDECIDED, MET),
}
# what each operator says of 3, the lower end of a range, and of 7, its upper end
ENDS = {
    "<=": (UNDECIDED, MET), "<": (MISSED, UNDECIDED), ">=": (MET, UNDECIDED), ">": (UNDECIDED, MISSED),
    "==": (UNDECIDED, UNDECIDED), "!=": (UNDECIDED, UNDECIDED),
}  # fmt: skip
OUTSIDE = {"<=": (MISSED, MET), "<": (MISSED, MET), ">=": (MET, MISSED), ">": (MET, MISSED),
           "==": (MISSED, MISSED), "!=": (MET, MET)}  # fmt: skip  # of 2 and of 8


@pytest.mark.parametrize("op", OPERATORS)
def test_each_operator_decides_each_kind_of_bounds(op):
    """Exact, a range, one without limit, all of a store, and nothing."""
    assert tuple(decide(parse_predicate(f"{op} 5"), bounds)[0] for bounds in KINDS.values()) == TABLE[op]


@pytest.mark.parametrize("op", OPERATORS)
def test_the_ends_of_a_range_belong_to_it(op):
    """At an end some values may meet what is asked, or none, or all; beyond it all agree."""
    bounds = KINDS["range"]
    assert tuple(decide(parse_predicate(f"{op} {value}"), bounds)[0] for value in (3, 7)) == ENDS[op]
    assert tuple(decide(parse_predicate(f"{op} {value}"), bounds)[0] for value in (2, 8)) == OUTSIDE[op]


WHOLE = st.integers(0, 9)


@given(st.sampled_from(list(OPERATORS)), WHOLE, WHOLE, st.one_of(WHOLE, st.just(INF)))
def test_a_verdict_is_what_all_values_between_the_bounds_say(op, asked, low, width):
    """Against brute force over quarters from one bound to the other, and far beyond where there is none."""
    high = low + width
    most = high if high < INF else 40
    values = [low + i / 4 for i in range(4 * (most - low) + 1)] + [high]
    must = parse_predicate(f"{op} {asked}")
    said = {must.holds(value) for value in values}
    want = {frozenset({True}): MET, frozenset({False}): MISSED}.get(frozenset(said), UNDECIDED)
    assert decide(must, Bounds.between(low, high, "why"))[0] == want


def test_bounds_are_in_order_and_say_why_they_differ():
    """A figure cannot be at most less than it is at least, and no difference goes without its reason."""
    for low, high, reason in ((2, 1, "why"), (1, 2, "")):
        with pytest.raises(AssertionError):
            Bounds(low=low, high=high, reason=reason)


# --- from figures ------------------------------------------------------------------------------------------


def loss(low, high, *, acknowledged=9):
    """Figures of a store all of whose bounds are the same; None: without bound."""
    bounds = {"low": low, "high": high, "reason": "" if low == high else "15,000 are only in west"}
    fields = ("records", "window_s", "diverged", "records_after_replay")
    acks = {"acks": {"acknowledged": acknowledged}}
    return {"loss": {"orders": {"bounds": dict.fromkeys(fields, bounds)}}, "conservation": {"orders": acks}}


def judged(figures, metric, must, of="orders"):
    """One objective, judged."""
    objective = Objective.model_construct(metric=metric, of=of, must=parse_predicate(must), over=None)
    return judge(read(Figures, figures), {"x": objective}, {})[0]


@pytest.mark.parametrize("metric", ["rpa_records", "rpa_window", "rpa_after_replay", "diverged"])
def test_a_recovery_point_has_the_bounds_of_its_loss(metric):
    """What is stranded may be lost: nothing decides it, and the reason is told."""
    unit = "s" if metric == "rpa_window" else ""
    got = judged(loss(0, 300), metric, f"<= 5{unit}")
    assert (got.verdict, got.value, got.why) == (UNDECIDED, None, "15,000 are only in west")
    assert judged(loss(0, 300), metric, f"<= 300{unit}").verdict == MET
    assert judged(loss(6, 300), metric, f"<= 5{unit}").verdict == MISSED


@pytest.mark.parametrize("metric", ["rpa_records", "rpa_window", "rpa_after_replay"])
@pytest.mark.parametrize("acknowledged", [0, 9])
def test_a_store_destroyed_as_a_whole_misses_every_upper_limit(metric, acknowledged):
    """What lay before the run is gone too, whether anything was written since or not."""
    for must in ("<= 100000h", "== 0") if metric == "rpa_window" else ("<= 1000000", "== 0"):
        got = judged(loss(None, None, acknowledged=acknowledged), metric, must)
        assert (got.verdict, got.why) == (MISSED, "all of it was destroyed, with what lay before the run")


def test_without_an_acknowledged_write_nothing_is_known_of_a_loss():
    """Unless what lay before the run is out of reach: that has a reason of its own."""
    assert measured(read(Figures, loss(0, 0, acknowledged=0)), "rpa_records", "orders") is None
    got = judged(loss(0, None, acknowledged=0), "rpa_window", "<= 5m")
    assert (got.verdict, got.why) == (UNDECIDED, "15,000 are only in west")


def fall(**terms):
    """Figures of a stage."""
    row = dict.fromkeys(("delivered", "in_flight", "stranded", "dropped", "lost", "records_after_replay"), 0)
    return read(Figures, {"waterfall": {"orders": {"raw": {**row, **terms}}}})


def test_a_stage_has_lost_from_what_is_lost_to_that_and_what_is_stranded():
    """With the reason; a stage all of whose records are stranded is not one without records."""
    figures = fall(stranded=1500, lost=7, records_after_replay=2)
    lost, after = (measured(figures, m, "orders.raw") for m in ("records_lost", "lost_after_replay"))
    assert (lost.low, lost.high, after.low, after.high) == (7, 1507, 2, 1502)
    assert lost.reason == "1,500 records are out of reach at the end"
    assert measured(fall(delivered=3), "records_lost", "orders.raw") == Bounds.exactly(0)
    assert measured(fall(stranded=3), "records_lost", "orders.raw") is not None
    assert measured(fall(), "records_lost", "orders.raw") is None


@pytest.mark.parametrize(
    ("age_s", "stranded_s", "low", "high"),
    [(2.5, 2.5, 25e8, 25e8), (2.5, 60.0, 25e8, 6e10), (2.5, None, 25e8, INF), (None, None, INF, INF)],
)
def test_the_recovery_point_lies_between_what_is_lost_and_what_is_stranded(age_s, stranded_s, low, high):
    """In ns; null is without bound; the reason is that of the stores."""
    point = {"recovery_point": {"age_s": age_s, "age_stranded_s": stranded_s}}
    got = measured(read(Figures, {**loss(0, 15), **point}), "recovery_point", "platform")
    assert (got.low, got.high, got.reason) == (low, high, "" if low == high else "15,000 are only in west")


def test_a_judged_objective_says_its_bounds_in_the_units_of_reports():
    """Seconds, counts; a value where the run tells one."""
    window, count = judged(loss(0, 300), "rpa_window", "<= 5s"), judged(loss(3, 3), "rpa_records", "<= 5")
    for verdict, want in ((window, (None, 0.0, 300.0)), (count, (3, 3, 3))):
        found = objective_of(verdict)
        assert (found.value, found.low, found.high) == want
    gone = objective_of(judged(loss(None, None), "rpa_window", "<= 5s"))
    assert (gone.value, gone.low, gone.high, gone.censored) == (None, INF, INF, False)
