"""Runs whose objectives nothing puts to the test: what the verdict says of them, from end to end."""

from pathlib import Path
from typing import Any

import pytest

from sim.outcome import Outcome
from sim.spec.resolve import load, resolve
from sim.trial import run
from tests.theory.one_store import scenario

CASES = Path(__file__).parent / "cases"
SLA = {
    "back": {"metric": "rta", "of": "orders.write", "must": "<= 5m"},
    "quick": {"metric": "latency_p99", "of": "orders.write", "must": "<= 1s"},
    "down": {"metric": "downtime", "of": "orders.write", "must": "<= 5m"},
}


def rare_writes(at: str, **more: Any) -> Outcome:
    """Return a run with a write every 10 s, and a crash of two seconds."""
    crash = {"kind": "db_crash", "database": "orders", "at": at, "duration": "2s", **more}
    orders = {"workload": {"writes": "0.1/s", "retry": {"attempts": 20}}, "failover": {"restart": "1s"}}
    patch = {"sla": SLA, "level": {"hold": "10s"}, "duration": "70s"}
    return run(scenario(patch, orders=orders, crash=crash))


def test_a_crash_between_two_writes_tests_no_objective():
    """Down from 20.9 s to 23.9 s while writes come at 20 s and 30 s: nothing was measured.

    Probes met the crash, so that it took effect.
    """
    outcome = rare_writes("20900ms")
    assert outcome.faults["crash"].fired
    assert [(o.verdict, o.why) for o in outcome.objectives] == [("undecided", "nothing to measure")] * 3
    assert (outcome.verdict, outcome.exit_code) == ("inconclusive", 3)
    said = "Nothing was asked of orders.write while faults lasted: no objective on how it did is met."
    assert said in outcome.trust


def test_a_crash_that_a_write_meets_tests_them_all():
    """Down from 19 s on: the write of 20 s is refused at first, and answered when the node is back."""
    outcome = rare_writes("19s")
    assert {o.id: o.verdict for o in outcome.objectives} == {
        "back": "met", "down": "met", "quick": "missed",
    }  # fmt: skip
    assert not any("Nothing was asked" in line for line in outcome.trust)


def test_a_crash_of_which_the_start_is_drawn_is_no_different():
    """The measures know when it began from the journal, not from the scenario."""
    drawn = {"uniform": ["20500ms", "20900ms"]}
    outcome = rare_writes(drawn, probability=1)
    assert [o.verdict for o in outcome.objectives] == ["undecided"] * 3


def test_without_a_fault_the_whole_run_is_the_test():
    """A crash that was not drawn is as if it were not in the scenario."""
    outcome = rare_writes("20900ms", probability=1e-9)
    assert outcome.faults["crash"].status == "not_drawn"
    assert [o.verdict for o in outcome.objectives] == ["met"] * 3


@pytest.mark.parametrize("name", ["read", "sales"])
def test_an_insight_named_read_is_an_insight(name):
    """Its freshness is that of an insight with any other name, and the objective on it is judged."""
    path, sets = CASES / "insight-named-read.yaml", ["duration=15m"]
    if name != "read":
        sets += [f"insights.{name}={{reads: [kv], regions: [b], refresh: 7s, fresh: 10m}}"]
        sets += ["insights.read=null", f"sla.reads.of=dashboard.{name}"]
    outcome = run(resolve(load(str(path), sets=sets)))
    (judged,) = outcome.objectives
    assert (judged.of, judged.verdict) == (f"dashboard.{name}", "met")
    assert 60 < judged.value < 300, "two jobs of a minute, and their copy"
