"""What a study keeps of figures: in memory, on disk and as text, against plain lists of them."""

import json

import numpy as np
import pytest

from sim.studies.batch import read, written
from sim.studies.columns import BLOCK, Columns
from sim.studies.figures import TrialFigures, figures_of, named
from sim.studies.rows import Measured, Part
from sim.studies.tables import StudyTables
from tests.records import figures
from tests.unit.stats.test_coverage import draws

NAMES = [("m", str(i)) for i in range(7)]


@pytest.mark.parametrize("trials", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3])
def test_a_column_has_each_number_in_the_place_of_its_trial(tmp_path, trials):
    """Names come and go, and whole blocks of trials have none of a name."""
    generator = draws(trials)
    columns = Columns(tmp_path)
    plain = {name: np.full(trials, np.nan) for name in [*NAMES, ("no", "where")]}
    for trial in range(trials):
        if BLOCK < trial < 3 * BLOCK:  # all broke
            continue
        known = NAMES[: 1 + trial * len(NAMES) // trials]
        chosen = [name for name in known if generator.random() < 0.7]
        values = generator.random(len(chosen))
        columns.put(trial, columns.places(chosen), values)
        for name, value in zip(chosen, values, strict=True):
            plain[name][trial] = value
    for name, column in plain.items():
        np.testing.assert_array_equal(columns.column(name, trials), column)
    assert list(tmp_path.iterdir()) == []  # its file has no name


def test_memory_does_not_grow_with_the_trials(tmp_path):
    """All blocks but one are in the file."""
    columns = Columns(tmp_path)
    places = columns.places(NAMES)
    for trial in range(20 * BLOCK):
        columns.put(trial, places, np.zeros(len(NAMES)))
    assert columns._block.shape == (len(NAMES), BLOCK)


def test_a_batch_reads_as_it_was_written():
    """Also where a trial has other figures than its neighbours, and where only some trials are wanted."""
    both, one = named([("m", "x", "s"), ("n", "x", "count")]), named([("n", "x", "count")])
    measured = [
        Measured(0, 0, TrialFigures(both, np.array([0.1, 2.0]), ((1, np.inf),))),
        Measured(0, 1, TrialFigures(both, np.array([np.nan, 1e300]), ())),
        Measured(0, 2, TrialFigures(one, np.array([4.0]), ((0, 4.5),))),
    ]
    text, names = written({"trials": [[0, trial, "pass"] for trial in range(3)]}, measured)
    assert len(names) == 2
    of = {key: named(json.loads(found)) for key, found in names.items()}
    part = read(text, first=0, last=9, names=of.__getitem__)
    for found, wanted in zip(part.measured, measured, strict=True):
        assert found[:2] == wanted[:2]
        assert found.figures.names is wanted.figures.names
        assert found.figures.wide == wanted.figures.wide
        np.testing.assert_array_equal(found.figures.values, wanted.figures.values)
    np.testing.assert_array_equal(part.measured[0].figures.highs(), [0.1, np.inf])
    np.testing.assert_array_equal(part.measured[2].figures.highs(), [4.5])
    some = read(text, first=1, last=2, names=of.__getitem__)
    assert [row[1] for row in some.rows["trials"]] == [m.trial for m in some.measured] == [1]
    assert read(text, first=0, last=9, names=None).measured == []


def test_every_number_of_a_trial_is_a_figure_named_by_its_path():
    """Some have bounds, the others are exact; what belongs to one run, or is no number, is left out."""
    still = {"rta_s": None, "censored_after_s": 9.0, "serving_again_s": None, "episodes": [{"rta_s": None}]}
    exact, whole = ({"low": end, "high": end, "reason": ""} for end in (0.5, None))
    wide = {"low": 3, "high": 8, "reason": "5 are out of reach"}
    lost = {
        "bounds": {"records": wide, "window_s": whole, "diverged": exact, "records_after_replay": exact},
        "where": [{"records": 5}],
    }
    found = figures_of(
        figures(
            recovery={
                "a.write": {**still, "phases": {"detect": 1.0}, "tested": True},
                "b.write": {"rta_s": 2.5, "censored_after_s": None, "caught_up_s": None, "chain": []},
            },
            loss={
                "a": {
                    **lost,
                    "records": 3,
                    "window_s": None,
                    "bytes": 7,
                    "window_over_s": 9.0,
                    "stranded_window_s": None,
                }
            },
            waterfall={"a": {"raw": {"lost": 2, "stranded": 0}, "bus": {"lost": 2, "stranded": 5}}},
            recovery_point={"age_s": 1.5, "age_stranded_s": None},
            exposure={"a": {"west": {"crash": {"records_max": 1}}}},
            consistency={"a": {"stale_fraction": 0.5, "read_your_writes": {"violations": 4}}},
        ),
        {"instances": 3.0},
    )
    values = dict(zip(found.names.all, found.values.tolist(), strict=True))
    known = {name: value for name, value in values.items() if not np.isnan(value)}
    unknown = ("recovery.serving_again_s", "a.write", "s"), ("recovery.caught_up_s", "b.write", "s")
    assert all(np.isnan(values[name]) for name in unknown)
    assert known == pytest.approx(
        {
            ("recovery.rta_s", "a.write", "s"): 9.0,
            ("recovery.rta_s", "b.write", "s"): 2.5,
            ("loss.records", "a", "count"): 3.0,
            ("loss.diverged", "a", "count"): 0.5,
            ("loss.bytes", "a", "bytes"): 7.0,
            ("consistency.stale_fraction", "a", "1"): 0.5,
            ("consistency.read_your_writes.violations", "a", "count"): 4.0,
            ("loss.window_s", "a", "s"): np.inf,
            ("waterfall.lost", "a.raw", "count"): 2.0,
            ("waterfall.lost", "a.bus", "count"): 2.0,
            ("recovery_point.age_s", "platform", "s"): 1.5,
            ("usage.instances", "platform", "count"): 3.0,
        }
    )
    most = {found.names.all[place][:2]: high for place, high in found.wide}
    assert most == {
        ("recovery.rta_s", "a.write"): np.inf,
        ("loss.records", "a"): 8,
        ("waterfall.lost", "a.bus"): 7,
        ("recovery_point.age_s", "platform"): np.inf,
    }


def test_the_table_of_figures_has_the_least_and_the_most_of_each(tmp_path):
    """Equal where the run tells, infinite where nothing bounds it, null where there is none."""
    import pyarrow.parquet as pq

    names = named([("m", "x", "s"), ("n", "x", "count"), ("o", "x", "count"), ("p", "x", "count")])
    values = TrialFigures(names, np.array([0.5, 2.0, np.nan, 3.0]), ((0, np.inf), (3, 8.0)))
    with StudyTables(tmp_path) as tables:
        tables.add(Part({}, [Measured(0, 0, values)]))
    found = pq.read_table(tmp_path / "metrics.parquet").to_pydict()
    assert (found["low"], found["high"]) == ([0.5, 2.0, None, 3.0], [np.inf, 2.0, None, 8.0])
