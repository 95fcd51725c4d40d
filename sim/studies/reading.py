"""The tables of a finished study read again: what every trial of every point came to."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from sim.measure.verdict import UNDECIDED
from sim.studies.columns import Name


@dataclass(frozen=True, slots=True)
class Ends:
    """What a figure came to in each trial: the least and the most that it can be, float64 (trials,) each.

    NaN: the trial says nothing of it; +inf: it has no bound.
    """

    lows: np.ndarray
    highs: np.ndarray

    def known(self) -> "Ends":
        """Return those of the trials that say something."""
        there = ~np.isnan(self.lows)
        return Ends(self.lows[there], self.highs[there])


@dataclass(frozen=True, slots=True)
class JudgedTrials:
    """An objective in each trial: seconds, a count or a fraction; ``met``, ``missed`` or ``undecided``."""

    ends: Ends
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointTrials:
    """The trials of one point, in order. ``verdicts``: ``pass``, ``fail``, ``inconclusive`` or ``error``."""

    verdicts: tuple[str, ...]
    objectives: dict[str, JudgedTrials] = field(default_factory=dict)
    figures: dict[Name, Ends] = field(default_factory=dict)
    units: dict[Name, str] = field(default_factory=dict)

    def by_trial(self, metric: str, of: str) -> np.ndarray:
        """Return the most that a figure can be, float64 (trials,), NaN for trials that have none."""
        return self.figures[metric, of].highs


def trials_of(folder: Path, *, metrics: Collection[str] | None = None) -> list[PointTrials]:
    """Return the trials of each point of a study's tables.

    ``metrics``: the figures that are read, such as ``recovery.rta_s``; None: all. OSError without tables.
    """
    trials = _table(folder, "trials")
    points, numbers = trials["point"].to_numpy(), trials["trial"].to_numpy()
    verdicts = trials["verdict"].to_numpy(zero_copy_only=False)
    found = [
        PointTrials(tuple(verdicts[points == point])) for point in range(int(points.max(initial=-1)) + 1)
    ]
    assert all(np.array_equal(numbers[points == p], np.arange(len(f.verdicts))) for p, f in enumerate(found))
    _add_objectives(found, _table(folder, "objectives"))
    only = None if metrics is None else [("metric", "in", list(metrics))]
    if only != [("metric", "in", [])]:
        _add_figures(found, _table(folder, "metrics", only))
    return found


def _table(folder: Path, name: str, only: Any = None) -> Any:
    """Return a table, its columns in one piece each."""
    import pyarrow.parquet as pq

    return pq.read_table(folder / f"{name}.parquet", filters=only).combine_chunks()


def _add_objectives(found: list[PointTrials], table: Any) -> None:
    """Put what objectives came to in their trials' places; of a trial that is not there nothing is known."""
    for (point, name), rows in _grouped(table, "objective").items():
        of, trials = found[point], rows["trial"].to_numpy()
        verdicts = np.full(len(of.verdicts), UNDECIDED, dtype=object)
        verdicts[trials] = rows["verdict"].to_numpy(zero_copy_only=False)
        of.objectives[name] = JudgedTrials(_ends(rows, trials, len(of.verdicts)), tuple(verdicts))


def _add_figures(found: list[PointTrials], table: Any) -> None:
    for (point, metric), of_metric in _grouped(table, "metric").items():
        for (_, of), rows in _grouped(of_metric, "of").items():
            into, name = found[point], (metric, of)
            into.figures[name] = _ends(rows, rows["trial"].to_numpy(), len(into.verdicts))
            into.units[name] = rows["unit"][0].as_py()


def _grouped(table: Any, column: str) -> dict[tuple[int, str], Any]:
    """Return the rows of each point and value of a column, in the order in which they first come."""
    points = table["point"].to_numpy()
    coded = table[column].combine_chunks().dictionary_encode()
    codes, names = coded.indices.to_numpy(), coded.dictionary.to_pylist()
    keys = points.astype(np.int64) * max(1, len(names)) + codes
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order], prepend=-1, append=-1))
    found = {}
    for begin, end in pairwise(edges):
        rows = order[begin:end]
        found[int(points[rows[0]]), names[codes[rows[0]]]] = table.take(rows)
    return found


def _ends(rows: Any, trials: np.ndarray, number: int) -> Ends:
    """Return the columns ``low`` and ``high`` of some rows, each in its trial's place."""
    lows, highs = (np.full(number, np.nan) for _ in range(2))
    lows[trials] = rows["low"].to_numpy(zero_copy_only=False)
    highs[trials] = rows["high"].to_numpy(zero_copy_only=False)
    return Ends(lows, highs)
