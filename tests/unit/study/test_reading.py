"""Reading the tables of a study again: what went in comes out, in its trial's place."""

import numpy as np
import pytest

from sim.studies.figures import TrialFigures, named
from sim.studies.reading import trials_of
from sim.studies.rows import Measured, Part, failed
from sim.studies.tables import StudyTables
from tests.unit.study.made import judged, scenario

NAMES = [named([("recovery.rta_s", "orders.write", "s"), ("loss.records", "orders", "count")])]
NAMES += [named([("loss.records", "orders", "count")])]


def part(point, trial, names, values):
    """One trial: both objectives from its values, and the figures."""
    rows = {"trials": [[point, trial, 0, "pass", 0, 0, "", None]], "objectives": []}
    for name in ("rto", "rpo"):
        rows["objectives"].append(
            [point, trial, name, "m", "of", "s", *judged(scenario().sla[name], values[0])]
        )
    wide = ((0, np.inf),) if len(values) > 1 else ()
    return Part(rows, [Measured(point, trial, TrialFigures(names, np.array(values), wide))])


@pytest.fixture
def folder(tmp_path):
    """Two points of three trials: the second trial of the first point broke, others have fewer figures."""
    with StudyTables(tmp_path) as tables:
        tables.add(part(0, 0, NAMES[0], [80.0, 3.0]))
        tables.add(Part(failed("E: x", scenario(), point=0, trial=1, seed=0)))
        tables.add(part(0, 2, NAMES[1], [200.0]))
        for trial in range(3):
            tables.add(part(1, trial, NAMES[1], [float(trial)]))
    return tmp_path


def test_trials_come_back_in_their_places(folder):
    """Verdicts, bounds and units of each point; a trial without a figure, or that broke, has none."""
    first, second = trials_of(folder)
    assert first.verdicts == ("pass", "error", "pass")
    assert first.objectives["rto"].verdicts == ("met", "undecided", "missed")
    assert first.objectives["rto"].ends.known().lows.tolist() == [80.0, 200.0]
    rta = first.figures["recovery.rta_s", "orders.write"]
    assert (rta.lows[0], rta.highs[0]) == (80.0, np.inf)
    assert np.isnan(rta.lows[1:]).all()
    assert first.figures["loss.records", "orders"].known().lows.tolist() == [3.0, 200.0]
    assert first.units["recovery.rta_s", "orders.write"] == "s"
    assert second.figures["loss.records", "orders"].lows.tolist() == [0.0, 1.0, 2.0]


def test_only_the_figures_asked_for_are_read(folder):
    """Of a thousand trials a page needs a few of some hundred figures."""
    (first, _) = trials_of(folder, metrics=["loss.records"])
    assert list(first.figures) == [("loss.records", "orders")]
    assert trials_of(folder, metrics=[])[0].figures == {}
