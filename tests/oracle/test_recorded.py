"""The engine and the twin read recorded loads each by itself, from the contract, and send the same."""

from collections import Counter

import pytest

from sim.models.store.recorded_load import arrivals
from sim.spec.store.workload import Trace

from .generate import TRACED, case
from .trace import times_of

CASES = range(4, 4 + 120 * TRACED, TRACED)
LEAST = 10


def recorded(number):
    """The scenario and the name of the store that follows a recorded load."""
    scenario = case(number).scenario
    return scenario, next(
        name for name, database in scenario.databases.items() if database.workload.arrivals.kind == "trace"
    )


@pytest.fixture(scope="module")
def cases():
    """All cases, made once."""
    return [recorded(number) for number in CASES]


def test_both_read_every_file_alike(cases):
    """Times of every stream are equal to the nanosecond, in every form that a file can have."""
    for scenario, name in cases:
        engine = {stream: times.tolist() for stream, times in arrivals(scenario, name).items() if times.size}
        twin = {
            f"{name}/{client}/{kind}": times for (client, kind), times in times_of(scenario, name).items()
        }
        assert engine == twin, scenario.databases[name].workload.arrivals


def test_the_files_have_every_form(cases):
    """Each field, unit and kind of file is in enough of the cases."""
    seen = Counter()
    for scenario, name in cases:
        trace = scenario.databases[name].workload.arrivals
        seen.update(f for f in Trace.model_fields if getattr(trace, f) != Trace.model_fields[f].default)
        seen["packed"] += trace.file.endswith(".gz")
        seen["parquet"] += trace.file.endswith(".parquet")
    wanted = {*Trace.model_fields, "packed", "parquet"} - {"kind", "file", "sha256"}
    assert {form: seen[form] for form in wanted if seen[form] < LEAST} == {}
