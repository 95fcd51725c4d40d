"""The engine against the naive twin (tests/oracle): the same scenario on both sides, in one run, in processor
time per transaction (operations after the warm-up, on both sides).

- The drill of the databases at its own rate, shortened, with the same measures on both sides: recovery times,
  losses, stale reads and violated guarantees must be the same numbers. The same at a tenth of the rate, where
  what a run costs whatever its rate weighs more.
- The whole drill at its own rate, shortened, with the measures of the databases on both sides: the twin has
  none of the data path.
- How honest the twin is: the events that it takes from SimPy's queue in a second of its simulation (without
  tables and measures), against the timeouts that SimPy alone takes in a second, with as many waiting. An
  event is one entry popped from the queue of SimPy's environment, on both sides, whatever is then done about
  it: the twin's are also timeouts whose answer has come, and what a change of speed has made void. They take
  turns, of which the best counts for each, and neither collects garbage.
"""

import gc
from collections.abc import Callable
from time import process_time
from typing import Any

from benchmarks.drill import DRILL, databases_only, thinned
from benchmarks.figure import FULL, QUICK, Figure
from benchmarks.process import worked
from benchmarks.unit import bare_timeouts

TENTH = 10  # the drill's rates are divided by this where it says so
# Simulated minutes at a tenth of the rate, at the full rate, and of the whole drill.
MINUTES = {QUICK: (6, 2, 2), FULL: (40, 20, 10)}
USUALLY = (10, 20, 30)
GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")
TURNS = 5
Counts = dict[str, Any]


def scenario(minutes: int, *, share: int = 1, sets: tuple[str, ...] = ()):
    """Return the drill with ``sets``, resolved, its rates divided by ``share``.

    An eighth of the time is warm-up; the outage lasts from a quarter to two thirds.
    """
    from sim.spec.resolve import load, resolve

    times = (
        f"duration={minutes * 60}s",
        f"warmup={minutes * 60 // 8}s",
        f"faults.power.at={minutes * 15}s",
        f"faults.power.duration={minutes * 25}s",
    )
    return resolve(load(DRILL, sets=[*sets, *times, *thinned(sets, share)]))


def by_engine(resolved) -> tuple[float, Counts, int]:
    """Return processor time s with the measures that the twin has, what was found, and the transactions."""
    from sim.measure.measures import Measures
    from sim.measure.store.setup import setup_of
    from sim.trial import rerun

    began = process_time()
    measures = Measures([setup_of(resolved, domain) for domain in sorted(resolved.databases)])
    rerun(resolved, [measures], seed=0)
    figures = measures.figures()
    spent = process_time() - began
    operations = sum(of.ok + of.fail + of.info + of.open for of in figures.operations.values())
    found = {}
    for name in resolved.databases:
        seen, lost = figures.consistency[name], figures.loss[name]
        episodes = [figures.recovery[f"{name}.{kind}"].rta_ns for kind in ("read", "write")]
        found[name] = [
            seen.stale_reads,
            *(getattr(seen, kind).violations for kind in GUARANTEES),
            lost.records,
            lost.info_lost,
            *episodes,
        ]
    return spent, found, operations


def by_twin(resolved) -> tuple[float, float, Counts, int]:
    """Return processor time s, in all and of the simulation alone, what was found, and events processed."""
    from tests.oracle import measures
    from tests.oracle.twin import result_of, simulate

    began = process_time()
    simulated = simulate(resolved, 0, watch=False)
    simulated_s = process_time() - began
    twin = result_of(simulated)
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
    return process_time() - began, simulated_s, found, twin.events


def _worst(episodes: list) -> int | None:
    """Return the recovery time of the worst episode, None if one is censored, 0 if there is none."""
    times = [episode.rta_ns for episode in episodes]
    return None if None in times else max(times, default=0)


