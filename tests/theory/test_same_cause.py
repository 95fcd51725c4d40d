"""Two stores that suffer alike from one fault are told alike, whatever else happened to one of them."""

from copy import deepcopy
from typing import Any

import pytest

from tests.theory.one_store import BASE, EAST_WEST, S, merge, run

SLOW = {"kind": "network_latency", "link": "east", "latency": "3s", "at": "20s", "duration": "20s"}
BESIDE = {"kind": "replication_pause", "database": "*", "region": "west", "at": "25s"}


def two_stores(**beside: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the recovery of orders' writes, whose observers notice, and of stock's, whose never do.

    Links to and from east are slow for 20 s, too slow for the writes of the clients in west. People would
    have taken a minute to decide, so all that happens is that the fault heals.
    """
    orders = {"replication": {"share": 0.5}, "failover": {"decision": "60s"}}
    stock = merge(deepcopy(BASE["databases"]["orders"]), {**orders, "failover": {"failures": 100}})
    patch = {
        "duration": "120s",
        "level": {"hold": "20s"},
        "clients": {"east": None, "west": {"share": 1}},
        "databases": {"stock": stock},
        "gateway": {"check": {"interval": "5s", "offset": "0s"}},
    }
    figures = run(patch, orders=orders, slow=SLOW, **beside).figures["recovery"]
    return {store: figures[f"{store}.write"] for store in ("orders", "stock")}


@pytest.mark.parametrize("beside", [{}, {"beside": BESIDE}, {"beside": {**BESIDE, "duration": "10s"}}])
def test_phases_of_two_stores_with_one_cause_are_the_same(beside):
    """Writes fail from the way to east on, and recover as the fault heals: all of it is repair, of both.

    Neither do trips, of which nobody knows what they saw, hide the fault, nor a pause that takes no part.
    """
    found = two_stores(**beside)
    assert found["orders"]["phases_ns"] == found["stock"]["phases_ns"]
    assert found["orders"]["phases"]["repair"] == 20
    assert found["orders"]["phases_ns"]["detect"] == EAST_WEST
    assert sum(found["orders"]["phases_ns"].values()) < 20 * S + EAST_WEST + 20_000_000
