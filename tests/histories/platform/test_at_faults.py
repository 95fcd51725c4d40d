"""What was shown and what was tested as faults came and went on a journey."""

import pytest

from tests.histories.builder import MS, S
from tests.histories.platform import bad, naive
from tests.histories.platform.builder import Journey
from tests.histories.platform.good import quiet

BEGAN = {"first": 12 * S + 50 * MS, "second": 30 * S + 50 * MS}
CUTS = ((), (12 * S,), tuple(range(0, 60 * S, 730 * MS)))


@pytest.mark.parametrize("cuts", CUTS)
def test_monitors_are_looked_at_as_each_fault_first_begins(cuts):
    """By hand at the second: 19 rows behind what was saved, since 11 s; and as a naive judge says."""
    monitoring = bad.faults_in_turn().figures(at=cuts)["monitoring"]
    assert monitoring["orders/search"]["at_faults"]["second"] == {"shown": 19, "true_age_s": 19.05}
    looks = {
        **{f"orders/replica/{r}": (naive.replica, r) for r in "bc"},
        **{f"orders/mirror/a/{r}": (naive.mirror, "a", r) for r in "bc"},
        "orders/search": (naive.group, "search", "a"),
    }
    for name, (look, *of) in looks.items():
        found = monitoring[name]["at_faults"]
        assert list(found) == ["first", "second"]
        for fault, at_ns in BEGAN.items():
            assert (found[fault]["shown"], found[fault]["true_age_s"]) == look(
                bad.faults_in_turn(), *of, at_ns
            )


@pytest.mark.parametrize("cuts", CUTS)
def test_dashboards_look_every_ten_seconds(cuts):
    """They draw what a naive judge sees at 10 s, 20 s and so on; before the first row of a mirror nothing."""
    monitoring = bad.faults_in_turn().figures(at=cuts)["monitoring"]
    looks = {
        **{f"orders/replica/{r}": (naive.replica, r) for r in "bc"},
        **{f"orders/mirror/a/{r}": (naive.mirror, "a", r) for r in "bc"},
        "orders/search": (naive.group, "search", "a"),
    }
    for name, (look, *of) in looks.items():
        series = monitoring[name]["series"]
        assert series["step_s"] == 10.0
        assert len(series["shown"]) == len(series["true_age_s"]) == 6
        for number, pair in enumerate(zip(series["shown"], series["true_age_s"], strict=True), 1):
            assert pair == look(bad.faults_in_turn(), *of, 10 * number * S)
        assert max(series["shown"]) <= monitoring[name]["shown_max"]


def test_without_a_fault_there_is_nothing_to_look_at():
    """No monitor has a moment."""
    assert all(row["at_faults"] == {} for row in bad.consumer_waits().figures()["monitoring"].values())


def between(start: int, stop: int) -> Journey:
    """Return the quiet journey with a fault from one time to another (s), of which nothing is noticed."""
    journey = quiet()
    begun = journey.history.milestone(start * S, "fault.started", "fault/power")
    journey.history.milestone(stop * S, "fault.healed", "fault/power", begun)
    return journey


@pytest.mark.parametrize(
    ("start", "stop", "commits", "looks"),
    [(30, 32, True, False), (34, 35, True, True), (42, 44, False, False), (44, 45, False, True)],
)
def test_what_had_to_arrive_is_what_tests_a_stage(start, stop, commits, looks):
    """Commits, every second until 40 s, test all but the dashboard: there refreshes do, as at 34.5 s."""
    recovery = between(start, stop).figures()["recovery"]
    stages = ("orders.events", "orders.search", "lake.raw", "lake.curated", "lake.analytics")
    assert [recovery[of]["tested"] for of in stages] == [commits] * 5
    assert recovery["dashboard.sales"]["tested"] == looks


def test_a_refresh_that_fails_is_a_look_like_any_other():
    """The last one, at 54.5 s, fails: it was asked for."""
    journey = bad.refresh_fails()
    journey.history.milestone(54 * S, "fault.started", "fault/power")
    assert journey.figures()["recovery"]["dashboard.sales"]["tested"]


@pytest.mark.parametrize("cuts", CUTS)
def test_a_region_that_has_the_primary_has_no_standby_to_look_at(cuts):
    """b takes over from a at 20 s: of a nothing before, not as the fault began either, of b nothing after."""
    journey = bad.failover()
    journey.history.milestone(12 * S, "fault.started", "fault/power")
    monitoring = journey.figures(at=cuts, strict=False)["monitoring"]
    before, after = monitoring["orders/replica/a"], monitoring["orders/replica/b"]
    assert list(before["at_faults"]) == [] and list(after["at_faults"]) == ["power"]
    for figure in ("shown", "true_age_s"):
        was, now = before["series"][figure], after["series"][figure]
        assert was[:2] == [None, None] and None not in was[2:]
        assert None not in now[:2] and set(now[2:]) == {None}
