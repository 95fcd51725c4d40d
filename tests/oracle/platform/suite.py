"""The generated suite of data paths: run cases on both sides, sum what they exercised, report.

``python -m tests.oracle.platform.suite 0 3000`` runs many.
"""

import sys
from collections import Counter
from collections.abc import Iterable

from sim.world import ALL

from ..kept import keep
from ..numbers import KEPT
from ..sides import Case, both
from ..twin import run_twin
from .faults import KINDS
from .generate import case

# What the suite must exercise, and how often at least.
OFTEN, SELDOM, RARE = 50, 20, 5
CONSUMER = "a consumer"
PROCESSES = ("relay", "mirror", "reader", "stream", "curated", "analytics")
REQUIRED = {
    **{f"started: {kind}": OFTEN for kind in PROCESSES},
    **{f"killed: {kind}": RARE for kind in PROCESSES},
    **{f"paused: {kind}": RARE for kind in PROCESSES},
    **{f"fault: {kind}": SELDOM for kind in KINDS},
    **{f"fired: {kind}": RARE for kind in KINDS},
    "begun without effect": OFTEN,
    **{f"pulls: {cursor}": OFTEN for cursor in ("circle", "relay", "bus", "mirror", "stream", CONSUMER)},
    **dict.fromkeys(
        (
            "reader moved",
            "lake moved",
            "moved to a checkpoint beyond 0",
            "relay resumed",
            "published again",
            "dropped by validation",
            "carried again",
            "rows visible at one time",
            "rows read again",
            "skipped because gone",
            "skipped because expired",
            "speed changes in service",
            "elections",
            "reading waits for a partition",
            "publishing waits for a partition",
            "rebalances in a storm",
            "take-over timers that were void",
            "looks for a place that find none",
            "commits copied",
            "commits taken back",
            "commits that wait for a catalog",
            "dangling",
            "failures by poison",
            "stream commits lost in a stop",
            "rounds forgotten",
            "regions that follow anew",
            "refreshes in a dead region",
            "replays begun",
            "replays without rows",
            "rows replayed into a consumer",
            "rows that a replay leaves out",
            "rows that a replay does not call",
            "calls of replays",
            "calls of handlers",
            "calls of handlers of handlers",
            "calls for a tag that was called before",
            "calls whose tag was known",
            "rows that a handler passes",
            "positions held back by an open call",
        ),
        OFTEN,
    ),
    **dict.fromkeys(
        (
            "appears twice",
            "kills between publish and mark",
            "relay crashes",
            "promotions with ghosts",
            "slot lost: skip",
            "slot lost: snapshot",
            "members killed",
            "mirror rows taken back",
            "moved to earliest",
            "moved to latest",
            "dead letters of poison",
            "dead letters of look-ups",
            "waits for a look-up",
            "checkpoints that failed",
            "commits without ranges",
            "commits that wait for the one before",
            "files that a fault delays",
            "refreshes that find a dangling table",
            "refreshes without a catalog",
            "restart cancelled",
            "places of a fault that had not started",
            "tags committed on a second timeline",
        ),
        SELDOM,
    ),
    **dict.fromkeys(
        (
            "elections that overlap",
            "replays begun in a dead region",
            "replays that stand still",
            "lake emptied",
            "ticks at the moment of a start",
            "relay crashes between publish and mark",
            "publishing starts anew",
            "mirror rows that fly on",
            "moved to where it had been",
            "moved while killed: relay",
            "moved while killed: reader",
            "moved while killed: stream",
            "moved with a skew",
        ),
        RARE,
    ),
}


def difference(number: int) -> tuple[str | None, Counter[str]]:
    """Run one case on both sides; return the first difference (None if there is none) and what the case
    exercised. A case that differs is kept."""
    one = case(number)
    found, twin = both(one, little=number % 2 == 0)
    counts = Counter(twin.path) + pulled(one)
    if found is None:
        return None, counts
    return f"path case {number} ({one.style}, {keep(one, KEPT, found)}): {found}", counts


def pulled(one: Case) -> Counter[str]:
    """Return how often each kind of component of the event path is pulled by itself."""
    names = [name.split("/")[1] for _, name in one.pulls if name != ALL]
    return Counter(f"pulls: {CONSUMER if name in one.scenario.consumers else name}" for name in names)


def exercised(numbers: Iterable[int]) -> Counter[str]:
    """Run the twin alone over cases and return what they exercise."""
    total: Counter[str] = Counter()
    for number in numbers:
        one = case(number)
        total.update(run_twin(one.scenario, one.seed).path)
        total.update(pulled(one))
    return total


def lacking(counts: Counter[str]) -> list[str]:
    """Return what was not exercised often enough."""
    return [f"{name}: {counts[name]} < {least}" for name, least in REQUIRED.items() if counts[name] < least]


def main(first: int, last: int) -> int:
    """Compare cases [first, last); print differences and counts; return how many differ."""
    total: Counter[str] = Counter()
    differing = 0
    for number in range(first, last):
        found, counts = difference(number)
        total.update(counts)
        if found:
            differing += 1
            print(found, flush=True)
    print(f"{differing} of {last - first} cases differ")
    print("\n".join(f"{count:>12,} {name}" for name, count in sorted(total.items())))
    few = lacking(total)
    if few:
        print(f"exercised too seldom: {', '.join(few)}")
    return differing + len(few)


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2])) else 0)
