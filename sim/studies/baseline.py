"""Baselines: the values of each trial of a study, kept to compare a later one with, seed by seed."""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from sim.stats.estimate import Estimate
from sim.stats.paired import median_difference, pairs
from sim.studies.judgement import adverse
from sim.studies.machine import fingerprint
from sim.studies.plan import Point
from sim.studies.rows import FORMAT
from sim.studies.study import Finding

ALPHA = 0.05
_LIST = re.compile(r"\[\n[^\[\]{}]*\]")  # a list over several lines; a text has no line breaks
FEW = 6  # with fewer pairs no interval of a median is bounded: then the pairs themselves are what is judged
SUM, PREDATES = "sha256", "predates"  # keys of an entry beside what ``entry`` gives
WORSE, NOT_WORSE, CANNOT_TELL = "worse", "not worse", "cannot tell"
OLD = "predates bounds: update"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one objective's value since the baseline. ``difference``: of the median, now - then."""

    objective: str
    verdict: str
    why: str
    difference: Estimate | None


def key_of(point: Point) -> str:
    """Return the name of a point in a baseline: its scenario's, wherever that lies, and its own."""
    name = point.scenario.name
    return f"{name} [{point.label}]" if point.label else name


def entry(finding: Finding, *, seed: int) -> dict[str, Any]:
    """Return what a baseline keeps of one point of a study: the worse bound of each objective and trial."""
    values = {
        name: ["inf" if np.isinf(v) else None if np.isnan(v) else v for v in _worse(finding, name)]
        for name in sorted(finding.tally.objective_highs)
    }
    return {
        "format": FORMAT,
        "digest": finding.point.digest,
        "seed": seed,
        "trials": finding.tally.trials,
        "values": values,
    }


def _worse(finding: Finding, name: str) -> np.ndarray:
    return np.array(adverse(name, finding.point.scenario.sla[name], finding.tally), np.float64)


def write(path: Path, entries: dict[str, dict[str, Any]]) -> None:
    """Write a baseline, sorted, the values of an objective on one line, so that a review shows what moved.

    Each scenario has a checksum of its own, so that two changes of a baseline can be merged.
    """
    scenarios = {name: _signed(name, kept) for name, kept in entries.items()}
    known = {"machine": _signed("machine", dict(fingerprint())), "scenarios": scenarios}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(known, indent=1, sort_keys=True)
    lines = _LIST.sub(lambda found: " ".join(found[0].split()), text)
    path.write_text(lines + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """Return a baseline, without its checksums. ValueError if the file is none, or is damaged.

    A scenario from before there were checksums has ``"predates": True``: what it holds cannot be told.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no baseline: {error}") from error
    if not isinstance(found, dict) or not all(
        isinstance(found.get(k), dict) for k in ("machine", "scenarios")
    ):
        raise ValueError(f"{path} is no baseline: no machine or no scenarios in it")
    machine = _opened("machine", found["machine"], path)
    scenarios = {name: _opened(name, kept, path) for name, kept in found["scenarios"].items()}
    return {"machine": machine, "scenarios": scenarios}


def _signed(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with its checksum; one that predates them stays as it is."""
    kept = {key: value for key, value in entry.items() if key != PREDATES}
    return kept if PREDATES in entry else {**kept, SUM: _checksum(name, kept)}


def _opened(name: str, entry: Any, path: Path) -> dict[str, Any]:
    """Return an entry without its checksum. ValueError if it is not what was written."""
    if not isinstance(entry, dict):
        raise ValueError(f"{path} is damaged at {name!r}: it is no map")
    kept = {key: value for key, value in entry.items() if key != SUM}
    if SUM not in entry:
        return {**kept, PREDATES: True}
    if entry[SUM] != _checksum(name, kept):
        raise ValueError(f"{path} is damaged at {name!r}, or was changed by hand: update it")
    return kept


def _checksum(name: str, entry: dict[str, Any]) -> str:
    return sha256(json.dumps([name, entry], sort_keys=True).encode()).hexdigest()


def other_versions(baseline: dict[str, Any]) -> str:
    """Say in which versions this machine differs from the one that made the baseline, "" if in none."""
    then, now = baseline["machine"], fingerprint()
    return ", ".join(
        f"{name} {then.get(name)} then, {now[name]} now" for name in now if then.get(name) != now[name]
    )


def change(kept: dict[str, Any], finding: Finding, name: str, *, seed: int, tolerance: float) -> Change:
    """Compare objective ``name`` of a point with what was kept of it, trial by trial on the same seed.

    ``tolerance``: how much worse, as a fraction of the baseline's median, is still not worse.
    """
    if kept.get("format") != FORMAT:
        return Change(name, CANNOT_TELL, OLD, None)
    if PREDATES in kept:
        return Change(name, CANNOT_TELL, "it predates checksums: update the baseline", None)
    if kept["seed"] != seed:
        return Change(name, CANNOT_TELL, f"the baseline has seed {kept['seed']}", None)
    if name not in kept["values"]:
        return Change(name, CANNOT_TELL, "not in the baseline", None)
    then = np.array([np.nan if v is None else float(v) for v in kept["values"][name]], np.float64)
    then, now = pairs(then, _worse(finding, name))
    if not then.size:
        return Change(name, CANNOT_TELL, "no trial has a value in both", None)
    objective = finding.point.scenario.sla[name]
    sign = -1.0 if objective.must.op in (">", ">=") else 1.0
    allowed = tolerance * abs(float(np.median(then[np.isfinite(then)]))) if np.isfinite(then).any() else 0.0
    difference = median_difference(then, now, alpha=ALPHA)
    verdict = _few(sign, then, now, allowed) if then.size < FEW else _many(sign, difference, allowed)
    return Change(name, verdict, f"{then.size:,} pairs", difference)


def _few(sign: float, then: np.ndarray, now: np.ndarray, allowed: float) -> str:
    with np.errstate(invalid="ignore"):
        worse = sign * (now - then) > allowed
    open_ = np.isinf(then) & np.isinf(now)
    if open_.any():
        return CANNOT_TELL
    return WORSE if worse.all() else CANNOT_TELL if worse.any() else NOT_WORSE


def _many(sign: float, difference: Estimate, allowed: float) -> str:
    low, high = sorted((sign * difference.low, sign * difference.high))
    return WORSE if low > allowed else NOT_WORSE if high <= allowed else CANNOT_TELL
