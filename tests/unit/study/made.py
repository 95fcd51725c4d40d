"""Studies made by hand: trials whose objectives came to given values, without running anything."""

import functools
import tempfile
from pathlib import Path

import numpy as np

from sim.measure.bounds import Bounds
from sim.measure.verdict import UNDECIDED, decide
from sim.spec.resolve import load, resolve
from sim.stats.sequential import SequentialLook
from sim.studies.figures import TrialFigures, named
from sim.studies.gate import Checked, _lines
from sim.studies.judgement import overall, rule
from sim.studies.plan import Point
from sim.studies.rows import Measured, Part, failed
from sim.studies.study import Finding, FinishedStudy
from sim.studies.tally import tally
from tests.study.small import written

ERROR = "Traceback\nValueError: planted \x1b"


@functools.cache
def scenario(*sets):
    """The small scenario, resolved: objectives rto (rta <= 90 s in 90 %) and rpo (<= 100 records)."""
    with tempfile.TemporaryDirectory() as folder:
        return resolve(load(str(written(Path(folder))), sets=sets))


def finding(values, *, sets=(), label="", broken=(), metrics=()):
    """One point. ``values``: objective -> one value a trial, in s or records, or (low, high); None: nothing.

    ``broken``: trials that raised, for which no value counts; ``metrics``: (metric, of, one value a trial).
    """
    point = Point(label, scenario(*sets), tuple(sets))
    trials = max([*(len(column) for column in values.values()), *(len(m[2]) for m in metrics)])
    rows, measured = {"trials": [], "objectives": []}, []
    names = named((m, of, "s") for m, of, _ in metrics)
    for trial in range(trials):
        error = ERROR if trial in broken else None
        if error:
            for table, more in failed(error, point.scenario, point=0, trial=trial, seed=0).items():
                rows.setdefault(table, []).extend(more)
            continue
        rows["trials"].append([0, trial, 0, "pass", 0, 0, "", None])
        for name, column in values.items():
            rows["objectives"].append([0, trial, name, *judged(point.scenario.sla[name], column[trial])])
        ends = [column[trial] for *_, column in metrics]
        lows, highs = zip(*map(ends_of, ends), strict=True) if ends else ((), ())
        wide = tuple((place, high) for place, high in enumerate(highs) if high != lows[place])
        found = TrialFigures(names, np.array(lows, np.float64), wide)
        measured.append(Measured(0, trial, found))
    (found,) = tally([Part(rows, measured)], objectives=[point.scenario.sla])
    rulings = rule(point.scenario.sla, found)
    return Finding(point, found, rulings, overall(rulings, found))


def ends_of(value):
    """Return (low, high) of a value, or of bounds; None: nothing."""
    return value if isinstance(value, tuple) else (value, value)


def judged(objective, value):
    """Return (low, high, censored, verdict, why) as a trial has them."""
    low, high = ends_of(value)
    if low is None:
        return None, None, False, UNDECIDED, "nothing to measure"
    unit = 1e9 if objective.metric == "rta" else 1
    verdict, why = decide(objective.must, Bounds.between(low * unit, high * unit, "it is planted"))
    return low, high, objective.metric == "rta" and low != high, verdict, why


def study(*findings, until="trials", cap=None):
    """A finished study of these points."""
    trials = findings[0].tally.trials
    return FinishedStudy(
        list(findings), 0, until, cap or trials, SequentialLook(trials, 0.05, last=True), None
    )


def checked(path, *findings):
    """A scenario file that was checked."""
    made = study(*findings)
    where = {("sla", name): (path, 19) for name in ("rto", "rpo")}
    return Checked(path, [line for f in findings for line in _lines(Path(path), made, f, where)], made)
