"""Both drills as whole warm processes: three regions, four domains, two simulated hours, every measure on.

The *whole drill* is the file as it is. The *drill of the databases* is the same without what lies behind
them: bus, consumers, lake and insights, and the objectives of these. What handlers write there clients
write here, so that each database has as many writes.
"""

import json
import tempfile
from statistics import median

from benchmarks.figure import QUICK, Figure
from benchmarks.process import GIB, SIM, Run, timed

DRILL = "scenarios/drills/lose-primary-region.yaml"
VERDICTS = (0, 1, 3)  # pass, fail, inconclusive: all of them are runs
TIMES = 5
SECTIONS = ("bus", "consumers", "lake", "insights")
DOMAINS = ("orders", "customers", "inventory", "payments")
ORDERS = ("orders-complete", "captured-once", "no-oversell")
OBJECTIVES = (*ORDERS, "orders-events-rto", "search-rto", "lake-rto", "sales-rto")
WRITES_PER_S = {"orders": 180, "inventory": 160, "payments": 100}  # of clients and handlers


def databases_only() -> tuple[str, ...]:
    """Return the sets that leave the data path out of the drill."""
    outboxes = (f"databases.{domain}.outbox" for domain in DOMAINS)
    objectives = (f"sla.{name}" for name in OBJECTIVES)
    rates = (f"databases.{name}.workload.writes={rate}/s" for name, rate in WRITES_PER_S.items())
    gone = (*SECTIONS, *outboxes, *objectives, "databases.inventory.stock")
    return (*rates, *(f"{where}=null" for where in gone))


def thinned(sets: tuple[str, ...], share: int) -> tuple[str, ...]:
    """Return the sets that divide the drill's rates, as they are with ``sets``, by ``share``."""
    from sim.spec.resolve import load, resolve

    return tuple(
        f"databases.{name}.workload.{kind}={getattr(database.workload, kind) / share}/s"
        for name, database in resolve(load(DRILL, sets=list(sets))).databases.items()
        for kind in ("writes", "reads")
    )


def simulate(*words: str, env: dict[str, str | None] | None = None, on: int = 1) -> Run:
    """Run the whole drill, changed by further words of the command line; its stdout is one JSON document."""
    with tempfile.TemporaryDirectory() as out:
        return timed([*SIM, "run", DRILL, "--json", "--out", out, *words], ok=VERDICTS, env=env, on=on)


def measure(size: str) -> list[Figure]:
    """Return the wall times of several runs of each drill, after one that warms up.

    What they may take is asked in another unit (``benchmarks/unit.py``).
    """
    return _measured("drill of the databases", databases_only(), size) + _measured("whole drill", (), size)


def _measured(name: str, sets: tuple[str, ...], size: str) -> list[Figure]:
    if size == QUICK:
        sets = (*sets, "duration=45m")
    words = [word for text in sets for word in ("--set", text)]
    simulate(*words)
    runs = [simulate(*words) for _ in range(2 if size == QUICK else TIMES)]
    walls = [run.wall_s for run in runs]
    said = json.loads(runs[-1].stdout)["performance"]
    return [
        Figure(f"{name}, least", min(walls), "s"),
        Figure(f"{name}, median", median(walls), "s"),
        Figure(f"{name}, most", max(walls), "s"),
        Figure(f"{name}, processor time", min(run.cpu_s for run in runs), "s"),
        Figure(f"{name}, peak memory", max(run.peak_rss_bytes for run in runs) / GIB, "GiB", most=1.0),
        Figure(f"{name}, writes", said["writes"]),
        Figure(f"{name}, stage operations", said["stage_operations"]),
        Figure(f"{name}, stage operations a second", said["stage_operations"] / min(walls)),
    ]
