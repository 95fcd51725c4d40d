"""The engine gives what a record-by-record simulation gives, to the nanosecond, under every fault and
whatever the pull times."""

import pytest

from sim.core.distributions import constant
from sim.spec.faults.kinds import TrafficSpike
from sim.spec.model import S
from sim.spec.resolve import resolve
from sim.spec.store.workload import Trace
from sim.trial import run_tables

from .compare import compare
from .generate import NEWER, case
from .kept import CASES
from .kept import difference as kept_difference
from .numbers import DATABASES, SAMPLE, chunks
from .sides import Case, both
from .suite import difference, exercised
from .twin import run_twin

KEPT = sorted(CASES.glob("*.yaml"))


@pytest.mark.parametrize("numbers", chunks(DATABASES), ids=lambda some: f"cases-{some[0]}-{some[-1]}")
def test_the_engine_equals_the_twin(numbers):
    """Every table, every milestone, and which faults took effect, are the twin's in generated scenarios."""
    found = [difference(number)[0] for number in numbers]
    differences = [text for text in found if text]
    assert not differences, "\n".join(differences)


def test_the_engine_equals_the_twin_where_replicas_crash():
    """So it does when replicas die, at a promotion or at any time; most of these faults take effect."""
    fired = []
    for one in (one for one in map(case, range(NEWER, NEWER + 40)) if _replica_crashes(one)):
        found, twin = both(one, little=one.number % 2 == 0)
        assert found is None, f"case {one.number}: {found}"
        fired += [twin.fired[name] for name in _replica_crashes(one)]
    assert len(fired) > 15 and sum(fired) > 0.5 * len(fired)


def _replica_crashes(one: Case) -> list[str]:
    return [name for name, fault in one.scenario.faults.items() if fault.kind == "replica_crash"]


def test_the_suite_exercises_what_it_claims():
    """The generated cases reach rate changes in service, ties, overlaps, retries at failovers, cuts in
    promotions, pulls, and what is beyond the usual platform, often enough."""
    tally = exercised(DATABASES[:SAMPLE])
    print("\n".join(f"{count:>12,} {name}" for name, count in tally.counts().items()))
    assert not tally.lacking(), tally.counts()


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_case_that_was_kept_stays_right(file):
    """What differed once, or what a user saw, is the same on both sides, with much room and with little."""
    assert kept_difference(file) is None


def test_a_trace_is_followed_to_the_nanosecond(tmp_path):
    """Operations from a file, with equal times, two kinds and two clients, are the same on both sides;
    spikes do not touch them."""
    rows = [
        f"{0.01 * (i * i % 97):.2f},{('ams', 'fra')[i % 3 == 0]},{('read', 'write')[i % 2]}"
        for i in range(300)
    ]
    file = tmp_path / "trace.csv"
    file.write_text("time_s,client,kind\n" + "\n".join(rows) + "\n")
    base = next(
        one
        for one in map(case, range(50))
        if {"ams", "fra"} <= set(one.scenario.clients) and len(one.scenario.databases) == 2
    )
    traced, other = sorted(base.scenario.databases)
    database = base.scenario.databases[traced]
    workload = database.workload.model_copy(
        update={"arrivals": Trace(file=str(file)), "reads": 0.0, "writes": 0.0}
    )
    databases = {
        other: base.scenario.databases[other],
        traced: database.model_copy(update={"workload": workload}),
    }
    spike = TrafficSpike(kind="traffic_spike", factor=3.0, at=constant(S))
    scenario = resolve(base.scenario.model_copy(update={"databases": databases, "faults": {"spike": spike}}))
    twin = run_twin(scenario, 5)
    assert len(twin.tables[traced]["ops"]["rid"]) == 300
    assert compare(run_tables(scenario, 5)["tables"], twin.tables) is None
