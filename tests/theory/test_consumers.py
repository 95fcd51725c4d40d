"""Consumer groups: duplicates after a death, rebalances, and where they go on in another region."""

from typing import Any

import numpy as np

from tests.theory.events import ROUND, events, search
from tests.theory.one_store import MS, S


def consumed(run_: Any) -> np.ndarray:
    """Return the positions that the group completed, in order."""
    return run_.table("consumed/search", "position")


def test_a_reader_takes_rows_in_order():
    """With 1 ms of work and rows 1 ms apart each row is done 1 ms after it is visible."""
    r = events({"duration": "3s", **search()})
    np.testing.assert_array_equal(r.table("consumed/search", "at_ns"), r.table("bus/east", "at_ns") + MS)


def test_members_share_the_work():
    """Two members do 2 ms of work in 1 ms."""
    r = events({"duration": "3s", **search(members=2, work="2ms")})
    np.testing.assert_array_equal(r.table("consumed/search", "at_ns"), r.table("bus/east", "at_ns") + MS)


def test_a_killed_reader_repeats_what_lay_between_its_commit_and_its_death():
    """Committed at 20 s, killed at 23.2 s: what it did in between it does again, 2 s after the fault."""
    kill = {"kind": "process_kill", "process": "orders/search", "at": "23200ms", "duration": "1s"}
    r = events(search(), kill=kill)
    positions, counts = np.unique(consumed(r), return_counts=True)
    assert positions[counts > 1].tolist() == list(range(1949, 2299))
    assert r.table("placed/search", "at_ns").tolist() == [0, 26_200 * MS]
    assert r.table("placed/search", "position").tolist() == [0, 1949]


def test_a_group_that_loses_a_member_waits_for_the_session_and_rebalances_twice():
    """It stands still for session + rebalance, goes on with one member less, and rebalances at the end."""
    kill = {"kind": "process_kill", "process": "orders/search", "at": "20200ms", "duration": "20s"}
    r = events(search(members=2, work="2ms", session="10s"), kill=kill)
    assert r.table("placed/search", "at_ns").tolist() == [0, 33_200 * MS, 43_200 * MS]
    at = r.table("consumed/search", "at_ns")
    assert not ((at >= 20_200 * MS) & (at < 33_200 * MS)).any()
    alone = at[(at >= 33_200 * MS) & (at < 34 * S)]
    assert set(np.diff(alone).tolist()) == {2 * MS}


def test_a_storm_rebalances_again_and_again():
    """Every 5 s a stop of 3 s, until the storm's end (exclusively)."""
    storm = {
        "kind": "rebalance_storm",
        "reader": "orders/search",
        "every": "5s",
        "at": "20200ms",
        "duration": "15s",
    }
    r = events(search(), storm=storm)
    assert r.when("process.stopped", "orders/search") == [20_200 * MS, 25_200 * MS, 30_200 * MS]
    assert r.table("placed/search", "at_ns").tolist() == [0, 23_200 * MS, 28_200 * MS, 33_200 * MS]


def test_a_group_that_moves_begins_at_the_mirrors_checkpoint():
    """The checkpoint of 30 s translates what was committed at 25 s, rounded down to hundreds."""
    power = {"kind": "region_outage", "region": "east", "at": "33s"}
    r = events({"duration": "80s", **search(standby=["west"], takeover="15s")}, power=power)
    assert r.when("reader.moved", "orders/search") == [48 * S]
    assert r.table("placed/search", "position").tolist() == [0, 2400]
    west = r.table("consumed/search", "region") == 2
    assert int(consumed(r)[west][0]) == 2400
    # done in east, and done again in west
    assert int(consumed(r)[~west][-1]) == 3248


def test_a_wrong_translation_moves_the_group_beside_the_right_position():
    """A skew of -300 records doubles 300 more, one of +300 leaves them out."""
    power = {"kind": "region_outage", "region": "east", "at": "33s"}
    for skew in (-300, 300):
        wrong = {"kind": "offset_translation_error", "reader": "orders/search", "skew": skew, "at": "1s"}
        r = events({"duration": "60s", **search(standby=["west"], takeover="15s")}, power=power, wrong=wrong)
        assert r.table("placed/search", "position").tolist() == [0, 2400 + skew]


def test_a_pause_loses_nothing_and_doubles_nothing():
    """After 10 s of pause the group works off what waited, one row a ms."""
    pause = {"kind": "process_pause", "process": "orders/search", "at": "20200ms", "duration": "10s"}
    r = events(search(), pause=pause)
    assert consumed(r).tolist() == list(range(consumed(r).size))
    at = r.table("consumed/search", "at_ns")
    waited = at[(at > 20_200 * MS) & (at <= 30_200 * MS + 950 * MS)]
    np.testing.assert_array_equal(waited, 30_200 * MS + MS * np.arange(1, 951))
    assert 20 * ROUND == 10 * S
