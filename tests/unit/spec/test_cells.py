"""Cells as exact numbers, moments and durations."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.spec.cells import amount, count, nanoseconds, number, timestamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.decimals("-1e9", "1e9", places=12), st.sampled_from(["s", "ms", "us", "ns"]))
def test_a_number_is_the_decimal_that_is_written(value, unit):
    """A text becomes ns without passing through a float, rounded half up."""
    per_unit = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}[unit]
    assert nanoseconds(unit)(f"{value:f}") == floor(Fraction(value) * per_unit + Fraction(1, 2))


def test_unix_times_keep_every_nanosecond():
    """A float has no room for the ns of a unix time; a text and an integer have."""
    assert nanoseconds("s")("1772366400.123456789") == 1_772_366_400_123_456_789
    assert nanoseconds("ns")(1_772_366_400_123_456_789) == 1_772_366_400_123_456_789


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from("T "),
)
def test_a_timestamp_is_what_the_calendar_says(moment, minutes, between):
    """Zones, fractions and both separators, against the calendar of the standard library."""
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    since = there - EPOCH
    expected = (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    assert timestamp(there.isoformat(between)) == expected
    assert timestamp(moment.isoformat(between)) == timestamp(moment.isoformat() + "Z")


@pytest.mark.parametrize(
    ("text", "fraction_ns"),
    [("2026-03-01T12:00:00.123456789Z", 123_456_789), ("2026-03-01 12:00:00,5", 500_000_000),
     ("2026-03-01T12:00Z", 0), ("2026-03-01 12:00:00 UTC", 0), ("2026-03-01T13:00:00+01", 0)],
)  # fmt: skip
def test_timestamps_as_tools_write_them(text, fraction_ns):
    """Nine digits, a comma, no seconds, UTC in letters, a zone of whole hours."""
    assert timestamp(text) == 1_772_366_400_000_000_000 + fraction_ns


@pytest.mark.parametrize(
    "text",
    ["2026-02-30T12:00:00Z", "2026-03-01T24:00:01Z", "2026-03-01T12:60:00Z", "1772366400", "noon", "",
     "2026-03-01T12:00:00.1234567891Z", "12:00:00", "3000-01-01T00:00:00Z", "2026-03-01T12:00:00 CET"],
)  # fmt: skip
def test_what_is_no_timestamp_is_none(text):
    """Days that are not in the calendar, names of zones, and what lies beyond int64."""
    assert timestamp(text) is None


@pytest.mark.parametrize(
    "cell",
    ["", "x", "1,5", "1.000,5", "1_000", "0x10", "nan", "inf", "१", None, True, float("nan"), "9" * 61],
)  # fmt: skip
def test_what_is_no_number_is_none(cell):
    """Nothing is guessed of separators, other digits, truth values or nothing."""
    assert number(cell) is None
    assert (count(cell), amount(cell), nanoseconds("s")(cell)) == (None, None, None)


def test_counts_are_whole_and_bounded():
    """1e3 and 3.0 are whole; 0.5, -1 and 1e300 are no counts, and no times either."""
    assert [count(cell) for cell in ("1e3", 3.0, "7", 0)] == [1000, 3, 7, 0]
    assert [count(cell) for cell in ("0.5", -1, "1e300")] == [None, None, None]
    assert nanoseconds("s")("1e300") is None
