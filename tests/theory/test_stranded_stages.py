"""What is out of reach when a run ends, stage by stage: no record in two terms, or in none."""

from typing import Any

import pytest

from sim.measure.verdict import judge
from sim.spec.scenario import Objective
from tests.theory.events import events, search
from tests.theory.one_store import Run, merge, run

TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")
DEAD = {"kind": "region_outage", "region": "east", "at": "30s", "wire": "lost"}
SLOW = {"databases": {"orders": {"failover": {"decision": "1h"}}}}
LAKE: dict[str, Any] = {
    "bus": {"mirror": {"share": 0.25}},
    "lake": {
        "home": "east", "standby": ["north"], "takeover": "1h",
        "stream": {"transform": "1ms", "checkpoint": "5s", "commit": "500ms", "restart": "5s"},
        "curated": {"interval": "5s", "base": "1s", "per_row": "0s"},
        "analytics": {"interval": "5s", "base": "1s", "per_row": "0s"},
    }
}  # fmt: skip


def rows(r: Run) -> dict[str, dict[str, int]]:
    """Return stage -> terms; each stage's add up to all acknowledged writes."""
    found = {stage: {t: row[t] for t in TERMS} for stage, row in r.figures["waterfall"]["orders"].items()}
    acknowledged = r.figures["conservation"]["orders"]["acks"]["acknowledged"]
    assert {sum(terms.values()) for terms in found.values()} == {acknowledged}
    return found


def test_what_lies_in_a_dead_region_or_needs_it_is_stranded():
    """East is gone to the end: its bus, what its consumer did, and what only it can send."""
    r = events(merge(search(), SLOW), dead={**DEAD, "at": "30040ms"})  # in the middle of a round
    found, bus = rows(r), len(r.table("bus/east", "version"))
    north, west = (len(r.table(f"bus/{region}", "version")) for region in ("north", "west"))
    acknowledged = sum(found["bus"].values())
    assert found["bus"] == {**dict.fromkeys(TERMS, 0), "stranded": acknowledged}
    assert found["search"] == {**dict.fromkeys(TERMS, 0), "stranded": acknowledged}
    for stage, there in (("mirror/north", north), ("mirror/west", west)):
        assert (found[stage]["delivered"], found[stage]["in_flight"]) == (there, 0)
        assert found[stage]["stranded"] == acknowledged - there
    assert found["outbox"]["delivered"] == max(north, west) < bus  # on a bus that can be read
    replica = r.figures["loss"]["orders"]
    assert (found["replica"]["stranded"], found["replica"]["lost"]) == (replica["stranded"], 0)


@pytest.mark.parametrize("fault", [{}, {"dead": {**DEAD, "duration": "10s"}}], ids=["nothing", "it is back"])
def test_nothing_is_stranded_where_everything_is_there(fault):
    """Of a platform that is well, or well again, no record is out of reach."""
    for terms in rows(events(merge(search(), SLOW), **fault)).values():
        assert terms["stranded"] == 0


def test_a_consumer_that_moved_took_along_what_it_did():
    """It goes on in west: what it did in east counts, and what it missed there comes over west's bus."""
    moves = search(standby=["west"], takeover="5s")
    found = rows(events(merge(moves, SLOW), dead=DEAD))
    assert found["search"]["delivered"] > 0
    assert found["search"]["stranded"] == found["mirror/west"]["stranded"]


def test_tables_of_an_emptied_region_are_stranded_while_a_copy_may_take_over():
    """What the copy in north has is not lost with the lake's home; what nobody has is."""
    lost = events(merge(LAKE, SLOW), dead={**DEAD, "data": "lost"})
    found = rows(lost)
    copied = found["copy/north"]["delivered"]
    assert copied > 0
    assert found["analytics"]["stranded"] >= copied
    assert found["raw"]["delivered"] == found["curated"]["delivered"] == found["analytics"]["delivered"] == 0
    nobody = merge(LAKE, {"lake": {"standby": None, "takeover": None}})
    alone = rows(events(merge(nobody, SLOW), dead={**DEAD, "data": "lost"}))
    assert alone["analytics"]["lost"] >= found["analytics"]["lost"] + copied


def test_a_destroyed_row_on_a_bus_is_a_ghost_that_could_be_replayed():
    """Its database burned before it was copied, its event had crossed: lost there, delivered here."""
    still = {
        "kind": "replication_pause",
        "database": "orders",
        "region": "west",
        "stage": "send",
        "at": "20s",
    }
    r = events(merge(search(region="west"), SLOW), still=still, dead={**DEAD, "data": "lost"})
    found, loss = rows(r), r.figures["loss"]["orders"]
    assert loss["records"] == loss["destroyed"] == found["replica"]["lost"] > 500
    crossed = set((r.table("bus/west", "version")).tolist())
    kept = int(r.table("cuts", "cut")[0])
    ghosts = {version for version in crossed if version & (2**40 - 1) > kept}
    assert (
        loss["replayable"] == r.figures["waterfall"]["orders"]["replica"]["replayable"] == len(ghosts) > 400
    )
    assert r.figures["delivery"]["orders.search"]["ghosts"]["count"] == len(ghosts)
    assert found["mirror/west"]["delivered"] >= len(ghosts)


def test_a_store_that_burned_with_every_copy_has_lost_what_lay_before_the_run():
    """Primary and replica are emptied: no window, no age of the point; stages say what they have."""
    r = events(
        merge(search(region="west"), SLOW),
        gone={"kind": "db_crash", "database": "orders", "region": "west", "at": "25s", "data": "lost"},
        dead={**DEAD, "data": "lost"},
    )
    loss, found = r.figures["loss"]["orders"], rows(r)
    assert (loss["window_s"], loss["window_over_s"], loss["stranded"]) == (None, 30.0, 0)
    assert loss["records"] == sum(found["replica"].values()) == found["replica"]["lost"]
    assert r.figures["recovery_point"]["age_s"] is None
    assert loss["bounds"]["records"]["low"] is None
    assert found["search"]["delivered"] > 0


def test_a_standby_without_its_data_covers_nothing():
    """West burns and is copied anew: what was at risk meanwhile has no bound."""
    where = {"database": "orders", "region": "west", "at": "20s", "duration": "1s"}
    burnt = {"kind": "db_crash", "data": "lost", **where}
    for faults, verdicts in (({}, ("met", "missed")), ({"burnt": burnt}, ("undecided", "missed"))):
        r = run(**faults)
        limits = ("<= 99999", "<= 0")
        sla = {m: Objective(metric="exposure_max_records", of="orders", must=m) for m in limits}
        judged = judge(r.measured, sla, dict.fromkeys(faults, True))
        assert tuple(said.verdict for said in judged) == verdicts
