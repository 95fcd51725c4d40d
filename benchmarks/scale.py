"""The drill of the databases with its duration scaled: cost per transaction and memory, from a million
writes on; and the memory of the whole drill.

Every two hours both replicas of every domain are paused for ten minutes, so that ten minutes of writes wait
to be sent. That is in place of the drill's outage, but for the whole drill, which has both.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drill import databases_only, simulate, thinned
from benchmarks.figure import FULL, QUICK, Figure
from benchmarks.process import GIB

WRITES_PER_S = 500
PERIOD_S, PAUSED_AT_S, PAUSE_S = 7200, 600, 600
SIZES = {QUICK: (100_000, 200_000), FULL: (1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)}
USUALLY = (1_000_000, 3_000_000, 10_000_000)
WHOLE = {QUICK: (200_000,), FULL: (1_000_000, 10_000_000, 100_000_000)}
WHOLE_USUALLY = (1_000_000, 10_000_000)
IDLE = 500  # the rates are divided by this to learn what a run costs whatever its load
REPLICAS = ("us-west", "eu-west")
OUTAGE_AT_S = 1800


@dataclass(frozen=True, slots=True)
class Cost:
    """One run. ``each_us``: processor time per transaction, start-up subtracted."""

    writes: int
    each_us: float
    peak_gib: float


def measure(size: str) -> list[Figure]:
    """Return cost per transaction and peak memory at each size, and how far the costs lie apart."""
    sizes, sets = SIZES.get(size, USUALLY), databases_only()
    _run(sizes[0], sets)  # compiles whatever has not been compiled yet
    # what the shortest costs with next to no load: imports, kernels, what is done once
    start_s = min(_run(sizes[0], (*sets, *thinned(sets, IDLE)))[0] for _ in range(3))
    costs = [_cost(writes, start_s, sets) for writes in sizes]
    each = [cost.each_us for cost in costs]
    found = [Figure("start-up", start_s, "s")]
    found += [Figure(f"{cost.writes:.0e} writes, per transaction", cost.each_us, "us") for cost in costs]
    found += [
        Figure(f"{cost.writes:.0e} writes, peak memory", cost.peak_gib, "GiB", most=1.0) for cost in costs
    ]
    found.append(Figure("dearest against cheapest", max(each) / min(each), most=1.25))
    whole = {writes: _run(writes, ())[2] / GIB for writes in WHOLE.get(size, WHOLE_USUALLY)}
    return found + [
        Figure(f"whole drill, {writes:.0e} writes, peak memory", peak_gib, "GiB", most=1.0)
        for writes, peak_gib in whole.items()
    ]


def _cost(writes: int, start_s: float, sets: tuple[str, ...]) -> Cost:
    cpu_s, transactions, rss = _run(writes, sets)
    return Cost(writes, 1e6 * (cpu_s - start_s) / transactions, rss / GIB)


def _run(writes: int, sets: tuple[str, ...]) -> tuple[float, int, int]:
    """Return (processor time s, transactions, peak memory bytes) of a run with about so many writes."""
    seconds = writes // WRITES_PER_S
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder) / "longer.json"
        overlay.write_text(json.dumps(_overlay(seconds, outage=not sets)))
        run = simulate("-f", str(overlay), *(word for text in sets for word in ("--set", text)))
    return run.cpu_s, _transactions(json.loads(run.stdout)), run.peak_rss_bytes


def _overlay(seconds: int, *, outage: bool) -> dict:
    """Return what changes: the duration, and pauses in every period, in place of the outage or beside it.

    One outage in a run of any length would make the short ones dearer; one that would come later goes, too.
    """
    starts = range(PAUSED_AT_S, seconds - PAUSE_S, PERIOD_S)
    faults = {f"pause-{region}-{at}": _pause(region, at) for at in starts for region in REPLICAS}
    power = {} if outage and seconds > OUTAGE_AT_S else {"power": None}
    return {"duration": f"{seconds}s", "warmup": "0s", "faults": {**power, **faults}}


def _pause(region: str, at_s: int) -> dict:
    what = {"kind": "replication_pause", "database": "*", "region": region, "stage": "send"}
    return {**what, "at": f"{at_s}s", "duration": f"{PAUSE_S}s"}


def _transactions(document: dict) -> int:
    """Return how many operations ended or were open at the end."""
    return sum(
        found[what] for found in document["operations"].values() for what in ("ok", "fail", "info", "open")
    )
