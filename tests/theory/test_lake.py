"""From commits to analytics and their copies, through the whole run: by arithmetic.

The events of the one store (``tests/theory/events.py``), a stream job that takes 1 ms a row and commits
every 10 s + 2 s, curated every 20 s + 5 s, analytics every 40 s + 4 s; a row takes 1 ms to another region,
files 3 s more and pointers 1 s.
"""

from typing import Any

import numpy as np
import pytest

from tests.theory.events import events
from tests.theory.one_store import LSN, MS, US, Run, S, merge

LAKE: dict[str, Any] = {
    "home": "east",
    "stream": {"transform": "1ms", "parallelism": 1, "checkpoint": "10s", "commit": "2s", "restart": "5s"},
    "curated": {"interval": "20s", "base": "5s", "per_row": "0s", "restart": "5s"},
    "analytics": {"interval": "40s", "base": "4s", "per_row": "0s", "restart": "5s"},
    "sync": {"share": 0.25, "row": "250B", "lag": "3s", "pointer": "1s"},
}


def committed(lsn: int) -> int:
    """Return when a record is committed, ns."""
    return lsn * 10 * MS + 6300 * US


def lake(patch: dict[str, Any] | None = None, *, duration: str = "200s", **faults: Any) -> Run:
    """Run it all; ``patch`` is merged over LAKE."""
    there = {"duration": duration, "lake": merge(LAKE, patch or {}), "bus": {"mirror": {"share": 0.25}}}
    return events(there, **faults)


def records(r: Run, table: str) -> list[tuple[int, np.ndarray]]:
    """Return (when, lsns) of each commit of a table, as its ranges say."""
    name = ("at_ns", "commit", "source", "begin", "end")
    regions = sorted(r.scenario.regions)
    found: dict[tuple[int, int], list[np.ndarray]] = {}
    for at, commit, source, begin, end in zip(*(r.table(table, c).tolist() for c in name), strict=True):
        bus = r.table(f"bus/{regions[source]}", "version") & LSN
        found.setdefault((at, commit), []).append(bus[begin:end])
    return [(at, np.concatenate(parts)) for (at, _), parts in sorted(found.items())]


@pytest.mark.parametrize(
    ("table", "every", "lag"),
    [
        ("raw/east", 10, 2.5),
        ("curated/east", 20, 15.5),
        ("analytics/east", 40, 34.5),
        ("analytics/west", 40, 42.5),
    ],
)
def test_the_age_of_a_chain_of_periodic_batches(table, every, lag):
    """An age runs from d to d + T: T the last interval, d all that a record waits for if it just makes it.

    The relay takes what is committed before its tick, half a second before the checkpoint: 0.5 + 2 s to raw.
    A tick of curated takes a raw commit that is 8 s old, one of analytics a curated commit 15 s old. To
    another region its 4000 rows take 4 s, and 4 s more.
    """
    r = lake()
    commits = records(r, table)
    assert len(commits) >= 3
    assert np.concatenate([lsns for _, lsns in commits]).tolist() == list(
        range(1, 1 + sum(lsns.size for _, lsns in commits))
    )
    for at, lsns in commits[1:]:  # the first is shorter than an interval
        oldest, after = (
            committed(int(lsns[0])),
            committed(int(lsns[-1]) + 1),
        )  # not in it before; not in it now
        assert at - oldest == int((lag + every) * S) - 6300 * US
        assert at - after == int(lag * S) - 6300 * US


