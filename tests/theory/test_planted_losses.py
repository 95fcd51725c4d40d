"""Records dropped at one stage are in the waterfall as exactly so many lost there, and none upstream of it.

The events of the one store: write i commits at 10 i + 6.3 ms, fifty of them are published every half second.
"""

from typing import Any

import numpy as np

from tests.theory.events import RELAY, events, lsns, search
from tests.theory.one_store import BASE, MS, Run, S
from tests.theory.test_lake import LAKE, committed

BELOW_THE_BUS = {"mirror/north", "mirror/west", "search"}
TABLES = {"raw", "curated", "analytics", "copy/north", "copy/west"}


def lost(run_: Run) -> dict[str, int]:
    """Return stage -> acknowledged records lost there, of the stages that lost any."""
    fall = run_.figures["waterfall"]["orders"]
    return {stage: row["lost"] for stage, row in fall.items() if row["lost"]}


def first_lost(run_: Run, stage: str) -> tuple[int, int, int, str]:
    """Return lsn, commit time and passing time (ns) of the oldest record lost at a stage, and why."""
    first = run_.figures["waterfall"]["orders"][stage]["first_lost"]
    return (
        first["version"] & (1 << 40) - 1,
        round(first["commit_s"] * S),
        round(first["at_s"] * S),
        first["why"],
    )


def paused(process: str, at: str, duration: str) -> dict[str, Any]:
    """Return a pause of a process of ``orders``."""
    return {"kind": "process_pause", "process": f"orders/{process}", "at": at, "duration": duration}


def test_at_the_database():
    """Replication stood still from 15 s to the end at 30 s: what was committed since is lost there.

    Its events are ghosts, all but those of the last half second, which the relay had not published: these
    are lost at the outbox too, and behind it.
    """
    send = {"database": "orders", "region": "west", "stage": "send"}
    r = events(
        {"duration": "120s", **search()},
        pause={"kind": "replication_pause", **send, "at": "15s", "duration": "40s"},
        power={"kind": "region_outage", "region": "east", "at": "30s"},
    )
    assert lost(r) == {  # 1500 to 2999, of which 2950 to 2999 were not published
        "replica": 1500,
        **dict.fromkeys(("outbox", "bus", "mirror/east", "mirror/north", "search"), 50),
    }
    ghosts = r.figures["delivery"]["orders.search"]["ghosts"]
    assert ghosts["count"] == 2949 - 1499
    assert ghosts["witness"]["version"] & (1 << 40) - 1 == 1500


def test_at_the_outbox():
    """A relay without its slot begins behind 1550 commits: lost there and behind, orphans, and gaps."""
    kill = {"kind": "process_kill", "process": "orders/relay", "at": "20s", "duration": "10s"}
    r = events(search(), kill=kill, slot={"kind": "slot_lost", "at": "25s", "duration": "20s"})
    assert lost(r) == dict.fromkeys({"outbox", "bus"} | BELOW_THE_BUS, 1550)
    assert first_lost(r, "outbox") == (1950, committed(1950), 35 * S, "skipped by the relay")
    found = r.figures["delivery"]["orders.search"]
    assert (found["orphans"]["count"], found["gaps"]["count"]) == (1550, 1550)
    point = r.figures["recovery_point"]
    assert round(point["at_s"] * S) == committed(1950) - 1
    assert round(point["age_s"] * S) == 35 * S - committed(1950) + 1
    assert (point["limited_by"]["stage"], point["limited_by"]["what"]) == ("orders.outbox", "lost")


def unclean(*, hold: bool) -> Run:
    """Broker 1 loses what became visible from 20.52 s to 20.6 s; ``hold``: the group is paused meanwhile."""
    fault = {
        "kind": "unclean_leader_election",
        "region": "east",
        "broker": 1,
        "lost": "80ms",
        "at": "20600ms",
    }
    waits = {"wait": paused("search", "20450ms", "1s")} if hold else {}
    return events(search(), unclean=fault, **waits)


def test_on_the_bus():
    """Rows that all had read before they were gone are lost on the bus and nowhere else."""
    r = unclean(hold=False)
    gone = r.table("gone/east", "position").size
    assert gone > 5
    assert lost(r) == {"bus": gone}
    assert r.figures["waterfall"]["orders"]["bus"]["first_lost"]["why"] == "gone from the bus"


def test_at_a_reader_of_the_bus():
    """A group that waited meanwhile loses them too; the mirrors had taken them up."""
    r = unclean(hold=True)
    gone = r.table("gone/east", "position").size
    assert lost(r) == {"bus": gone, "search": gone}
    assert r.figures["delivery"]["orders.search"]["gaps"]["count"] == gone


def test_on_the_way_to_a_region():
    """A mirror that stood still for longer than the retention skips rows; so does who reads behind it."""
    west = {"of": "orders", "region": "west", "work": "1ms", "commit": "5s"}
    r = events(
        {"consumers": {**search()["consumers"], "there": west}},
        pause={"kind": "mirror_pause", "from": "east", "to": "west", "at": "20s", "duration": "20s"},
        short={"kind": "retention_truncation", "region": "east", "retention": "5s", "at": "10s"},
    )
    missing = 1500 + 25  # 1950 to 3449, and every second one of the round that was just so old
    assert np.setdiff1d(np.arange(1, int(lsns(r, "west").max())), lsns(r, "west")).size == missing
    # what had expired on the buses by the end had been read
    fall = {stage: count for stage, count in lost(r).items() if stage != "bus"}
    assert fall == {"mirror/west": missing, "there": missing}
    assert first_lost(r, "mirror/west") == (1950, committed(1950), 40 * S, "skipped")


