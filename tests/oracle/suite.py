"""The generated suite: run cases on both sides, sum what they exercised, report.

``python -m tests.oracle.suite 0 3000`` runs many.
"""

import os
import sys
from collections import Counter
from dataclasses import dataclass, field, fields
from unittest.mock import patch

from sim.engine.log import DROP_AT
from sim.models.workload import OUTPUT_ROWS
from sim.trial import run_tables
from sim.world import ALL

from .compare import compare, compare_milestones
from .coverage import Coverage
from .generate import CURSORS, Case, case
from .twin import run_twin

CASES = int(os.environ.get("SIM_ORACLE_CASES", "300"))  # ``make oracle`` asks for thousands
REQUIRED = 50  # the least number of times that a suite must exercise what matters
MUST_EXERCISE = (
    "rate_changes",
    "overlapping_faults",
    "retries_at_failover",
    "cuts_in_promotion",
    "traces",
    "empirical",
    *(f"pulls_{cursor}" for cursor in (*CURSORS, "all")),
)
TIED_SHARE = 0.3


@dataclass(slots=True)
class Tally:
    """What a suite exercised."""

    cases: int = 0
    tied_cases: int = 0
    contents: Counter[str] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)

    def add(self, one: Case, coverage: Coverage) -> None:
        """Count one case."""
        self.cases += 1
        self.tied_cases += coverage.ties > 0
        self.contents.update(contents(one))
        self.coverage.add(coverage)

    def counts(self) -> dict[str, int]:
        """Return every count by name."""
        exercised = {f.name: getattr(self.coverage, f.name) for f in fields(Coverage)}
        return {"cases": self.cases, "tied_cases": self.tied_cases, **self.contents, **exercised}

    def lacking(self) -> list[str]:
        """Return what was not exercised often enough."""
        counts = self.counts()
        few = [name for name in MUST_EXERCISE if counts.get(name, 0) < REQUIRED]
        return few + (["tied_cases"] if self.tied_cases < TIED_SHARE * self.cases else [])


def contents(one: Case) -> Counter[str]:
    """Return what counts of a case by itself: pulls, by cursor; a trace; an empirical distribution.

    Of a node's flow only pulls at replicas count.
    """
    found: Counter[str] = Counter()
    databases = one.scenario.databases
    for _, name in one.pulls:
        if name == ALL:
            found["pulls_all"] += 1
            continue
        store, *node, cursor = name.split("/")
        found[f"pulls_{cursor}"] += cursor in ("circle", "reads") or node[0] in databases[store].replicas
    found["traces"] += any(database.workload.arrivals.kind == "trace" for database in databases.values())
    found["empirical"] += "kind='empirical'" in repr(one.scenario)
    return found


def _engine(one: Case, *, small: bool) -> dict:
    """Run the engine; ``small``: with little room, so that it often hands rows over and drops them."""
    rows, least = (2300, 1) if small else (OUTPUT_ROWS, DROP_AT)
    with patch("sim.models.workload.OUTPUT_ROWS", rows), patch("sim.engine.log.DROP_AT", least):
        return run_tables(one.scenario, one.seed, pulls=one.pulls)


def difference(number: int) -> tuple[str | None, Coverage]:
    """Run one case on both sides; return the first difference (None if there is none) and what the case
    exercised."""
    one = case(number)
    twin = run_twin(one.scenario, one.seed)
    engine = _engine(one, small=number % 3 == 0)
    found = compare(engine["tables"], twin.tables)
    if found is None:
        milestones = [(m.kind, m.at_ns, m.subject) for m in engine["milestones"]]
        found = compare_milestones(milestones, twin.milestones)
    return found and f"case {number} ({one.style}, pulls {one.pulls}): {found}", twin.coverage


def exercised(numbers: range) -> Tally:
    """Run the twin alone over cases and return what they exercise."""
    tally = Tally()
    for number in numbers:
        one = case(number)
        tally.add(one, run_twin(one.scenario, one.seed).coverage)
    return tally


def main(first: int, last: int) -> int:
    """Compare cases [first, last); print differences and counts; return how many differ."""
    tally = Tally()
    differing = 0
    for number in range(first, last):
        found, coverage = difference(number)
        tally.add(case(number), coverage)
        if found:
            differing += 1
            print(found, flush=True)
    print(f"{differing} of {last - first} cases differ")
    print("\n".join(f"{count:>12,} {name}" for name, count in tally.counts().items()))
    lacking = tally.lacking()
    if lacking:
        print(f"exercised too seldom: {', '.join(lacking)}")
    return differing + len(lacking)


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2])) else 0)
