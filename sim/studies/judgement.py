"""Verdicts of a study: an objective is a claim about a fraction of runs, or about every run there was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.outcome import EXIT_CODES
from sim.spec.scenario import Objective
from sim.stats.binomial import fraction
from sim.stats.estimate import Estimate
from sim.studies.tally import Counts, PointTally

ALPHA = 0.05
PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"
_WORST_FIRST = (FAIL, INCONCLUSIVE, PASS)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a study says of one objective. ``met`` estimates the fraction of runs that meet it."""

    id: str
    objective: Objective
    verdict: str
    why: str
    counts: Counts
    met: Estimate | None  # None without a trial


def rule(objectives: Mapping[str, Objective], tally: PointTally, *, alpha: float = ALPHA) -> list[Ruling]:
    """Judge each objective on what there is. ``alpha``: how often each bound of a fraction may be wrong."""
    return [_rule(name, objective, tally, alpha=alpha) for name, objective in objectives.items()]


def _rule(name: str, objective: Objective, tally: PointTally, *, alpha: float) -> Ruling:
    counts = tally.objectives.get(name, Counts())
    if not counts.trials:
        return Ruling(name, objective, INCONCLUSIVE, "no trial", counts, None)
    met = fraction(counts.met, counts.trials, undecided=counts.undecided, alpha=alpha)
    verdict, why = _every(counts) if objective.in_ is None else _share(objective.in_, met)
    if verdict == INCONCLUSIVE and tally.undecided.get(name):
        why += f"{': ' if objective.in_ is None else '; a trial is undecided: '}{tally.undecided[name]}"
    return Ruling(name, objective, verdict, why, counts, met)


def adverse(name: str, objective: Objective, tally: PointTally) -> Sequence[float]:
    """Return the worse bound of an objective in each trial: the most, but the least where more is better."""
    worse = tally.objective_lows if objective.must.op in (">", ">=") else tally.objective_highs
    return worse.get(name, ())


def _every(counts: Counts) -> tuple[str, str]:
    """Without ``in`` the claim is about the trials of this study, so there is nothing to estimate."""
    many = counts.trials > 1
    if counts.missed:
        return FAIL, f"missed in {counts.missed:,} of {counts.trials:,} trials" if many else "missed"
    if counts.undecided:
        return (
            INCONCLUSIVE,
            f"undecided in {counts.undecided:,} of {counts.trials:,} trials" if many else "undecided",
        )
    return PASS, f"met in each of {counts.trials:,} trials" if many else "met"


def _share(wanted: float, met: Estimate) -> tuple[str, str]:
    if met.low >= wanted:
        return PASS, f"at least {met.low:.2%} of runs meet it"
    if met.high < wanted:
        return FAIL, f"at most {met.high:.2%} of runs meet it"
    return INCONCLUSIVE, f"between {met.low:.2%} and {met.high:.2%} of runs meet it"


def worst_trial(ruling: Ruling, values: Sequence[float]) -> int:
    """Return the trial that shows best why an objective is not met. ``values`` as of ``worst_first``."""
    found = worst_first(values, ruling.objective.must.op, missed=ruling.counts.missed > 0)
    return found[0] if found else 0


def worst_first(values: Sequence[float] | np.ndarray, op: str, *, missed: bool) -> list[int]:
    """Return all trials, those first that show best why an objective is not met.

    values: one for each trial, +inf without bound, NaN none; ``op``: of what must be; ``missed``: whether a
    trial missed it. Then the worst value comes first, else the trials that have none.
    """
    column = np.array(values, np.float64)
    if op not in (">", ">="):
        column = -column
    column[np.isnan(column)] = np.inf if missed else -np.inf
    return [int(trial) for trial in np.argsort(column, kind="stable")]


def overall(rulings: Sequence[Ruling], tally: PointTally) -> str:
    """Return the worst verdict; a study of nothing, or with a trial that broke, is inconclusive at best."""
    found = {ruling.verdict for ruling in rulings}
    if tally.errors or not tally.trials:
        found.add(INCONCLUSIVE)
    if not rulings and tally.verdicts.get(INCONCLUSIVE):
        found.add(INCONCLUSIVE)
    return next((verdict for verdict in _WORST_FIRST if verdict in found), PASS)


def exit_code(verdicts: Sequence[str]) -> int:
    """Return the exit code of several verdicts, worst first: fail, inconclusive, pass."""
    return EXIT_CODES[next((v for v in _WORST_FIRST if v in verdicts), PASS)]
