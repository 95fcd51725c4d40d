"""Predicates of objectives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.quantity import QuantityError
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.predicates import OPERATORS, Bound, format_predicate, parse_predicate


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("<= 5m", Bound("<=", 300_000_000_000, "duration")),
        ("==0", Bound("==", 0.0, "count")),
        ("< 1%", Bound("<", 0.01, "fraction")),
        ("> 12.5", Bound(">", 12.5, "count")),
        ("!= 1h30m", Bound("!=", 5_400_000_000_000, "duration")),
    ],
)
def test_the_unit_of_the_bound_is_what_was_written(text, bound):
    """Durations, counts and percentages are told apart."""
    assert parse_predicate(text) == bound


@pytest.mark.parametrize("value", ["5m", "=< 5m", "<= ", "<= x", "<= -1", 5, None, "<= 5 m m"])
def test_what_is_no_predicate_is_refused(value):
    """An operator and a bound are both needed."""
    with pytest.raises(QuantityError):
        parse_predicate(value)


@given(st.sampled_from(list(OPERATORS)), st.integers(0, 10**17), st.integers(0, 10**6))
def test_predicates_survive_writing(op, value_ns, millionths):
    """Canonical text parses back to an equal bound, whatever the unit."""
    for bound in (
        Bound(op, value_ns, "duration"),
        Bound(op, float(millionths), "count"),
        Bound(op, millionths / 10**6, "fraction"),
    ):
        assert parse_predicate(format_predicate(bound)) == bound


def test_zero_fits_every_metric_and_other_bounds_only_their_unit():
    """== 0 needs no unit; five minutes is no number of records."""
    assert all(parse_predicate("== 0").fits(metric) for metric in METRICS)
    assert parse_predicate("<= 5m").fits("rta")
    assert not parse_predicate("<= 5m").fits("rpa_records")
    assert not parse_predicate("<= 5").fits("rta")
    assert parse_predicate("< 1%").fits("failed_requests")


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("<", (1, 0, 0)),
        ("<=", (1, 1, 0)),
        ("==", (0, 1, 0)),
        ("!=", (1, 0, 1)),
        (">=", (0, 1, 1)),
        (">", (0, 0, 1)),
    ],
)
def test_a_bound_holds_as_its_operator_says(op, expected):
    """Below, at and above the bound."""
    bound = Bound(op, 5.0, "count")
    assert tuple(bound.holds(value) for value in (4, 5, 6)) == tuple(map(bool, expected))
