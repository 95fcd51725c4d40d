"""Nothing is wrong: every measure says so, with the exact ages."""

import pytest

from tests.histories.builder import MS, S
from tests.histories.platform.builder import Journey
from tests.histories.platform.good import STAGES, quiet

TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")


def test_everything_is_delivered_everywhere():
    """Of 40 records each stage holds 40, and nothing is in flight, dropped or lost."""
    fall = quiet().figures()["waterfall"]["orders"]
    assert list(fall) == ["replica", *STAGES]
    for name, row in fall.items():
        terms = {term: row[term] for term in TERMS}
        assert terms == {**dict.fromkeys(TERMS, 0), "delivered": 40}, name
        assert terms == row["surviving"], name
        assert (row["window_s"], row["first_lost"]) == (0.0, None), name


def test_nothing_came_twice_late_or_not_at_all():
    """No ghosts, gaps, duplicates, reorderings, orphans or dead letters."""
    found = quiet().figures()["delivery"]
    assert list(found) == [
        *(f"orders.{n}" for n in ("search", "raw", "curated", "analytics")),
        "orders.stream",
    ]
    for name, row in found.items():
        if name != "orders.stream":
            assert (row.pop("arrivals"), row.pop("late_max_s")) == (40, 0.0), name
        assert all(value == {"count": 0, "witness": None} for value in row.values()), name


def test_ages_are_the_delays():
    """Events are 100 ms old at most, consumed ones 300 ms, the first of ten is 9.5 s old in raw."""
    fresh = quiet().figures()["freshness"]
    ages = {name: row["max_s"] for name, row in fresh.items()}
    assert ages == {
        "orders.events": 0.1, "orders.search": 0.3, "lake.raw": 9.5, "lake.curated": 10.5,
        "lake.analytics": 11.5, "dashboard.sales": 13.5,
    }  # fmt: skip


def test_mean_and_quantile_over_time():
    """Events age from 0 to 100 ms, 40 times in a minute."""
    fresh = quiet().figures()["freshness"]["orders.events"]
    assert fresh["mean_s"] == pytest.approx(40 * 0.1 * 0.1 / 2 / 60)
    # of 60 s, ages above x last 40 * (0.1 - x): 1 % of the time is 0.6 s, so x = 0.085
    assert fresh["p99_s"] == pytest.approx(0.085, rel=0.008)


def test_levels_are_judged():
    """Raw takes ten at a time: bad from 5 s of age on, 4.5 s of each ten; 5.5 s of good time end that."""
    found = quiet().figures()["recovery"]["lake.raw"]
    assert found["rta_s"] == 4.5
    assert found["downtime_s"] == 4 * 4.5
    assert [e["started_s"] for e in found["episodes"]] == [6.0, 16.0, 26.0, 36.0]


@pytest.mark.parametrize(
    "capability", ["orders.events", "orders.search", "dashboard.sales", "lake.analytics"]
)
def test_within_the_level_nothing_is_bad(capability):
    """Ages below the level are no episode."""
    found = quiet().figures()["recovery"][capability]
    assert (found["rta_s"], found["downtime_s"], found["episodes"]) == (0.0, 0.0, [])


def test_recovery_point_is_the_end():
    """With nothing lost and nothing in flight, every store and stage agrees up to the end."""
    point = quiet().figures()["recovery_point"]
    assert (point["at_s"], point["age_s"], point["limited_by"]) == (60.0, 0.0, None)
    assert set(point["complete_to_s"].values()) == {60.0}


@pytest.mark.parametrize("cuts", [(S,), (10 * S + 500 * MS, 11 * S), tuple(range(0, 60 * S, 370 * MS))])
def test_slices_change_nothing(cuts):
    """However the journal is cut, the figures are the same."""
    assert quiet().figures(at=cuts) == quiet().figures()


def test_without_a_bus_there_are_no_sections():
    """A run without a data path has none of its figures."""
    journey = Journey()
    journey.write(1, 5)
    assert "waterfall" not in journey.history.figures()
