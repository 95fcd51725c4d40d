"""The generated suite of data paths: run cases on both sides, sum what they exercised, report.

``python -m tests.oracle.path.suite 0 3000`` runs many.
"""

import os
import sys
from collections import Counter
from unittest.mock import patch

from sim.engine.log import DROP_AT
from sim.models.workload import OUTPUT_ROWS
from sim.trial import run_tables

from ..compare import compare, compare_milestones
from ..twin import run_twin
from .generate import case

CASES = int(os.environ.get("SIM_ORACLE_PATHS", "200"))


def difference(number: int) -> tuple[str | None, Counter[str]]:
    """Run one case on both sides; return the first difference (None if there is none) and what the case
    exercised."""
    one = case(number)
    twin = run_twin(one.scenario, one.seed)
    rows, least = (2300, 1) if number % 3 == 0 else (OUTPUT_ROWS, DROP_AT)
    with patch("sim.models.workload.OUTPUT_ROWS", rows), patch("sim.engine.log.DROP_AT", least):
        engine = run_tables(one.scenario, one.seed, pulls=one.pulls)
    found = compare(engine["tables"], twin.tables)
    if found is None:
        milestones = [(m.kind, m.at_ns, m.subject) for m in engine["milestones"]]
        found = compare_milestones(milestones, twin.milestones)
    return found and f"path case {number} ({one.style}, pulls {one.pulls}): {found}", Counter(twin.path)


def exercised(numbers: range) -> Counter[str]:
    """Run the twin alone over cases and return what they exercise."""
    total: Counter[str] = Counter()
    for number in numbers:
        one = case(number)
        total.update(run_twin(one.scenario, one.seed).path)
    return total


def main(first: int, last: int) -> int:
    """Compare cases [first, last); print differences and counts; return how many differ."""
    total: Counter[str] = Counter()
    differing = 0
    for number in range(first, last):
        found, counts = difference(number)
        total.update(counts)
        if found:
            differing += 1
            print(found, flush=True)
    print(f"{differing} of {last - first} cases differ")
    print("\n".join(f"{count:>12,} {name}" for name, count in sorted(total.items())))
    return differing


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2])) else 0)
