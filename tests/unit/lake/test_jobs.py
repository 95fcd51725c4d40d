"""Table jobs and catalogs by arithmetic.

Curated ticks every 60 s and takes 10 s + 1 ms a row, analytics every 100 s and takes 20 s.
"""

import pytest

from sim.models.lake.tables import PositionRange, joined
from tests.theory.one_store import S
from tests.unit.lake.stage import Stage


def test_a_chain_of_periodic_jobs():
    """A commit reaches analytics with the first round after the end of the first curated round after it."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.raw(59 * S, 2000)
    stage.raw(61 * S, 500)
    stage.run(400 * S)
    assert stage.commits("curated") == [(73.0, [(0, 3000)], 2), (130.5, [(3000, 3500)], 3)]
    assert stage.commits("analytics") == [(120.0, [(0, 3000)], 1), (220.0, [(3000, 3500)], 2)]


def test_a_commit_at_a_tick_is_not_taken():
    """What appears at the time of a tick is taken by the next one."""
    stage = Stage()
    stage.raw(60 * S, 1000)
    assert stage.run(400 * S).times("curated") == [131.0]


@pytest.mark.parametrize(("rows", "end"), [(60_000, 130.0), (50_000, 120.0)])
def test_a_tick_during_a_round_passes(rows, end):
    """Whether a round ends after the tick at 120 s or at it, the next begins at 180 s with all that came."""
    stage = Stage()
    stage.raw(5 * S, rows)
    stage.raw(65 * S, 20)
    stage.raw(130 * S, 9_980)
    assert stage.run(400 * S).times("curated") == [end, 200.0]


def test_a_stop_forgets_the_round():
    """A kill at 65 s takes back the round; running again at 96 s, its tick at 120 s takes the same rows."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.fault("killed", "orders/curated", at=65 * S, until=66 * S)
    stage.run(400 * S)
    assert stage.commits("curated") == [(131.0, [(0, 1000)], 1)]
    assert stage.notes("process.stopped", "process.started") == [
        (65.0, "process.stopped", "orders/curated"),
        (96.0, "process.started", "orders/curated"),
    ]
    assert stage.dials.hits["killed/65000000000"] == 1


def test_a_job_that_starts_at_a_tick_does_not_use_it():
    """Restarted at 120 s, it uses the tick at 180 s."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.fault("killed", "orders/curated", at=65 * S, until=90 * S)
    assert stage.run(400 * S).times("curated") == [191.0]


def test_a_pause_lets_ticks_pass_and_rounds_end():
    """Paused from 65 s to 130 s, the round of 60 s ends at 71 s and the tick at 120 s is not used."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.raw(62 * S, 1000)
    stage.fault("paused", "orders/curated", at=65 * S, until=130 * S)
    assert stage.run(400 * S).times("curated") == [71.0, 191.0]


def test_what_a_job_has_taken_does_not_wait():
    """The commit of 5 s waits until the round at 60 s, that of 65 s during it and after it."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.raw(65 * S, 1000)
    job = stage.of_orders.jobs[0]
    seen = [stage.run(at * S) and job.waits for at in (5, 59, 61, 66, 100, 121)]
    assert seen == [False, True, False, True, True, False]


def test_a_catalog_that_is_out_holds_commits_back():
    """Commits due meanwhile appear when it is back, and the job's round lasts until then."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.fault("catalog", "east", at=70 * S, until=150 * S)
    stage.raw(71 * S, 10)
    stage.run(400 * S)
    assert stage.commits("raw")[1] == (150.0, [(1000, 1010)], 0)
    assert stage.commits("curated") == [(150.0, [(0, 1000)], 1), (190.01, [(1000, 1010)], 2)]
    assert stage.dials.hits["catalog/70000000000"] == 2


def test_a_stop_loses_the_commit_that_waits_for_a_catalog():
    """Killed while its commit waits, the job makes it again at the next tick that it can use."""
    stage = Stage()
    stage.raw(5 * S, 1000)
    stage.fault("catalog", "east", at=70 * S, until=100 * S)
    stage.fault("killed", "orders/curated", at=80 * S, until=85 * S)
    assert stage.run(400 * S).times("curated") == [131.0]


def test_ranges_are_joined_where_they_touch():
    """Ranges of one source that touch become one; the order stays, and what is there twice stays twice."""
    parts = [
        PositionRange(0, 0, 5),
        PositionRange(0, 5, 9),
        PositionRange(1, 9, 12),
        PositionRange(0, 3, 9),
        PositionRange(0, 9, 10),
    ]
    assert joined(parts) == (PositionRange(0, 0, 9), PositionRange(1, 9, 12), PositionRange(0, 3, 10))
