"""What the shipped scenarios say: which of their objectives are missed, and what is lost where."""

from functools import cache
from pathlib import Path

import pytest

from sim.outcome import Outcome
from sim.report.document import plain
from sim.spec.resolve import load, resolve
from sim.trial import run
from tests.tallied import counted, listed

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LONG = {"lag/object-sync-pause-12h"}  # `make pause` runs it

# scenario -> the objectives that it misses; it meets every other
MISSED = {
    "failover/ghosts": {"rpo", "search-ghosts", "lake-ghosts", "sound-since"},
    "failover/overload-false-failover": set(),
    "failover/promised-twice": {"reserved-once", "captured-once", "none-stuck"},
    "failover/relay-crash": {"doubled-rarely"},
    "failover/relay-crash-polled": set(),
    "failover/slot-lost": {"no-orphans", "outbox-rpo", "sound-since"},
    "failover/slow-decision": {"write-rto"},
    "failover/split-brain": {"one-history", "write-rto"},
    "failover/synchronous-any": set(),
    "failover/takeover-after-retention": {"raw-rpo"},
    "failover/unclean-election": {"bus-rpo", "raw-rpo"},
    "lag/catalog-outage": {"raw-fresh"},
    "lag/consumer-crash-loop": {"done-once", "up-to-date"},
    "lag/dangling-dashboards": {"dashboards"},
    "lag/late-records": {"raw-late", "shown-late"},
    "lag/lookup-down": {"no-letters", "no-gap", "complete"},
    "lag/mirror-behind-retention": {"mirror-rpo", "west-rpo"},
    "lag/peak-above-the-line": {"rpo", "exposure"},
    "lag/poison-message": {"raw-fresh"},
    "lag/rebalance-storm": {"done-once", "up-to-date"},
    "lag/replica-paused-then-lost": {"rpo"},
    "lag/stale-reads": {"freshness"},
    "replay/applied-twice": {"before-replay", "nothing-twice"},
    "replay/fill-a-gap": {"before-replay"},
    "replay/win-back-lost-orders": {"before-replay"},
}

# scenario of the data path -> stages that lose acknowledged records (without the database itself)
LOSING = {
    "failover/ghosts": {"outbox", "bus", "mirror/eu-west", "mirror/us-east", "search"},
    "failover/relay-crash": set(),
    "failover/relay-crash-polled": set(),
    "failover/slot-lost": {"outbox", "bus", "mirror/eu-west", "mirror/us-west", "search"},
    "failover/takeover-after-retention": {"mirror/us-east"},
    "failover/unclean-election": {"bus"},
    "lag/catalog-outage": set(),
    "lag/consumer-crash-loop": set(),
    "lag/dangling-dashboards": set(),
    "lag/late-records": set(),
    "lag/lookup-down": set(),
    "lag/mirror-behind-retention": {"mirror/us-west", "search-west"},
    "lag/poison-message": set(),
    "lag/rebalance-storm": set(),
    "replay/applied-twice": {"search"},
    "replay/fill-a-gap": {"search"},
    "replay/win-back-lost-orders": {"outbox", "bus", "mirror/eu-west", "mirror/us-east", "search"},
}
LAKE_LOSES = {
    "failover/ghosts",
    "failover/slot-lost",
    "failover/takeover-after-retention",
    "failover/unclean-election",
    "replay/win-back-lost-orders",
}


@cache
def outcome(name: str) -> Outcome:
    """Run a scenario once."""
    return run(resolve(load(str(SCENARIOS / f"{name}.yaml"))), missing=True)


def test_every_scenario_is_here():
    """A new scenario under failover, lag or replay says here what it shows."""
    found = {
        f"{path.parent.name}/{path.stem}"
        for kind in ("failover", "lag", "replay")
        for path in SCENARIOS.glob(f"{kind}/*.yaml")
    }
    assert found - LONG == set(MISSED)


@pytest.mark.parametrize("name", sorted(MISSED))
def test_what_a_scenario_shows(name):
    """Its faults strike, it misses the objectives that it was made to miss, and the others are met."""
    result = outcome(name)
    assert [fault for fault, fate in result.faults.items() if not fate.fired] == []
    found = {objective.id: objective.verdict for objective in result.objectives}
    assert found == {of: "missed" if of in MISSED[name] else "met" for of in found}
    assert MISSED[name] <= set(found)


