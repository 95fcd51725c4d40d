"""A study in a few sentences: what they say follows from its document, and flatters nothing."""

import json

import pytest

from sim.report.document import written
from sim.report.study import document
from sim.report.study_sentence import sentences, stopped
from tests.unit.study.made import finding, study

GOOD, BAD = 10.0, 1000.0


def kept(*findings, **more):
    """The document of a study as its folder has it."""
    return json.loads(written(document(study(*findings, **more))))


def told(*findings):
    """The sentences of a study in one line."""
    return " ".join(sentences(kept(*findings)))


def test_trials_are_counted_by_what_became_of_them():
    """Those that broke are told beside the others, also where no objective is missed."""
    found = finding({"rto": [GOOD] * 9, "rpo": [0.0] * 9}, broken=(3,))
    assert "8 of 9 trials met every objective; 1 broke." in told(found)
    assert "All 9 trials met every objective." in told(finding({"rto": [GOOD] * 9, "rpo": [0.0] * 9}))


def test_a_recovery_without_bound_is_not_told_as_a_time():
    """If fewer than 95 % of the trials recovered, no time is given."""
    values = [(50.0, 50.0)] * 15 + [(60.0, float("inf"))] * 5
    metrics = [("recovery.rta_s", "orders.write", values)]
    assert "orders.write was back in less than 95 % of the trials when they ended." in told(
        finding({"rto": [GOOD] * 20, "rpo": [0.0] * 20}, metrics=metrics)
    )


def test_losses_are_told_at_the_95th_percentile_and_only_then_said_to_be_none():
    """One loss in twenty is not nothing in 95 %, two are told."""
    rows = {"rto": [GOOD] * 20, "rpo": [0.0] * 20}
    lost = [("loss.records", "orders", [0.0] * 18 + [7.0, 9.0])]
    assert "at most: orders 7." in told(finding(rows, metrics=lost))
    none = [("loss.records", "orders", [0.0] * 20)]
    assert "Nothing acknowledged was lost in 95 % of the trials." in told(finding(rows, metrics=none))


def test_points_are_counted_and_objectives_named_with_where():
    """Of a sweep: how many points meet every objective, and at how many each is not met."""
    good = finding({"rto": [GOOD] * 40, "rpo": [0.0] * 40}, label="a")
    bad = finding({"rto": [BAD] * 40, "rpo": [0.0] * 40}, label="b")
    said = told(good, bad)
    assert "Of 2 points 1 meet every objective, 1 miss one." in said
    assert "Not met: rto at 1 of 2 points." in said


@pytest.mark.parametrize(
    ("until", "cap", "words"),
    [
        ("trials", 9, "9 trials were run: as many as were asked for."),
        ("decided", 9, "9 trials were run, the most that were allowed, before every objective was decided."),
    ],
)
def test_why_there_are_no_more_trials_is_said(until, cap, words):
    """As many as were asked for, enough, or the cap."""
    found = finding({"rto": [GOOD] * 9, "rpo": [0.0] * 9})
    assert stopped(kept(found, until=until, cap=cap)) == words
