"""How often intervals hold the truth, over many synthetic studies.

A coverage estimated from N studies is itself uncertain: the tests allow four of its standard errors.
"""

import math

import numpy as np
import pytest

from sim.stats import bootstrap
from sim.stats.binomial import fraction, lower, upper
from sim.stats.quantile import ranks
from sim.stats.sequential import looks

STUDIES = 10_000


def slack(level: float, studies: int = STUDIES) -> float:
    """Return four standard errors of a coverage."""
    return 4 * math.sqrt(level * (1 - level) / studies)


def draws(key: int) -> np.random.Generator:
    """Return draws of their own for each test."""
    return np.random.Generator(np.random.Philox(key=key))


@pytest.mark.parametrize(("p", "n"), [(0.5, 20), (0.9, 50), (0.99, 300), (0.999, 100)])
def test_an_exact_interval_of_a_fraction_holds_the_truth_in_at_least_95_percent(p, n):
    """Clopper and Pearson, each bound at 2.5 %."""
    met, times = np.unique(draws(1).binomial(n, p, STUDIES), return_counts=True)
    held = sum(
        count
        for k, count in zip(met, times, strict=True)
        if (found := fraction(int(k), n, alpha=0.025)).low <= p <= found.high
    )
    assert held / STUDIES >= 0.95 - slack(0.95)


@pytest.mark.parametrize(("q", "n"), [(0.5, 15), (0.95, 100), (0.99, 1000)])
def test_an_order_statistic_interval_holds_the_quantile_in_at_least_95_percent(q, n):
    """The distribution does not matter, so the uniform one, whose quantile is q, stands for all."""
    low, high = ranks(n, q, alpha=0.025)
    values = np.sort(draws(2).random((STUDIES, n)), axis=1)
    floor = values[:, low - 1] if low else np.full(STUDIES, -np.inf)
    ceiling = values[:, high - 1] if high <= n else np.full(STUDIES, np.inf)
    held = np.count_nonzero((floor <= q) & (q <= ceiling))
    assert held / STUDIES >= 0.95 - slack(0.95)


def test_censored_values_only_widen_an_order_statistic_interval():
    """Censoring above the quantile leaves its coverage; the bound above becomes infinite, never wrong."""
    q, n, censored_above = 0.9, 60, 0.95
    low, high = ranks(n, q, alpha=0.025)
    values = np.sort(draws(3).random((STUDIES, n)), axis=1)
    values[values > censored_above] = np.inf
    assert high <= n
    held = np.count_nonzero((values[:, low - 1] <= q) & (q <= values[:, high - 1]))
    assert held / STUDIES >= 0.95 - slack(0.95)


@pytest.mark.parametrize("kind", ["normal", "exponential"])
def test_the_bootstrap_of_a_mean_holds_the_truth_in_93_to_97_percent(kind):
    """At 80 values, for a symmetric and for a skewed distribution; resampled as every study is, by seed 0."""
    generator = draws(4)
    values = getattr(generator, f"standard_{kind}")((STUDIES, 80))
    truth = 0.0 if kind == "normal" else 1.0
    found = [bootstrap.mean(row, alpha=0.025) for row in values]
    held = sum(estimate.low <= truth <= estimate.high for estimate in found)
    assert 0.93 - slack(0.93) <= held / STUDIES <= 0.97 + slack(0.97)


@pytest.mark.parametrize("truth", [0.985, 0.99, 0.995])
def test_looking_again_and_again_stops_falsely_at_most_as_often_as_alpha(truth):
    """A study that is looked at until decided; its bounds are wrong in at most alpha of the studies each."""
    wanted, alpha, cap = 0.99, 0.05, 2000
    plan = list(looks(300, cap, alpha=alpha))
    met = np.cumsum(draws(5).random((STUDIES, cap)) < truth, axis=1)
    wrong_pass = wrong_fail = 0
    bounds = {
        look.n: (
            np.array([lower(k, look.n, alpha=look.alpha) for k in range(look.n + 1)]),
            np.array([upper(k, look.n, alpha=look.alpha) for k in range(look.n + 1)]),
        )
        for look in plan
    }
    for row in met:
        for look in plan:
            low, high = (bound[row[look.n - 1]] for bound in bounds[look.n])
            if low >= wanted or high < wanted:
                wrong_pass += bool(low >= wanted and truth < wanted)
                wrong_fail += bool(high < wanted and truth >= wanted)
                break
    assert wrong_pass / STUDIES <= alpha + slack(alpha)
    assert wrong_fail / STUDIES <= alpha + slack(alpha)


def test_without_spending_alpha_the_same_looks_would_stop_falsely_more_often():
    """The planted mistake: every look at the full alpha. What the test above must be able to see."""
    wanted = truth = 0.9
    cap, alpha = 2000, 0.05
    ns = [30 * (i + 1) for i in range(60)]
    met = np.cumsum(draws(6).random((2000, cap)) < truth, axis=1)
    wrong = np.zeros(2000, bool)
    for n in ns:
        high = np.array([upper(k, n, alpha=alpha) for k in range(n + 1)])
        wrong |= high[met[:, n - 1]] < wanted
    assert wrong.mean() > alpha + slack(alpha, 2000)


@pytest.mark.parametrize("kind", ["normal", "exponential"])
def test_an_interval_at_which_a_study_stopped_for_its_precision_holds_the_truth_in_93_to_97_percent(kind):
    """Stopping when the interval looks narrow favours narrow ones; what is left of 95 % is measured here."""
    cap, share = 400, 0.1
    plan = list(looks(30, cap, alpha=0.05))
    noise = getattr(draws(7), f"standard_{kind}")((STUDIES, cap))
    values, truth = (60 + 20 * noise, 60.0) if kind == "normal" else (20 + 20 * noise, 40.0)
    held = 0
    for row in values:
        for look in plan:
            seen = row[: look.n]
            found = bootstrap.mean(seen, alpha=look.alpha / 2)
            if look.last or (found.high - found.low) / 2 <= share * abs(found.value):
                break
        told = bootstrap.mean(seen, alpha=0.025)  # what the page shows
        held += told.low <= truth <= told.high
    assert 0.93 - slack(0.93) <= held / STUDIES <= 0.97 + slack(0.97)
