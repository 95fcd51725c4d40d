"""Axes: where values lie, and which numbers stand beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.html import axis

HIGHS = st.floats(1e-5, 1e7)


@given(
    high=HIGHS, least=st.none() | st.floats(1e-6, 1e3), kind=st.sampled_from([axis.durations, axis.counts])
)
def test_an_axis_has_few_ticks_that_differ(high, least, kind):
    """Two to nine ticks, rising, no two written alike, and nothing beyond its ends."""
    found = kind(high, least=least)
    assert 2 <= len(found.ticks) <= 9
    assert list(found.ticks) == sorted(set(found.ticks))
    assert len({found.write(tick) for tick in found.ticks}) == len(found.ticks)
    assert all(found.low <= tick <= found.high * (1 + 1e-9) for tick in found.ticks)
    assert found.at(0.0) == 0.0
    assert found.at(high) <= 1.0


@given(low=st.floats(0.0, 1e5), span=st.floats(1e-3, 1e6))
def test_times_have_round_ticks_within_the_window(low, span):
    """An axis of moments ends where the window ends, and has at most nine ticks inside."""
    found = axis.times(low, low + span)
    assert (found.low, found.high) == (low, low + span)
    assert len(found.ticks) <= axis.MOST + 1
    assert all(low - 1e-6 <= tick <= low + span + 1e-6 for tick in found.ticks)


def test_what_spans_decades_is_not_linear():
    """47 s beside 2,424 s has a tenth of the height and more."""
    found = axis.durations(2424.0, least=47.0)
    assert found.linear_to == 47.0
    assert found.at(47.0) > 0.1
    assert axis.durations(2424.0, least=1000.0).linear_to is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.5, "500 ms"), (10, "10 s"), (1800, "30m"), (5400, "1h 30m"), (-60, "-1m")],
)
def test_round_times_are_short(seconds, words):
    """A tick's label has no digits that say nothing."""
    assert axis.length(seconds) == words


def test_a_difference_has_ticks_on_both_sides():
    """An axis may begin below 0, linear or not."""
    assert axis.durations(60.0, low_s=-60.0).at(0.0) == 0.5
    assert axis.counts(1000.0, low=-1000.0, least=1.0).at(0.0) == 0.5
