"""The validation between relay and bus: what is bad is dropped there and behind, and not lost."""

import numpy as np

from tests.theory.events import BUS, GROUP, events, lsns, rounds
from tests.theory.one_store import LSN

TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")


def validating(bad, **more):
    """A bus that drops a share of what is published, and a consumer."""
    return {"bus": {**BUS, "validation": {"bad": bad}}, "consumers": {"search": GROUP}, **more}


def test_all_that_is_bad_gets_on_no_bus():
    """Each record is dropped when it would have become visible; every stage behind counts it as dropped."""
    r = events({"duration": "3s", **validating(1.0)})
    np.testing.assert_array_equal(r.table("dropped/validation", "at_ns"), rounds(1, 5))
    np.testing.assert_array_equal(r.table("dropped/validation", "version") & LSN, np.arange(1, 250))
    fall = r.figures["waterfall"]["orders"]
    assert fall["outbox"]["delivered"] == 249 and fall["outbox"]["dropped"] == 0
    for stage in ("validation", "bus", "mirror/west", "mirror/north", "search"):
        row = fall[stage]
        assert (row["delivered"], row["dropped"], row["lost"]) == (0, 249, 0), stage
        assert sum(row[term] for term in TERMS) == sum(fall["replica"][term] for term in TERMS)
    assert r.figures["conservation"]["orders"]["problems"] == []


def test_a_share_of_the_writes_is_bad():
    """A tenth is dropped; bus and dropped are all that was published, in order and at its time."""
    r = events({"duration": "60s", **validating(0.1)})
    dropped = r.table("dropped/validation", "version") & LSN
    published = np.arange(1, 50 * 119)
    np.testing.assert_array_equal(np.sort(np.concatenate([dropped, lsns(r, "east")])), published)
    times = np.sort(np.concatenate([r.table(f"{t}", "at_ns") for t in ("dropped/validation", "bus/east")]))
    np.testing.assert_array_equal(times, rounds(1, 119))
    assert abs(len(dropped) - 0.1 * len(published)) < 5 * np.sqrt(0.09 * len(published))


def test_a_bad_write_is_bad_whoever_publishes_it():
    """After a promotion and a killed relay the same records are dropped again, and none of the others."""
    kill = {"kind": "process_kill", "process": "orders/relay", "at": "20s", "duration": "1s"}
    power = {"kind": "region_outage", "region": "east", "at": "30s"}
    r = events({"duration": "90s", **validating(0.3)}, kill=kill, power=power)
    dropped = r.table("dropped/validation", "version")
    values, counts = np.unique(dropped, return_counts=True)
    assert counts.max() > 1
    shown = np.concatenate([r.table(f"bus/{region}", "version") for region in ("east", "west", "north")])
    assert not set(values.tolist()) & set(shown.tolist())
    design = events({"duration": "90s", **validating(0.3)}, kill=kill)  # without the outage
    known = set(design.table("dropped/validation", "version").tolist())
    same = {v for v in values.tolist() if v >> 40 == 1}
    assert same <= known


def test_freshness_and_recovery_point_do_not_wait_for_what_is_dropped():
    """What is dropped is known not to come: a consumer is as fresh as without, nothing limits the point."""
    plain = events({"duration": "60s", "consumers": {"search": GROUP}}).figures
    found = events({"duration": "60s", **validating(0.3)}).figures
    for of in ("orders.events", "orders.search"):
        assert found["freshness"][of]["max_s"] <= plain["freshness"][of]["max_s"] + 1e-9
    assert found["recovery_point"]["limited_by"] is None
    gaps = found["delivery"]["orders.search"]["gaps"]["count"]
    assert gaps == found["waterfall"]["orders"]["search"]["surviving"]["dropped"] > 0
