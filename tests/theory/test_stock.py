"""Stock by arithmetic: a failover sells again what it has forgotten, and nothing else.

Orders are taken and reserved in north; the stock's primary is in east, its standby in west. East is lost at
20.04 s, in the middle of what the events of the tick at 20 s made north reserve. Nobody calls again for a
reservation that had been answered.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.journal.recorder import Slice
from sim.measure.measures import Measures
from sim.report.document import plain
from tests.theory.one_store import EAST_WEST, MS, TRANSMIT, Run, S, run_of
from tests.theory.test_handlers import QUIET, STORE, choreo_scenario, of

T = 20 * S + 40 * MS
SHARE = 0.2  # of the link: a record takes five times as long as the whole link would need


@cache
def sold(at: int = T) -> Run:
    """Return a run in which east is lost with what was on its wires; all take from one item."""
    stock = {**QUIET, "stock": {"taken_by": "reserve", "units": 1}}
    stock["workload"] = {**stock["workload"], "keys": {"count": 1}}
    patch: dict[str, Any] = {
        "duration": "60s",
        "clients": {"east": None, "north": {"share": 1}},
        "databases": {"orders": {**STORE, "primary": "north"}, "stock": stock},
        "consumers": {"reserved": None},
    }
    power = {"kind": "region_outage", "region": "east", "at": f"{at}ns", "wire": "lost"}
    return run_of(choreo_scenario(patch, reserve={"region": "north"}, power=power), 1)


def figures(r: Run, units: int) -> dict[str, Any]:
    """Return what the journal says of a stock of so many units: the engine knows nothing of it."""
    stock = r.scenario.databases["stock"]
    held = stock.model_copy(update={"stock": stock.stock.model_copy(update={"units": units})})
    databases = {**r.scenario.databases, "stock": held}
    measures = Measures.of(r.scenario.model_copy(update={"databases": databases}))
    for domain, tables in r.tables.items():
        measures.fold(Slice(domain, r.scenario.duration, tables, tuple(r.milestones)))
    measures.finish(r.milestones, r.scenario.duration)
    return plain(measures.figures())["stock"]["stock"]


def committed(r: Run) -> np.ndarray:
    """Return when the first timeline committed (ns)."""
    first = of(r, "stock", "commits", "version") >> 40 == 1
    return of(r, "stock", "commits", "commit_ns")[first]


def lost(r: Run) -> int:
    """Return how many of its commits had not been received when east died: one after the other, 5 ms each."""
    received, free = 0, 0
    for at in committed(r).tolist():
        free = max(free, at) + round(TRANSMIT / SHARE)
        received += free + EAST_WEST < T
    return len(committed(r)) - received


@pytest.mark.parametrize("left", [-1000, -6, -1, 0, 1, 50])
def test_as_many_are_oversold_as_were_promised_and_forgotten(left):
    """With ``left`` units left (or that many declined) when the wire was lost: the grants that were on it.

    The new primary has so many units more than there are, and sells them all.
    """
    r = sold()
    total, gone = len(committed(r)), lost(r)
    forgotten = max(0, gone + min(left, 0))
    found = figures(r, total + left)
    assert gone > 6
    assert total - gone == int(of(r, "stock", "cuts", "cut")[0])
    assert found["takes"] == len(of(r, "stock", "commits", "version")) > total + 60
    assert found["forgotten"] == found["oversold"]["count"] == forgotten
    assert found["granted"] == total + left + forgotten
    assert found["level_min"] == -forgotten
    assert found["oversold"]["items"] == min(1, forgotten)


def test_the_witness_is_the_first_that_found_the_shelf_empty():
    """With nothing left, the first of the new timeline takes what the first lost one was promised."""
    r = sold()
    first = figures(r, len(committed(r)))["oversold"]["witness"]
    cut = int(of(r, "stock", "cuts", "cut")[0])
    assert (first["version"], first["collides_with"]["version"]) == (2 << 40 | cut + 1, 1 << 40 | cut + 1)
    assert first["collides_with"]["at_s"] == committed(r)[cut] / S


def test_as_many_as_are_left_are_sold_first():
    """With 50 units left, which the new primary promises first, the 51st is the first without a unit."""
    r = sold()
    first = figures(r, len(committed(r)) + 50)["oversold"]["witness"]
    assert first["version"] == 2 << 40 | int(of(r, "stock", "cuts", "cut")[0]) + 51


@pytest.mark.parametrize("left", [-6, 0, 50])
def test_without_a_loss_nothing_is_oversold(left):
    """At 20.4 s all that was reserved of the events of 20 s has been received: nothing is forgotten."""
    r = sold(20 * S + 400 * MS)
    assert len(committed(r)) == int(of(r, "stock", "cuts", "cut")[0])
    found = figures(r, len(committed(r)) + left)
    assert (found["forgotten"], found["oversold"]["count"], found["level_min"]) == (0, 0, 0)
    assert found["declined"] > 60
