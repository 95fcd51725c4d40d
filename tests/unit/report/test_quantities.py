"""Numbers as people read them."""

import pytest

from sim.report.quantities import clock, count, duration, percent, plural, since


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (0, "0 s"),
        (4e-7, "0.4 us"),
        (0.00035, "350 us"),
        (0.0123, "12.3 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1m 00s"),
        (95.4, "1m 35s"),
        (3599.6, "1h 00m 00s"),
        (7384, "2h 03m 04s"),
        (-2, "-2.0 s"),
    ],
)
def test_a_duration_is_written_in_the_units_that_matter(seconds, text):
    """Each size of duration is written in its own unit, also where rounding carries into the next."""
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("at_ns", "text"), [(0, "0:00:00.0"), (1_812_340_000_000, "0:30:12.3"), (3_599_960_000_000, "1:00:00.0")]
)
def test_a_moment_is_a_clock(at_ns, text):
    """A moment is hours, minutes, seconds and tenths, and tenths carry."""
    assert clock(at_ns) == text


def test_a_moment_before_the_origin_has_a_minus():
    """The distance of a moment from another has a sign."""
    assert (since(-1_500_000_000), since(1_500_000_000)) == ("-1.5 s", "+1.5 s")


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "-"), (1234567, "1,234,567"), (2.0, "2"), (0.1234, "0.123"), (1234.56, "1,234.6")],
)
def test_a_count_has_thousands_apart(number, text):
    """Counts are whole where they are whole."""
    assert count(number) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(None, "-"), (0, "0%"), (1, "100%"), (1e-9, "< 0.01%"), (0.99999, "> 99.99%"), (0.0512, "5.12%")],
)
def test_a_percentage_never_rounds_to_a_certainty(fraction, text):
    """Only nothing is 0 % and only all is 100 %."""
    assert percent(fraction) == text


def test_one_is_singular():
    """One record, two records."""
    assert (plural(1, "record"), plural(2000, "record")) == ("1 record", "2,000 records")
