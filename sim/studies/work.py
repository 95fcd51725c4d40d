"""What a worker does: a batch of trials, each a pure function of (scenario, seed, trial)."""

import gc
import pickle
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from platform import node
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sim.spec.scenario import Scenario
from sim.studies.batch import written
from sim.studies.figures import figures_of
from sim.studies.machine import differences, fingerprint
from sim.studies.rows import Measured, Part, Rows, failed, rows_of
from sim.studies.unfinished import OtherMachine
from sim.studies.usage import usage

if TYPE_CHECKING:
    from sim.trial import Shared


@dataclass
class _Heap:
    """What trials leave, some megabytes of arrays each, for which the collector would wait too long."""

    ours: bool = False
    known: bytes = b""  # the scenario whose first trial has loaded all that its trials need

    def clear(self, scenario: bytes) -> None:
        """Collect what a trial has left. What its first trial loaded stays, and is not looked at again."""
        if not self.ours:
            return
        gc.collect()
        if scenario is not self.known and scenario != self.known:
            gc.freeze()
            self.known = scenario


_HEAP = _Heap()


def packed(scenario: Scenario) -> bytes:
    """Return a resolved scenario as tasks carry it: the same for every batch, so it is unpacked once."""
    return pickle.dumps(scenario)


@lru_cache(maxsize=4)
def _unpacked(scenario: bytes) -> tuple[Scenario, "Shared"]:
    """Return a scenario, and what its trials share."""
    from sim.trial import Shared

    found: Scenario = pickle.loads(scenario)
    return found, Shared.of(found)


def run_batch(task: dict[str, Any]) -> dict[str, Any]:
    """Run trials ``task["first"]`` to ``task["last"]`` - 1 and return what is kept of them.

    task: ``scenario`` (``packed``), ``seed``, ``point``, ``first``, ``last``, ``budget``, ``machine``
    (what ``sim.studies.machine.fingerprint`` said where the study was started). Returns
    ``{"written", "wall_s"}`` (see ``sim.studies.batch``). OtherMachine if this one differs.
    """
    if differs := differences(task["machine"], fingerprint()):
        raise OtherMachine(f"the worker {node()} is refused: {differs}")
    scenario, shared = _unpacked(task["scenario"])
    began = perf_counter()
    parts = []
    for trial in range(task["first"], task["last"]):
        parts.append(_one(scenario, task, trial=trial, shared=shared))
        _HEAP.clear(task["scenario"])
    wall_s = perf_counter() - began
    return {"written": written(*_joined(parts)), "wall_s": wall_s}


def dedicate() -> None:
    """Say that this process is for trials alone: then what each of them leaves is cleared away at once."""
    from sim.engine.lean import give_back_memory

    give_back_memory()
    gc.enable()
    _HEAP.ours = True


def do_nothing(task: dict[str, Any]) -> dict[str, Any]:
    """Do nothing: a worker that dies of this dies of itself."""
    return task


def _one(scenario: Scenario, task: dict[str, Any], *, trial: int, shared: "Shared") -> Part:
    from sim.trial import run

    seed, point = task["seed"], task["point"]
    try:
        outcome = run(scenario, seed=seed, trial=trial, budget=task["budget"], shared=shared)
    except Exception as error:  # a trial that raises is reported with its seed, and the study goes on
        if _interrupted(error):
            raise KeyboardInterrupt from error
        return Part(failed(traceback.format_exc(), scenario, point=point, trial=trial, seed=seed))
    figures = figures_of(outcome.figures, usage(scenario, outcome.figures))
    return Part(rows_of(outcome, point=point, trial=trial), [Measured(point, trial, figures)])


def _interrupted(error: BaseException | None) -> bool:
    """Return whether an interrupt became an error on its way, as it does where C calls Python."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _joined(parts: Sequence[Part]) -> tuple[Rows, list[Measured]]:
    rows: Rows = {}
    for part in parts:
        for table, found in part.rows.items():
            rows.setdefault(table, []).extend(found)
    return rows, [found for part in parts for found in part.measured]
