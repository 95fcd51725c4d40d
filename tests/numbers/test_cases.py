"""Numbers that once killed, hung or misled a run: each is refused at its place, or gives the right answer."""

from pathlib import Path

import pytest

from sim.core.budget import DEFAULT, parse_budget
from sim.core.errors import SpecError
from sim.estimate.admission import refusal
from sim.estimate.estimate import estimate
from sim.report.document import plain
from sim.spec.resolve import load, resolve
from sim.trial import run

CASES = Path(__file__).parent / "cases"
WIDE, LONG = "level.window=1s", "databases.d.workload.sessions.length=1d"
IDLE = "databases.d.workload={writes: 0, reads: 1/h}"
SPIKE = "{kind: traffic_spike, factor: 1000000, at: 5s}"


def scenario(name: str, *sets: str):
    """Return one of the small scenarios, resolved."""
    return resolve(load(str(CASES / f"{name}.yaml"), sets=sets))


@pytest.mark.parametrize(
    ("name", "path", "line"),
    [
        ("x-bursty-both-0s", "databases.d.workload.arrivals.calm", 32),
        ("x-diurnal-step-0s", "databases.d.workload.arrivals.step", 32),
        ("x-session-length-0s", "databases.d.workload.sessions.length", 30),
        ("x-share-1e308-each", "clients.a.share", 17),
        ("x-failures-2-63", "databases.d.failover.failures", 30),
        ("x-spike-1e308", "faults.g.factor", 40),
    ],
)
def test_a_number_that_has_no_meaning_is_an_error_at_its_place(name, path, line):
    """Zero steps and lengths, and numbers beyond counting, are told with their line."""
    with pytest.raises(SpecError) as caught:
        scenario(name)
    assert (caught.value.problems[0].path, caught.value.problems[0].line) == (path, line)


@pytest.mark.parametrize(("name", "writes"), [("y-w-1e-6-d", 0), ("y-w-1e-8-d", 0)])
def test_a_rate_of_once_in_many_years_writes_nothing(name, writes):
    """One write in a million days, and in a hundred million: none in thirty seconds."""
    assert run(scenario(name)).performance.writes == writes


def test_a_rate_of_next_to_nothing_stays_so_under_a_spike():
    """A gap that never ends is taken up anew at the new rate: a million times next to nothing is nothing."""
    spike = "faults={s: {kind: traffic_spike, factor: 1000000, at: 1s, duration: 20s}}"
    assert run(scenario("y-w-1e-8-d", spike)).performance.writes == 0


def test_a_spike_of_next_to_nothing_stops_the_load_and_gives_it_back():
    """From 3 s to 13 s of 30 s nothing is sent; before and after, as much as without it, but for luck."""
    figures = plain(run(scenario("y-spike-1e-13")).figures)["recovery"]
    sent = sum(figures[f"d.{kind}"]["operations"] for kind in ("read", "write"))
    assert abs(sent - 2 * 20 * 20) < 5 * (2 * 20 * 20) ** 0.5


@pytest.mark.parametrize(
    ("sets", "path", "words"),
    [
        ((), "level.window", "of memory"),
        ((WIDE, "databases.d.workload.reads=250M/s"), "databases.d.workload.reads", "of memory"),
        ((WIDE, "gateway.check.interval=8ns", "gateway.check.timeout=1ns"), "gateway.check.interval", "work"),
        ((WIDE, f"faults={{g: {SPIKE}}}"), "faults.g.factor", "of memory"),
        ((WIDE, LONG, "duration=2000d"), "databases.d.workload.writes", "rows"),
        ((WIDE, LONG, IDLE, "duration=10000d", "sla=null"), "databases.d.failover.interval", "work"),
    ],
)
def test_what_would_fill_the_memory_or_never_end_is_refused_with_its_cause(sets, path, words):
    """Windows, loads, probes, spikes and lengths: the estimate names the field that is to blame."""
    problem = refusal(estimate(scenario("x-window-1ns", *sets)), DEFAULT)
    assert problem is not None and problem.path == path and words in problem.why


def test_a_budget_admits_what_was_refused():
    """Rows and memory are raised each by itself."""
    found = estimate(scenario("x-window-1ns"))
    assert refusal(found, parse_budget(("1e13",))) is not None
    assert refusal(found, parse_budget(("8TiB",))) is None or found.work > DEFAULT.rows_most
    assert refusal(found, parse_budget(("1e13", "8TiB"))) is None


def test_a_hundred_million_writes_are_admitted():
    """The reference platform makes as many in 56 hours."""
    scenarios = Path(__file__).parents[2] / "scenarios"
    retail = resolve(load(str(scenarios / "platforms" / "retail.yaml"), sets=["duration=56h"]))
    assert refusal(estimate(retail), DEFAULT) is None
