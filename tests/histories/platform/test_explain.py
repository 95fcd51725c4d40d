"""Lineage: where one transaction went, and what a dashboard rests on."""

from sim.measure.lake.dashboard_basis import Rests
from sim.measure.platform.record_trace import Tap
from tests.histories.builder import MS, S, v
from tests.histories.platform import bad, replayed
from tests.histories.platform.builder import Journey
from tests.histories.platform.good import quiet

CUTS = tuple(range(0, 60 * S, 730 * MS))


def story(journey: Journey, **which: int) -> list[tuple[float, str]]:
    """Return when (s) what happened to one transaction."""
    tap = Tap("orders", ("a", "b", "c"), **which)
    for part in journey.history.slices(at=CUTS):
        tap.fold(part)
    tap.finish((), 60 * S)
    return [(event.at_ns / S, event.what) for event in tap.events]


def test_the_way_of_one_transaction():
    """Write 5 is followed from the client to the dashboard, through every region, in order of time."""
    found = story(quiet(), rid=1 << 20 | 5)
    assert found[0] == (4.999, "first sent by its client")
    assert (5.0, "committed in a as 1:5") in found
    assert [row for row in found if "bus/" in row[1]] == [
        (5.1, "1:5 published on bus/a, position 4"),
        (5.2, "1:5 mirrored from a to bus/b, position 4"),
        (5.2, "1:5 mirrored from a to bus/c, position 4"),
    ]
    assert (5.3, "completed by orders/search in a") in found
    assert (10.5, "in raw of a, commit 0") in found
    assert (13.5, "in analytics of c, commit 0") in found
    assert found[-1] == (14.5, "shown by sales in a")


def test_a_ghost_is_told_as_one():
    """Write 9 was acknowledged, published, abandoned at 20 s, and never committed again."""
    found = story(bad.failover(), version=v(1, 9))
    assert (20.0, "1:9 abandoned by a promotion: on no database any more") in found
    assert (9.001, "the client knows: ok after 1 attempts, 1:9") in found
    assert [what for _, what in found if "committed" in what] == ["committed in a as 1:9"]


def test_what_was_destroyed_is_told_so_once():
    """No promotion made write 9 vanish: its last copy burnt at 20 s; a promotion at 21 s finds it gone."""
    burnt = bad.failover()
    (promotion,) = burnt.history.rows["cuts"]
    fire = {**promotion, "node": -1, "at_ns": 20 * S}
    burnt.history.rows["cuts"] = [fire, {**promotion, "at_ns": 21 * S}]
    told = [row for row in story(burnt, version=v(1, 9)) if "database any more" in row[1]]
    assert told == [(20.0, "1:9 destroyed with its last copy: on no database any more")]


def test_a_replay_is_part_of_the_way():
    """Write 11 was skipped at 20 s and handed out by the replay at 50.6 s."""
    found = story(replayed.heals(), rid=1 << 20 | 11)
    assert (20.0, "skipped by orders/search in a") in found
    assert (50.6, "handed out again by replay orders/heal in a") in found


def test_what_was_called_because_of_it_is_named():
    """The lost write 9 was replayed into the database at 30 s, as another operation."""
    found = story(replayed.into_database(), rid=9)
    assert (30.0, f"handled by heal in b, which sends operation {replayed.HEAL}") in found


def test_what_a_dashboard_rests_on():
    """At 28.7 s it shows what the refresh at 24.5 s saw: 20 of 28; the others are on the bus."""
    journey = quiet()
    rests = Rests("sales", [journey.path], 28 * S + 700 * MS)
    for part in journey.history.slices(at=CUTS):
        rests.fold(part)
    (basis,) = rests.bases()
    assert (basis.refreshed_ns, basis.commits, basis.records) == (24 * S + 500 * MS, 2, 20)
    assert basis.oldest_ns == 21 * S
    assert basis.missing == {"bus of a": 8}


def test_the_missing_are_counted_where_they_are():
    """Without any refresh nothing is shown: 10 are in analytics, 10 more in curated, in raw, on the bus."""
    journey = bad.half_way()
    rests = Rests("sales", [journey.path], 59 * S)
    for part in journey.history.slices(at=CUTS):
        rests.fold(part)
    (basis,) = rests.bases()
    assert (basis.refreshed_ns, basis.records) == (None, 0)
    assert basis.missing == {"analytics of a": 10, "curated of a": 10, "raw of a": 10, "bus of a": 10}
