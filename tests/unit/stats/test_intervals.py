"""Intervals, against what is known without them."""

import math

import numpy as np
import pytest

from sim.stats import bootstrap, paired, sequential
from sim.stats.binomial import fraction, lower, trials_to_fail, trials_to_pass, upper
from sim.stats.quantile import quantile, ranks


def test_299_trials_without_a_miss_show_99_percent_and_298_do_not():
    """The smallest study that can pass `in: 99%`."""
    assert trials_to_pass(0.99) == 299
    assert lower(299, 299, alpha=0.05) >= 0.99 > lower(298, 298, alpha=0.05)


@pytest.mark.parametrize("wanted", [0.5, 0.9, 0.95, 0.999])
def test_the_smallest_numbers_are_those_at_which_the_bounds_cross(wanted):
    """One trial fewer does not decide."""
    n = trials_to_pass(wanted)
    assert lower(n, n, alpha=0.05) >= wanted > lower(n - 1, n - 1, alpha=0.05)
    m = trials_to_fail(wanted)
    assert upper(0, m, alpha=0.05) < wanted
    assert m == 1 or upper(0, m - 1, alpha=0.05) >= wanted


def test_nothing_shows_that_every_run_passes():
    """`in: 100%` cannot be shown, but one miss refutes it."""
    assert trials_to_pass(1.0) is None
    assert trials_to_fail(1.0) == 1


def test_exact_bounds_are_those_of_the_binomial_tail():
    """At the lower bound p, P(at least k of n) is alpha; at the upper, P(at most k)."""
    n, k, alpha = 40, 33, 0.05
    p, q = lower(k, n, alpha=alpha), upper(k, n, alpha=alpha)
    at_least = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    at_most = sum(math.comb(n, i) * q**i * (1 - q) ** (n - i) for i in range(k + 1))
    assert at_least == pytest.approx(alpha, rel=1e-9)
    assert at_most == pytest.approx(alpha, rel=1e-9)


def test_undecided_trials_count_both_ways():
    """They widen the interval to both sides and are in no success."""
    clear, open_ = fraction(90, 100), fraction(90, 100, undecided=10)
    assert open_.low == clear.low
    assert open_.high == 1.0 > clear.high
    assert open_.value == 0.9


def test_ranks_of_a_median_are_those_of_the_sign_test():
    """n = 10 at alpha 5.5 %: P(B <= 2) = 56/1024 is just above, P(B <= 1) = 11/1024."""
    assert ranks(10, 0.5, alpha=0.05) == (2, 9)
    assert ranks(10, 0.5, alpha=56 / 1024 + 1e-12) == (3, 8)


def test_a_censored_value_is_infinite_and_stays():
    """The upper bound of a high quantile is infinite when censored values could reach it."""
    values = np.array([1.0] * 95 + [np.inf] * 5)
    estimate = quantile(values, 0.9)
    assert (estimate.value, estimate.low, estimate.high) == (1.0, 1.0, np.inf)
    assert quantile(values, 0.97).value == np.inf
    assert quantile(values, 0.5).high == 1.0


def test_too_few_values_bound_nothing():
    """Two values say nothing about a 99th percentile from above."""
    assert quantile(np.array([1.0, 2.0]), 0.99).high == math.inf


def test_the_mean_of_equal_values_is_certain_and_of_one_value_open():
    """No resampling where it would lie."""
    assert bootstrap.mean(np.full(5, 7.0)).low == 7.0
    assert bootstrap.mean(np.array([7.0])).high == math.inf


def test_the_bootstrap_takes_its_draws_from_its_seed():
    """The same seed gives the same interval, another a slightly different one."""
    values = np.arange(30.0) ** 2
    assert bootstrap.mean(values, seed=1) == bootstrap.mean(values, seed=1)
    assert bootstrap.mean(values, seed=1) != bootstrap.mean(values, seed=2)


def test_differences_of_two_censored_trials_can_be_anything():
    """They widen the interval and never vanish."""
    before = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.inf, np.inf])
    after = before + np.array([1, 1, 1, 1, 1, 0, 0])
    estimate = paired.median_difference(before, after, alpha=0.25)
    assert estimate.low == 1.0
    assert paired.mean_difference(before, after).high == math.inf


def test_common_draws_leave_little_of_the_noise():
    """A constant difference has no variance at all."""
    before = np.arange(10.0)
    assert paired.variance_ratio(before, before + 3) == 0.0


def test_looks_spend_all_of_alpha_and_no_more():
    """The sum over all looks is alpha, and the last look is at the cap."""
    found = list(sequential.looks(100, 1000, alpha=0.05))
    assert [look.n for look in found] == [100, 150, 225, 338, 507, 760, 1000]
    assert sum(look.alpha for look in found) == pytest.approx(0.05)
    assert [look.last for look in found] == [False] * 6 + [True]


def test_a_study_with_one_look_spends_everything_there():
    """A fixed number of trials is one look."""
    assert list(sequential.looks(300, 300, alpha=0.05)) == [sequential.SequentialLook(300, 0.05, last=True)]
