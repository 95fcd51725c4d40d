"""What a worker does: a batch of trials, each a pure function of (scenario, seed, trial)."""

import traceback
from time import perf_counter
from typing import Any

from sim.spec.models import Scenario
from sim.study.machine import fingerprint
from sim.study.rows import Rows, failed, rows_of
from sim.study.usage import usage


class OtherMachine(Exception):
    """A worker has other versions or another processor than the study: its results could differ."""


def run_batch(task: dict[str, Any]) -> dict[str, Any]:
    """Run trials ``task["first"]`` to ``task["last"]`` - 1 and return their rows.

    task: ``scenario`` (resolved), ``seed``, ``point``, ``first``, ``last``, ``machine`` (what
    ``sim.study.machine.fingerprint`` said where the study was started). Returns ``{"rows", "wall_s"}``.
    OtherMachine if this one differs.
    """
    here = fingerprint()
    if here != task["machine"]:
        raise OtherMachine(_difference(task["machine"], here))
    scenario = task["scenario"]
    began = perf_counter()
    rows: Rows = {}
    for trial in range(task["first"], task["last"]):
        for table, found in _one(scenario, task["seed"], task["point"], trial=trial).items():
            rows.setdefault(table, []).extend(found)
    return {"rows": rows, "wall_s": perf_counter() - began}


def breathe(task: dict[str, Any]) -> dict[str, Any]:
    """Do nothing: a worker that dies of this dies of itself."""
    return task


def _one(scenario: Scenario, seed: int, point: int, *, trial: int) -> Rows:
    from sim.trial import run

    try:
        outcome = run(scenario, seed=seed, trial=trial)
    except Exception:  # noqa: BLE001 - a trial that raises is reported with its seed, the study goes on
        return failed(traceback.format_exc(), point=point, trial=trial, seed=seed)
    return rows_of(outcome, point=point, trial=trial, used=usage(scenario, outcome.figures))


def _difference(study: dict[str, str], here: dict[str, str]) -> str:
    """Name what differs, and how."""
    names = sorted(set(study) | set(here))
    parts = [
        f"{name} is {here.get(name)} here and {study.get(name)} in the study"
        for name in names
        if study.get(name) != here.get(name)
    ]
    return "; ".join(parts)
