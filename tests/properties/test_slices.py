"""What a reducer is told does not depend on where the journal is cut into slices."""

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from sim.journal.recorder import Slice
from sim.spec.resolve import load, resolve
from sim.spec.scenario import Scenario
from sim.trial import run
from sim.world import World
from tests.oracle.generate import case
from tests.oracle.platform.generate import case as path_case

TINIEST, TINY, HUGE = 1101, 1400, 1 << 18  # 1,100 rows of them must be free
SLICES = Path(__file__).parent / "cases" / "slices.yaml"
CLOCKS = ("end_ns", "commit_ns", "at_ns")
# What records write; a control at the very end of a slice has acted, the records of that moment come after.
RECORDS = ("ops", "commits", "sent", "received", "applied", "bus", "consumed", "skipped", "handled", "dead")


def room(rows: int):
    """Give the circle's output so many rows."""
    return patch("sim.engine.circle.building.OUTPUT_ROWS", rows)


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
    with room(20_000):
        assert told(scenario, 0, trial=trial) == usual


@pytest.mark.parametrize(("generated", "number"), [(case, 3), (case, 8), (case, 14), (path_case, 8)])
def test_figures_do_not_depend_on_the_size_of_the_buffers(generated, number):
    """With one slice a record, with many and with one for all, a run says the same."""
    one = generated(number)
    usual = told(one.scenario, one.seed)
    for rows in (TINIEST, TINY, HUGE):
        with room(rows):
            assert told(one.scenario, one.seed) == usual, rows


@pytest.mark.parametrize(
    ("generated", "number"), [(case, 1), (case, 4), (case, 10), (path_case, 1), (path_case, 24)]
)
def test_a_slice_has_all_rows_before_its_end_and_none_after(generated, number):
    """Whatever has been pulled meanwhile, each row is in the slice in which its time lies."""
    one = generated(number)
    slices: list[Slice] = []
    with room(TINIEST):
        world = World(one.scenario, seed=one.seed, trial=0, fold=slices.append)
        world.run(one.scenario.duration, pulls=one.pulls)
    since = dict.fromkeys(one.scenario.databases, 0)
    assert len(slices) > len(since)
    for part in slices:
        assert since[part.domain] <= part.until_ns
        assert dict(_outside(part, since[part.domain])) == {}
        since[part.domain] = part.until_ns


def _outside(part: Slice, since: int):
    """Yield (table, times) of the rows of a slice that lie before ``since`` or after its end."""
    for name, table in part.tables.items():
        end = part.until_ns - (name.split("/")[0] in RECORDS)
        for clock in () if name.startswith("void/") else CLOCKS:
            times = table.get(clock, np.zeros(0, np.int64))
            wrong = times[(times < since) | (times > end)]
            if len(wrong):
                yield name, (since, part.until_ns, wrong.tolist()[:5])
