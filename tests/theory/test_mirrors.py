"""Mirrors between regions: times, duplicates and gaps by arithmetic."""

import numpy as np

from tests.theory.events import events, lsns, repeated
from tests.theory.one_store import EAST_WEST, MS, S


def test_a_mirror_is_a_send_queue_and_a_wire():
    """The k-th record of a round leaves 2 k ms after the first was visible, and takes the link's latency."""
    r = events({"duration": "1500ms"})
    second = r.table("bus/west", "at_ns")[49:]
    np.testing.assert_array_equal(second, 1001 * MS + 2 * MS * np.arange(1, 51) + EAST_WEST)
    assert set(r.table("bus/west", "origin").tolist()) == {0}


def test_a_killed_mirror_carries_again_what_it_received_since_its_last_save():
    """Killed at 25 s, saved at 20 s: five seconds of events are there twice, none is missing."""
    kill = {"kind": "process_kill", "process": "orders/mirror/east/west", "at": "25s", "duration": "1s"}
    r = events(kill=kill)
    assert repeated(r, "west").tolist() == list(range(1950, 2450))
    assert np.unique(lsns(r, "west")).tolist() == list(range(1, int(lsns(r, "west").max()) + 1))


def test_a_cut_takes_back_what_was_on_the_wire():
    """Rows not received before the cut are sent again when it heals; none comes twice."""
    cut = {"kind": "network_partition", "groups": [["east"], ["west"]], "at": "20550ms", "duration": "1s"}
    r = events(cut=cut)
    at = r.table("bus/west", "at_ns")
    # received strictly before 20.55 s: 20.501 s + 2 k ms + 30 ms
    assert int((at < 20_550 * MS).sum()) == 1999 + 9
    assert not ((at >= 20_550 * MS) & (at < 21_550 * MS)).any()
    assert int(at[1999 + 9]) == 21_550 * MS + 2 * MS + EAST_WEST
    assert repeated(r, "west").size == 0


def test_a_mirror_paused_beyond_retention_leaves_a_gap():
    """Rows that are five seconds old when their turn comes are skipped; of the round that is just so old
    every second one, since a row takes 2 ms and the rows are 1 ms apart."""
    r = events(
        pause={"kind": "mirror_pause", "from": "east", "to": "west", "at": "20s", "duration": "20s"},
        short={"kind": "retention_truncation", "region": "east", "retention": "5s", "at": "10s"},
    )
    missing = np.setdiff1d(np.arange(1, int(lsns(r, "west").max())), lsns(r, "west"))
    assert missing.tolist() == [*range(1950, 3450), *range(3451, 3500, 2)]
    skipped = r.table("skipped/mirror/east/west", "position")
    assert skipped.tolist() == (missing - 1).tolist()
    assert r.table("skipped/mirror/east/west", "at_ns")[0] == 40 * S


def test_what_flies_when_the_source_goes_down_arrives_if_the_wire_survives():
    """Records that had left arrive; with the wire lost only those received before do."""
    outage = {"kind": "region_outage", "region": "east", "at": "20550ms"}
    for wire, received in (("delivered", 1999 + 24), ("lost", 1999 + 9)):
        r = events(power={**outage, "wire": wire})
        at = r.table("bus/west", "at_ns")
        assert int((at < 21 * S).sum()) == received
