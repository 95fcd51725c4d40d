"""From commits to analytics and their copies, through the whole run: by arithmetic.

The events of the one store (``tests/theory/events.py``), a stream job that takes 1 ms a row and commits every
10 s + 2 s, curated every 20 s + 5 s, analytics every 40 s + 4 s; a row takes 1 ms to another region, files 3 s
more and pointers 1 s.
"""

from typing import Any

import numpy as np
import pytest

from tests.theory.events import events
from tests.theory.one_store import LSN, MS, Run, S, merge

LAKE: dict[str, Any] = {
    "home": "east",
    "stream": {"transform": "1ms", "parallelism": 1, "checkpoint": "10s", "commit": "2s", "restart": "5s"},
    "curated": {"interval": "20s", "base": "5s", "per_row": "0s", "restart": "5s"},
    "analytics": {"interval": "40s", "base": "4s", "per_row": "0s", "restart": "5s"},
    "sync": {"share": 0.25, "row": "250B", "lag": "3s", "pointer": "1s"},
}
FIRST = 6300_000  # record i commits at 10 ms * i + this


def lake(patch: dict[str, Any] | None = None, *, duration: str = "200s", **faults: Any) -> Run:
    """Run it all; ``patch`` is merged over LAKE."""
    orders = {"orders": {"replication": {"share": 0.25}}}
    there = {"duration": duration, "lake": merge(LAKE, patch or {}), "databases": orders}
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

    The relay takes what is committed before its tick, half a second before the checkpoint: 0.5 + 2 s to raw. A
    tick of curated takes a raw commit that is 8 s old, one of analytics a curated commit 15 s old. To another
    region its 4000 rows take 4 s, and 4 s more.
    """
    r = lake()
    commits = records(r, table)
    assert len(commits) >= 3
    upto = 0
    for at, lsns in commits:
        assert lsns.tolist() == list(range(upto + 1, upto + 1 + lsns.size))  # nothing missing, nothing twice
        if upto:  # the age of the table just before: since the commit of the oldest record that is not in it
            assert at - (upto * 10 * MS + FIRST) == int((lag + every) * S) - FIRST
        upto += lsns.size
        assert at - (upto * 10 * MS + FIRST) == int(lag * S) - FIRST
