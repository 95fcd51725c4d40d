"""How long one waits before anything happens: help, validation, the first run on a machine, the demo."""

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.drill import DRILL, simulate
from benchmarks.figure import QUICK, Figure
from benchmarks.machine import ROOT
from benchmarks.process import GIB, SIM, timed

TIMES = 9
VERDICTS = ("PASS", "FAIL", "INCONCLUSIVE")


def measure(size: str) -> list[Figure]:
    """Return the medians of short commands, and one first run with an empty compile cache."""
    times = 3 if size == QUICK else TIMES
    helps = [1e3 * timed([*SIM, "--help"]).wall_s for _ in range(times + 1)][1:]
    checks = [1e3 * timed([*SIM, "validate", DRILL]).wall_s for _ in range(times + 1)][1:]
    found = [
        Figure("sim --help, median", median(helps), "ms", most=150),
        Figure("sim validate, median", median(checks), "ms", most=500),
    ]
    return found if size == QUICK else [*found, *_first_run(), _demo()]


def _first_run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as cache:
        env = {"SIM_CACHE_DIR": cache, "NUMBA_CACHE_DIR": None}
        cold, warm = simulate(env=env, on=2), simulate(env=env, on=2)
    return [
        Figure("first run ever on two cores, kernels compiled", cold.wall_s, "s", most=30, aim=20),
        Figure("of which compilation", cold.wall_s - warm.wall_s, "s"),
        Figure("first run ever, processor time of compilation", cold.cpu_s - warm.cpu_s, "s"),
        Figure("first run ever, peak memory", cold.peak_rss_bytes / GIB, "GiB", most=1.0),
    ]


def _demo() -> Figure:
    """Return when ``make demo`` shows its first verdict, with nothing installed and no kernels there."""
    with tempfile.TemporaryDirectory() as folder:
        here = {"SIM_CACHE_DIR": str(Path(folder, "kernels")), "PYTHONDONTWRITEBYTECODE": ""}
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | here
        command = ["make", "--silent", "demo", f"VENV={folder}/venv"]
        began = perf_counter()
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            text=True,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as demo:
            assert demo.stdout is not None
            shown = (perf_counter() - began for line in demo.stdout if line.startswith(VERDICTS))
            first = next(shown, "nothing can be installed here")
            with suppress(ProcessLookupError):
                os.killpg(demo.pid, signal.SIGTERM)
    return Figure("make demo on a fresh machine, first result", first, "s", most=60)
