"""What comes later than a window waits: each late record once, against what had arrived before it."""

from typing import Any

import pytest

from sim.measure.path import domain, line
from sim.measure.path.metrics import path_value
from tests.histories.builder import MS, S, v
from tests.histories.path import bad, naive, replayed
from tests.histories.path.builder import A, Journey
from tests.histories.path.good import quiet
from tests.histories.path.random_path import END, random_journey
from tests.histories.path.test_shown import page

SEEDS = range(60)
CUTS = tuple(range(0, END, 730 * MS))


def measured(journey: Journey, *, at: tuple[int, ...] = ()) -> dict[str, dict[str, Any]]:
    """Return stage -> what is late there."""
    found = domain.DomainPath(journey.path)
    for part in journey.history.slices(at=at):
        found.fold(part, 1)
    stages = {zone: found.tables.held[zone, A].watch.stage for zone in ("raw", "curated")}
    stages["search"] = found.consumers["search"].stage
    return {name: stage.lateness.figures() for name, stage in stages.items()}


def recounted(journey: Journey) -> dict[str, naive.Late]:
    """Return the same, counted record by record."""
    lake_ns, search_ns = journey.path.lateness_ns, journey.path.consumers["search"].lateness_ns
    tables = {zone: naive.committed(journey, f"{zone}/a") for zone in ("raw", "curated")}
    return {
        **{zone: naive.late(journey, batches, lake_ns) for zone, batches in tables.items()},
        "search": naive.late(journey, naive.consumed(journey, "search", "heal"), search_ns),
    }


def as_counted(figures: dict[str, Any]) -> naive.Late:
    """Return figures as the recount has them."""
    tally = figures["late"]
    first = tally["witness"] and (round(tally["witness"]["at_s"] * S), tally["witness"]["version"])
    return tally["count"], first, round(figures["late_max_s"] * S)


@pytest.mark.parametrize("seed", SEEDS)
def test_late_is_what_a_recount_finds(seed):
    """Of readers row by row, of tables commit by commit: promotions, replays, and what is taken back."""
    journey = random_journey(seed)
    found = measured(journey)
    assert {name: as_counted(figures) for name, figures in found.items()} == recounted(journey)
    assert measured(journey, at=CUTS) == found


def test_the_random_journeys_contain_what_is_to_be_tested():
    """Late records occur at each stage, of abandoned commits too; some stages have none."""
    found = [recounted(random_journey(seed)) for seed in SEEDS]
    for name in ("raw", "curated", "search"):
        counts = [of[name][0] for of in found]
        assert sum(counts) > 100, name
        assert 0 in counts or name == "search"
    abandoned = 0
    for seed in SEEDS:
        journey = random_journey(seed)
        (cut,) = journey.history.rows["cuts"]
        first = recounted(journey)["search"][1]
        abandoned += first is not None and first[1] < v(2, 0) and first[1] & (1 << 40) - 1 > cut["cut"]
    assert abandoned > 3


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_slices_change_nothing_once_commits_are_forgotten(seed, monkeypatch):
    """With times kept for 3 s only: what is known of a time does not depend on where the journal is cut."""
    monkeypatch.setattr(line, "KEEP_NS", 3 * S)
    assert measured(random_journey(seed), at=CUTS) == measured(random_journey(seed))


@pytest.mark.parametrize(
    ("journey", "stage", "seconds"),
    [
        (bad.late_for_a_consumer, "search", 3.0), (bad.late_in_raw, "raw", 6.0),
        (bad.late_in_raw, "search", 9.0), (bad.late_in_raw, "curated", 0.0), (bad.raw_twice, "raw", 0.0),
        (quiet, "search", 0.0),
    ],
)  # fmt: skip
def test_how_late_the_latest_was(journey, stage, seconds):
    """How far its commit was behind the newest that had arrived; nothing where none is late."""
    assert journey().figures(strict=False)["delivery"][f"orders.{stage}"]["late_max_s"] == seconds


def test_what_a_replay_brings_may_be_late():
    """11 to 13, which the consumer had skipped, come after 50 s, when it has done 40: 29 s behind it."""
    found = replayed.heals().figures()["delivery"]["orders.search"]
    assert found["late"]["count"] == 3
    assert found["late"]["witness"] == {"at_s": 50.6, "version": v(1, 11), "rid": 1 << 20 | 11}
    assert found["late_max_s"] == 29.0


def test_a_commit_that_is_taken_back_was_never_late():
    """Its rows come again, and are judged anew: against the 10 s of what is left, and not 20 s."""
    journey = bad.late_in_raw()
    journey.history.add("taken/raw/a", at_ns=22 * S, kept=1)
    found = measured(journey)["raw"]
    assert (found["late"], found["late_max_s"]) == ({"count": 0, "witness": None}, 0.0)
    journey.history.add("raw/a", at_ns=23 * S, commit=1, source=A, begin=6, end=10)
    found = measured(journey)["raw"]
    assert (found["late"]["count"], found["late"]["witness"]["at_s"], found["late_max_s"]) == (3, 23.0, 6.0)


def test_the_page_and_an_objective_say_so():
    """How many where, how far, and which was the first."""
    text = " ".join(page(bad.late_in_raw()).split())
    assert (
        "- Came late, for windows that could have been closed: orders.search 11, orders.raw 3, "
        "up to 9.0 s behind the newest; the first is orders:1048580 at 0:00:10.4."
    ) in text
    assert "Came late" not in page(quiet())
    figures = bad.late_in_raw().figures(strict=False)
    assert path_value(figures, "late_records", "orders.raw") == (3, False)
    assert path_value(figures, "late_records", "orders.curated") == (0, False)
