"""Replays into a consumer: which rows, when, and what a region that is down does to them."""

from typing import Any

import numpy as np

from tests.theory.events import events
from tests.theory.one_store import MS, S
from tests.theory.test_consumers import search

REPLAY: dict[str, Any] = {"of": "orders", "region": "east", "into": "search", "rate": "500/s"}


def replayed(run_: Any) -> tuple[list[int], list[int]]:
    """Return (times, positions) of a replay's rows."""
    return run_.table("replayed/heal", "at_ns").tolist(), run_.table("replayed/heal", "position").tolist()


def heal(**changes: Any) -> dict[str, Any]:
    """Return the patch with the consumer and a replay, changed."""
    return {**search(), "replays": {"heal": {**REPLAY, **changes}}}


def test_a_replay_hands_out_the_rows_between_two_positions_at_its_rate():
    """At 500 a second the k-th of the 200 rows comes 2 k ms after the start."""
    r = events({"duration": "30s", **heal(**{"from": "#300", "to": "#500", "at": "20s"})})
    at, position = replayed(r)
    assert position == list(range(300, 500))
    assert at == [20 * S + 2 * MS * k for k in range(1, 201)]
    assert r.when("replay.started", "replay/heal") == [20 * S]
    assert r.when("replay.finished", "replay/heal") == [20 * S + 400 * MS]


def test_a_place_can_be_a_time_and_what_is_visible_at_that_ns_belongs_to_it():
    """From 10 s + 1 ms to 15 s + 1 ms: the ten rounds 20 to 29, 50 rows each, the last one's end not."""
    r = events({"duration": "30s", **heal(**{"from": "10001ms", "to": "15001ms", "at": "20s"})})
    at = r.table("bus/east", "at_ns")
    expected = np.flatnonzero((at >= 10_001 * MS) & (at < 15_001 * MS)).tolist()
    assert replayed(r)[1] == expected
    assert len(expected) == 500


def test_a_place_can_be_before_the_start_of_a_fault():
    """From 2 s before the pause to its start, replayed at a milestone: 200 rows; without the fault none."""
    pause = {"kind": "process_pause", "process": "orders/search", "at": "10200ms", "duration": "5s"}
    patch = heal(**{"from": "2s before stop", "to": "stop", "at": "20s"})
    r = events({"duration": "30s", **patch}, stop=pause)
    at = r.table("bus/east", "at_ns")
    assert replayed(r)[1] == np.flatnonzero((at >= 8200 * MS) & (at < 10_200 * MS)).tolist()
    never = events({"duration": "30s", **patch}, stop={**pause, "at": "25s"})
    assert replayed(never) == ([], [])
    assert never.when("replay.finished") == never.when("replay.started") == [20 * S]


def test_the_log_of_the_moment_ends_before_it():
    """Without an end it is the rows visible strictly before: 20 s is a tick, its round is still to come."""
    r = events({"duration": "30s", **heal(**{"from": "#1900", "at": "20s"})})
    assert replayed(r)[1] == list(range(1900, 1949))


def test_a_replay_can_wait_for_a_milestone():
    """It looks every second, the first time after a second: killed at 12.2 s, it begins at 13 s."""
    kill = {"kind": "process_kill", "process": "orders/search", "at": "12200ms", "duration": "1s"}
    when = {"milestone": "orders.process.stopped"}
    r = events({"duration": "20s", **heal(**{"from": "#0", "to": "#10", "when": when})}, kill=kill)
    assert r.when("replay.started") == [13 * S]
    assert replayed(r)[0] == [13 * S + 2 * MS * k for k in range(1, 11)]


def test_a_replay_stands_still_with_its_region():
    """Down from 20.1 s to 22 s: 49 rows before, and the others from the return on at the same rate."""
    power = {"kind": "region_outage", "region": "east", "at": "20100ms", "duration": "1900ms"}
    r = events({"duration": "30s", **heal(**{"from": "#300", "to": "#400", "at": "20s"})}, power=power)
    at, position = replayed(r)
    assert position == list(range(300, 400))
    before, after = [20 * S + 2 * MS * k for k in range(1, 50)], [22 * S + 2 * MS * k for k in range(1, 52)]
    assert at == before + after
    assert r.when("replay.finished") == [after[-1]]


def test_rows_that_are_gone_or_expired_are_left_out():
    """A retention of 5 s leaves the rows of the last 5 s, less those an unclean election took."""
    lost = {
        "kind": "unclean_leader_election",
        "region": "east",
        "broker": 1,
        "lost": "800ms",
        "at": "18600ms",
    }
    r = events(
        {"duration": "30s", **heal(**{"from": "#0", "at": "20s"}), "bus": {"retention": "5s"}}, lost=lost
    )
    at, gone = r.table("bus/east", "at_ns"), set(r.table("gone/east", "position").tolist())
    there = np.flatnonzero((at > 15 * S) & (at < 20 * S)).tolist()
    assert gone
    assert replayed(r)[1] == [position for position in there if position not in gone]


def test_rows_a_replay_will_ask_for_are_kept():
    """A replay long after everyone has read hands out the first rows all the same."""
    r = events({"duration": "15m", **heal(**{"from": "#10", "to": "#2000", "at": "14m"})})
    assert r.table("ops", "rid").size > 65_536  # the journal has been cut, and rows dropped, before
    assert replayed(r)[1] == list(range(10, 2000))