@pytest.mark.parametrize("name", sorted(LOSING))
def test_where_records_are_lost(name):
    """Only the stages that the drill is about lose records; nothing vanishes without a rule."""
    figures = plain(outcome(name).figures)
    losing = {stage for stage, row in figures["waterfall"]["orders"].items() if row["lost"]} - {"replica"}
    lake = {
        stage for stage in losing if stage in ("raw", "curated", "analytics") or stage.startswith("copy/")
    }
    assert losing - lake == LOSING[name]
    assert bool(lake) == (name in LAKE_LOSES)
    assert figures["conservation"]["orders"]["problems"] == []


@pytest.mark.parametrize("name", sorted(MISSED))
def test_the_table_of_missing_records_adds_up(name):
    """At every store and stage it has as many lost, stranded, dropped, ghosts, duplicates as figures say."""
    assert listed(outcome(name).missing) == counted(outcome(name).figures)


def test_what_was_promised_to_nobody_is_not_lost():
    """Asynchronous, what burned down had been acknowledged; with a replica asked, none of it had."""
    found = outcome("failover/synchronous-any").figures.loss["orders"]
    at_once = "databases.orders.replication.acknowledgement=null"
    scenario = resolve(load(str(SCENARIOS / "failover/synchronous-any.yaml"), sets=[at_once]))
    asynchronous = run(scenario).figures.loss["orders"]
    assert (found.records, found.info_lost) == (asynchronous.info_lost, asynchronous.records)
    assert asynchronous.records > 100


def test_a_replay_into_the_database_wins_back_what_had_been_published():
    """Of the lost orders stay lost those without an event; every ghost of the others has ended."""
    figures = plain(outcome("replay/win-back-lost-orders").figures)
    loss, found = figures["loss"]["orders"], figures["replays"]["win-back"]
    assert loss["records"] - loss["records_after_replay"] == found["won_back"] > 500
    assert loss["records_after_replay"] == figures["waterfall"]["orders"]["outbox"]["lost"]
    assert (found["duplicates"]["count"], found["unchanged"]) == (0, 0)
    for reader in ("search", "raw", "curated", "analytics"):
        row = figures["delivery"][f"orders.{reader}"]
        assert (row["ghosts"]["count"], row["ghosts_ended"]["count"]) == (0, found["won_back"])


@pytest.mark.parametrize("name", ["replay/fill-a-gap", "replay/applied-twice"])
def test_a_replay_into_a_consumer_fills_its_gap(name):
    """All that it missed comes; what it had comes again only if nobody looks."""
    figures = plain(outcome(name).figures)
    row, found = figures["waterfall"]["orders"]["search"], figures["replays"]["fill"]
    assert (row["lost"], row["records_after_replay"]) == (found["filled"], 0)
    again = found["duplicates"]["count"] if name == "replay/applied-twice" else found["unchanged"]
    assert found["rows"] == found["filled"] + again > 5000
    assert found["catch_up_s"] <= found["finished_s"] - found["started_s"] < found["rows"] / 100 + 1


def test_what_a_failover_forgets_is_promised_twice():
    """Reservations that nobody made again leave orders half done; of their units some are sold once more."""
    figures = plain(outcome("failover/promised-twice").figures)
    orders, stock = figures["choreography"]["orders"], figures["stock"]["inventory"]
    assert orders["half_done"] == orders["stuck"]
    assert orders["stuck"]["witness"]["missing"] == ["reserve"]
    assert 0 < stock["oversold"]["count"] < stock["forgotten"] <= orders["stuck"]["count"]
    assert stock["oversold"]["witness"]["collides_with"]["at_s"] < 180
    assert orders["doubled"]["witness"]["handler"] == "capture"


def test_what_comes_back_with_a_region_is_late_in_every_table():
    """The same records in each, minutes behind; who waits longer than the outage lasts has none."""
    delivery = plain(outcome("lag/late-records").figures)["delivery"]
    late = {of: row["late"]["count"] for of, row in delivery.items() if "late" in row}
    assert late.pop("orders.prices") == 0
    assert set(late) == {"orders.raw", "orders.curated", "orders.analytics"}
    (count,) = set(late.values())
    assert count > 1000
    assert 420 < delivery["orders.raw"]["late_max_s"] < 600
