"""One case on both sides: the twin, and the engine with as much room as is asked for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from sim.spec.scenario import Scenario
from sim.trial import run_tables

from .compare import compare, compare_fired, compare_milestones
from .twin import Result, run_twin

# Rows at which the engine makes room, hands rows over and drops them, which else takes tens of thousands.
LITTLE = {
    "sim.engine.circle.building.OUTPUT_ROWS": 1150,  # of which 1,100 must be free
    "sim.engine.log.LEAST": 1,
    "sim.engine.log.ROOMY": 1,
    "sim.engine.cursor.CHUNK": 4,
    "sim.models.bus.origins._SPARE": 1,
    "sim.models.bus.foresight._ROOM": 8,
    "sim.engine.circle.building.FEEDS": 4,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: a resolved scenario, the seed of its draws and when which cursor is pulled by itself."""

    number: int
    style: str
    scenario: Scenario
    seed: int
    pulls: tuple[tuple[int, str], ...]


@contextmanager
def little_room() -> Iterator[None]:
    """Give the engine little room, so that it often makes room and drops rows."""
    with ExitStack() as stack:
        for constant, value in LITTLE.items():
            stack.enter_context(patch(constant, value))
        yield


def engine(one: Case, *, little: bool) -> dict[str, Any]:
    """Run the engine."""
    with ExitStack() as stack:
        if little:
            stack.enter_context(little_room())
        return run_tables(one.scenario, one.seed, pulls=one.pulls)


def against(twin: Result, one: Case, *, little: bool) -> str | None:
    """Return the first difference between a case's twin and the engine, None if there is none.

    An engine that raises differs, too.
    """
    try:
        found = engine(one, little=little)
    except Exception as error:  # noqa: BLE001  whatever is wrong with it
        return f"the engine raised {type(error).__name__}: {error}"
    milestones = [(m.kind, m.at_ns, m.subject) for m in found["milestones"]]
    return (
        compare(found["tables"], twin.tables)
        or compare_milestones(milestones, twin.milestones)
        or compare_fired(one.scenario.faults, found["faults"], twin.fired)
    )


def both(one: Case, *, little: bool) -> tuple[str | None, Result]:
    """Run a case on both sides; return the first difference, None if there is none, and the twin's result."""
    twin = run_twin(one.scenario, one.seed)
    return against(twin, one, little=little), twin
