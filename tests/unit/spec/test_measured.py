"""Measured durations from files: weights, buckets, and what is drawn of them."""

from collections import Counter
from hashlib import sha256
from itertools import accumulate

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.core.distributions import empirical, uniform
from sim.engine.sampling import encode, sample
from sim.spec.delays import format_distribution, parse_distribution
from sim.spec.measured import content

MS = 1e6


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file, with fields."""

    def distribution(text, **fields):
        (tmp_path / "d.csv").write_text(text)
        found = []
        made = parse_distribution({"empirical": {"file": str(tmp_path / "d.csv"), **fields}}, (), found)
        assert found == []
        return made

    return distribution


def drawn(dist, n=4000):
    """How often each value is drawn, in ms."""
    table = encode([empirical([5.0]), dist])
    return Counter(sample(table, 1, 12345, i, 0, 9) / MS for i in range(n))


def test_units_come_from_the_column_or_the_scenario(read):
    """The same durations as texts, in seconds, in ms, and in a column of another name."""
    forms = (
        read("value\n100ms\n1.5s\n"), read("value_s\n0.1\n1.5\n"), read("value_ms\n100\n1500\n"),
        read("url;took\n/;100\n/;1500\n", columns={"value": "took"}, unit="ms"),
    )  # fmt: skip
    assert {form.values for form in forms} == {(100 * MS, 1500 * MS)}


def test_parquet_durations_have_their_unit(tmp_path):
    """A column of durations needs none, one of numbers has it in its name."""
    spans = pa.table({"value": pa.array([100, 1500], pa.duration("ms"))})
    for name, table in (("a", spans), ("b", pa.table({"value_us": [100_000.0, 1_500_000.0]}))):
        pq.write_table(table, tmp_path / name)
        found = parse_distribution({"empirical": str(tmp_path / name)}, (), [])
        assert found.values == (100 * MS, 1500 * MS)


@pytest.mark.parametrize("column", ["weight", "count"])
def test_weights_say_how_often_a_value_is_drawn(read, column):
    """7 to 2 to 1, in any order of rows; a value of weight 0 never; the mean is the weighted one."""
    dist = read(f"value_ms,{column}\n30,1\n10,7\n40,0\n20,2\n")
    counts = drawn(dist)
    assert set(counts) == {10, 20, 30}
    for value, share in ((10, 0.7), (20, 0.2), (30, 0.1)):
        assert counts[value] / 4000 == pytest.approx(share, abs=4 * (share * (1 - share) / 4000) ** 0.5)
    assert dist.mean == pytest.approx(14 * MS)
    assert dist.least == 10 * MS


def test_a_weighted_draw_is_the_inverse_distribution_function():
    """The first value up to which the weights add up to the part drawn, against a search one by one."""
    values, weights = [float(i) for i in range(17)], [1.0 + i % 5 for i in range(17)]
    dist, unit = empirical(values, weights=weights), empirical([0.0])
    part = encode([unit, uniform(0.0, 1.0)])
    table = encode([unit, dist])
    for i in range(2000):
        u = sample(part, 1, 7, i, 0, 3)
        expected = next(
            v for v, total in zip(values, accumulate(weights), strict=True) if total >= u * sum(weights)
        )
        assert sample(table, 1, 7, i, 0, 3) == expected


def test_equal_weights_draw_what_no_weights_draw(read):
    """Rows with weight 1 are rows."""
    assert drawn(read("value_ms,weight\n10,1\n20,1\n30,1\n40,1\n")) == drawn(
        read("value_ms\n10\n20\n30\n40\n")
    )


def test_of_a_bucket_its_upper_bound_is_drawn(read):
    """Of 50, 80, 80, 100, cumulative: half at 100 ms, three tenths at 250, none at 500, a fifth at 1 s."""
    dist = read("le,count\n0.1,50\n250ms,80\n0.5,80\n1,100\n+Inf,100\n")
    assert dist.values == (100 * MS, 250 * MS, 1000 * MS)
    assert dist.weights == (50, 30, 20)


def test_what_is_above_all_bounds_takes_what_the_scenario_says(read):
    """Buckets in any order; the observations in +Inf are drawn as ``above``."""
    dist = read("le,count\n+Inf,10\n0.1,9\n", above="30s")
    assert (dist.values, dist.weights) == ((100 * MS, 30_000 * MS), (9, 1))


def test_how_a_file_is_read_is_written_and_read_again(read, tmp_path):
    """The resolved form has columns, unit and above, and gives the same distribution."""
    dist = read("b,n\n100,9\nInf,10\n", columns={"le": "b", "weight": "n"}, unit="ms", above="30s")
    written = format_distribution(dist)
    assert written["empirical"].keys() == {"file", "sha256", "columns", "unit", "above"}
    assert parse_distribution(written, (), []) == dist


def test_the_hash_of_the_content_holds_the_weights():
    """Other weights are another content; values alone have the hash that they always had."""
    plain, one, two = (empirical([1.0, 2.0], weights=w) for w in (None, [1, 2], [2, 1]))
    assert len({content(plain), content(one), content(two)}) == 3
    assert content(plain) == sha256(b"1.0 2.0").hexdigest()
