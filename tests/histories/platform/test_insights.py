"""What insights showed: how long nothing new could be seen, and how much was missing from it."""

import pytest

from sim.measure.bounds import Bounds
from sim.measure.metrics import measured
from tests.histories.builder import MS, S
from tests.histories.platform import bad
from tests.histories.platform.good import quiet

CUTS = tuple(range(0, 60 * S, 730 * MS))


def sales(journey, at=()):
    """Return the figures of the dashboard where it is looked at."""
    return journey.figures(at=at, strict=False)["insights"]["dashboard.sales"]["a"]


def test_a_quiet_dashboard_is_complete():
    """Four refreshes, the last at 44.5 s; all 40 records are there, and nothing was shown for 15.5 s."""
    assert sales(quiet()) == {
        "refreshes": 4, "failed": 0, "longest_s": 15.5, "records": 40, "missing": 0, "completeness": 1.0,
    }  # fmt: skip


def test_dead_letters_are_missing_from_a_dashboard():
    """Of the 20 records up to the newest it shows 18."""
    found = sales(bad.shows_dead_letters())
    assert (found["records"], found["missing"], found["completeness"]) == (18, 2, 0.9)


def test_what_is_newer_than_anything_shown_is_not_missing():
    """A refresh at 14.4 s, before there was anything, shows nothing; one at 14.5 s the first ten records."""
    journey = quiet(10)
    journey.write(11, 20)
    assert (sales(journey)["records"], sales(journey)["missing"]) == (10, 0)
    assert sales(bad.half_way())["completeness"] is None


def test_a_refresh_that_fails_shows_nothing_new():
    """It counts as one, and the time without a good one goes on."""
    found = sales(bad.refresh_fails())
    assert (found["refreshes"], found["failed"], found["longest_s"]) == (5, 1, 15.5)


@pytest.mark.parametrize("journey", [quiet, bad.shows_dead_letters, bad.refresh_fails, bad.relay_skips])
def test_slices_change_nothing(journey):
    """However the journal is cut, the figures are the same."""
    assert sales(journey(), CUTS) == sales(journey())


def test_objectives_on_insights():
    """The worst of all regions; nothing to judge where nothing was ever shown."""
    figures = bad.shows_dead_letters().measured(strict=False)
    assert measured(figures, "continuity", "dashboard.sales") == Bounds.exactly(30 * 10**9)
    assert measured(figures, "completeness", "dashboard.sales") == Bounds.exactly(0.9)
    none = bad.half_way().measured(strict=False)
    assert measured(none, "completeness", "dashboard.sales") is None
    assert measured(none, "continuity", "dashboard.sales") is None
