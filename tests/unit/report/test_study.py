"""What the page of a study says beside its numbers: what to do next, where, and how far to trust it."""

import math

import pytest

from sim.report.page import plain
from sim.report.study import headline, notes, page
from tests.unit.study.made import finding, study

GOOD, BAD = 10.0, 1000.0
AT = ("faults.power.duration=6m",)


def text(found, **more):
    """The page in one line, from a terminal so wide that no cell of a table wraps."""
    return " ".join(plain(page(found, source="x.yaml -f y.yaml", **more), width=400).split())


def test_the_next_study_is_large_enough_to_decide_and_goes_over_the_same_points_and_draws():
    """Four times as many, but no fewer than decide 99 % without a miss; the sweep and the seed stay."""
    few = finding({"rto": [GOOD] * 5, "rpo": [0.0] * 5}, sets=("sla.rto.in=99%",))
    swept = " --sweep 'a=1,2'"
    assert "sim run x.yaml -f y.yaml --sweep 'a=1,2' --seed 0 --trials 368 --until decided" in text(
        study(few), swept=swept
    )
    many = finding({"rto": [GOOD] * 110 + [BAD] * 10, "rpo": [0.0] * 120}, sets=("sla.rto.in=90%",))
    assert "--trials 480 --until decided" in text(study(many))


def test_more_trials_are_not_asked_for_where_they_decide_nothing():
    """An objective about every trial stays undecided by the one that is; that is the one to look at."""
    found = finding({"rto": [GOOD, GOOD, None], "rpo": [0.0] * 3}, sets=("sla.rto.in=null",))
    said = text(study(found))
    assert "--until decided" not in said
    assert "--seed 0 --trial 2 an undecided trial of rto, by itself" in said


def test_a_trial_of_a_sweep_is_run_again_at_its_point():
    """Of the worst objective's point, with what makes it that point."""
    good = finding({"rto": [GOOD] * 40, "rpo": [0.0] * 40}, label="faults.power.duration=2m")
    bad = finding({"rto": [GOOD, BAD] * 20, "rpo": [0.0] * 40}, label=AT[0], sets=AT)
    said = study(good, bad)
    assert "-f y.yaml --set faults.power.duration=6m --seed 0 --trial 1 the worst trial of rto" in text(said)
    assert headline(said, "x.yaml").endswith("of runs meet it at faults.power.duration=6m")


def test_a_broken_trial_is_shown_with_its_seed_and_the_command_to_see_it_again():
    """And it is the reason where there is no objective."""
    found = finding({"rto": [GOOD] * 9, "rpo": [0.0] * 9}, broken=(3,), label=AT[0], sets=AT)
    said = text(study(found))
    assert "trial 3 broke: ValueError: planted" in said
    assert "--set faults.power.duration=6m --seed 0 --trial 3" in said


def test_trials_that_broke_are_counted_wherever_figures_are():
    """In the line of -q with the first one's command, in tables, figures and notes; no fault hides them."""
    broken = finding({"rto": [GOOD] * 60, "rpo": [0.0] * 60}, broken=(5, 16, 20, 21), label=AT[0], sets=AT)
    whole = finding({"rto": [GOOD] * 60, "rpo": [0.0] * 60}, label="b")
    first = "sim run x.yaml -f y.yaml --set faults.power.duration=6m --seed 0 --trial 5"
    line = headline(study(whole, broken), "x.yaml -f y.yaml")
    assert line.startswith("INCONCLUSIVE: ")
    assert line.endswith(f"4 of 60 trials broke at {AT[0]}, the first: {first}")
    said = text(study(whole, broken))
    assert "inconclusive; 4 of 60 trials broke" in said  # beside the other points
    assert "60/60" in said and "56/60, 4 broke" in said
    assert f"Figures of {AT[0]}, 56 of 60 trials: the others broke" in said
    assert f"4 of 60 trials broke at {AT[0]}: 5, 16, 20, 21" in said
    assert "- 4 of 60 trials broke: no figure counts them" in said
    broken.tally.fired["power"] = 54
    assert any("took effect in 54 of 56 trials that did not break" in note for note in notes(study(broken)))


def test_a_bound_that_is_not_there_is_explained_where_its_sign_is():
    """Five values bound no median from above with 97.5 %, forty do."""
    sign = "?: so few trials set no bound there."
    assert sign in text(study(finding({"rto": [1.0, 2.0, 3.0, 4.0, 5.0], "rpo": [0.0] * 5})))
    assert sign not in text(study(finding({"rto": [GOOD + i for i in range(40)], "rpo": [0.0] * 40})))


@pytest.mark.parametrize(
    ("values", "sets", "note"),
    [
        (
            {"rpo": [0.0, 0.0]},
            (),
            "Nothing here puts to the test (0 in every trial): rpo.",
        ),
        ({"rpo": [0.0, 1.0]}, (), None),
        ({"rpo": [None, None]}, (), "puts to the test (nothing to measure in every trial): rpo."),
        ({"rpo": [1.0]}, ("bus={brokers: 3}",), "Publishing and reading are in order over all partitions"),
        ({"rpo": [1.0]}, (), "outbox, event bus, stream processing and lakehouse are not part of this run."),
        (
            {"rpo": [1.0]},
            ("databases.orders.failover.decision={lognormal: {median: 20s, p99: 90s}}",),
            "Beyond the numbers given, a formula draws the slowest of: "
            "databases.orders.failover.decision (lognormal)",
        ),
    ],
)
def test_a_study_says_what_its_model_leaves_out_extrapolates_and_never_tests(values, sets, note):
    """Each only where it is so."""
    found = notes(study(finding({"rto": [GOOD] * len(values["rpo"]), **values}, sets=sets)))
    if note is None:
        assert not any("puts to the test" in line for line in found)
    else:
        assert any(note in line for line in found)


def test_measured_values_are_said_to_end_at_the_slowest(tmp_path):
    """What was never measured is never drawn."""
    (tmp_path / "lags.csv").write_text("value_s\n1\n2\n5\n")
    sets = (f"databases.orders.failover.decision={{empirical: {tmp_path / 'lags.csv'}}}",)
    (note,) = [n for n in notes(study(finding({"rto": [GOOD]}, sets=sets))) if "never measured" in n]
    assert note.endswith("the slowest of databases.orders.failover.decision (3 values).")


def test_a_note_about_some_points_names_them():
    """One that is true of all is told once, without."""
    tested = finding({"rto": [GOOD] * 2, "rpo": [1.0] * 2}, label="a=1")
    idle = finding({"rto": [GOOD] * 2, "rpo": [0.0] * 2}, label="a=2")
    found = notes(study(tested, idle))
    assert next(n for n in found if "puts to the test" in n).endswith("rpo. (At a=2.)")
    assert not any("a=1" in n for n in found)


def test_what_the_runs_do_not_tell_is_a_range_on_the_page():
    """The median of the least to that of the most, then the interval; an undecided trial to look at."""
    found = finding({"rto": [GOOD] * 40, "rpo": [(0.0, 15_000.0)] * 40})
    said = text(study(found))
    assert "rpa_records orders <= 100 0/40 0% to 100% 0 to 15,000" in said
    assert "an undecided trial of rpo, by itself" in said
    open_ = text(study(finding({"rto": [(GOOD, math.inf)] * 40, "rpo": [0.0] * 40})))
    assert "10.0 s or more (10.0 s to ?)" in open_
    gone = text(study(finding({"rto": [GOOD] * 40, "rpo": [math.inf] * 40})))
    assert "without bound (? to ?)" in gone
