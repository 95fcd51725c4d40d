"""When a study may stop, and what that costs."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sim.spec.scenario import Objective
from sim.stats import bootstrap
from sim.stats.binomial import trials_to_pass
from sim.stats.sequential import SequentialLook, looks
from sim.studies.judgement import ALPHA, INCONCLUSIVE, PASS, rule
from sim.studies.tally import PointTally

_PERCENT = re.compile(r"(?:±|\+-)?(\d+(?:\.\d+)?)%", re.ASCII)
Objectives = Mapping[str, Objective]
FIRST = 30  # trials before the first look at a precision: fewer say little of their own spread


def plan(until: str, objectives: Sequence[Objectives], *, cap: int) -> Iterator[SequentialLook]:
    """Yield the looks of a study of at most ``cap`` trials; ``objectives``: of each of its points.

    ``until``: ``trials`` (one look, at the cap), ``decided``, or a precision such as ``5%``.
    """
    if until == "trials":
        return looks(cap, cap, alpha=ALPHA)
    if until == "decided":
        return looks(_first(objectives), cap, alpha=ALPHA)
    return looks(FIRST, cap, alpha=ALPHA)


def _first(objectives: Sequence[Objectives]) -> int:
    """Return when the first look is worth it: when all trials met could pass every objective."""
    shares = [objective.in_ for point in objectives for objective in point.values()]
    numbers = [trials_to_pass(share, alpha=ALPHA / 2) for share in shares if share is not None]
    return max([1, *(number for number in numbers if number is not None)])


def enough(
    until: str, objectives: Sequence[Objectives], tallies: Sequence[PointTally], look: SequentialLook
) -> bool:
    """Return whether the study may stop at ``look``."""
    if look.last:
        return True
    if until == "decided":
        return all(_decided(own, tally, look) for own, tally in zip(objectives, tallies, strict=True))
    return all(_precise(precision(until), tally, look) for tally in tallies)


def precision(until: str) -> float:
    """Return the relative half-width that ``5%`` or ``±5%`` asks for. ValueError if it is none."""
    found = _PERCENT.fullmatch(until)
    share = float(found[1]) / 100 if found else math.nan
    if not 0.0 < share < 1.0:
        raise ValueError(f"{until!r} is neither trials, decided nor a precision such as 5%")
    return share


def _decided(objectives: Objectives, tally: PointTally, look: SequentialLook) -> bool:
    """An objective about every trial is decided before the last only if it has been missed."""
    rulings = rule(objectives, tally, alpha=look.alpha)
    return all(
        ruling.verdict != INCONCLUSIVE and not (ruling.objective.in_ is None and ruling.verdict == PASS)
        for ruling in rulings
    )


def _precise(share: float, tally: PointTally, look: SequentialLook) -> bool:
    """Every objective's mean is known to within ``share`` of itself. One without bound never is."""
    columns = [
        (np.array(tally.objective_lows[name], np.float64), np.array(highs, np.float64))
        for name, highs in tally.objective_highs.items()
    ]
    return bool(columns) and all(_known(lows, highs, share, look.alpha) for lows, highs in columns)


def _known(lows: np.ndarray, highs: np.ndarray, share: float, alpha: float) -> bool:
    if highs.size == 0 or not np.isfinite(highs).all():
        return False
    least, most = (bootstrap.mean(values, alpha=alpha / 2) for values in (lows, highs))
    return (most.high - least.low) / 2 <= share * abs(least.value)
