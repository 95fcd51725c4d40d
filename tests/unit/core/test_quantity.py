"""Quantities: what they parse to, what they refuse, and that writing them is exact."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.quantity import (
    LONGEST_NS,
    QuantityError,
    check_fraction,
    format_bandwidth,
    format_duration,
    format_rate,
    format_size,
    parse_bandwidth,
    parse_duration,
    parse_duration_exact,
    parse_fraction,
    parse_rate,
    parse_size,
)

S = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "value_ns"),
    [
        ("1ns", 1),
        ("2us", 2_000),
        ("3ms", 3_000_000),
        ("4s", 4 * S),
        ("5m", 300 * S),
        ("6h", 21_600 * S),
        ("7d", 604_800 * S),
        ("1w", 604_800 * S),
        ("1h30m", 5_400 * S),
        ("1.5h", 5_400 * S),
        ("0.1s", 100_000_000),
        ("2 ms", 2_000_000),
        ("0s", 0),
        ("1m0.000000001s", 60 * S + 1),
        ("PT5M", 300 * S),
        ("P1DT2H3M4.5S", 93_784_500_000_000),
        ("P2W", 1_209_600 * S),
    ],
)
def test_durations_parse_to_nanoseconds(text, value_ns):
    """Units, compounds, fractions and ISO 8601 give exact int ns."""
    assert parse_duration(text) == value_ns
    assert isinstance(parse_duration(text), int)


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "",
        "-5s",
        "5M",
        "5 S",
        "1m1h",
        "1s1s",
        "PT",
        "P1Y",
        "P1M",
        "PT1H1H",
        "0.5ns",
        "1e3s",
        "s",
        "٣s",
        "4000w",
    ],
)
def test_what_is_no_duration_is_refused(text):
    """Bare numbers, months, wrong order, sub-nanoseconds and other digits are errors."""
    with pytest.raises(QuantityError):
        parse_duration(text)


@given(st.integers(0, LONGEST_NS))
def test_durations_survive_writing(value_ns):
    """Canonical text parses back to the same int."""
    assert parse_duration(format_duration(value_ns)) == value_ns


@given(st.floats(0, 1e18))
def test_fractional_durations_survive_writing(value_ns):
    """A float of ns, as in a distribution, is written with all its digits."""
    text = format_duration(value_ns)
    if len(text) <= 100:
        assert float(parse_duration_exact(text)) == value_ns


@pytest.mark.parametrize(
    ("value_ns", "text"),
    [(0, "0s"), (90 * S, "1m30s"), (300_000, "300us"), (86_400 * S, "1d"), (1_500_000, "1.5ms")],
)
def test_durations_are_written_as_people_write_them(value_ns, text):
    """The canonical form is short."""
    assert format_duration(value_ns) == text


@pytest.mark.parametrize(
    ("text", "per_s"), [("200/s", 200.0), ("5k/min", 5000 / 60), ("3M/d", 3e6 / 86400), ("1.5/h", 1.5 / 3600)]
)
def test_rates_parse_to_a_number_a_second(text, per_s):
    """Multiples and units of time multiply out."""
    assert parse_rate(text) == pytest.approx(per_s, rel=1e-15)


@given(st.floats(1e-9, 1e15))
def test_rates_and_bandwidths_survive_writing(value):
    """Canonical texts parse back to the same float."""
    assert parse_rate(format_rate(value)) == value
    assert parse_bandwidth(format_bandwidth(value)) == value


@pytest.mark.parametrize(
    ("text", "bytes_per_s"),
    [
        ("1Gbit/s", 125e6),
        ("8 kbit/s", 1e3),
        ("100MB/s", 1e8),
        ("1MiB/s", 2.0**20),
        ("1bit/s", 0.125),
        ("10B/s", 10.0),
    ],
)
def test_bandwidths_tell_bits_from_bytes(text, bytes_per_s):
    """bit and B differ by eight; a binary prefix is binary."""
    assert parse_bandwidth(text) == bytes_per_s


@pytest.mark.parametrize("text", ["10Mbps", "10MB", "10Mb/s", "10", "10M/s", "1/s", "-1MB/s"])
def test_ambiguous_bandwidths_are_refused(text):
    """bps, lower-case b and missing time are errors."""
    with pytest.raises(QuantityError):
        parse_bandwidth(text)


@given(st.integers(0, 2**60))
def test_sizes_survive_writing(size_bytes):
    """Canonical text parses back to the same int."""
    assert parse_size(format_size(size_bytes)) == size_bytes


@pytest.mark.parametrize(
    ("text", "size_bytes"), [("2KiB", 2048), ("2kB", 2000), ("1.5MiB", 1572864), ("7B", 7), ("1GB", 10**9)]
)
def test_sizes_parse_to_bytes(text, size_bytes):
    """Decimal and binary prefixes are what they say."""
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize(
    ("text", "value"), [("99.9%", 0.999), ("0%", 0.0), ("100 %", 1.0), ("0.07%", 0.0007)]
)
def test_percentages_parse_exactly(text, value):
    """A percentage is the float nearest to its hundredth."""
    assert parse_fraction(text) == value == float(Fraction(text.rstrip(" %")) / 100)


def test_a_bare_99_is_refused_with_the_likely_meaning():
    """A fraction above 1 is an error that offers the percentage."""
    with pytest.raises(QuantityError) as caught:
        check_fraction(99)
    assert caught.value.hint == "did you mean 99%"


def test_capital_m_is_refused_with_a_hint():
    """M is minutes to one and months to another."""
    with pytest.raises(QuantityError) as caught:
        parse_duration("5M")
    assert caught.value.hint == "write m for minutes or 30d for a month"