def work(size: str) -> dict[str, Any]:
    """Do one part in a process of its own: ``tenth``, ``full`` or ``whole``, a colon, simulated minutes."""
    part, _, minutes = size.partition(":")
    parts: dict[str, Callable[[int], dict[str, Any]]] = {"tenth": _tenth, "full": _full, "whole": _whole}
    return parts[part](int(minutes))


def _tenth(minutes: int) -> dict[str, Any]:
    """Run both sides at a tenth of the rate, and SimPy alone, in turn."""
    _warm_up(databases_only())
    resolved = scenario(minutes, share=TENTH, sets=databases_only())
    bare, twins = [], []
    gc.disable()
    for _ in range(TURNS):
        bare.append(bare_timeouts())
        twins.append(by_twin(resolved))
    found = _compared([by_engine(resolved) for _ in range(3)], twins)
    events = twins[0][3] / min(run[1] for run in twins)
    return {**found, "events_a_second": events, "timeouts_a_second": max(bare)}


def _full(minutes: int) -> dict[str, Any]:
    """Run both sides at the drill's own rate."""
    return _both(minutes, databases_only())


def _whole(minutes: int) -> dict[str, Any]:
    """Run both sides with the whole platform at the drill's own rate."""
    return _both(minutes, ())


def _both(minutes: int, sets: tuple[str, ...]) -> dict[str, Any]:
    _warm_up(sets)
    resolved = scenario(minutes, sets=sets)
    before = by_engine(resolved)
    twin = by_twin(resolved)
    return _compared([before, by_engine(resolved)], [twin])


def _warm_up(sets: tuple[str, ...]) -> None:
    warm = scenario(2, share=TENTH, sets=sets)
    by_engine(warm)
    by_twin(warm)


def _compared(engine: list, twins: list) -> dict[str, Any]:
    """Return the cost of both sides, and in what stores they found something else."""
    mine, theirs, transactions = engine[0][1], twins[0][2], engine[0][2]
    differences = [
        f"{name}: engine {mine[name]}, twin {theirs[name]}" for name in mine if mine[name] != theirs[name]
    ]
    each = _each(min(run[0] for run in engine), min(run[0] for run in twins), transactions)
    return {"transactions": transactions, "differences": differences, **each}


def _each(engine_s: float, twin_s: float, transactions: int) -> dict[str, float]:
    return {"engine_us": 1e6 * engine_s / transactions, "twin_us": 1e6 * twin_s / transactions}


def measure(size: str) -> list[Figure]:
    """Return the ratios per transaction, whether what was found agrees, and how honest the twin is."""
    minutes = MINUTES.get(size, USUALLY)
    parts = ("tenth", "full", "whole")
    tenth, full, whole = (worked("twin", f"{part}:{many}") for part, many in zip(parts, minutes, strict=True))
    honest = tenth["events_a_second"] / tenth["timeouts_a_second"]
    return [
        *_ratio("databases", full, least=150, aim=300),
        *_agreement("databases", full),
        *_ratio("databases at a tenth of the rate", tenth, least=60),
        *_agreement("databases at a tenth of the rate", tenth),
        *_ratio("whole platform", whole, least=100),
        *_agreement("whole platform", whole),
        Figure("twin, events a second", tenth["events_a_second"]),
        Figure("SimPy alone, timeouts a second", tenth["timeouts_a_second"]),
        Figure("twin's events against SimPy's timeouts", honest, least=0.5),
    ]


def _ratio(name: str, found: dict[str, Any], **target: float) -> list[Figure]:
    return [
        Figure(f"{name}: transactions", found["transactions"]),
        Figure(f"{name}: twin, per transaction", found["twin_us"], "us"),
        Figure(f"{name}: engine, per transaction", found["engine_us"], "us"),
        Figure(f"{name}: engine against twin", found["twin_us"] / found["engine_us"], "times", **target),
    ]


def _agreement(name: str, found: dict[str, Any]) -> list[Figure]:
    differences = found["differences"]
    return [
        Figure(f"{name}: counts, losses, recovery times", "; ".join(differences) or "the same"),
        Figure(f"{name}: differing stores", len(differences), most=0),
    ]