def test_a_pause_of_the_copies_is_made_up_for_at_the_speed_of_the_link():
    """Paused from 50 s to 110 s: what was due meanwhile leaves back to back then, 1 ms a row, in order."""
    pause = {"kind": "object_replication_pause", "from": "east", "to": "west", "at": "50s", "duration": "60s"}
    r = lake(pause=pause)
    sent = [
        (at, zone, lsns.size)
        for zone in ("raw", "curated", "analytics")
        for at, lsns in records(r, f"{zone}/east")
        if 50 * S < at < 110 * S
    ]
    order = sorted(sent, key=lambda row: (row[0], ("raw", "curated", "analytics").index(row[1])))
    left = 110 * S + MS * np.cumsum([rows for _, _, rows in order])
    assert len(order) == 6 + 3 + 1
    for zone in ("raw", "curated", "analytics"):
        expected = [int(at) + 4 * S for at, (_, where, _) in zip(left, order, strict=True) if where == zone]
        arrived = [at for at, _ in records(r, f"{zone}/west") if at > 110 * S]
        assert arrived[: len(expected)] == expected
    assert r.scenario.duration > left[-1] + 4 * S


def test_at_least_once_doubles_what_appeared_since_the_last_save():
    """Flushed every 4 s, saved every 10 s: killed at 38 s, the rows of later flushes than 28 s come twice."""
    kill = {"kind": "process_kill", "process": "orders/stream", "at": "38s", "duration": "1s"}
    stream = {"mode": "at_least_once", "flush": "4s", "commit": "1s"}
    r = lake({"stream": stream}, duration="80s", kill=kill)
    commits = records(r, "raw/east")
    saved = sum(lsns.size for at, lsns in commits if at < 30 * S)
    before = sum(lsns.size for at, lsns in commits if at < 38 * S)
    everything = np.concatenate([lsns for _, lsns in commits])
    values, counts = np.unique(everything, return_counts=True)
    assert values.tolist() == list(range(1, values.size + 1))
    assert values[counts == 2].tolist() == list(range(saved + 1, before + 1))
    assert (saved, before) == (2749, 3549)  # the rounds before the ticks at 28 s and at 36 s
    assert counts.max() == 2


def test_a_lake_that_moves_reads_again_from_the_checkpoint_and_misses_nothing():
    """East goes dark at 75 s: in west the job starts at the checkpoint of 70 s, and reads 49 rows again."""
    power = {"kind": "region_outage", "region": "east", "at": "75s"}
    r = lake({"standby": ["west", "north"], "takeover": "20s"}, power=power)
    assert r.when("lake.moved") == [95 * S]
    start = int(r.table("placed/stream", "position")[-1])
    here = (r.table("bus/west", "version") & LSN)[:start]
    assert start % 100 == 0  # the granularity of checkpoints
    # saved at 62 s, when the commit of the tick at 60 s appeared: the rounds before 60 s, 5949 records
    assert start == 5900
    assert here.tolist() == list(range(1, 5901))
    shared = [lsns for at, lsns in records(r, "raw/west") if at < 75 * S]
    again = [lsns for at, lsns in records(r, "raw/west") if at > 95 * S]
    assert sum(lsns.size for lsns in shared) == 5949
    first = int(again[0][0])
    assert first == 5901  # so 49 rows are twice in raw, and none is missing
    kept = np.unique(np.concatenate(shared + again))
    assert kept.tolist() == list(range(1, int(kept[-1]) + 1))


def test_a_pointer_before_its_files_fails_refreshes_until_they_arrive():
    """The analytics commit at 84 s is sent until 88 s: its pointer is in west at 85 s, its files at 91 s."""
    early = {"kind": "metadata_before_data", "region": "west", "at": "83s", "duration": "2s"}
    there = {
        "lake": LAKE,
        "bus": {"mirror": {"share": 0.25}},
        "duration": "100s",
        "insights": {"sales": {"reads": ["orders"], "refresh": "3s"}},
    }
    r = events(there, early=early)
    assert r.table("dangling/analytics/west", "from_ns").tolist() == [85 * S]
    assert r.table("dangling/analytics/west", "to_ns").tolist() == [91 * S]
    at, ok = r.table("refresh/sales/west", "at_ns"), r.table("refresh/sales/west", "ok")
    assert at[ok == 0].tolist() == [87 * S, 90 * S]
    assert (r.table("refresh/sales/east", "ok") == 1).all()
    seen = r.table("refresh/sales/west", "commits")
    assert seen[at == 90 * S].tolist() == [1]
    assert seen[at == 93 * S].tolist() == [2]
