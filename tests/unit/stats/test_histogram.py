"""Logarithmic buckets: where values fall, and how far a quantile may be off."""

import numpy as np
import pytest

from sim.measure.compiled import bucket_of, place_of
from sim.stats.histogram import BUCKETS, edges, quantile


@pytest.mark.parametrize(
    "value", [0, 1, 2, 3, 127, 128, 255, 256, 257, 10**6, 10**9 + 1, 2**52 - 1, 2**52, 2**61]
)
def test_a_value_lies_between_the_edges_of_its_bucket(value):
    """And the bucket is at most 1/128 of its lower edge wide."""
    low, high = edges(bucket_of(value))
    assert low <= value <= high
    assert high - low <= low / 128
    assert 0 <= bucket_of(value) < BUCKETS


def test_buckets_follow_each_other_without_gaps():
    """The upper edge of each bucket is next to the lower edge of the following one."""
    first = bucket_of(256)
    for bucket in range(first, first + 2000):
        assert edges(bucket)[1] + 1 == edges(bucket + 1)[0]


def test_quantiles_by_nearest_rank():
    """1 to 200 have buckets of their own, so quantiles are exact; nothing has none."""
    counts = np.zeros(BUCKETS, np.int64)
    assert quantile(counts, 0.5, least=0, greatest=0) is None
    for value in range(1, 201):
        counts[bucket_of(value)] += 1
    found = [quantile(counts, q, least=1, greatest=200) for q in (0.001, 0.5, 0.501, 0.99, 1.0)]
    assert found == [1, 100, 101, 198, 200]


def test_hash_places_spread_keys_that_differ_in_high_bits_only():
    """Sessions of different clients differ above bit 40: they must not share a few places."""
    places = {place_of(np.int64(i) << 40 | 7, 8191) for i in range(1000)}
    assert len(places) > 900
