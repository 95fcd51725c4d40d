"""Distributions as data: moments against samples of an independent library, and idempotent proportions."""

import math

import pytest
from scipy import stats

from sim.core import distributions as d

CASES = {
    "constant": (d.constant(5), 5.0, 5.0),
    "uniform": (d.uniform(2, 6), stats.uniform(2, 4).mean(), 2.0),
    "exponential": (d.exponential(3), stats.expon(scale=3).mean(), 0.0),
    "lognormal": (d.lognormal(80, 200), None, 0.0),
    "gamma": (d.gamma(10, 0.5), stats.gamma(4, scale=2.5).mean(), 0.0),
    "pareto": (d.Distribution("pareto", (2.0, 3.0)), stats.pareto(3, scale=2).mean(), 2.0),
    "weibull": (d.Distribution("weibull", (0.7, 4.0)), stats.weibull_min(0.7, scale=4).mean(), 0.0),
    "mixture": (d.mixture([1, 3], [d.constant(8), d.uniform(0, 4)]), 3.5, 0.0),
    "empirical": (d.empirical([3, 1, 2]), 2.0, 1.0),
}


def test_every_kind_is_here():
    """No kind is without a mean that is checked."""
    assert tuple(CASES) == d.KINDS


@pytest.mark.parametrize("kind", CASES)
def test_mean_and_least_agree_with_scipy(kind):
    """The closed forms give what scipy gives."""
    dist, mean, least = CASES[kind]
    if kind == "lognormal":
        mu, sigma = dist.params
        mean = stats.lognorm(sigma, scale=math.exp(mu)).mean()
    assert dist.mean == pytest.approx(mean, rel=1e-12)
    assert dist.least == least


def test_lognormal_has_the_median_and_p99_it_was_given():
    """mu and sigma solve for the two quantiles."""
    mu, sigma = d.lognormal(80, 200).params
    law = stats.lognorm(sigma, scale=math.exp(mu))
    assert law.ppf([0.5, 0.99]) == pytest.approx([80, 200], rel=1e-12)


def test_gamma_has_the_coefficient_of_variation_it_was_given():
    """Standard deviation over mean is cv."""
    shape, scale = d.gamma(10, 0.5).params
    law = stats.gamma(shape, scale=scale)
    assert law.std() / law.mean() == pytest.approx(0.5)


def test_a_pareto_with_alpha_one_has_no_finite_mean():
    """The mean diverges at alpha 1."""
    assert d.Distribution("pareto", (1.0, 1.0)).mean == math.inf


@pytest.mark.parametrize("weights", [[1, 1, 1], [0.1] * 10, [2, 1, 4], [1e-9, 1], [0.45, 0.3, 0.25]])
def test_proportions_of_proportions_are_the_same(weights):
    """Normalizing twice changes no bit."""
    once = d.proportions(weights)
    assert math.fsum(once) == pytest.approx(1, abs=1e-12)
    assert d.proportions(once) == once


def test_empirical_values_are_sorted():
    """The inverse distribution function needs them ascending."""
    assert d.empirical([3, 1, 2]).values == (1.0, 2.0, 3.0)
