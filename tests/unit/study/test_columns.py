"""What a study keeps of figures: in memory, on disk and as text, against plain lists of them."""

import json

import numpy as np
import pytest

from sim.study.batch import read, written
from sim.study.columns import BLOCK, Columns
from sim.study.figures import Figures, figures_of, named
from sim.study.rows import Measured
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
        Measured(0, 0, Figures(both, np.array([0.1, 2.0]), (1,))),
        Measured(0, 1, Figures(both, np.array([np.nan, 1e300]), ())),
        Measured(0, 2, Figures(one, np.array([4.0]), (0,))),
    ]
    text, names = written({"trials": [[0, trial, "pass"] for trial in range(3)]}, measured)
    assert len(names) == 2
    of = {key: named(json.loads(found)) for key, found in names.items()}
    part = read(text, first=0, last=9, names=of.__getitem__)
    for found, wanted in zip(part.measured, measured, strict=True):
        assert found[:2] == wanted[:2]
        assert found.figures.names is wanted.figures.names
        assert found.figures.censored == wanted.figures.censored
        np.testing.assert_array_equal(found.figures.values, wanted.figures.values)
    np.testing.assert_array_equal(part.measured[0].figures.open(), [0.1, np.inf])
    some = read(text, first=1, last=2, names=of.__getitem__)
    assert [row[1] for row in some.rows["trials"]] == [m.trial for m in some.measured] == [1]
    assert read(text, first=0, last=9, names=None).measured == []


def test_every_number_of_a_trial_is_a_figure_named_by_its_path():
    """A recovery that was not over is censored; what belongs to one run, or is no number, is left out."""
    found = figures_of(
        {
            "recovery": {
                "a.write": {"rta_s": None, "censored_after_s": 9.0, "phases": {"detect": 1.0}, "met": True},
                "b.write": {"rta_s": 2.5, "censored_after_s": None, "caught_up_s": None, "chain": []},
            },
            "loss": {"a": {"records": 3, "bytes": np.int64(7), "window_ns": 5, "known": {"fraction": 0.5}}},
            "waterfall": {"a": {"raw": {"lost": 2}}},
            "exposure": {"a": {"crash": 1.0}},
        },
        {"instances": 3.0},
    )
    assert dict(zip(found.names.all, found.values.tolist(), strict=True)) == pytest.approx(
        {
            ("recovery.rta_s", "a.write", "s"): 9.0,
            ("recovery.rta_s", "b.write", "s"): 2.5,
            ("recovery.caught_up_s", "b.write", "s"): np.nan,
            ("loss.records", "a", "count"): 3.0,
            ("loss.bytes", "a", "bytes"): 7.0,
            ("loss.known.fraction", "a", "1"): 0.5,
            ("waterfall.lost", "a.raw", "count"): 2.0,
            ("usage.instances", "platform", "count"): 3.0,
        },
        nan_ok=True,
    )
    assert found.censored == (0,)
