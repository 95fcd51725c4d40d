"""How long one waits before anything happens: help, validation, and the first run on a machine."""

import tempfile
from statistics import median

from benchmarks.drill import DRILL, simulate
from benchmarks.figure import QUICK, Figure
from benchmarks.process import GIB, SIM, timed

TIMES = 9


def measure(size: str) -> list[Figure]:
    """Return the medians of short commands, and one first run with an empty compile cache."""
    times = 3 if size == QUICK else TIMES
    helps = [1e3 * timed([*SIM, "--help"]).wall_s for _ in range(times + 1)][1:]
    checks = [1e3 * timed([*SIM, "validate", DRILL]).wall_s for _ in range(times + 1)][1:]
    found = [
        Figure("sim --help, median", median(helps), "ms", most=150),
        Figure("sim validate, median", median(checks), "ms", most=500),
    ]
    return found if size == QUICK else [*found, *_first_run()]


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
