"""Verdicts of studies, when they may stop, and what their trials are counted as."""

import math

import numpy as np
import pytest

from sim.stats.sequential import SequentialLook
from sim.studies.estimates import of
from sim.studies.judgement import ALPHA, adverse, exit_code, worst_trial
from sim.studies.stopping import enough, plan, precision
from tests.unit.study.made import finding, scenario

GOOD, BAD = 10.0, 1000.0


def verdict_of(values, name="rto", **more):
    """The verdict of one objective."""
    return next(r.verdict for r in finding(values, **more).rulings if r.id == name)


def test_a_fraction_passes_from_29_trials_on_and_not_with_28():
    """0.9 ** 29 is below 5 %, 0.9 ** 28 is not."""
    assert verdict_of({"rto": [GOOD] * 29}) == "pass"
    assert verdict_of({"rto": [GOOD] * 28}) == "inconclusive"


def test_a_fraction_fails_when_even_the_upper_bound_is_below():
    """20 of 40 cannot be 90 %; 34 of 40 can."""
    assert verdict_of({"rto": [GOOD] * 20 + [BAD] * 20}) == "fail"
    assert verdict_of({"rto": [GOOD] * 34 + [BAD] * 6}) == "inconclusive"


def test_undecided_trials_are_no_success_and_no_miss():
    """They keep a study from passing, and from failing."""
    assert verdict_of({"rto": [GOOD] * 29 + [None] * 3}) == "inconclusive"
    assert verdict_of({"rto": [GOOD] * 10 + [None] * 30}) == "inconclusive"
    assert verdict_of({"rto": [GOOD] * 10 + [BAD] * 30}) == "fail"


def test_a_recovery_that_was_not_over_keeps_both_bounds_and_is_missed_or_open():
    """The most is infinite: it never becomes a number, nor does it vanish."""
    found = finding({"rto": [GOOD, (GOOD, math.inf), (BAD, math.inf)]})
    assert (found.tally.objectives["rto"].undecided, found.tally.objectives["rto"].missed) == (1, 1)
    lows, highs = found.tally.objective_bounds("rto")
    assert (list(lows), list(highs)) == ([GOOD, GOOD, BAD], [GOOD, math.inf, math.inf])


def test_a_study_says_why_the_first_of_its_undecided_trials_is():
    """Beside how many there are; what is decided gives no reason."""
    open_ = [0.0, (0.0, 15_000.0), None]
    why = {r.id: r.why for r in finding({"rto": [GOOD] * 3, "rpo": open_}).rulings}
    assert why["rpo"] == "undecided in 2 of 3 trials: it is planted"
    assert "undecided" not in why["rto"]
    assert finding({"rpo": [None, 0.0]}).rulings[1].why.endswith("in 1 of 2 trials: nothing to measure")
    share = finding({"rto": [GOOD, (GOOD, math.inf)]}).rulings[0].why
    assert share.endswith("of runs meet it; a trial is undecided: it is planted")


def test_without_in_an_objective_is_about_the_trials_there_are():
    """One miss fails, one undecided trial keeps it open."""
    sets = ("sla.rto.in=null",)
    assert verdict_of({"rto": [GOOD] * 5}, sets=sets) == "pass"
    assert verdict_of({"rto": [GOOD] * 5 + [BAD]}, sets=sets) == "fail"
    assert verdict_of({"rto": [GOOD] * 5 + [None]}, sets=sets) == "inconclusive"


def test_a_broken_trial_is_undecided_for_every_objective_and_no_study_with_one_passes():
    """It counts both ways, and the whole is inconclusive at best."""
    found = finding({"rto": [GOOD] * 100, "rpo": [0.0] * 100}, broken=(3,))
    assert [found.tally.objectives[name].undecided for name in ("rto", "rpo")] == [1, 1]
    assert found.verdict == "inconclusive"


def test_values_stay_in_the_place_of_their_trial_behind_one_that_broke():
    """Else two studies would be compared with each other's neighbours."""
    found = finding({"rto": [1.0, 2.0, 3.0]}, broken=(1,), metrics=[("m", "x", [4.0, 5.0, 6.0])])
    for column in (found.tally.objective_lows, found.tally.objective_highs):
        np.testing.assert_equal(list(column["rto"]), [1.0, np.nan, 3.0])
    np.testing.assert_equal(found.tally.by_trial("m", "x"), [4.0, np.nan, 6.0])
    np.testing.assert_equal(found.tally.by_trial("m", "nothing"), [np.nan] * 3)


def test_the_worst_verdict_is_the_exit_code():
    """Fail before inconclusive before pass."""
    assert exit_code(["pass", "inconclusive", "fail"]) == 1
    assert exit_code(["pass", "inconclusive"]) == 3
    assert exit_code(["pass"]) == 0


def test_until_decided_looks_first_when_every_objective_of_every_point_could_pass():
    """At half of alpha: 36 trials for 90 %, 368 for 99 %; at the cap, if that is less."""
    first = next(plan("decided", [scenario().sla], cap=1000))
    assert (first.n, first.alpha) == (36, ALPHA / 2)
    stricter = scenario("sla.rto.in=99%").sla
    assert next(plan("decided", [scenario().sla, stricter], cap=1000)).n == 368
    assert [look.n for look in plan("decided", [stricter], cap=100)] == [100]
    assert [look.n for look in plan("trials", [stricter], cap=100)] == [100]


