"""The swinging-door filter."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sim.report.html.thinning import swinging_door

POINTS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60)
GAPS = st.lists(st.floats(1e-3, 1e3), min_size=60, max_size=60)


@given(ys=POINTS, gaps=GAPS, tolerance=st.floats(0.0, 100.0))
def test_no_point_is_further_from_the_line_than_asked(ys, gaps, tolerance):
    """The line through what is kept passes every point within the tolerance, and has both ends."""
    xs = [sum(gaps[: i + 1]) for i in range(len(ys))]
    kept = swinging_door(xs, ys, tolerance)
    assert kept == sorted(set(kept))
    assert {0, len(ys) - 1} <= set(kept)
    for a, b in pairwise(kept):
        for i in range(a, b):
            there = ys[a] + (ys[b] - ys[a]) * (xs[i] - xs[a]) / (xs[b] - xs[a])
            assert abs(there - ys[i]) <= tolerance + 1e-6


def test_a_straight_line_needs_its_ends_alone():
    """Points on a line are left out, and a corner is not."""
    assert swinging_door(range(100), [2.0 * i for i in range(100)], 1e-9) == [0, 99]
    assert swinging_door(range(100), [abs(i - 50.0) for i in range(100)], 1e-9) == [0, 50, 99]