def test_at_a_consumer():
    """A group that stood still from 25 s on goes on at the end of the log when its region is gone.

    It had done 2449; the relay, which goes on in west behind its flush at 30 s, publishes 2950 and all that
    follows again: 500 are never read.
    """
    r = events(
        {"duration": "90s", **search(standby=["west"], takeover="15s", start="latest")},
        wait=paused("search", "25s", "60s"),
        power={"kind": "region_outage", "region": "east", "at": "33s", "duration": "10m"},
    )
    assert r.table("placed/search", "position").tolist() == [0, 3249]
    assert lost(r)["search"] == 500
    assert first_lost(r, "search") == (2450, committed(2450), 48 * S, "started behind it")
    assert set(lost(r)) <= {"replica", "search"}


def test_in_the_raw_table():
    """A stream job that stood still from 20 s to 40 s finds what is older than 5 s expired: 1950 to 3449."""
    r = events(
        {"duration": "200s", "lake": LAKE, "bus": {"mirror": {"share": 0.25}}, **search()},
        wait=paused("stream", "20s", "20s"),
        short={
            "kind": "retention_truncation", "region": "east", "retention": "5s",
            "at": "10s", "duration": "60s",
        },
    )  # fmt: skip
    assert lost(r) == dict.fromkeys(TABLES, 1500)
    assert first_lost(r, "raw") == (1950, committed(1950), 40 * S, "skipped")
    assert first_lost(r, "copy/west") == first_lost(r, "raw")
    assert r.figures["delivery"]["orders.analytics"]["gaps"]["count"] == 1500
    assert r.figures["delivery"]["orders.search"]["gaps"]["count"] == 0


def test_a_dead_letter_is_dropped_and_not_lost():
    """The one event that could not be read is in no table, and the waterfall says dropped."""
    r = events(
        {"duration": "200s", "lake": LAKE, "bus": {"mirror": {"share": 0.25}}},
        poison={"kind": "poison_message", "at": "20s"},
    )
    fall = r.figures["waterfall"]["orders"]
    assert lost(r) == {}
    assert {stage for stage, row in fall.items() if row["dropped"] == 1} == TABLES
    assert {row["dropped"] for row in fall.values()} == {0, 1}
    letters = r.figures["delivery"]["orders.stream"]["dead_letters"]
    assert (letters["count"], letters["witness"]["version"] & (1 << 40) - 1) == (1, 1950)
    # reached at the checkpoints of 30 s, 40 s and 50 s; the third restart is at 55 s, and it takes 1 ms
    assert round(letters["witness"]["at_s"] * S) == 55 * S + MS


def test_what_could_not_be_enriched_is_dropped():
    """The database that enrichment asks is down from 60 to 80 s: forty rounds of fifty rows are dead letters.

    They are dropped from every table, and none is lost: the first is the oldest of the round at 60 s.
    """
    asked = {
        **BASE["databases"]["orders"],
        "replication": {"share": 0.1},
        "failover": {"decision": "1h", "restart": "10s"},
        "outbox": RELAY,
        "workload": {"writes": 0},
    }
    stream = {**LAKE["stream"], "lookup": "stock", "when_down": "dead_letter"}
    r = events(
        {
            "duration": "200s",
            "bus": {"mirror": {"share": 0.1}},
            "databases": {"stock": asked},
            "lake": {**LAKE, "sync": {**LAKE["sync"], "share": 0.1}, "stream": stream},
        },
        crash={"kind": "db_crash", "database": "stock", "at": "60s", "duration": "10s"},
    )
    fall, letters = r.figures["waterfall"]["orders"], r.figures["delivery"]["orders.stream"]["dead_letters"]
    dropped = {stage: row["dropped"] for stage, row in fall.items() if row["dropped"]}
    assert dropped == dict.fromkeys(TABLES, 2000)
    assert lost(r) == {}
    assert (letters["count"], letters["witness"]["version"] & (1 << 40) - 1) == (2000, 5950)


def test_in_tables_that_are_emptied():
    """North, where the lake is, loses its bus and its tables at 111 s, and so the copies of these.

    The mirror goes on behind what it had noted at 110 s, all rounds up to that at 109.5 s: these 10949
    records are lost in north and in every table, and nowhere else.
    """
    r = events(
        {"duration": "300s", "lake": {**LAKE, "home": "north"}, "bus": {"mirror": {"share": 0.25}}},
        gone={"kind": "region_outage", "region": "north", "data": "lost", "at": "111s", "duration": "10s"},
    )
    tables = {"raw", "curated", "analytics", "copy/east", "copy/west"}
    assert lost(r) == dict.fromkeys(["mirror/north", *tables], 10949)
    assert first_lost(r, "mirror/north") == (1, committed(1), 111 * S, "gone from the bus")
