"""What comes late once a region returns with events of before, by arithmetic.

The mirror to west stands still from 28 s on, and east is lost at 30.2 s, when the relay had noted all that
it had published: 2747 to 2996 are on no other bus, and nobody publishes them again. West goes on. East
returns at 70.1 s, just after the rounds of 70 s, and its mirror carries them all before the next.
"""

from functools import cache

import numpy as np

from tests.theory.events import events
from tests.theory.one_store import LSN, MS, Run, S, merge
from tests.theory.test_lake import LAKE
from tests.theory.test_relay import POLL

FIRST, LAST = 2747, 2996  # committed from 27.5 s on, before 30 s: 36.3 ms after they were sent from west


@cache
def returned(search: str, raw: str) -> Run:
    """Run it, with a consumer and the lake in west; their lateness."""
    reader = {"of": "orders", "region": "west", "work": "1ms", "commit": "5s", "lateness": search}
    there = {
        "duration": "100s",
        "clients": {"east": None, "west": {"share": 1}},
        "bus": {"event": "100B", "mirror": {"share": 0.25}},
        "consumers": {"search": reader},
        "lake": merge(LAKE, {"home": "west", "stream": {"lateness": raw}}),
    }
    return events(
        there,
        outbox=POLL,
        stuck={"kind": "mirror_pause", "from": "east", "to": "west", "at": "28s", "duration": "30s"},
        power={"kind": "region_outage", "region": "east", "at": "30200ms", "duration": "39900ms"},
    )


def commits(r: Run) -> np.ndarray:
    """Return when the events that come back were committed, ns, in their order."""
    at, version = r.table("commits", "commit_ns"), r.table("commits", "version")
    return at[(version >= (1 << 40 | FIRST)) & (version <= (1 << 40 | LAST))]


def newest(r: Run, tick_ns: int) -> int:
    """Return the newest commit that a round of this tick publishes: the last one strictly before it."""
    at = r.table("commits", "commit_ns")
    return int(at[at < tick_ns].max())


def test_what_returns_is_what_east_alone_had():
    """They come between two rounds of west, the first 30.4 ms after east does, and have not come before."""
    r = returned("42s", "40500ms")
    at, version = r.table("bus/west", "at_ns"), r.table("bus/west", "version")
    back = (at > 70_100 * MS) & (at < 70_500 * MS)
    assert version[back].tolist() == [1 << 40 | lsn for lsn in range(FIRST, LAST + 1)]
    assert int(at[back][0]) == 70_100 * MS + 30 * MS + 400_000
    assert not np.isin(version[~back] & LSN, np.arange(FIRST, LAST + 1)).any()


def test_a_reader_judges_them_against_the_round_before():
    """Late is what was committed more than 42 s before the newest event of the round at 70 s."""
    r = returned("42s", "40500ms")
    behind = newest(r, 70 * S) - commits(r)
    found = r.figures["delivery"]["orders.search"]
    assert found["late"]["count"] == int((behind > 42 * S).sum()) == 50
    assert found["late"]["witness"]["version"] == 1 << 40 | FIRST
    assert round(found["late"]["witness"]["at_s"] * S) == 70_100 * MS + 30 * MS + 400_000 + MS
    assert round(found["late_max_s"] * S) == int(behind.max())
    assert found["duplicates"]["count"] == 0


def test_a_table_judges_them_against_its_commit_before():
    """Raw gets them at 82 s; what it had of the tick at 70 s ends with the round at 69.5 s."""
    r = returned("42s", "40500ms")
    behind = newest(r, 69_500 * MS) - commits(r)
    found = r.figures["delivery"]["orders.raw"]
    assert found["late"]["count"] == int((behind > 40_500 * MS).sum()) == 150
    assert found["late"]["witness"]["at_s"] == 82.0
    assert round(found["late_max_s"] * S) == int(behind.max())


def test_the_bound_itself_is_not_late():
    """With all the time that the oldest needs nothing is late, and with 1 ns less it is, alone."""
    behind = int(newest(returned("42s", "40500ms"), 70 * S) - commits(returned("42s", "40500ms"))[0])
    for allowed, count in ((behind, 0), (behind - 1, 1)):
        found = returned(f"{allowed}ns", "40500ms").figures["delivery"]["orders.search"]
        assert found["late"]["count"] == count


def test_a_mirror_that_stands_still_makes_nothing_late():
    """All of it comes in order: the newest that has arrived is as old as the rest, some 30 s."""
    pause = {"kind": "mirror_pause", "from": "east", "to": "west", "at": "28s", "duration": "30s"}
    reader = {"of": "orders", "region": "west", "work": "1ms", "lateness": "0s"}
    found = events({"duration": "90s", "consumers": {"search": reader}}, stuck=pause).figures
    assert found["freshness"]["orders.search"]["max_s"] > 30
    assert found["delivery"]["orders.search"]["late"]["count"] == 0
