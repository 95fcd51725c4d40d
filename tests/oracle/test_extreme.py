"""Numbers at the ends of what a scenario may say: the engine still does what the twin does."""

import pytest

from sim.trial import run_tables

from .compare import compare, compare_milestones
from .extreme import extreme
from .generate import Case, case
from .platform.generate import case as path_case
from .twin import run_twin

CASES = 12


@pytest.mark.parametrize("number", range(CASES))
@pytest.mark.parametrize("make", [case, path_case], ids=["stores", "paths"])
def test_extreme_numbers_are_the_same_on_both_sides(make, number):
    """Every table and every milestone of the engine equals the twin's where durations never end."""
    found = difference(extreme(make(number)))
    assert found is None, found


def difference(one: Case) -> str | None:
    """Return the first difference between the engine and the twin."""
    engine, twin = run_tables(one.scenario, one.seed, pulls=one.pulls), run_twin(one.scenario, one.seed)
    milestones = [(m.kind, m.at_ns, m.subject) for m in engine["milestones"]]
    return compare(engine["tables"], twin.tables) or compare_milestones(milestones, twin.milestones)
