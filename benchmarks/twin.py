"""The engine against the naive twin: the same scenario, the same measures on both sides, in one run.

The scenario is the drill at a tenth of the rate, shortened. Processor time per transaction; the consistency
counts, losses and episodes must agree.
"""

from time import process_time
from typing import Any

from benchmarks.drill import DRILL
from benchmarks.figure import FULL, QUICK, Figure
from benchmarks.process import worked

SHARE = 10  # the drill's rates are divided by this
MINUTES = {QUICK: 6, FULL: 40}
USUALLY = 20
GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")
TIMERS, TIMEOUTS = 500, 250_000  # about as many wait in the twin at a time
Counts = dict[str, Any]


def scenario(minutes: int, share: int):
    """Return the drill, resolved, with its rates divided by ``share``.

    An eighth of the time is warm-up; the outage lasts from a quarter to two thirds.
    """
    from sim.spec.resolve import load, resolve

    full = resolve(load(DRILL))
    sets = [f"duration={minutes * 60}s", f"warmup={minutes * 60 // 8}s"]
    sets += [f"faults.power.at={minutes * 15}s", f"faults.power.duration={minutes * 25}s"]
    for name, database in full.databases.items():
        load_now = database.workload
        sets += [
            f"databases.{name}.workload.{kind}={getattr(load_now, kind) / share}/s"
            for kind in ("writes", "reads")
        ]
    return resolve(load(DRILL, sets=sets))


def by_engine(resolved) -> tuple[float, Counts, int]:
    """Return processor time s, what was found, and the number of transactions."""
    from sim.trial import run

    began = process_time()
    figures = run(resolved).figures
    spent = process_time() - began
    operations = sum(
        found[what] for found in figures["operations"].values() for what in ("ok", "fail", "info", "open")
    )
    found = {}
    for name in resolved.databases:
        seen, lost = figures["consistency"][name], figures["loss"][name]
        episodes = [figures["recovery"][f"{name}.{kind}"]["rta_ns"] for kind in ("read", "write")]
        found[name] = [
            seen["stale_reads"],
            *(seen[kind]["violations"] for kind in GUARANTEES),
            lost["records"],
            lost["info"],
            *episodes,
        ]
    return spent, found, operations


def by_twin(resolved) -> tuple[float, float, Counts, int]:
    """Return processor time s, in all and of the simulation alone, what was found, and SimPy's events."""
    from tests.oracle import measures
    from tests.oracle.twin import run_twin

    began = process_time()
    twin = run_twin(resolved, 0, watch=False)
    simulated = process_time() - began
    found = {}
    for name, tables in twin.tables.items():
        broken, lost = (
            measures.guarantees(tables, resolved),
            measures.loss(tables, twin.milestones, resolved, name),
        )
        rta = [_worst(measures.episodes(tables, resolved, kind)) for kind in (0, 1)]
        measures.exposure(tables, resolved, name)
        stale = measures.staleness(tables, resolved)["stale_reads"]
        found[name] = [
            stale,
            *(broken[kind] for kind in GUARANTEES),
            len(lost["lost"]),
            len(lost["info"]),
            *rta,
        ]
    return process_time() - began, simulated, found, twin.events


def _worst(episodes: list) -> int | None:
    """Return the recovery time of the worst episode, None if one is censored, 0 if there is none."""
    times = [episode.rta_ns for episode in episodes]
    return None if None in times else max(times, default=0)


def bare_timeouts() -> float:
    """Return how many timeouts a second SimPy alone handles, its times being ns as in the twin."""
    import simpy

    env = simpy.Environment()

    def timer(step: int):
        for _ in range(TIMEOUTS // TIMERS):
            yield env.timeout(step)

    for i in range(TIMERS):
        env.process(timer(10**9 + i * 10**6))
    began = process_time()
    env.run()
    return TIMEOUTS / (process_time() - began)


def work(size: str) -> dict[str, Any]:
    """Run both sides and SimPy alone."""
    resolved = scenario(MINUTES.get(size, USUALLY), SHARE)
    full_rate = scenario(MINUTES.get(size, USUALLY), 1)
    warm = scenario(1, SHARE)
    by_engine(warm), by_twin(warm)
    runs = [by_engine(resolved) for _ in range(3)]
    bare, twins = [], []
    for _ in range(3):
        bare.append(bare_timeouts())
        twins.append(by_twin(resolved))
    twin_s, simulated_s = (min(run[i] for run in twins) for i in (0, 1))
    _, _, theirs, events = twins[0]
    full_s, _, full_transactions = min((by_engine(full_rate) for _ in range(2)), key=lambda run: run[0])
    mine = runs[0][1]
    return {
        "engine_s": min(run[0] for run in runs),
        "transactions": runs[0][2],
        "twin_s": twin_s,
        "events_a_second": events / simulated_s,
        "timeouts_a_second": max(bare),
        "full_us": 1e6 * full_s / full_transactions,
        "differences": [
            f"{name}: engine {mine[name]}, twin {theirs[name]}" for name in mine if mine[name] != theirs[name]
        ],
    }


def measure(size: str) -> list[Figure]:
    """Return the ratio per transaction, whether what was found agrees, and how honest the twin is."""
    found = worked("twin", size)
    each = {who: 1e6 * found[f"{who}_s"] / found["transactions"] for who in ("engine", "twin")}
    agreement = "; ".join(found["differences"]) or "the same"
    honest = found["events_a_second"] / found["timeouts_a_second"]
    return [
        Figure("transactions", found["transactions"]),
        Figure("twin, per transaction", each["twin"], "us"),
        Figure("engine, per transaction", each["engine"], "us"),
        Figure("engine against twin", each["twin"] / each["engine"], "times", least=100, aim=300),
        Figure("engine at the drill's full rate, per transaction", found["full_us"], "us"),
        Figure("engine at the drill's full rate against twin", each["twin"] / found["full_us"], "times"),
        Figure("stale reads, guarantees, losses, recovery times", agreement),
        Figure("differing stores", len(found["differences"]), most=0),
        Figure("twin, events a second", found["events_a_second"]),
        Figure("SimPy alone, timeouts a second", found["timeouts_a_second"]),
        Figure("twin's events against SimPy's timeouts", honest, least=0.5),
    ]
