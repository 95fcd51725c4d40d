"""A study of a 30-minute drill: throughput against serial processes run at once, overhead of a trial, memory.

The overhead is what is left when every trial answers at once with one of some outcomes made before: rows,
batches on disk, tallies, tables, estimates, documents, the page. Each trial is a batch of its own, as it is
where one takes half a second or more. Memory is the peak of a process in a study of a small scenario.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.figure import QUICK, Figure
from benchmarks.machine import ROOT, cores
from benchmarks.process import GIB, SIM, worked

DRILL = "scenarios/drills/lose-primary-region.yaml"
GATE = "scenarios/gate/orders.yaml"
SETS = ("duration=30m", "faults.power.at=10m", "faults.power.duration=10m")
VERDICTS = (0, 1, 3)
ANSWERS = 17  # outcomes that differ in every figure, as those of a study do
TRIALS, FEW, MANY = 200, 100, 10_000


def measure(size: str) -> list[Figure]:
    """Return throughput, overhead and memory; small numbers of trials with QUICK."""
    trials, many = (4, 500) if size == QUICK else (TRIALS, MANY)
    processes = min(2, len(cores()))
    alone_s, study_s = _serial(trials, processes), _study(trials, processes)
    overhead = worked("study", f"overhead:{trials}")
    peaks = [worked("study", f"memory:{n}")["peak_bytes"] for n in (FEW, many)]
    return [
        Figure(f"{trials} trials, study of {processes} processes", study_s, "s"),
        Figure(f"{trials} trials, {processes} serial processes at once", alone_s, "s"),
        Figure("study's throughput against theirs", alone_s / study_s, least=None if size == QUICK else 0.95),
        Figure("study's own work, each trial", 1e3 * overhead["each_cpu_s"], "ms", most=5.0),
        Figure("the same with waiting for the disk", 1e3 * overhead["each_s"], "ms"),
        Figure("figures kept of a trial", overhead["figures"]),
        Figure(f"{FEW} trials, peak memory", peaks[0] / GIB, "GiB"),
        Figure(f"{many} trials, peak memory", peaks[1] / GIB, "GiB"),
        Figure("memory, many against few", peaks[1] / peaks[0], most=1.25),
    ]


def _study(trials: int, processes: int) -> float:
    """Return the wall time of a study, in s."""
    words = [word for text in SETS for word in ("--set", text)]
    with tempfile.TemporaryDirectory() as out:
        command = [*SIM, "run", DRILL, *words, "--trials", str(trials), "--jobs", str(processes)]
        return _together([[*command, "--out", out, "--quiet"]])


def _serial(trials: int, processes: int) -> float:
    """Return how long processes take that share the trials and know nothing of each other, in s."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.worker", "study"]
    return _together([[*command, f"serial:{trials // processes}"] for _ in range(processes)])


def _together(commands: list[list[str]]) -> float:
    """Run commands at once; return when the last has ended, in s. RuntimeError if one breaks."""
    began = perf_counter()
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for command in commands]
    codes = [child.wait() for child in started]
    if any(code not in VERDICTS for code in codes):
        raise RuntimeError(f"{commands[0]} ended with {codes}")
    return perf_counter() - began


def work(size: str) -> dict[str, Any]:
    """Do one part in a process of its own: ``serial:N``, ``overhead:N`` or ``memory:N``."""
    what, _, number = size.partition(":")
    return {"serial": _trials, "overhead": _overhead, "memory": _memory}[what](int(number))


def _trials(trials: int) -> dict[str, Any]:
    """Run trials one after the other, and nothing else."""
    from sim.trial import run

    scenario = _resolved(DRILL, SETS)
    return {"writes": sum(run(scenario, trial=k).performance.writes for k in range(trials))}


def _overhead(trials: int) -> dict[str, Any]:
    """Time a study whose trials are free."""
    import sim.studies.runner
    from sim.studies.figures import figures_of

    scenario = _resolved(DRILL, SETS)
    outcome = _answering(scenario)
    sim.studies.runner.BATCH_S = 0.0
    _free_study(scenario, 2)  # imports, and what is computed once
    began = perf_counter(), process_time()
    _free_study(scenario, trials)
    return {
        "each_s": (perf_counter() - began[0]) / trials,
        "each_cpu_s": (process_time() - began[1]) / trials,
        "figures": figures_of(outcome.figures, {}).values.size,
    }


def _memory(trials: int) -> dict[str, Any]:
    """Run a study whose trials are free, and return the most memory that the process had."""
    import resource

    scenario = _resolved(GATE, ())
    _answering(scenario)
    _free_study(scenario, trials)
    return {"peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def _resolved(path: str, sets: tuple[str, ...]) -> Any:
    from sim.engine.lean import load_numba

    load_numba()
    from sim.spec.resolve import load, resolve

    return resolve(load(os.path.join(ROOT, path), sets=sets))


def _answering(scenario: Any) -> Any:
    """Run one trial, let every later one answer at once with what is much like it, and return its outcome."""
    import sim.trial

    outcome = sim.trial.run(scenario)
    answers = [replace(outcome, figures=_scaled(outcome.figures, 1.0 + i / ANSWERS)) for i in range(ANSWERS)]
    sim.trial.run = lambda *_, trial, **__: answers[trial % ANSWERS]
    return outcome


def _scaled(found: Any, by: float) -> Any:
    """Return figures in which every number is greater by a factor."""
    from sim.core.record import is_record
    from sim.measure.bounds import Bounds

    if isinstance(found, Bounds):
        return Bounds.between(found.low * by, found.high * by, found.reason)
    if is_record(found):
        return replace(found, **{f.name: _scaled(getattr(found, f.name), by) for f in fields(found)})
    if isinstance(found, dict):
        return {name: _scaled(value, by) for name, value in found.items()}
    return found * by if isinstance(found, int | float) and not isinstance(found, bool) else found


def _free_study(scenario: Any, trials: int) -> None:
    from sim.cli.study import _documents
    from sim.report.study import page
    from sim.studies.plan import Point
    from sim.studies.study import run

    with tempfile.TemporaryDirectory() as folder:
        found = run([Point("", scenario)], seed=0, trials=trials, target=Path(folder) / "study")
        found.store.finish(_documents(found))
        page(found, source="x")
