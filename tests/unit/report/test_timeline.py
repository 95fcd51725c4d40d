"""Milestones as a story."""

from hypothesis import given
from hypothesis import strategies as st

from sim.core.milestones import KINDS
from sim.core.milestones.store import NodeDown
from sim.journal.milestones import Milestone
from sim.report.page import ReportTable
from sim.report.timeline import LINES_MAX, TimelineScene, fold, phrase, shorten, story
from tests.milestones import milestone
from tests.unit.report.drill import milestones

S = 1_000_000_000
times = st.lists(st.tuples(st.integers(0, 10**13), st.sampled_from(sorted(KINDS))), max_size=80)


def made(pairs):
    """Milestones at the given times, in order, of the given kinds."""
    return [
        milestone(i, at, kind, "orders/dns/eu-west/us-east") for i, (at, kind) in enumerate(sorted(pairs))
    ]


def scene(*milestones):
    """A scene of milestones of one kind."""
    return TimelineScene(milestones[0].what.kind, milestones)


@given(times)
def test_folding_loses_nothing(pairs):
    """Folding only groups: every milestone is in one scene, of its own kind, within the span."""
    scenes = fold(made(pairs), 10 * S)
    assert sorted(m.id for scene in scenes for m in scene.milestones) == list(range(len(pairs)))
    for scene in scenes:
        assert {m.what.kind for m in scene.milestones} == {scene.kind}
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
    assert isinstance(table, ReportTable)
    assert 15 <= len(table.rows) <= min(25, LINES_MAX)
    assert not rest


def test_every_domain_is_said_only_when_it_is_every_one():
    """Three domains of four are named; four of four are every domain."""
    domains = frozenset({"a", "b", "c", "d"})
    some, split, whole = (
        scene(*(milestone(i, 0, "promotion_failed", node) for i, node in enumerate(nodes.split())))
        for nodes in ("a/west b/west c/west", "a/x b/x c/y d/y", "a/west b/west c/west d/west")
    )
    why = "it went down or lost the majority"
    assert phrase(some, domains) == f"promotion fails, a, b and c in west: {why}"
    assert phrase(split, domains) == f"promotion fails, a and b in x; c and d in y: {why}"
    assert phrase(whole, domains) == f"promotion fails, every domain in west: {why}"


def test_reasons_that_differ_are_not_told_as_one():
    """Where the reasons differ, the line shows the first and says that there are others."""
    lost = [Milestone(i, 0, node, NodeDown(data_lost=node == "b/x")) for i, node in enumerate(("a/x", "b/x"))]
    assert phrase(scene(*lost)) == "databases stop: a and b in x: its data survives, and so on"
