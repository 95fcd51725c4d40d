"""Studies made by hand: trials whose objectives came to given values, without running anything."""

import functools
import math
import tempfile
from pathlib import Path

import numpy as np

from sim.measure.verdict import MET, MISSED, UNDECIDED
from sim.spec.resolve import load, resolve
from sim.stats.sequential import Look
from sim.study.figures import Figures, named
from sim.study.gate import Checked, _lines
from sim.study.judgement import overall, rule
from sim.study.plan import Point
from sim.study.rows import Measured, Part
from sim.study.study import Finding, Study
from sim.study.tally import tally
from tests.study.small import written


@functools.cache
def scenario(*sets):
    """The small scenario, resolved: objectives rto (rta <= 90 s in 90 %) and rpo (<= 100 records)."""
    with tempfile.TemporaryDirectory() as folder:
        return resolve(load(str(written(Path(folder))), sets=sets))


def finding(values, *, sets=(), label="", broken=(), metrics=()):
    """One point. ``values``: objective -> one value a trial, in s or records; inf censored, None undecided.

    ``broken``: trials that raised, for which no value counts; ``metrics``: (metric, of, one value a trial).
    """
    point = Point(label, scenario(*sets), tuple(sets))
    trials = max([*(len(column) for column in values.values()), *(len(m[2]) for m in metrics)])
    rows, measured = {"trials": [], "objectives": []}, []
    names = named((m, of, "s") for m, of, _ in metrics)
    for trial in range(trials):
        error = "Traceback\nValueError: planted \x1b" if trial in broken else None
        rows["trials"].append([0, trial, 0, "pass", 0, 0, "", error])
        if error:
            continue
        for name, column in values.items():
            rows["objectives"].append([0, trial, name, *judged(point.scenario.sla[name], column[trial])])
        found = Figures(names, np.array([column[trial] for *_, column in metrics], np.float64), ())
        measured.append(Measured(0, trial, found))
    (found,) = tally([Part(rows, measured)], objectives=[point.scenario.sla])
    rulings = rule(point.scenario.sla, found)
    return Finding(point, found, rulings, overall(rulings, found))


def judged(objective, value):
    """Return (value, censored, verdict) as a trial has them."""
    if value is None:
        return None, False, UNDECIDED
    seconds = objective.metric == "rta"
    holds = objective.must.holds(value * 1e9 if seconds else value)
    return (1.0 if math.isinf(value) else value), math.isinf(value), MET if holds else MISSED


def study(*findings, until="trials", cap=None):
    """A finished study of these points."""
    trials = findings[0].tally.trials
    return Study(list(findings), 0, until, cap or trials, Look(trials, 0.05, last=True), None)


def checked(path, *findings):
    """A scenario file that was checked."""
    made = study(*findings)
    where = {("sla", name): (path, 19) for name in ("rto", "rpo")}
    return Checked(path, [line for f in findings for line in _lines(Path(path), made, f, where)], made)
