"""What a worker does: a batch of trials, each a pure function of (scenario, seed, trial)."""

import pickle
import traceback
from collections.abc import Sequence
from functools import lru_cache
from time import perf_counter
from typing import Any

from sim.spec.models import Scenario
from sim.study.batch import written
from sim.study.figures import figures_of
from sim.study.machine import fingerprint
from sim.study.rows import Measured, Part, Rows, failed, rows_of
from sim.study.usage import usage


class OtherMachine(Exception):
    """A worker has other versions or another processor than the study: its results could differ."""


def packed(scenario: Scenario) -> bytes:
    """Return a resolved scenario as tasks carry it: the same for every batch, so it is unpacked once."""
    return pickle.dumps(scenario)


@lru_cache(maxsize=4)
def _unpacked(scenario: bytes) -> Scenario:
    found: Scenario = pickle.loads(scenario)
    return found


def run_batch(task: dict[str, Any]) -> dict[str, Any]:
    """Run trials ``task["first"]`` to ``task["last"]`` - 1 and return what is kept of them.

    task: ``scenario`` (``packed``), ``seed``, ``point``, ``first``, ``last``, ``machine`` (what
    ``sim.study.machine.fingerprint`` said where the study was started). Returns ``{"written", "wall_s"}``
    (see ``sim.study.batch``). OtherMachine if this one differs.
    """
    here = fingerprint()
    if here != task["machine"]:
        raise OtherMachine(_difference(task["machine"], here))
    scenario = _unpacked(task["scenario"])
    began = perf_counter()
    parts = [
        _one(scenario, task["seed"], task["point"], trial=trial)
        for trial in range(task["first"], task["last"])
    ]
    wall_s = perf_counter() - began
    return {"written": written(*_joined(parts)), "wall_s": wall_s}


def breathe(task: dict[str, Any]) -> dict[str, Any]:
    """Do nothing: a worker that dies of this dies of itself."""
    return task


def _one(scenario: Scenario, seed: int, point: int, *, trial: int) -> Part:
    from sim.trial import run

    try:
        outcome = run(scenario, seed=seed, trial=trial)
    except Exception:  # noqa: BLE001 - a trial that raises is reported with its seed, the study goes on
        return Part(failed(traceback.format_exc(), point=point, trial=trial, seed=seed))
    figures = figures_of(outcome.figures, usage(scenario, outcome.figures))
    return Part(rows_of(outcome, point=point, trial=trial), [Measured(point, trial, figures)])


def _joined(parts: Sequence[Part]) -> tuple[Rows, list[Measured]]:
    rows: Rows = {}
    for part in parts:
        for table, found in part.rows.items():
            rows.setdefault(table, []).extend(found)
    return rows, [found for part in parts for found in part.measured]


def _difference(study: dict[str, str], here: dict[str, str]) -> str:
    """Name what differs, and how."""
    names = sorted(set(study) | set(here))
    parts = [
        f"{name} is {here.get(name)} here and {study.get(name)} in the study"
        for name in names
        if study.get(name) != here.get(name)
    ]
    return "; ".join(parts)
