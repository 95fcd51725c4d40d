"""What the finished trials of a study say so far: counts for each objective, values for each figure."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.measure.verdict import MET, MISSED
from sim.study.rows import Rows

Name = tuple[str, str]  # (metric, of)


@dataclass
class Counts:
    """Trials in which an objective was met, missed, or neither."""

    met: int = 0
    missed: int = 0
    undecided: int = 0

    @property
    def trials(self) -> int:
        """All of them."""
        return self.met + self.missed + self.undecided


@dataclass
class Tally:
    """One point's trials. Values: one number for each trial, in order; +inf: censored; NaN: there is none."""

    trials: int = 0
    objectives: dict[str, Counts] = field(default_factory=dict)
    objective_values: dict[str, "array[float]"] = field(default_factory=dict)
    values: dict[Name, "array[float]"] = field(default_factory=dict)
    units: dict[Name, str] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)  # (trial, what)
    verdicts: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)  # fault -> trials in which it took effect

    def by_trial(self, metric: str, of: str) -> np.ndarray:
        """Return a figure's values, float64 (trials,), NaN for trials that have none."""
        found = self.values.get((metric, of))
        return np.full(self.trials, np.nan) if found is None else np.array(found, np.float64)

    def column(self, name: Name) -> np.ndarray:
        """Return a figure's values, float64 (trials that have one,)."""
        return _known(self.values[name])

    def objective_column(self, objective: str) -> np.ndarray:
        """Return an objective's values, float64 (trials that have one,)."""
        return _known(self.objective_values.get(objective, array("d")))


def _known(values: Sequence[float]) -> np.ndarray:
    found = np.array(values, np.float64)
    return found[~np.isnan(found)]


def tally(parts: Iterable[Rows], *, objectives: Sequence[Iterable[str]], figures: bool = True) -> list[Tally]:
    """Count the rows of a study, point by point; ``objectives``: those of each point.

    A trial that broke leaves every objective open. ``figures``: whether to collect every figure, or
    objectives alone, which is all that a look needs.
    """
    found = [Tally(objectives={name: Counts() for name in names}) for names in objectives]
    for part in parts:
        for point, trial, _, verdict, *_, error in part.get("trials", ()):
            _count_trial(found[point], trial, verdict, error)
        for point, trial, name, value, censored, verdict in part.get("objectives", ()):
            _count_objective(found[point], name, verdict)
            _put(found[point].objective_values, name, trial, _number(value, censored=censored))
        for point, _, fault, _, fired, *_ in part.get("faults", ()):
            taken = found[point].fired
            taken[fault] = taken.get(fault, 0) + bool(fired)
        for point, trial, metric, of, unit, value, censored in part.get("metrics", ()) if figures else ():
            _put(found[point].values, (metric, of), trial, _number(value, censored=censored))
            found[point].units[metric, of] = unit
    for one in found:
        for columns in (one.objective_values, one.values):
            for column in columns.values():
                _pad(column, one.trials)
    return found


def _count_trial(tally: Tally, trial: int, verdict: str, error: str | None) -> None:
    tally.trials += 1
    tally.verdicts[verdict] = tally.verdicts.get(verdict, 0) + 1
    if error is not None:
        tally.errors.append((trial, error))
        for counts in tally.objectives.values():
            counts.undecided += 1


def _count_objective(tally: Tally, name: str, verdict: str) -> None:
    counts = tally.objectives.setdefault(name, Counts())
    if verdict == MET:
        counts.met += 1
    elif verdict == MISSED:
        counts.missed += 1
    else:
        counts.undecided += 1


def _put(columns: "dict[Any, array[float]]", name: Any, trial: int, value: float) -> None:
    """Put a value in a trial's place, so that two studies can be set side by side trial by trial."""
    column = columns.get(name)
    if column is None:
        column = columns[name] = array("d")
    _pad(column, trial)
    column.append(value)


def _pad(column: "array[float]", trials: int) -> None:
    if len(column) < trials:
        column.extend([np.nan] * (trials - len(column)))


def _number(value: float | None, *, censored: bool) -> float:
    if censored:
        return np.inf
    return np.nan if value is None else value
