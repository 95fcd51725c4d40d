"""What comes later than a window waits: each late record once, against what had arrived before it."""

from dataclasses import replace

import pytest

from sim.core.stages import ZONES
from sim.measure import metrics
from sim.measure.bounds import Bounds
from sim.measure.bus.rows import rows_of
from sim.measure.platform import domain
from sim.measure.platform.setup import path_setup_of
from sim.measure.platform.tally import TallyFigures
from sim.measure.store import line
from sim.trial import run_tables
from tests.histories.builder import MS, History, S, setup, v
from tests.histories.platform import bad, naive, replayed
from tests.histories.platform.builder import A, Journey
from tests.histories.platform.good import quiet
from tests.histories.platform.random_path import END, random_journey
from tests.histories.platform.test_shown import page
from tests.oracle.platform.generate import case

SEEDS = range(60)
CUTS = tuple(range(0, END, 730 * MS))


def measured(journey: Journey, *, at: tuple[int, ...] = ()) -> dict[str, tuple[TallyFigures, float]]:
    """Return consumer or table of a region -> what is late there."""
    found = domain.DomainPath(journey.path)
    for part in journey.history.slices(at=at):
        found.fold(part, 1)
    stages = {name: watch.stage for name, watch in found.consumers.items()}
    for (zone, r), held in found.tables.held.items():
        stages[f"{zone}/{journey.path.regions[r]}"] = held.watch.stage
    return {name: (stage.lateness.figures(), stage.lateness.greatest_s()) for name, stage in stages.items()}


def recounted(journey: Journey) -> dict[str, naive.Late]:
    """Return the same, counted record by record."""
    path = journey.path
    zones = ZONES if path.lake is not None else ()
    tables = [f"{zone}/{region}" for zone in zones for region in path.regions]
    return {
        **{
            name: naive.late(journey, naive.consumed(journey, name), reader.lateness_ns)
            for name, reader in path.consumers.items()
        },
        **{name: naive.late(journey, naive.committed(journey, name), path.lateness_ns) for name in tables},
    }


def generated(number: int) -> list[Journey]:
    """Return the domains of a generated run of the engine, where no more than 200 ms are allowed."""
    one = case(number)
    scenario, found = one.scenario, run_tables(one.scenario, one.seed, pulls=one.pulls)["tables"]
    journeys = []
    for name, tables in found.items():
        path = path_setup_of(scenario, name)
        readers = {of: replace(reader, lateness_ns=200 * MS) for of, reader in path.consumers.items()}
        history = History(setup(duration_ns=scenario.duration))
        history.rows = {of: rows_of(rows) for of, rows in tables.items()}
        buses = [tables[f"bus/{r}"]["version"].tolist() if f"bus/{r}" in tables else [] for r in path.regions]
        path = replace(path, lateness_ns=200 * MS, consumers=readers)
        journeys.append(Journey(path, history, buses))
    return journeys


def as_counted(tally: TallyFigures, greatest_s: float) -> naive.Late:
    """Return figures as the recount has them."""
    first = tally.witness and (round(tally.witness.at_s * S), tally.witness.version)
    return tally.count, first, round(greatest_s * S)


@pytest.mark.parametrize("seed", SEEDS)
def test_late_is_what_a_recount_finds(seed):
    """Of readers row by row, of tables commit by commit: promotions, replays, and what is taken back."""
    journey = random_journey(seed)
    found = measured(journey)
    assert {name: as_counted(*figures) for name, figures in found.items()} == recounted(journey)
    assert measured(journey, at=CUTS) == found


def test_late_in_runs_of_the_engine_is_what_a_recount_finds():
    """In generated scenarios, with the moves, crashes and faults of all kinds that they have."""
    late = 0
    for number in range(60):
        for journey in generated(number):
            found = measured(journey)
            counted = {name: as_counted(*figures) for name, figures in found.items()}
            assert counted == recounted(journey), number
            assert measured(journey, at=CUTS) == found
            late += sum(count for count, _, _ in counted.values())
    assert late > 200


def test_the_random_journeys_contain_what_is_to_be_tested():
    """Late records occur at each stage, of abandoned commits too; some stages have none."""
    found = [recounted(random_journey(seed)) for seed in SEEDS]
    for name in ("raw/a", "curated/a", "search"):
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
    assert measured(journey)["raw/a"] == (TallyFigures(count=0, witness=None), 0.0)
    journey.history.add("raw/a", at_ns=23 * S, commit=1, source=A, begin=6, end=10)
    late, greatest_s = measured(journey)["raw/a"]
    assert (late.count, late.witness.at_s, greatest_s) == (3, 23.0, 6.0)


def test_the_page_and_an_objective_say_so():
    """How many where, how far, and which was the first."""
    text = " ".join(page(bad.late_in_raw()).split())
    assert (
        "- Came late, for windows that could have been closed: orders.search 11, orders.raw 3, "
        "up to 9.0 s behind the newest; the first is orders:1048580 at 0:00:10.4."
    ) in text
    assert "Came late" not in page(quiet())
    figures = bad.late_in_raw().measured(strict=False)
    assert metrics.measured(figures, "late_records", "orders.raw") == Bounds.exactly(3)
    assert metrics.measured(figures, "late_records", "orders.curated") == Bounds.exactly(0)
