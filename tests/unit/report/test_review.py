"""What a review says of a run: what it puts first, and what it leaves out."""

from dataclasses import replace

import pytest

from sim.report.brief import took
from sim.report.document import document, plain
from sim.report.review.capabilities import capabilities
from sim.report.review.moments import MOMENTS_MAX
from sim.report.review.objectives import objectives
from sim.report.review.review import review_of
from sim.report.review.sentence import sentences
from tests.unit.report.drill import drill, figures


def reviewed(**changes):
    """The review of the drill made by hand."""
    return review_of(plain(document(drill(**changes))))


def judged(name, must, low, high, verdict="met"):
    """An objective of a document, on error rates where the bound is a share, else on lost records."""
    metric = "error_rate" if must.endswith("%") else "rpa_records"
    return {
        "id": name, "metric": metric, "of": "orders", "must": must, "low": low, "high": high,
        "verdict": verdict, "why": "",
    }  # fmt: skip


def test_objectives_come_missed_first_then_undecided_then_by_margin():
    """Of those that are met, that with the least of its limit left comes first; no limit comes last."""
    sla = [
        judged("none", "== 0", 0, 0), judged("wide", "<= 100", 1, 1), judged("near", "<= 10", 0, 9),
        judged("open", "<= 10", 0, 20, "undecided"), judged("over", "<= 10", 30, 30, "missed"),
    ]  # fmt: skip
    assert [row.id for row in objectives(sla)] == ["over", "open", "near", "wide", "none"]


@pytest.mark.parametrize(
    ("must", "low", "high", "margin"),
    [
        ("<= 10", 2, 4, 0.6), ("<= 10", 2, 30, -2.0), (">= 10", 20, 30, 1.0), (">= 99%", 0.995, 1, 0.5),
        ("< 1%", 0.0025, 0.0025, 0.75), ("== 0", 0, 0, None), ("<= 0", 0, 0, None), (">= 0", 5, 5, None),
    ],
)  # fmt: skip
def test_a_margin_is_what_is_left_of_the_limit_at_the_worse_end(must, low, high, margin):
    """Of a share that may fail it is what may still fail; where a share says nothing there is none."""
    (row,) = objectives([judged("it", must, low, high)])
    assert row.margin == (None if margin is None else pytest.approx(margin))


def test_a_range_without_an_upper_end_is_not_mistaken_for_nothing_measured():
    """A missed objective whose figure has no bound leaves less than nothing of its limit."""
    unbounded, unmeasured = objectives(
        [judged("a", "<= 10", None, None, "missed"), judged("b", "<= 10", None, None, "undecided")]
    )
    assert unbounded.margin == float("-inf")
    assert unmeasured.range is None


def test_capabilities_whose_objective_is_missed_come_first_and_then_the_worst_of_each_group():
    """No kind of capability hides behind eight of another kind."""
    down = plain(document(drill()))["recovery"]["orders.write"]
    names = {"a.write": 9, "b.write": 8, "a.read": 3, "lake.raw": 60, "dashboard.sales": 900, "a.search": 5}
    recovery = {name: {**down, "rta_s": rta_s} for name, rta_s in names.items()}
    late = replace(objectives([judged("late", "<= 1", 3, 3, "missed")])[0], metric="rta", of="a.read")
    found = [
        row.name for row in capabilities({**recovery, "c.read": {**down, "rta_s": 0, "episodes": []}}, [late])
    ]
    assert found == ["a.read", "a.write", "a.search", "lake.raw", "dashboard.sales", "b.write", "c.read"]


def test_what_was_good_again_but_had_not_held_is_not_said_to_be_bad_still():
    """Still bad is worse than good again for too short a time; each says what the run tells, and no more."""
    one = plain(document(drill()))["recovery"]["orders.write"] | {"rta_s": None, "censored_after_s": 600.0}
    again = {name: {**one, "serving_again_s": 90.0} for name in ("a.write", "b.write")}
    both = {**again, "c.write": {**one, "serving_again_s": None}}
    told = [
        next(sentences({"recovery": found, "loss": {}}, capabilities(found, []))) for found in (again, both)
    ]
    assert told == [
        "a.write was down for 1m 30s at least, and had not been good again for long enough when the run "
        "ended; nor had 1 more.",
        "c.write was still down when the run ended, after 10m 00s.",
    ]
    assert [took(row) for row in capabilities(both, [])] == ["> 10m 00s", ">= 1m 30s", ">= 1m 30s"]


def test_the_timeline_has_at_most_eight_moments_in_order():
    """However much happened, a review points at eight moments, with the fault and the promotion."""
    moments = reviewed().moments
    assert len(moments) <= MOMENTS_MAX
    assert [m.at_s for m in moments] == sorted(m.at_s for m in moments)
    assert any("FAULT power begins" in m.what for m in moments)
    assert any("new primary" in m.what for m in moments)


def test_a_run_in_which_nothing_happened_says_so():
    """Without faults, episodes or losses there is a sentence for each, and no moment."""
    calm = figures()
    for one in calm["recovery"].values():
        one.update(rta_s=0.0, censored_after_s=None, episodes=[], phases={}, chain=[])
    quiet = document(replace(drill(), milestones=[], faults={}, objectives=[]))
    told = {**plain(quiet), "recovery": plain(calm["recovery"]), "loss": {}}
    review = review_of(told)
    assert review.sentences == ("Nothing was down.", "No acknowledged record was lost.")
    assert (review.moments, review.objectives, review.limits) == ((), (), ())
    assert "never" not in review.headline


def test_of_a_store_that_is_gone_as_a_whole_the_sentence_says_so():
    """What lay before the run has no number, so neither has the loss."""
    lost = {"records": 554, "bounds": {"records": {"low": None, "high": None}}}
    told = list(sentences({"loss": {"orders": lost}}, ()))
    assert told[-1] == (
        "Lost: all that orders had: 554 acknowledged records of this run and all that lay before it."
    )
