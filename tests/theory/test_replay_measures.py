"""What replays win back in runs of the engine, against what the tables say."""

from typing import Any

import numpy as np

from tests.theory.events import RELAY, events
from tests.theory.one_store import S
from tests.theory.test_consumers import search

HEAL: dict[str, Any] = {"of": "orders", "region": "east", "into": "search", "rate": "500/s"}


def test_what_was_unread_is_filled_and_then_read_again():
    """Paused from 10.2 to 25 s with 999 rows done; of positions 900 to 1099, replayed then, 101 are new."""
    pause = {"kind": "process_pause", "process": "orders/search", "at": "10200ms", "duration": "14800ms"}
    heal = {**HEAL, "from": "#900", "to": "#1100", "at": "20s"}
    figures = events({"duration": "40s", **search(), "replays": {"heal": heal}}, stop=pause).figures
    found = figures["replays"]["heal"]
    assert (found["rows"], found["filled"], found["unchanged"]) == (200, 101, 99)
    assert found["catch_up_s"] == 0.4
    assert figures["delivery"]["orders.search"]["duplicates"]["count"] == 101
    assert figures["waterfall"]["orders"]["search"]["lost"] == 0


def test_a_replay_that_is_not_idempotent_applies_what_was_there():
    """All 200 rows had been consumed: 200 duplicates, nothing filled."""
    heal = {**HEAL, "from": "#300", "to": "#500", "at": "20s", "idempotent": False}
    figures = events({"duration": "30s", **search(), "replays": {"heal": heal}}).figures
    found = figures["replays"]["heal"]
    assert (found["filled"], found["duplicates"]["count"], found["catch_up_s"]) == (0, 200, None)
    assert figures["delivery"]["orders.search"]["duplicates"]["count"] == 200


def test_a_replay_heals_a_reader_that_moved_to_the_end():
    """Paused at 10.2 s, east down at 19.1 s, it goes on in west at the end of the log: a replay heals that.

    It is done before the relay resumes. Lost is what the log had behind 999 and does not get again.
    """
    pause = {"kind": "process_pause", "process": "orders/search", "at": "10200ms", "duration": "9s"}
    power = {"kind": "region_outage", "region": "east", "at": "19100ms"}
    heal = {**HEAL, "region": "west", "from": "#0", "at": "40s", "rate": "1k/s"}
    reader = search(standby=["west"], takeover="1s", start="latest")
    patch = {"duration": "60s", **reader, "replays": {"heal": heal}}
    r = events(patch, outbox={**RELAY, "flush": "500ms"}, stop=pause, power=power)
    log, placed = r.table("bus/west", "version"), int(r.table("placed/search", "position")[-1])
    lost = np.setdiff1d(log[999:placed], log[placed:]).size
    row, found = r.figures["waterfall"]["orders"]["search"], r.figures["replays"]["heal"]
    assert 0 < row["lost"] == lost
    assert row["records_after_replay"] == 0
    assert (found["rows"], found["filled"], found["unchanged"]) == (placed, placed - 999, 999)
    assert found["catch_up_s"] * S == r.table("replayed/heal", "at_ns")[-1] - 40 * S
