"""The relay, its crashes and restarts, and the brokers of the bus: by arithmetic."""

import numpy as np

from tests.theory.events import RELAY, events, lsns, repeated, rounds
from tests.theory.one_store import LSN, MS, S

POLL = {"kind": "poll", "interval": "500ms", "publish": "1ms", "mark": "5ms", "restart": "2s"}


def test_a_round_publishes_what_was_committed_before_its_tick():
    """The k-th record of the round at T is visible at T + k ms."""
    r = events({"duration": "3s"})
    np.testing.assert_array_equal(r.table("bus/east", "at_ns"), rounds(1, 5))
    np.testing.assert_array_equal(lsns(r, "east"), np.arange(1, 250))


def test_a_batch_bounds_a_round():
    """With a batch of 20 a round ends after 20 records, and what is left waits for the next tick."""
    r = events({"duration": "1600ms"}, outbox={**RELAY, "batch": 20})
    expected = [500 * MS * n + MS * k for n in (1, 2, 3) for k in range(1, 21)]
    assert r.table("bus/east", "at_ns").tolist() == expected
    assert lsns(r, "east").tolist() == list(range(1, 61))


def test_a_relay_that_crashes_before_its_mark_publishes_the_round_again():
    """The crash 1 ns after the last record of a round doubles exactly that round."""
    r = events({"duration": "20s"}, outbox=POLL, crash={"kind": "relay_crash", "at": "3200ms"})
    assert r.when("process.stopped", "orders/relay") == [3550 * MS + 1]
    assert r.when("process.started", "orders/relay") == [5550 * MS + 1]
    assert repeated(r, "east").tolist() == list(range(300, 350))


def test_a_killed_connector_repeats_what_it_published_since_its_last_flush():
    """Killed at 25 s, with a flush at 20 s: the rounds from 20 s on are published twice."""
    kill = {"kind": "process_kill", "process": "orders/relay", "at": "25s", "duration": "1s"}
    r = events(kill=kill)
    assert r.when("process.started", "orders/relay") == [31 * S]
    assert repeated(r, "east").tolist() == list(range(1950, 2450))


def test_ghosts_are_what_was_published_and_not_replicated():
    """The cut is the last record sent before the pause; what the old region published beyond it stays."""
    send = {"database": "orders", "region": "west", "stage": "send"}
    r = events(
        {"duration": "120s"},
        pause={"kind": "replication_pause", **send, "at": "15s", "duration": "40s"},
        power={"kind": "region_outage", "region": "east", "at": "30s"},
    )
    versions = r.table("bus/east", "version")
    cut = int(r.table("cuts", "cut")[0])
    assert cut == 1499
    assert int(((versions & LSN) > cut).sum()) == 2949 - cut
    (resumed,) = r.when("relay.resumed", "orders/relay")
    assert resumed == int(r.table("cuts", "at_ns")[0])
    # it goes on from the flush at 10 s, the last one before the commit of the record at the cut
    assert r.table("placed/relay", "position").tolist() == [0, 949]


def test_a_relay_without_its_slot_skips_or_takes_the_newest_of_each_key():
    """Started without a position: the commits in between are orphans, or one snapshot stands for them."""
    kill = {"kind": "process_kill", "process": "orders/relay", "at": "20s", "duration": "10s"}
    skip = events(kill=kill, slot={"kind": "slot_lost", "at": "25s", "duration": "20s"})
    assert np.setdiff1d(np.arange(1, 5000), lsns(skip, "east")).tolist() == list(range(1950, 3500))
    taken = events(kill=kill, slot={"kind": "slot_lost", "gap": "snapshot", "at": "25s", "duration": "20s"})
    key = dict(
        zip(taken.table("commits", "version").tolist(), taken.table("commits", "key").tolist(), strict=True)
    )
    begin = int(np.searchsorted(taken.table("bus/east", "at_ns"), 35 * S))
    newest = {}
    for version in [version for version in key if version & LSN < 3500]:
        newest[key[version]] = version
    first_round = taken.table("bus/east", "version")[begin : begin + len(newest)].tolist()
    assert first_round == [newest[k] for k in sorted(newest)]
    assert int(lsns(taken, "east")[begin + len(newest)]) == 3500


def test_partitions_without_a_leader_hold_up_the_relay():
    """During the election nothing is published behind the first record of such a partition."""
    r = events(election={"kind": "leader_election", "region": "east", "broker": 1, "at": "20600ms"})
    assert r.when("partitions.down", "bus/east") == [20_600 * MS]
    assert r.when("partitions.up", "bus/east") == [25_600 * MS]
    keys = dict(zip(r.table("commits", "version").tolist(), r.table("commits", "key").tolist(), strict=True))
    held = next(lsn for lsn in range(2050, 5000) if keys[1 << 40 | lsn] % 12 % 3 == 1)
    at = r.table("bus/east", "at_ns")
    assert int(at[held - 1]) == 25_600 * MS + MS
    assert not ((at > (21_000 + held - 2050) * MS) & (at <= 25_600 * MS)).any()


def test_an_unclean_election_loses_the_newest_rows_of_the_broker():
    """Gone: the rows of the last 300 ms in the partitions that the broker led."""
    fault = {
        "kind": "unclean_leader_election",
        "region": "east",
        "broker": 1,
        "lost": "80ms",
        "at": "20600ms",
    }
    r = events(unclean=fault)
    keys = dict(zip(r.table("commits", "version").tolist(), r.table("commits", "key").tolist(), strict=True))
    rows = zip(r.table("bus/east", "at_ns").tolist(), r.table("bus/east", "version").tolist(), strict=True)
    gone = [p for p, (at, v) in enumerate(rows) if 20_520 * MS <= at < 20_600 * MS and keys[v] % 12 % 3 == 1]
    assert r.table("gone/east", "position").tolist() == gone
    assert len(gone) > 0
    assert set(r.table("gone/east", "at_ns").tolist()) == {20_600 * MS}
