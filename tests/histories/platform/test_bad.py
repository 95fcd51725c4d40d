"""One thing is wrong: the measure that is meant for it says how much and which, and the others nothing."""

from collections.abc import Callable

import pytest

from tests.histories.builder import MS, S, v
from tests.histories.platform import bad
from tests.histories.platform.builder import Journey
from tests.histories.platform.good import STAGES

Losses = dict[str, int]
LAKE = ("raw", "curated", "analytics", "copy/b", "copy/c")

# journey -> term -> stage -> acknowledged records in it; every other is delivered
TERMS: dict[Callable[[], Journey], dict[str, Losses]] = {
    bad.relay_skips: {"lost": dict.fromkeys(STAGES, 5)},
    bad.consumer_skips: {"lost": {"search": 3}},
    bad.consumer_starts_behind: {"lost": {"search": 5}},
    bad.consumer_repeats: {},
    bad.consumer_waits: {"in_flight": {"search": 30}},
    bad.faults_in_turn: {"in_flight": {"search": 30}},
    bad.unclean: {"lost": {"bus": 2}},
    bad.mirror_skips: {"lost": {"mirror/b": 2}},
    bad.dead_letters: {"dropped": dict.fromkeys(LAKE, 2)},
    bad.raw_twice: {},
    bad.reordered: {},
    bad.late_for_a_consumer: {},
    bad.late_in_raw: {},
    bad.half_way: {
        "in_flight": {"raw": 10, "curated": 20, "analytics": 30, "copy/b": 40, "copy/c": 30},
    },
    bad.failover: {"lost": {"replica": 2}, "in_flight": {"mirror/c": 10}},
}


@pytest.mark.parametrize("journey", TERMS, ids=lambda f: f.__name__)
def test_each_record_is_in_the_right_term(journey):
    """Planted losses are found at their stage, to the record, and nowhere else."""
    fall = journey().figures(strict=False)["waterfall"]["orders"]
    total = sum(fall["outbox"][term] for term in ("delivered", "in_flight", "dropped", "lost"))
    for stage, row in fall.items():
        wrong = {
            term: TERMS[journey].get(term, {}).get(stage, 0) for term in ("in_flight", "dropped", "lost")
        }
        assert {term: row[term] for term in wrong} == wrong, stage
        assert row["delivered"] == total - sum(wrong.values()), stage


@pytest.mark.parametrize("journey", TERMS, ids=lambda f: f.__name__)
def test_nothing_vanishes_without_a_rule(journey):
    """Every record that is lost was passed over by something that the journal tells of."""
    problems = journey().figures(strict=False)["conservation"]["orders"]["problems"]
    assert [line for line in problems if "vanished" in line] == []


@pytest.mark.parametrize(
    ("tables", "stage", "lsn"),
    [
        (("consumed/search",), "search", {10, 11}),
        (("bus/b",), "mirror/b", {11, 12}),
    ],
)
def test_what_vanishes_is_a_problem(tables, stage, lsn):
    """Rows that are missing without a skip, a start behind them or anything else end the run as our bug."""
    journey = bad.without(*tables, drop=lsn)
    problems = journey.figures(strict=False)["conservation"]["orders"]["problems"]
    assert len(problems) == 1
    assert f"{stage}: 2 records vanished without a rule, the first is version {v(1, 11)}" in problems[0]


