"""What the page, the objectives and the memory make of journeys."""

from types import SimpleNamespace

import pytest

from sim.measure.bounds import Bounds
from sim.measure.metrics import measured
from sim.measure.store.line import KEEP_NS
from sim.report.page import plain
from sim.report.stages import path
from tests.histories.builder import S
from tests.histories.platform import bad
from tests.histories.platform.builder import Journey, path_setup
from tests.histories.platform.good import quiet
from tests.records import figures


def page(journey: Journey) -> str:
    """Return the page of the data path."""
    return plain(path(SimpleNamespace(figures=journey.measured(strict=False))), 110)


def test_the_page_names_the_stage_that_lost():
    """Three records lost at the consumer, the oldest 9 s back, with the record to ask for."""
    text = page(bad.consumer_skips())
    (row,) = [line for line in text.splitlines() if line.startswith("search")]
    assert row.split() == ["search", "37", "3", "9.0", "s"]
    assert (
        "- Never came, though later ones did: orders.search 3; the first is orders:1048587 at 0:00:14.3."
        in text
    )
    assert "orders.search lost a record of then, 9.0 s after its commit." in text.replace("\n  ", " ")


def test_the_page_of_a_good_run_says_so():
    """No losses, and agreement up to the end."""
    text = page(quiet())
    assert "agrees up to the end of the run" in text
    assert "first is" not in text


def test_no_bus_no_sections():
    """Without a data path the page has nothing to say of one."""
    assert path(SimpleNamespace(figures=figures())) == []


@pytest.mark.parametrize(
    ("metric", "of", "value"),
    [
        ("records_lost", "orders.search", 3), ("records_lost", "orders.mirror/a", 0),
        ("gaps", "orders.search", 3),
        ("freshness_max", "orders.search", 9 * S), ("recovery_point", "platform", 9 * S + 1),
        ("dead_letters", "orders.stream", 0), ("orphans", "orders.raw", 0),
    ],
)  # fmt: skip
def test_objectives_read_the_figures(metric, of, value):
    """Each metric is the figure that docs/measures.md names; ns where it is a time."""
    assert measured(bad.consumer_skips().measured(), metric, of) == Bounds.exactly(value)


def test_commits_that_every_stage_has_are_forgotten(monkeypatch):
    """After ten times as many records as are kept, the columns hold no more than those, and runs stay one."""
    from sim.measure.platform import domain
    from sim.measure.store import line

    assert KEEP_NS == 900 * S
    monkeypatch.setattr(line, "KEEP_NS", 5 * S)
    journey = quiet()
    measured = domain.DomainPath(path_setup())
    for part in journey.history.slices(at=tuple(range(0, 60 * S, S))):
        measured.fold(part, 10**9)
    assert measured.line.end == 41
    assert measured.line._held.base == 41
    assert list(measured.consumers["search"].stage.delivered) == [(1 << 40 | 1, 1 << 40 | 41)]
