"""The events of the one store: a bus in every region, everything constant.

A write sent at ``10 ms * i`` commits 6.3 ms later with lsn i; the relay has a round every 500 ms and takes
1 ms a record, so that the k-th record of the round at T is visible at T + k ms, and there are 50 a round (49
in the first). A mirror takes 2 ms a record, and the link's latency.
"""

from typing import Any

import numpy as np

from tests.theory.one_store import LSN, MS, Run, merge, run

ROUND = 500 * MS
RELAY: dict[str, Any] = {
    "kind": "cdc",
    "interval": "500ms",
    "publish": "1ms",
    "flush": "10s",
    "restart": "5s",
}
BUS: dict[str, Any] = {
    "event": "1kB",
    "election": "5s",
    "mirror": {"share": 0.5, "save": "10s", "checkpoint": "10s", "granularity": 100, "restart": "5s"},
}

GROUP: dict[str, Any] = {
    "of": "orders",
    "region": "east",
    "work": "1ms",
    "commit": "5s",
    "rebalance": "3s",
    "restart": "2s",
}


def events(
    patch: dict[str, Any] | None = None, *, outbox: dict[str, Any] | None = None, **faults: Any
) -> Run:
    """Run the one store with its events, ``patch`` over all and ``outbox`` in place of its relay."""
    orders = {"outbox": outbox or RELAY, "replication": {"share": 0.5}}
    return run(merge({"bus": BUS}, patch or {}), orders=orders, **faults)


def rounds(first: int, last: int) -> np.ndarray:
    """Return when the records of the rounds ``first`` to ``last`` (numbers of ticks) are visible, ns."""
    return np.concatenate(
        [n * ROUND + MS * np.arange(1, 51 if n > 1 else 50) for n in range(first, last + 1)]
    )


def lsns(run_: Run, region: str) -> np.ndarray:
    """Return the lsn of each row of a region's bus."""
    return run_.table(f"bus/{region}", "version") & LSN


def repeated(run_: Run, region: str) -> np.ndarray:
    """Return the lsns that are on a region's bus more than once."""
    values, counts = np.unique(lsns(run_, region), return_counts=True)
    return values[counts > 1]


def search(**changes: Any) -> dict[str, Any]:
    """Return the patch with a consumer group in east, changed."""
    return {"consumers": {"search": {**GROUP, **changes}}}