WITNESSES = {
    bad.consumer_repeats: {("search", "duplicates"): (4, 10 * S + 450 * MS, v(1, 7))},
    bad.consumer_skips: {("search", "gaps"): (3, 14 * S + 300 * MS, v(1, 11))},
    bad.consumer_starts_behind: {("search", "gaps"): (5, 20 * S + 600 * MS, v(1, 11))},
    bad.dead_letters: {
        **{
            (zone, "gaps"): (2, at * S + 500 * MS, v(1, 13))
            for zone, at in zip(LAKE, (20, 21, 22), strict=False)
        },
        ("stream", "dead_letters"): (2, 14 * S + 400 * MS, v(1, 13)),
    },
    bad.raw_twice: {("raw", "duplicates"): (5, 21 * S, v(1, 6))},
    bad.reordered: {("search", "reorderings"): (1, 8 * S + 30 * MS, v(1, 3))},
    bad.late_for_a_consumer: {("search", "late"): (1, 9 * S + 30 * MS, v(1, 3))},
    bad.late_in_raw: {
        ("search", "late"): (11, 10 * S + 360 * MS, v(1, 4)),
        ("raw", "late"): (3, 12 * S, v(1, 4)),
    },
    bad.failover: {
        ("search", "duplicates"): (7, 15 * S + 100 * MS, v(1, 6)),
        ("search", "ghosts"): (2, 20 * S, v(1, 9)),
    },
    bad.relay_skips: {
        **{(name, "gaps"): (5, 16 * S + 300 * MS, v(1, 11)) for name in ("search",)},
        **{
            (zone, "gaps"): (5, at * S + 500 * MS, v(1, 11))
            for zone, at in zip(LAKE, (40, 41, 42), strict=False)
        },
        **{(name, "orphans"): (5, 15 * S + 500 * MS, v(1, 11)) for name in ("search", *LAKE[:3])},
    },
    bad.half_way: {},
    bad.unclean: {},
    bad.mirror_skips: {},
    bad.consumer_waits: {},
    bad.faults_in_turn: {},
}


@pytest.mark.parametrize("journey", WITNESSES, ids=lambda f: f.__name__)
def test_what_came_wrong_and_its_first_witness(journey):
    """Ghosts, gaps, duplicates, reorderings, orphans and dead letters: how many, when the first, which."""
    found = {}
    for of, row in journey().figures(strict=False)["delivery"].items():
        for kind, tally in row.items():
            if kind not in ("arrivals", "late_max_s") and tally["count"]:
                first = tally["witness"]
                found[of.removeprefix("orders."), kind] = (
                    tally["count"],
                    round(first["at_s"] * S),
                    first["version"],
                )
    assert found == WITNESSES[journey]


@pytest.mark.parametrize("journey", TERMS, ids=lambda f: f.__name__)
def test_slices_change_nothing(journey):
    """However the journal is cut, the figures are the same."""
    cuts = tuple(range(0, 60 * S, 730 * MS))
    assert journey().figures(at=cuts, strict=False) == journey().figures(strict=False)


def test_window_of_what_a_consumer_skipped():
    """The oldest was committed at 11 s and skipped at 20 s: the loss reaches back 9 s."""
    row = bad.consumer_skips().figures()["waterfall"]["orders"]["search"]
    assert row["window_s"] == 9.0
    first = {"version": v(1, 11), "rid": 1 << 20 | 11, "commit_s": 11.0, "at_s": 20.0, "why": "skipped"}
    assert row["first_lost"] == first


@pytest.mark.parametrize("journey", TERMS, ids=lambda f: f.__name__)
def test_whatever_is_lost_has_a_first(journey):
    """At databases, too, nothing is lost without a record to look at, and none is named otherwise."""
    fall = journey().figures(strict=False)["waterfall"]["orders"]
    assert [name for name, row in fall.items() if (row["lost"] > 0) != (row["first_lost"] is not None)] == []


def test_the_first_that_the_database_lost():
    """Write 9, committed at 9 s, is abandoned by the promotion at 20 s; 10 came later."""
    row = bad.failover().figures(strict=False)["waterfall"]["orders"]["replica"]
    why = "abandoned by a promotion"
    assert row["first_lost"] == {"rid": 9, "version": v(1, 9), "commit_s": 9.0, "at_s": 20.0, "why": why}


def test_recovery_point_lies_before_the_oldest_ghost():
    """Write 9, of 9 s, was lost by the promotion at 20 s (and is a ghost on the bus): just before it."""
    point = bad.failover().figures(strict=False)["recovery_point"]
    assert point["at_s"] == pytest.approx(9.0, abs=1e-8)
    assert point["age_s"] == pytest.approx(11.0, abs=1e-8)
    assert point["limited_by"] == {"stage": "orders.replica", "what": "lost", "version": v(1, 9), "rid": 9}


