"""What all nodes had received long ago is judged as what was under way, and so wherever slices end.

Of such commits the measures keep no row each. The platform is cases/settled.yaml: 50 writes a second for
40 s, cut off from the majority at 10 s.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.outcome import Outcome
from sim.report.document import plain
from sim.spec.resolve import load, resolve
from sim.trial import run
from tests.properties.test_slices import TINIEST, room
from tests.tallied import counted, listed
from tests.theory.one_store import merge

SETTLED = Path(__file__).parent / "cases" / "settled.yaml"
WRITES = 50  # a second
BURNS: dict[str, Any] = {"kind": "db_crash", "database": "orders", "data": "lost"}
ALONE = {"databases": {"orders": {"replicas": []}}}


def told(tmp_path: Path, patch: dict[str, Any]) -> Outcome:
    """Return what the platform with ``patch`` says, which must be the same with nearly no room for rows."""
    path = tmp_path / "scenario.yaml"
    path.write_text(yaml.safe_dump(merge(yaml.safe_load(SETTLED.read_text()), patch)))
    scenario = resolve(load(str(path)))
    usual = run(scenario, seed=0, missing=True)
    with room(TINIEST):
        little = run(scenario, seed=0, missing=True)
    assert little.figures == usual.figures
    assert listed(usual.missing) == listed(little.missing) == counted(usual.figures)
    return usual


def test_writes_of_a_minority_that_its_replica_has_too_are_diverged(tmp_path):
    """All that is acknowledged after the cut may be lost as diverged, received by the other copy or not."""
    loss = plain(told(tmp_path, {}).figures)["loss"]["orders"]
    bounds = loss["bounds"]["diverged"]
    assert loss["diverged_stranded"] == bounds["high"] == pytest.approx(30 * WRITES, abs=2)
    assert bounds["low"] == 0


def test_what_was_diverged_when_both_copies_burnt_is(tmp_path):
    """Of a store that burnt as a whole in a minority, what it took since the cut was diverged."""
    both = {"b": {**BURNS, "region": "b", "at": "35s"}, "a": {**BURNS, "region": "a", "at": "35s"}}
    loss = plain(told(tmp_path, {"faults": both}).figures)["loss"]["orders"]
    assert loss["window_s"] is None
    assert loss["diverged"] == loss["cause"]["diverged"] == pytest.approx(25 * WRITES, abs=2)
    assert loss["cause"]["node"] == loss["records"] - loss["diverged"] == pytest.approx(10 * WRITES, abs=2)


def test_what_burnt_in_its_only_copy_had_never_been_sent(tmp_path):
    """There was no other node that could have received it."""
    loss = told(tmp_path, merge(ALONE, {"faults": {"cut": None, "a": {**BURNS, "at": "35s"}}}))
    cause = plain(loss.figures)["loss"]["orders"]["cause"]
    assert cause["send_queue"] == sum(cause.values()) == pytest.approx(35 * WRITES, abs=2)


def test_all_that_a_consumer_has_of_a_store_that_burnt_is_a_ghost(tmp_path):
    """Also what had been everywhere in the database when it burnt; the first of them is known."""
    alone = merge(ALONE, {"faults": {"cut": None, "a": {**BURNS, "at": "35s"}}})
    figures = plain(told(tmp_path, alone).figures)
    ghosts = figures["delivery"]["orders.search"]["ghosts"]
    assert ghosts["count"] == figures["delivery"]["orders.search"]["arrivals"] > 30 * WRITES
    assert ghosts["witness"] == {"at_s": 35.0, "version": (1 << 40) + 1, "rid": ghosts["witness"]["rid"]}
    lost = figures["waterfall"]["orders"]["replica"]["first_lost"]
    assert (lost["version"], lost["rid"]) == ((1 << 40) + 1, ghosts["witness"]["rid"])
    assert 0 < lost["commit_s"] < 0.1


def test_what_a_fault_destroys_as_it_begins_was_still_there_when_it_began(tmp_path):
    """Monitors say what stood just before: what the replica had not received yet was some ms old."""
    fire = {"kind": "region_outage", "region": "a", "data": "lost", "wire": "lost", "at": "35010ms"}
    figures = plain(told(tmp_path, {"faults": {"cut": None, "a": fire}}).figures)
    assert figures["loss"]["orders"]["destroyed"] == 1
    at_fault = figures["monitoring"]["orders/replica/b"]["at_faults"]["a"]
    assert 0 < at_fault["true_age_s"] < 0.02


def test_a_step_in_a_store_that_burnt_is_missing_in_the_witness(tmp_path):
    """Orders were reserved and paid; the stock burnt: paid they still are."""
    store = {
        "primary": "a",
        "replicas": [],
        "replication": {"share": 0.1},
        "workload": {"writes": 0, "reads": 0},
    }
    shop = {
        "databases": {"stock": store, "money": store},
        "consumers": {
            "reserve": {"of": "orders", "region": "a", "writes": "stock"},
            "pay": {"of": "orders", "region": "a", "writes": "money"},
        },
        "level": {"patience": "5s"},
        "faults": {"cut": None, "a": {**BURNS, "database": "stock", "at": "35s"}},
    }
    found = plain(told(tmp_path, shop).figures)["choreography"]["orders"]
    assert found["half_done"]["count"] == found["stuck"]["count"] > 20 * WRITES
    for name in ("stuck", "half_done"):
        assert found[name]["witness"]["missing"] == ["reserve"]
