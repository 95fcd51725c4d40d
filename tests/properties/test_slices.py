"""What a reducer is told does not depend on where the journal is cut into slices."""

from pathlib import Path
from unittest.mock import patch

import pytest

from sim.journal.recorder import Slice
from sim.spec.models import Scenario
from sim.spec.resolve import load, resolve
from sim.trial import run
from sim.world import World
from tests.oracle.generate import case
from tests.oracle.path.generate import case as path_case

TINIEST, TINY, SMALL, USUAL, HUGE = 1101, 1400, 2300, 65_536, 1 << 19  # at 1101 nearly every record is a slice
SLICES = Path(__file__).parent / "cases" / "slices.yaml"
CLOCKS = ("end_ns", "commit_ns", "at_ns")


def room(rows: int):
    """Give the circle's output so many rows."""
    return patch("sim.models.workload.OUTPUT_ROWS", rows)


def told(scenario: Scenario, seed: int, *, trial: int = 0) -> tuple:
    """Return everything that a run says of itself but how long it took."""
    found = run(scenario, seed=seed, trial=trial)
    return found.figures, found.faults, found.exit_code, found.journal_digest, found.milestones


@pytest.mark.parametrize("trial", [5, 16, 20])
def test_a_failover_long_after_the_loss_has_figures(trial):
    """A slice that ends soon after a control is not behind what the control has looked at; figures are the
    same with little room."""
    scenario = resolve(load(str(SLICES)))
    usual = told(scenario, 0, trial=trial)
    with room(40_000 + trial):
        assert told(scenario, 0, trial=trial) == usual


@pytest.mark.parametrize("number", [3, 8, 14, 21, 33])
@pytest.mark.parametrize("generated", [case, path_case], ids=["databases", "path"])
def test_figures_do_not_depend_on_the_size_of_the_buffers(generated, number):
    """With one slice a record, with many and with one for all, a run says the same."""
    one = generated(number)
    usual = told(one.scenario, one.seed)
    for rows in (TINIEST, TINY, SMALL, HUGE):
        with room(rows):
            assert told(one.scenario, one.seed) == usual, rows


@pytest.mark.parametrize("number", [1, 4, 10, 24, 30])
@pytest.mark.parametrize("generated", [case, path_case], ids=["databases", "path"])
def test_a_slice_has_all_rows_before_its_end_and_none_after(generated, number):
    """Whatever has been pulled meanwhile, each row is in the slice in which its time lies."""
    one = generated(number)
    slices: list[Slice] = []
    with room(TINY):
        world = World(one.scenario, seed=one.seed, trial=0, fold=slices.append)
        world.run(one.scenario.duration, pulls=one.pulls)
    since = dict.fromkeys(one.scenario.databases, 0)
    assert len(slices) > len(since)
    for part in slices:
        assert part.until_ns >= since[part.domain]
        assert {name: rows for name, rows in _outside(part, since[part.domain])} == {}
        since[part.domain] = part.until_ns


def _outside(part: Slice, since: int):
    """Yield (table, times) of the rows of a slice that lie before ``since`` or not before its end."""
    for name, table in part.tables.items():
        for clock in CLOCKS:
            times = table.get(clock)
            if times is not None and not name.startswith("void/"):
                wrong = times[(times < since) | (times >= part.until_ns)]
                if len(wrong):
                    yield name, (since, part.until_ns, wrong.tolist()[:5])
