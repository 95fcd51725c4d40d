"""One run: resolved scenario + seed -> journal, judged."""

from typing import Any

import numpy as np

from sim.journal.recorder import Slice
from sim.spec.models import Scenario
from sim.world import World


def run_tables(scenario: Scenario, seed: int, *, trial: int = 0, pulls: tuple[int, ...] = ()) -> dict[str, Any]:
    """Run one trial and return its whole journal in memory: {"tables": {domain: {table: {column: array}}}, "milestones": [...]}."""
    slices: list[Slice] = []
    world = World(scenario, seed=seed, trial=trial, fold=slices.append)
    world.run(scenario.duration, pulls=tuple(pulls))
    tables: dict[str, dict[str, Any]] = {name: {} for name in scenario.databases}
    for part in slices:
        for name, table in part.tables.items():
            held = tables[part.domain].setdefault(name, {column: [] for column in table})
            for column, values in table.items():
                held[column].append(values)
    joined = {
        domain: {name: {c: np.concatenate(parts) for c, parts in table.items()} for name, table in found.items()}
        for domain, found in tables.items()
    }
    return {"tables": joined, "milestones": world.milestones.all}
