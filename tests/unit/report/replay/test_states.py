"""States over time: what holds at a moment is what the milestones and faults of the document say."""

from bisect import bisect_right
from itertools import pairwise

import pytest

from sim.report.replay.happened import first_view, happenings, views
from sim.report.replay.states import at, states
from sim.report.span import windows


@pytest.fixture(scope="module")
def found(ghosts):
    """The states of a run that loses its primary region."""
    return states(ghosts.document, ghosts.scenario.resolved)


def test_every_state_begins_at_the_start_and_always_changes(found):
    """Step functions: the first step is at 0, times rise, and no step says what held before."""
    for steps in found.values():
        assert steps[0][0] == 0
        assert all(a[0] < b[0] and a[1] != b[1] for a, b in pairwise(steps))


def test_a_fault_is_on_from_its_beginning_to_its_end(ghosts, found):
    """Just before a fault begins it is off, from that moment on, and off again when it has healed."""
    for name, began_s, healed_s in windows(ghosts.document):
        assert at(found[f"fault/{name}"], began_s) == "on"
        assert at(found[f"fault/{name}"], began_s - 1e-6) == "off"
        if healed_s is not None:
            assert at(found[f"fault/{name}"], healed_s) == "off"


def test_a_fault_is_told_where_it_hits_while_it_is_in_force(ghosts, found):
    """Each fault names what it hits in some region, exactly while it is on."""
    told = ghosts.document["milestones"]
    for name, began_s, _ in windows(ghosts.document):
        hits = [steps for key, steps in found.items() if key.startswith(f"hit/{name}/")]
        assert any(at(steps, began_s) for steps in hits)
        for moment in {m["at_s"] for m in told}:
            assert any(at(steps, moment) for steps in hits) == (at(found[f"fault/{name}"], moment) == "on")


def test_a_bus_is_not_up_in_a_region_that_is_down(ghosts, found):
    """Nobody reads that a bus is up where nothing is."""
    moments = [m["at_s"] for m in ghosts.document["milestones"] if m["kind"] == "region.down"]
    assert moments
    for moment in moments:
        down = [r for r in ghosts.scenario.resolved.regions if at(found[f"region/{r}"], moment) == "down"]
        assert down
        assert all(at(found[f"bus/{region}"], moment) == "down" for region in down)


def test_a_region_is_down_exactly_between_its_milestones(ghosts, found):
    """At each milestone the state of every region is what the last milestone about it says."""
    told = [m for m in ghosts.document["milestones"] if m["kind"] in ("region.down", "region.up")]
    assert told
    for region in ghosts.scenario.resolved.regions:
        own = [(m["at_s"], m["kind"].partition(".")[2]) for m in told if m["subject"] == region]
        for moment in sorted({m["at_s"] for m in ghosts.document["milestones"]}):
            place = bisect_right(own, moment, key=lambda turn: turn[0])
            assert at(found[f"region/{region}"], moment) == (own[place - 1][1] if place else "up")


def test_links_of_a_region_that_is_down_are_down(found):
    """A link carries nothing while one of its ends is down."""
    for key, steps in found.items():
        if key.startswith("link/"):
            for moment, _ in [step for one in found.values() for step in one]:
                ends = {at(found[f"region/{end}"], moment) for end in key.split("/")[1:]}
                assert (at(steps, moment) == "down") == ("down" in ends)


def test_gateways_send_writes_to_who_was_promoted(ghosts, found):
    """After it learned of a new primary a gateway sends writes to the region of the newest promotion."""
    told = ghosts.document["milestones"]
    learned = [m for m in told if m["kind"] == "rerouted"]
    assert learned
    for one in learned:
        store, _, gateway = one["subject"].split("/")
        assert at(found[f"route/{store}/{gateway}"], one["at_s"]) in one["why"]


def test_the_first_view_is_the_incident(ghosts):
    """The view to begin with holds the first fault's beginning, and is shorter than the run."""
    found = views(ghosts.document, happenings(ghosts.document))
    first = first_view(found)
    _, began_s, _ = windows(ghosts.document)[0]
    assert first.low_s < began_s < first.high_s
    assert all(a.high_s >= a.low_s for a in found)
