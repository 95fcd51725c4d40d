"""What is foreseen, and which tags are forgotten, changes nothing: pulled or foreseen, under faults."""

from collections import Counter
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from sim.engine.circle import door
from sim.models.bus.foresight import Foresight
from sim.trial import run_tables
from tests.oracle.sides import little_room
from tests.theory.test_handlers import choreo_scenario

RANDOM: dict[str, Any] = {
    "duration": "100s",
    "clients": {"east": {"share": 2}, "west": {"share": 1}, "north": {"share": 1}},
    "databases": {
        name: {
            "replicas": ["west", "north"],
            "service": {"write": {"exponential": "2ms"}, "workers": 1},
            "replication": {"share": 0.1},
            "failover": {"failures": 2, "interval": "2s", "timeout": "1s", "decision": "1s"},
            "workload": {"arrivals": {"kind": "poisson"}, "retry": {"attempts": 4, "timeout": "1s"}},
        }
        for name in ("orders", "stock")
    },
}
ROVING: dict[str, Any] = {"standby": ["north", "west"], "takeover": "10s", "work": {"exponential": "2ms"}}
FAULTS: dict[str, dict[str, Any]] = {
    "power": {"kind": "region_outage", "region": "east", "at": "30s", "duration": "30s", "wire": "lost"},
    "kill": {"kind": "process_kill", "process": "stock/reserved", "at": "12345ms", "duration": "1s"},
    "crash": {"kind": "relay_crash", "database": "orders", "at": "20s", "duration": "3s"},
    "slow": {
        "kind": "node_slow", "factor": 900, "database": "stock", "region": "east", "at": "22s",
        "duration": "6s",
    },
    "deaf": {"kind": "process_pause", "process": "orders/reserve", "at": "70s", "duration": "5s"},
    "broker": {"kind": "leader_election", "region": "west", "broker": 1, "at": "80s", "duration": "4s"},
}  # fmt: skip


@contextmanager
def counted(counts: Counter[str]):
    """Count what is foreseen, and the tags that are forgotten, or kept because of what is under way."""
    look, forget = Foresight.look, door.forget_tags

    def looking(self: Foresight, until: int) -> bool:
        counts["foreseen"] += 1
        return look(self, until)

    def forgetting(state: Any, group: int, tags: np.ndarray, kept: np.ndarray) -> None:
        counts["forgotten"] += int((~np.isin(tags, kept)).sum())
        counts["kept"] += int(np.isin(tags, kept).sum())
        forget(state, group, tags, kept)

    with patch.object(Foresight, "look", looking), patch.object(door, "forget_tags", forgetting):
        yield


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Assert that two journals are equal, row by row."""
    assert one["milestones"] == other["milestones"]
    for store, tables in one["tables"].items():
        assert tables.keys() == other["tables"][store].keys()
        for name, table in tables.items():
            for column, values in table.items():
                np.testing.assert_array_equal(values, other["tables"][store][name][column], f"{store} {name}")


@pytest.mark.parametrize("idempotent", [True, False])
def test_foreseen_calls_and_forgotten_tags_change_no_row(idempotent):
    """An outage with a failover, kills, a relay that repeats itself, a slow store: pulled or foreseen."""
    handler = {**ROVING, "idempotent": idempotent}
    patch_over = {**RANDOM, "consumers": {"reserve": handler, "reserved": handler}}
    built = choreo_scenario(patch_over, **FAULTS)
    with patch.object(Foresight, "_foreseeable", lambda _: None):
        plain = run_tables(built, 3)
    counts: Counter[str] = Counter()
    with counted(counts):
        same(plain, run_tables(built, 3))
        assert counts["foreseen"] > 200
        assert counts["forgotten"] == 0
        with little_room():
            same(plain, run_tables(built, 3))
    assert (counts["forgotten"] > 1000) == idempotent
