"""What the finished trials of a study say so far: counts for each objective, values for each figure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
    """One point's trials. ``values``: one number a trial, +inf where censored, NaN where there is none."""

    trials: int = 0
    objectives: dict[str, Counts] = field(default_factory=dict)
    objective_values: dict[str, list[float]] = field(default_factory=dict)
    values: dict[Name, list[float]] = field(default_factory=dict)
    units: dict[Name, str] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)  # (trial, what)
    verdicts: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)  # fault -> trials in which it took effect

    def column(self, name: Name) -> np.ndarray:
        """Return a figure's values, float64 (trials that have one,)."""
        return _known(self.values[name])

    def objective_column(self, objective: str) -> np.ndarray:
        """Return an objective's values, float64 (trials that have one,)."""
        return _known(self.objective_values.get(objective, []))


def _known(values: list[float]) -> np.ndarray:
    found = np.array(values, np.float64)
    return found[~np.isnan(found)]


def tally(parts: Iterable[Rows], *, points: int, objectives: Iterable[str]) -> list[Tally]:
    """Count the rows of a study, point by point. A trial that broke leaves every objective open."""
    found = [Tally(objectives={name: Counts() for name in objectives}) for _ in range(points)]
    for part in parts:
        for point, trial, _, verdict, *_, error in part.get("trials", ()):
            _count_trial(found[point], trial, verdict, error)
        for point, _, name, value, censored, verdict in part.get("objectives", ()):
            _count_objective(found[point], name, verdict, value=_number(value, censored=censored))
        for point, _, fault, _, fired, *_ in part.get("faults", ()):
            taken = found[point].fired
            taken[fault] = taken.get(fault, 0) + bool(fired)
        for point, _, metric, of, unit, value, censored in part.get("metrics", ()):
            found[point].values.setdefault((metric, of), []).append(_number(value, censored=censored))
            found[point].units[metric, of] = unit
    return found


def _count_trial(tally: Tally, trial: int, verdict: str, error: str | None) -> None:
    tally.trials += 1
    tally.verdicts[verdict] = tally.verdicts.get(verdict, 0) + 1
    if error is not None:
        tally.errors.append((trial, error))
        for counts in tally.objectives.values():
            counts.undecided += 1


def _count_objective(tally: Tally, name: str, verdict: str, *, value: float) -> None:
    counts = tally.objectives.setdefault(name, Counts())
    tally.objective_values.setdefault(name, []).append(value)
    if verdict == MET:
        counts.met += 1
    elif verdict == MISSED:
        counts.missed += 1
    else:
        counts.undecided += 1


def _number(value: float | None, *, censored: bool) -> float:
    if censored:
        return np.inf
    return np.nan if value is None else value