def test_recovery_point_lies_before_the_oldest_loss_of_any_stage():
    """The consumer never gets what was committed at 11 s."""
    point = bad.consumer_skips().figures()["recovery_point"]
    assert (point["limited_by"]["stage"], point["limited_by"]["what"]) == ("orders.search", "lost")
    assert point["at_s"] == pytest.approx(11.0, abs=1e-8)


def test_what_is_in_flight_does_not_lower_the_point():
    """Late is not lost: the point is the end, but raw is complete up to 30 s only, analytics up to 10 s."""
    point = bad.half_way().figures()["recovery_point"]
    assert point["at_s"] == 60.0
    reached = {
        n: point["complete_to_s"][n] for n in ("lake.raw", "lake.curated", "lake.analytics", "orders.copy/b")
    }
    expected = {"lake.raw": 31, "lake.curated": 21, "lake.analytics": 11, "orders.copy/b": 1}
    assert reached == {name: pytest.approx(at, abs=1e-8) for name, at in expected.items()}


def test_a_stopped_consumer_ages_until_the_end():
    """Record 11, of 11 s, is never consumed: at the end it is 49 s old, and bad since it was 3 s old."""
    figures = bad.consumer_waits().figures()
    assert figures["freshness"]["orders.search"]["max_s"] == 49.0
    assert figures["recovery"]["orders.search"]["rta_s"] is None
    assert figures["recovery"]["orders.search"]["censored_after_s"] == 46.0


def test_what_is_passed_over_ages_until_then():
    """Record 11 is 9.5 s old when the consumer starts behind it; bad from 14 s to 20.61 s."""
    figures = bad.consumer_starts_behind().figures()
    assert figures["freshness"]["orders.search"]["max_s"] == 9.5
    assert figures["recovery"]["orders.search"]["rta_s"] == pytest.approx(6.61)


def test_a_promotion_looks_at_the_new_region():
    """From 20 s on events are those on the bus of b, where 8 on timeline 2, of 21 s, comes at 22.5 s."""
    figures = bad.failover().figures(strict=False)
    assert figures["freshness"]["orders.events"]["max_s"] == 1.5


def test_dead_letters_age_until_they_are_known_to_be():
    """Record 1 becomes a dead letter at 3 s, record 2 at 4 s: raw is as old as each of them until then."""
    journey = Journey()
    for process in ("relay", "search", "stream"):
        journey.place(process, 0, 0)
    journey.write(1, 3)
    journey.relay(1, 3)
    for position, at in ((0, 3), (1, 4)):
        journey.history.add("dead/stream", at_ns=at * S, region=0, position=position)
    journey.commit("raw", 5 * S, (2, 3))
    ages = journey.figures(strict=False)["freshness"]["lake.raw"]["series"]["age_s"]
    step = 0.03
    assert ages[round(2.97 / step)] == pytest.approx(2.0)
    assert ages[round(3.99 / step)] == pytest.approx(2.0)
    assert ages[round(4.98 / step)] == pytest.approx(2.0)
    assert ages[round(3.03 / step)] == pytest.approx(1.06)


def test_ghosts_that_lie_beside_what_survived_have_keys_of_their_own():
    """The consumer had 1 to 4 and 6 to 10 when 8 to 10 were cut off; 5 comes at 22 s, after 9 of its key."""
    journey = bad.failover()
    bad.short(journey, "consumed/search", {4})
    journey.history.rows["placed/search"][-1]["position"] = 4
    journey.history.add("consumed/search", at_ns=22 * S, region=1, position=4)
    found = journey.figures(strict=False)["delivery"]["orders.search"]["reorderings"]
    assert (found["count"], found["witness"]["version"]) == (1, v(1, 5))
