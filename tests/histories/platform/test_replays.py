"""What replays win back, what they do twice, and how long they take."""

from typing import Any

import pytest

from sim.measure.capability.phases import path_phases
from sim.measure.capability.recovery import Episode
from tests.histories.builder import MS, S, v
from tests.histories.platform import bad, replayed
from tests.histories.platform.builder import Journey

CUTS = tuple(range(0, 60 * S, 730 * MS))


def of(journey: Journey) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figures of a journey and those of its replay."""
    figures = journey.figures(strict=False)
    return figures, figures["replays"]["heal"]


def test_a_replay_wins_back_what_a_consumer_skipped():
    """Three were lost, none is after it: ten rows, of which the consumer had seven; the last at 50.8 s."""
    figures, heal = of(replayed.heals())
    row = figures["waterfall"]["orders"]["search"]
    assert (row["delivered"], row["lost"], row["records_after_replay"]) == (37, 3, 0)
    assert (heal["rows"], heal["filled"], heal["unchanged"]) == (10, 3, 7)
    assert heal["catch_up_s"] == pytest.approx(0.8)
    assert (heal["started_s"], heal["finished_s"]) == (50.0, 51.0)
    assert heal["duplicates"] == {"count": 0, "witness": None}


def test_what_is_back_is_no_gap_and_does_not_lower_the_recovery_point():
    """Without the replay the point lies before 11 s; with it every stage agrees up to the end."""
    assert bad.consumer_skips().figures()["recovery_point"]["at_s"] < 11
    figures, _ = of(replayed.heals())
    assert figures["recovery_point"]["at_s"] == 60.0
    delivery = figures["delivery"]["orders.search"]
    assert (delivery["gaps"]["count"], delivery["duplicates"]["count"]) == (0, 0)
    assert delivery["arrivals"] == 40


def test_what_a_replay_leaves_out_stays_lost():
    """Two of three come back: one is still lost, a gap, and limits the recovery point."""
    figures, heal = of(replayed.heals_too_little())
    row = figures["waterfall"]["orders"]["search"]
    assert (row["lost"], row["records_after_replay"], heal["filled"]) == (3, 1, 2)
    assert figures["delivery"]["orders.search"]["gaps"]["count"] == 1
    assert figures["recovery_point"]["limited_by"]["version"] == v(1, 13)


def test_a_replay_that_asks_nobody_applies_duplicates():
    """Ten rows that the consumer had, lsn 6 first, at 50.1 s; nothing was missing, so nothing came back."""
    figures, heal = of(replayed.again())
    assert (heal["rows"], heal["filled"], heal["unchanged"], heal["catch_up_s"]) == (10, 0, 0, None)
    assert heal["duplicates"]["count"] == 10
    assert heal["duplicates"]["witness"]["version"] == v(1, 6)
    assert heal["duplicates"]["witness"]["at_s"] == pytest.approx(50.1)
    assert figures["delivery"]["orders.search"]["duplicates"]["count"] == 10
    assert figures["waterfall"]["orders"]["search"]["lost"] == 0


def test_what_is_unread_and_replayed_is_not_in_flight():
    """Of thirty unread records the replay hands out five: they are delivered, and none was lost."""
    figures, heal = of(replayed.unread())
    row = figures["waterfall"]["orders"]["search"]
    assert (row["delivered"], row["in_flight"], row["lost"], row["records_after_replay"]) == (15, 25, 0, 0)
    assert (heal["filled"], heal["unchanged"]) == (5, 5)


def test_lost_writes_come_back_into_the_database():
    """Two acknowledged writes were lost, and are committed again at 30.5 and 31.5 s: no ghosts are left."""
    figures, heal = of(replayed.into_database())
    loss, fall = figures["loss"]["orders"], figures["waterfall"]["orders"]
    assert (loss["records"], loss["records_after_replay"]) == (2, 0)
    assert (fall["replica"]["lost"], fall["replica"]["records_after_replay"]) == (2, 0)
    assert (heal["rows"], heal["filled"], heal["won_back"], heal["unchanged"]) == (2, 2, 2, 0)
    assert (heal["catch_up_s"], heal["duplicates"]["count"]) == (1.5, 0)
    search = figures["delivery"]["orders.search"]
    assert (search["ghosts"]["count"], search["ghosts_ended"]["count"]) == (0, 2)
    assert figures["recovery_point"]["limited_by"] is None


def test_a_write_that_is_there_is_a_duplicate_in_the_database():
    """Its client had written 8 again already: the replay, which does not ask, commits it once more."""
    figures, heal = of(replayed.into_database(idempotent=False))
    assert figures["loss"]["orders"]["records_after_replay"] == 0
    assert (heal["rows"], heal["filled"], heal["won_back"]) == (3, 2, 2)
    assert heal["duplicates"] == {"count": 1, "witness": {"at_s": 32.5, "version": v(2, 14), "rid": 8}}


@pytest.mark.parametrize(
    "journey", [replayed.heals, replayed.again, replayed.unread, replayed.into_database],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_slices_change_nothing(journey):
    """However the journal is cut, the figures are the same."""
    assert journey().figures(at=CUTS, strict=False) == journey().figures(strict=False)


def test_the_time_of_a_replay_is_a_phase_of_what_it_heals():
    """From 40 to 52 s: a replay was begun at 50 s and done at 51 s, what follows is catching up."""
    milestones = replayed.heals().history.milestones
    episode = Episode(40 * S, 52 * S, 0, 0, held=True)
    spent, chain = path_phases(("orders",), episode, milestones, ("heal",))
    assert {name: ns / S for name, ns in spent.items() if ns} == {"decide": 10, "replay": 1, "catch_up": 1}
    assert len(chain) == 2
    others, _ = path_phases(("orders",), episode, milestones)
    assert {name for name, ns in others.items() if ns} == {"catch_up"}
