"""Milestones as a story."""

from hypothesis import given
from hypothesis import strategies as st

from sim.journal.milestones import KINDS, Milestone
from sim.report.page import Table
from sim.report.timeline import DETAIL, LINES_MAX, PHRASES, Scene, fold, phrase, shorten, story
from tests.unit.report.drill import milestones

S = 1_000_000_000
times = st.lists(st.tuples(st.integers(0, 10**13), st.sampled_from(sorted(KINDS))), max_size=80)


def made(pairs):
    """Milestones at the given times, in order, of the given kinds."""
    return [
        Milestone(i, at, kind, "orders/dns/eu-west/us-east", "") for i, (at, kind) in enumerate(sorted(pairs))
    ]


def test_every_kind_of_milestone_has_a_sentence():
    """The story can tell whatever the journal can hold."""
    assert set(PHRASES) == set(KINDS)
    assert set(KINDS) >= DETAIL


@given(times)
def test_folding_loses_nothing(pairs):
    """Folding only groups: every milestone is in one scene, of its own kind, within the span."""
    scenes = fold(made(pairs), 10 * S)
    assert sorted(m.id for scene in scenes for m in scene.milestones) == list(range(len(pairs)))
    for scene in scenes:
        assert {m.kind for m in scene.milestones} == {scene.kind}
        assert scene.milestones[-1].at_ns - scene.milestones[0].at_ns <= 10 * S
    starts = [scene.milestones[0].at_ns for scene in scenes]
    assert starts == sorted(starts)


@given(times, st.integers(5, 30))
def test_a_story_is_short_and_says_what_it_leaves_out(pairs, lines_max):
    """A story has at most the lines it may have, and counts the milestones that are in none."""
    scenes, hidden = shorten(made(pairs), lines_max)
    assert len(scenes) <= lines_max
    assert hidden == len(pairs) - sum(len(scene.milestones) for scene in scenes)


def test_four_domains_in_step_are_one_line_each_step():
    """A regional failover of four domains, some ninety milestones, is told in 15 to 25 lines without loss."""
    events = milestones()
    table, *rest = story(events, origin_ns=1800 * S)
    assert len(events) > 90
    assert isinstance(table, Table)
    assert 15 <= len(table.rows) <= min(25, LINES_MAX)
    assert not rest


def test_every_domain_is_said_only_when_it_is_every_one():
    """Three domains of four are named; four of four are every domain."""
    domains = frozenset({"a", "b", "c", "d"})
    some = Scene("promoted", tuple(Milestone(i, 0, "promoted", f"{d}/west", "") for i, d in enumerate("abc")))
    split = Scene(
        "promoted",
        tuple(
            Milestone(i, 0, "promoted", f"{d}/{r}", "") for i, (d, r) in enumerate(["ax", "bx", "cy", "dy"])
        ),
    )
    whole = Scene(
        "promoted", tuple(Milestone(i, 0, "promoted", f"{d}/west", "") for i, d in enumerate("abcd"))
    )
    assert phrase(some, domains) == "new primary, a, b and c in west"
    assert phrase(split, domains) == "new primary, a and b in x; c and d in y"
    assert phrase(whole, domains) == "new primary, every domain in west"


def test_reasons_that_differ_are_not_told_as_one():
    """Where the reasons differ, the line shows the first and says that there are others."""
    scene = Scene("fenced", (Milestone(0, 0, "fenced", "a", "lease"), Milestone(1, 0, "fenced", "b", "dead")))
    assert phrase(scene) == "old primary fenced, a and b: lease, and so on"
