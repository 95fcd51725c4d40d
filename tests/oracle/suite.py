"""The generated suite: run cases on both sides, sum what they exercised, report.

``python -m tests.oracle.suite 0 3000`` runs many.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from sim.core.distributions import Distribution
from sim.spec.model import S
from sim.spec.scenario import Scenario
from sim.world import ALL

from .coverage import Coverage
from .generate import CURSORS, case
from .kept import keep
from .numbers import KEPT
from .sides import Case, both
from .twin import run_twin

OFTEN, SELDOM, RARE = 50, 20, 5
MUST_EXERCISE = {
    **dict.fromkeys(
        (
            "rate_changes",
            "overlapping_faults",
            "retries_at_failover",
            "cuts_in_promotion",
            "blocked",
            "traces",
            "empirical",
            "two regions",
            "reads at the primary",
            "loads that change",
            "faults that never heal",
            "faults that take the data",
            "several faults on one node",
            *(f"pulls_{cursor}" for cursor in (*CURSORS, "all")),
        ),
        OFTEN,
    ),
    **dict.fromkeys(("refused_for_lag", "down_at_end", "half_done_at_end", "long outages"), SELDOM),
    **dict.fromkeys(
        ("emptied_primaries_back", "decisions of minutes", "more than five regions", "ties of many streams"),
        1,
    ),
}
TIED_SHARE = 0.3
FIVE = 5


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
        few = [name for name, least in MUST_EXERCISE.items() if counts.get(name, 0) < least]
        return few + (["tied_cases"] if self.tied_cases < TIED_SHARE * self.cases else [])


def contents(one: Case) -> Counter[str]:
    """Return what counts of a case by itself: pulls, by cursor; kinds of platform, load and fault.

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
    found["empirical"] += "kind='empirical'" in repr(one.scenario)
    found.update(name for name, there in _platform(one.scenario).items() if there)
    found.update(name for name, there in _troubles(one.scenario).items() if there)
    return found


def _platform(scenario: Scenario) -> dict[str, bool]:
    databases = scenario.databases.values()
    arrivals = {database.workload.arrivals.kind for database in databases}
    many = len(scenario.regions) > FIVE
    return {
        "traces": "trace" in arrivals,
        "loads that change": bool(arrivals & {"diurnal", "bursty"}),
        "two regions": len(scenario.regions) == 2,
        "more than five regions": many,
        "ties of many streams": many and len(databases) > 1,
        "reads at the primary": any(database.reads == "primary" for database in databases),
        "decisions of minutes": any(database.failover.decision.mean > 60 * S for database in databases),
    }


def _troubles(scenario: Scenario) -> dict[str, bool]:
    faults = scenario.faults.values()
    nodes = Counter(getattr(fault, "region", None) for fault in faults)
    del nodes[None]
    lasting = [fault.duration.mean for fault in faults if isinstance(fault.duration, Distribution)]
    return {
        "faults that never heal": any(fault.duration is None for fault in faults),
        "faults that take the data": any(getattr(fault, "data", None) == "lost" for fault in faults),
        "several faults on one node": max(nodes.values(), default=0) > 1,
        "long outages": max(lasting, default=0.0) > 0.3 * scenario.duration,
    }


def difference(number: int) -> tuple[str | None, Coverage]:
    """Run one case on both sides; return the first difference (None if there is none) and what the case
    exercised. A case that differs is kept."""
    one = case(number)
    found, twin = both(one, little=number % 2 == 0)
    if found is None:
        return None, twin.coverage
    return f"case {number} ({one.style}, {keep(one, KEPT, found)}): {found}", twin.coverage


def exercised(numbers: Iterable[int]) -> Tally:
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
