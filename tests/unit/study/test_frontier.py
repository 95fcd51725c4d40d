"""Points side by side: what they cost, and which are on the frontier."""

import math

import pytest

from sim.report.frontier import entry, side_by_side
from sim.report.page import plain
from sim.studies.frontier import cost, frontier, recovery_of
from sim.studies.usage import instances, usage
from tests.records import figures
from tests.unit.study.made import finding, scenario

PRICES = ('prices={source: a list, instance: 0.5 USD/h, transfer: 0.02 USD/GB, storage: "0.1 USD/GB-month"}',)


def point(label, *, rta, lost, instances=3.0, transfer=0.0, stored=0.0, sets=PRICES):
    """A point whose 20 trials all came to the same."""
    columns = {
        ("recovery.rta_s", "orders.write"): rta,
        ("loss.records", "orders"): lost,
        ("usage.instances", "platform"): instances,
        ("usage.transfer_bytes", "platform"): transfer,
        ("usage.stored_bytes", "platform"): stored,
    }
    metrics = [(metric, of, [value] * 20) for (metric, of), value in columns.items()]
    return finding({"rto": [10.0] * 20}, label=label, metrics=metrics, sets=sets)


def best(*points):
    """The labels of those on the frontier."""
    return [place.label for place in frontier(points) if place.best]


def test_a_point_that_is_worse_in_nothing_and_better_in_something_takes_another_off_the_frontier():
    """Slow and dear goes; slow but cheap, and fast but dear, stay."""
    fast, cheap = (
        point("fast", rta=10.0, lost=5, instances=6.0),
        point("cheap", rta=60.0, lost=5, instances=2.0),
    )
    bad = point("bad", rta=60.0, lost=5, instances=6.0)
    assert best(fast, bad, cheap) == ["fast", "cheap"]
    assert best(fast, bad, cheap, point("lossless", rta=60.0, lost=0, instances=9.0)) == [
        "fast",
        "cheap",
        "lossless",
    ]


def test_equal_points_are_both_on_the_frontier():
    """Neither is better in anything."""
    assert best(point("a", rta=1.0, lost=0), point("b", rta=1.0, lost=0)) == ["a", "b"]


def test_without_prices_cost_does_not_count():
    """Recovery and loss alone."""
    dear = point("dear", rta=10.0, lost=5, instances=9.0, sets=())
    assert best(dear, point("slow", rta=20.0, lost=5, sets=())) == ["dear"]
    assert entry(frontier([dear])[0])["cost_per_hour"] is None


def test_an_open_recovery_is_behind_every_other():
    """And it is written as open, not as a number."""
    assert best(point("open", rta=math.inf, lost=0), point("late", rta=999.0, lost=0)) == ["late"]
    assert entry(frontier([point("open", rta=math.inf, lost=0)])[0])["rta_open"]


def test_a_loss_counts_with_the_most_that_it_can_be():
    """A point of which everything may be lost is behind one that lost a record."""
    open_ = point("open", rta=9.0, lost=(0.0, math.inf))
    assert best(open_, point("one", rta=9.0, lost=1)) == ["one"]
    assert (entry(frontier([open_])[0])["lost_open"], frontier([open_])[0].lost_records) == (True, math.inf)
    assert "no bound" in plain([side_by_side([open_, point("one", rta=9.0, lost=1)])])


def test_the_cost_of_an_hour_is_the_sum_of_what_has_a_price():
    """The small scenario lasts 12 minutes, a fifth of an hour: bytes count five times."""
    found = point("x", rta=1.0, lost=0, instances=3.0, transfer=2e9, stored=4e9)
    parts = cost(found.point.scenario, found.tally)
    assert parts == pytest.approx({"instance": 1.5, "transfer": 0.2, "storage": 2.0})
    only = ("prices={source: a list, transfer: 0.02 USD/GB}",)
    found = point("x", rta=1.0, lost=0, transfer=2e9, sets=only)
    assert cost(found.point.scenario, found.tally) == pytest.approx({"transfer": 0.2})


def test_recovery_is_that_of_the_objectives_else_that_of_all_writes():
    """The slowest of them in each trial."""
    metrics = [("recovery.rta_s", of, [1.0]) for of in ("orders.write", "orders.read")]
    found = finding({"rto": [10.0]}, metrics=metrics)
    assert recovery_of(found.point.scenario, found.tally) == ["orders.write"]
    reads = scenario("sla.rto.of=orders.read")
    assert recovery_of(reads, found.tally) == ["orders.read"]
    assert recovery_of(scenario("sla.rto=null"), found.tally) == ["orders.write"]


def test_an_insight_called_write_is_no_writes():
    """Without an objective on recovery the writes of databases count, not what is called like them."""
    metrics = [("recovery.rta_s", of, [1.0]) for of in ("dashboard.write", "orders.write")]
    found = finding({"rto": [10.0]}, metrics=metrics)
    assert recovery_of(scenario("sla.rto=null"), found.tally) == ["orders.write"]


def test_the_table_marks_the_frontier_and_names_what_has_no_price():
    """A reader sees what the cost leaves out."""
    only = ("prices={source: a list, instance: 0.5 USD/h}",)
    text = plain(
        [side_by_side([point("a", rta=1.0, lost=0, sets=only), point("b", rta=2.0, lost=0, sets=only)])]
    )
    lines = [line.split() for line in text.splitlines()]
    assert ["*", "1.0", "s", "0", "1.50", "USD", "inconclusive", "a"] in lines
    assert ["2.0", "s", "0", "1.50", "USD", "inconclusive", "b"] in lines
    assert "no price, so left out: transfer, storage" in " ".join(text.split())


def test_what_is_paid_for_is_counted_from_the_scenario_and_the_records():
    """Three nodes; 10 commits of 2 KiB: 30 received, 20 of them from another region."""
    kept = {"committed": 10, "nodes": {name: {"received": 10} for name in ("east", "mid", "west")}}
    found = usage(scenario(), figures(conservation={"orders": kept}))
    assert found == {"instances": 3.0, "transfer_bytes": 20 * 2048, "stored_bytes": 30 * 2048}


def test_events_go_to_every_other_region_and_brokers_are_instances():
    """Two other regions: each event of 1 KiB is sent twice and kept three times."""
    with_bus = scenario("bus={brokers: 2}")
    kept = {"committed": 0, "nodes": {"east": {"received": 0}}}
    fall = {"orders": {"bus": {"delivered": 7}, "raw": {"delivered": 5}}}
    found = usage(with_bus, figures(conservation={"orders": kept}, waterfall=fall))
    assert instances(with_bus) == 3 + 2 * 3
    assert (found["transfer_bytes"], found["stored_bytes"]) == (7 * 2 * 1024, 7 * 3 * 1024)
