"""The unit of processor time: what SimPy needs for bare timeouts on the same machine in the same sitting.

A second of processor time is worth nothing on another machine, or on this one an hour later; how many bare
timeouts SimPy would have processed meanwhile is. Each program is a whole warm process on one core; programs
and timeouts take turns, and the best of each counts.
"""

import tempfile
from time import process_time
from typing import Any

from benchmarks.drill import DRILL, VERDICTS, databases_only
from benchmarks.figure import QUICK, Figure
from benchmarks.process import SIM, timed, worked

TURNS = 5
MILLION = 1e6
TIMERS, TIMEOUTS = 640, 250_000  # so many wait in the twin, on average
SMALL = "scenarios/failover/split-brain.yaml"
GATE = "scenarios/gate"  # 368 trials decide it


def programs() -> dict[str, tuple[tuple[str, ...], dict[str, float]]]:
    """Return name -> command line after ``sim``, and targets in millions of timeouts."""
    sets = tuple(word for text in databases_only() for word in ("--set", text))
    return {
        "whole drill": (("run", DRILL), {"most": 10.1, "aim": 8.0}),
        "drill of the databases": (("run", DRILL, *sets), {"most": 5.0, "aim": 3.8}),
        "gate, 368 trials": (("check", GATE, "--jobs", "1"), {"most": 10.1}),
        "second run of a small scenario": (("run", SMALL), {"most": 1.26}),
    }


def measure(size: str) -> list[Figure]:
    """Return what each program takes in millions of timeouts, and what a timeout is here."""
    asked = programs()
    if size == QUICK:
        asked = {name: asked[name] for name in ("second run of a small scenario",)}
    for words, _ in asked.values():
        _spent_s(words)  # compiles whatever has not been compiled yet
    spent: dict[str, list[float]] = {name: [] for name in asked}
    a_second = []
    for _ in range(1 if size == QUICK else TURNS):
        for name, (words, _) in asked.items():
            a_second.append(timeouts_a_second())
            spent[name].append(_spent_s(words))
    best = max(a_second)
    return [
        Figure("SimPy's bare timeouts a second", best),
        *(
            Figure(name, min(spent[name]) * best / MILLION, "million timeouts", **targets)
            for name, (_, targets) in asked.items()
        ),
    ]


def _spent_s(words: tuple[str, ...]) -> float:
    with tempfile.TemporaryDirectory() as out:
        return timed([*SIM, *words, "--quiet", "--out", out], ok=VERDICTS).cpu_s


def timeouts_a_second() -> float:
    """Return how many bare timeouts a second SimPy processes in a process of its own."""
    return float(worked("unit", "")["timeouts_a_second"])


def work(_: str) -> dict[str, Any]:
    """Process bare timeouts, without the collection of garbage; the best of three counts."""
    import gc

    gc.disable()
    return {"timeouts_a_second": max(bare_timeouts() for _ in range(3))}


def bare_timeouts() -> float:
    """Return how many timeouts a second SimPy alone processes, its times being ns as in the twin."""
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
