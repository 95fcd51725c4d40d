"""The drill as a whole warm process: three regions, four domains, two simulated hours, every measure on."""

import json
import tempfile
from statistics import median

from benchmarks.figure import QUICK, Figure
from benchmarks.process import GIB, SIM, Run, timed

DRILL = "scenarios/drills/lose-primary-region.yaml"
VERDICTS = (0, 1, 3)  # pass, fail, inconclusive: all of them are runs
TIMES = 5


def simulate(*words: str, env: dict[str, str | None] | None = None) -> Run:
    """Run the drill, changed by further words of the command line; its stdout is one JSON document."""
    with tempfile.TemporaryDirectory() as out:
        return timed([*SIM, "run", DRILL, "--json", "--out", out, *words], ok=VERDICTS, env=env)


def measure(size: str) -> list[Figure]:
    """Return the wall times of several runs after one that warms up."""
    words = ("--set", "duration=45m") if size == QUICK else ()
    simulate(*words)
    runs = [simulate(*words) for _ in range(2 if size == QUICK else TIMES)]
    walls = [run.wall_s for run in runs]
    said = json.loads(runs[-1].stdout)["performance"]
    return [
        Figure("drill, least", min(walls), "s"),
        Figure("drill, median", median(walls), "s", most=6.0, aim=4.0),
        Figure("drill, most", max(walls), "s"),
        Figure("drill, processor time", min(run.cpu_s for run in runs), "s"),
        Figure("drill, peak memory", max(run.peak_rss_bytes for run in runs) / GIB, "GiB", most=1.0),
        Figure("drill, writes", said["writes"]),
        Figure("drill, stage operations", said["stage_operations"]),
        Figure("drill, stage operations a second", said["stage_operations"] / min(walls)),
    ]
