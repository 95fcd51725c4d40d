"""What the finished trials of a study say so far: counts for each objective, values for each figure."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.measure.verdict import MET, MISSED
from sim.studies.columns import Columns, Name
from sim.studies.figures import Names
from sim.studies.rows import Measured, Part

Ends = tuple[np.ndarray, np.ndarray]


@dataclass
class Counts:
    """Trials in which an objective was met, missed, or neither; ``broken``: of those with neither."""

    met: int = 0
    missed: int = 0
    undecided: int = 0
    broken: int = 0

    @property
    def trials(self) -> int:
        """All of them."""
        return self.met + self.missed + self.undecided


@dataclass
class PointTally:
    """One point's trials. Bounds: two numbers for each trial, in order; +inf: without bound; NaN: none.

    Memory holds the objectives' bounds, 16 bytes for each and trial; the least that figures can be are in
    ``values``, the most, where it is more, in ``wide``.
    """

    trials: int = 0
    objectives: dict[str, Counts] = field(default_factory=dict)
    objective_lows: dict[str, "array[float]"] = field(default_factory=dict)
    objective_highs: dict[str, "array[float]"] = field(default_factory=dict)
    undecided: dict[str, str] = field(default_factory=dict)  # objective -> why, in the first such trial
    values: Columns = field(default_factory=Columns)
    wide: Columns = field(default_factory=Columns)
    units: dict[Name, str] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)  # (trial, what)
    verdicts: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)  # fault -> trials in which it took effect

    @property
    def ran(self) -> int:
        """How many trials came to their end."""
        return self.trials - len(self.errors)

    @property
    def broke(self) -> str:
        """Say how many trials broke, "" if none did."""
        many = "trials" if self.trials > 1 else "trial"
        return f"{len(self.errors):,} of {self.trials:,} {many} broke" if self.errors else ""

    def by_trial(self, metric: str, of: str) -> np.ndarray:
        """Return the most that a figure can be, float64 (trials,), NaN for trials that have none."""
        lows, highs = (columns.column((metric, of), self.trials) for columns in (self.values, self.wide))
        return np.where(np.isnan(highs), lows, highs)

    def bounds(self, name: Name) -> Ends:
        """Return the least and the most that a figure can be, float64 (trials that have one,) each."""
        return _known(self.values.column(name, self.trials)), _known(self.by_trial(*name))

    def objective_bounds(self, objective: str) -> Ends:
        """Return the least and the most of an objective, float64 (trials that have one,) each."""
        lows, highs = self.objective_lows, self.objective_highs
        return _known(lows.get(objective, array("d"))), _known(highs.get(objective, array("d")))


def _known(values: "array[float] | np.ndarray") -> np.ndarray:
    found = np.array(values, np.float64)
    return found[~np.isnan(found)]


def tally(
    parts: Iterable[Part], *, objectives: Sequence[Iterable[str]], folder: Path | None = None
) -> list[PointTally]:
    """Count the trials of a study, point by point; ``objectives``: those of each point.

    A trial that broke leaves every objective open. ``folder``: as of ``Columns``.
    """
    found = [
        PointTally(objectives={n: Counts() for n in names}, values=Columns(folder), wide=Columns(folder))
        for names in objectives
    ]
    places: dict[tuple[int, Names], np.ndarray] = {}
    for part in parts:
        for point, trial, _, verdict, *_, error in part.rows.get("trials", ()):
            _count_trial(found[point], trial, verdict, error)
        for point, trial, name, *_, low, high, _, verdict, why in part.rows.get("objectives", ()):
            _count_objective(found[point], name, verdict, why)
            _put(found[point].objective_lows, name, trial, low)
            _put(found[point].objective_highs, name, trial, high)
        for point, _, fault, _, fired, *_ in part.rows.get("faults", ()):
            taken = found[point].fired
            taken[fault] = taken.get(fault, 0) + bool(fired)
        for measured in part.measured:
            _put_figures(found[measured.point], measured, places)
    for one in found:
        for column in (*one.objective_lows.values(), *one.objective_highs.values()):
            _pad(column, one.trials)
    return found


def _put_figures(tally: PointTally, measured: Measured, places: dict[tuple[int, Names], np.ndarray]) -> None:
    """Put a trial's figures in their columns. ``places``: where those of a point with these names belong."""
    point, trial, figures = measured
    where = places.get((point, figures.names))
    if where is None:
        where = tally.values.places([(metric, of) for metric, of, _ in figures.names.all])
        places[point, figures.names] = where
        tally.units.update({(metric, of): unit for metric, of, unit in figures.names.all})
    tally.values.put(trial, where, figures.values)
    if figures.wide:
        names = [figures.names.all[place][:2] for place, _ in figures.wide]
        tally.wide.put(trial, tally.wide.places(names), np.array([high for _, high in figures.wide]))


def _count_trial(tally: PointTally, trial: int, verdict: str, error: str | None) -> None:
    tally.trials += 1
    tally.verdicts[verdict] = tally.verdicts.get(verdict, 0) + 1
    if error is not None:
        tally.errors.append((trial, error))
        for counts in tally.objectives.values():
            counts.broken += 1


def _count_objective(tally: PointTally, name: str, verdict: str, why: str) -> None:
    counts = tally.objectives.setdefault(name, Counts())
    if verdict == MET:
        counts.met += 1
    elif verdict == MISSED:
        counts.missed += 1
    else:
        counts.undecided += 1
        tally.undecided.setdefault(name, why)


def _put(columns: "dict[str, array[float]]", name: str, trial: int, value: float | None) -> None:
    """Put a value in a trial's place, so that two studies can be set side by side trial by trial."""
    column = columns.get(name)
    if column is None:
        column = columns[name] = array("d")
    _pad(column, trial)
    column.append(np.nan if value is None else value)


def _pad(column: "array[float]", trials: int) -> None:
    if len(column) < trials:
        column.extend([np.nan] * (trials - len(column)))
