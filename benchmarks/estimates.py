"""``python -m benchmarks.estimates [NAME...]``: what runs were expected to take, and what they took.

Every shipped scenario (or those named) is run as a whole warm process on one core. Ends with 1 if a number of
rows or a peak of memory is off by more than a factor of 2, or a processor time by more than 3.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.process import SIM, timed

SCENARIOS = ROOT / "scenarios"
OFF = (2.0, 2.0, 3.0)
EXPECTED = """
import sys
from sim.estimate.estimate import estimate
from sim.spec.resolve import load, resolve
found = estimate(resolve(load(sys.argv[1])))
print(found.row_count, found.memory_bytes, found.seconds)
"""
HEAD = f"{'scenario':34} {'rows':>13} {'of':>13} {'GiB':>6} {'of':>6} {'s':>7} {'of':>7}"


def main(names: list[str]) -> int:
    """Print a line for each scenario; return whether one is off."""
    print(HEAD)
    return max(_line(path) for path in _paths(names))


def _paths(names: list[str]) -> list[Path]:
    found = sorted(SCENARIOS.glob("*/*.yaml"))
    return [path for path in found if not names or path.stem in names]


def _line(path: Path) -> int:
    """Print what a scenario was expected to take and what it took; return 1 if that is too far off."""
    expected, took = _expected(path), _took(path)
    cells = [(f"{expected[0]:13,.0f}", f"{took[0]:13,.0f}")]
    cells += [(f"{a / 2**30:6.2f}", f"{b / 2**30:6.2f}") for a, b in [(expected[1], took[1])]]
    cells += [(f"{expected[2]:7.1f}", f"{took[2]:7.1f}")]
    ratios = [max(a / b, b / a) for a, b in zip(expected, took, strict=True)]
    off = any(ratio > most for ratio, most in zip(ratios, OFF, strict=True))
    print(f"{path.stem:34} {' '.join(' '.join(pair) for pair in cells)}{'  off' if off else ''}", flush=True)
    return int(off)


def _expected(path: Path) -> tuple[float, float, float]:
    """Return the expected rows, bytes and seconds; another process finds them, this one stays small."""
    found = timed([sys.executable, "-c", EXPECTED, str(path)]).stdout
    rows, memory_bytes, seconds = map(float, found.split())
    return rows, memory_bytes, seconds


def _took(path: Path) -> tuple[float, float, float]:
    """Return the rows, the peak of memory in bytes and the processor time in s of one run."""
    with tempfile.TemporaryDirectory() as out:
        run = timed([*SIM, "run", str(path), "--json", "--quiet", "--out", out], ok=(0, 1, 3))
    return json.loads(run.stdout)["performance"]["rows"], run.peak_rss_bytes, run.cpu_s


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