def stops(until, *findings, last=False):
    """Whether a study with these points stops at a look."""
    objectives = [f.point.scenario.sla for f in findings]
    look = SequentialLook(findings[0].tally.trials, ALPHA / 2, last=last)
    return enough(until, objectives, [f.tally for f in findings], look)


def test_a_study_stops_when_every_objective_of_every_point_is_decided():
    """One that is open keeps all going, until the cap."""
    done = finding({"rto": [GOOD] * 40}, sets=("sla.rpo=null",))
    open_ = finding({"rto": [GOOD] * 36 + [BAD] * 4}, sets=("sla.rpo=null",))
    assert stops("decided", done)
    assert not stops("decided", done, open_)
    assert stops("decided", done, open_, last=True)


def test_an_objective_about_every_trial_is_decided_early_by_a_miss_only():
    """What has been met so far may be missed by the next."""
    sets = ("sla.rpo=null", "sla.rto.in=null")
    assert not stops("decided", finding({"rto": [GOOD] * 40}, sets=sets))
    assert stops("decided", finding({"rto": [GOOD] * 39 + [BAD]}, sets=sets))


def test_a_precision_is_reached_when_the_mean_is_known_so_well():
    """60 +- 1 is known to 5 % after 40 trials, 60 +- 60 or bounds 9 apart are not; without bound never."""
    sets = ("sla.rpo=null",)
    near = [60.0 + (-1) ** i for i in range(40)]
    assert stops("5%", finding({"rto": near}, sets=sets))
    assert not stops("5%", finding({"rto": [60.0 * (1 + (-1) ** i) for i in range(40)]}, sets=sets))
    assert not stops("5%", finding({"rto": [*near, math.inf]}, sets=sets))
    assert not stops("5%", finding({"rto": [*near, (60.0, math.inf)]}, sets=sets))
    assert stops("5%", finding({"rto": [(x, x + 1) for x in near]}, sets=sets))
    assert not stops("5%", finding({"rto": [(x, x + 9) for x in near]}, sets=sets))
    assert not stops("5%", finding({"rto": [*near, None]}, sets=sets))


def test_figures_keep_the_least_and_the_most_in_the_place_of_their_trial():
    """Where the run tells they are equal; a figure that has no value in a trial has neither."""
    column = [4.0, (1.0, 15_000.0), 6.0, (2.0, math.inf)]
    found = finding({"rto": [GOOD] * 4}, broken=(2,), metrics=[("m", "x", column), ("n", "x", [1.0] * 4)])
    lows, highs = found.tally.bounds(("m", "x"))
    assert (list(lows), list(highs)) == ([4.0, 1.0, 2.0], [4.0, 15_000.0, math.inf])
    np.testing.assert_equal(found.tally.by_trial("m", "x"), [4.0, 15_000.0, np.nan, math.inf])
    lows, highs = found.tally.bounds(("n", "x"))
    assert list(lows) == list(highs) == [1.0] * 3


def test_a_quantile_of_bounds_is_a_range():
    """From that of the least to that of the most, each bounded on its own side."""
    lows, highs = np.zeros(40), np.arange(40.0)
    found = of(lows, highs)["p50"].figures()
    assert (found["value"], found["low"], found["value_high"]) == (0.0, 0.0, 19.0)
    assert found["high"] == of(highs, highs)["p50"].figures()["high"]
    exact = of(highs, highs)["mean"].figures()
    assert exact["value"] == exact["value_high"] == highs.mean()


@pytest.mark.parametrize("text", ["banana", "5", "0%", "100%", "-5%", "%"])
def test_what_is_no_precision_is_refused(text):
    """With the words that are."""
    with pytest.raises(ValueError, match="neither trials, decided nor a precision"):
        precision(text)


def test_a_precision_may_be_written_with_a_sign():
    """As people do."""
    assert precision("5%") == precision("±5%") == precision("+-5%") == 0.05


def test_the_trial_to_look_at_is_the_worst_or_the_undecided_one():
    """The largest value; the smallest where more is better; one without a value if none is missed."""
    at_least = ('sla.rto.must=">= 10s"',)

    def shown(values, **more):
        found = finding({"rto": values}, **more)
        ruling = next(r for r in found.rulings if r.id == "rto")
        return worst_trial(ruling, adverse("rto", ruling.objective, found.tally))

    assert shown([GOOD, BAD, 2 * BAD, GOOD]) == 2
    assert shown([GOOD, BAD, math.inf, GOOD]) == 2
    assert shown([GOOD, None, BAD]) == 2
    assert shown([GOOD, None, GOOD]) == 1
    assert shown([None, None]) == 0
    assert shown([20.0, 5.0, 30.0], sets=at_least) == 1
    assert shown([20.0, (30.0, 40.0), 30.0]) == 1
    assert shown([20.0, (5.0, math.inf), 30.0], sets=at_least) == 1
    assert worst_trial(finding({"rpo": [0.0]}).rulings[0], ()) == 0
