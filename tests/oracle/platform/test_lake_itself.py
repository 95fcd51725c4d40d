"""The twin of the lakehouse gives what arithmetic gives: stream, tables, jobs, sync, moves, insights."""

from collections import Counter

from sim.spec.faults import kinds as f
from sim.spec.faults.kinds import DbCrash, RegionOutage
from sim.spec.lake.insight import Insight

from .by_hand import MS, QUIET, S, in_ms, lake, ms, run


def _ranges(table: dict) -> list[tuple[int, int, int, int]]:
    columns = (table[name].tolist() for name in ("commit", "source", "begin", "end"))
    return list(zip(*columns, strict=True))


def _at(table: dict) -> list[float]:
    return in_ms(table["at_ns"])


def _times_in(table: dict) -> Counter:
    return Counter(row for _, _, begin, end in _ranges(table) for row in range(begin, end))


def _outage(at: float, lasts: float, **more) -> RegionOutage:
    return RegionOutage(kind="region_outage", region="a", at=ms(at), duration=ms(lasts), **more)


def _task_failure(at: float) -> f.TaskFailure:
    return f.TaskFailure(kind="task_failure", database="d", at=ms(at))


def test_rows_go_through_the_zones_at_the_ticks():
    """Completed before 1 s: rows 0 to 7, in raw at 1.1 s; curated takes them at 2 s, for 50 + 8 ms, analytics
    at 4 s what was curated before, 8 and 10 rows."""
    tables = run(lake=lake(), duration=5 * S).tables["d"]
    assert _ranges(tables["raw/a"]) == [(0, 0, 0, 8), (1, 0, 8, 18), (2, 0, 18, 28), (3, 0, 28, 38)]
    assert _at(tables["raw/a"]) == [1100, 2100, 3100, 4100]
    assert list(zip(_at(tables["curated/a"]), _ranges(tables["curated/a"]), strict=True)) == [
        (2058, (0, 0, 0, 8)),
        (3060, (1, 0, 8, 18)),
        (4060, (2, 0, 18, 28)),
    ]
    assert list(zip(_at(tables["analytics/a"]), _ranges(tables["analytics/a"]), strict=True)) == [
        (4068, (0, 0, 0, 18))
    ]


def test_exactly_once_loses_and_doubles_nothing():
    """A task fails at 2.05 s, before the commit prepared at 2 s appears: its rows come with the next one."""
    tables = run(lake=lake(), faults={"fail": _task_failure(2050)}, duration=5 * S).tables["d"]
    assert set(_times_in(tables["raw/a"]).values()) == {1}
    assert _ranges(tables["raw/a"])[:2] == [(0, 0, 0, 8), (1, 0, 8, 28)]
    assert _at(tables["raw/a"])[:2] == [1100, 3100]


def test_at_least_once_doubles_what_appeared_since_the_checkpoint():
    """Flushed every 400 ms, saved at 2 s what had appeared by then (the flush of 1.6 s: 14 rows): after the
    failure of 2.95 s rows 14 to 25, which appeared at 2.1 and 2.5 s, come again."""
    stream = {"mode": "at_least_once", "flush": 400 * MS}
    tables = run(lake=lake(stream=stream), faults={"fail": _task_failure(2950)}, duration=6 * S).tables["d"]
    times = _times_in(tables["raw/a"])
    assert [row for row, count in sorted(times.items()) if count == 2] == list(range(14, 26))


def test_a_poison_message_fails_the_job_and_then_is_a_dead_letter():
    """Marked at 1.45 s: row 13. The job fails at the ticks of 2 and 3 s and passes it after the second
    restart, at 3.2 s; it is in no table."""
    stream = {"attempts": 2}
    poison = f.PoisonMessage(kind="poison_message", database="d", at=ms(1450))
    result = run(lake=lake(stream=stream), faults={"poison": poison}, duration=6 * S)
    failed = [at / MS for kind, at, _ in result.milestones if kind == "stream.failed"]
    assert failed == [2000, 3000]
    dead = result.tables["d"]["dead/stream"]
    assert (dead["position"].tolist(), _at(dead)) == ([13], [3200 + 3 * 6])
    assert 13 not in _times_in(result.tables["d"]["raw/a"])


def test_a_failed_checkpoint_is_made_up_for_by_the_next():
    """The tick of 2 s passes: the rows of two seconds appear at 3.1 s."""
    failure = f.CheckpointFailure(kind="checkpoint_failure", database="d", at=ms(1500), duration=ms(900))
    tables = run(lake=lake(), faults={"fail": failure}, duration=4 * S).tables["d"]
    assert _at(tables["raw/a"]) == [1100, 3100]
    assert _ranges(tables["raw/a"]) == [(0, 0, 0, 8), (1, 0, 8, 28)]


def test_a_look_up_that_is_down_waits_or_gives_dead_letters():
    """The database in a goes at 1403 ms, while row 12, visible since 1402 ms, is in service: it waits, or it
    completes at 1405 ms as a dead letter."""
    faults = {"db": DbCrash(kind="db_crash", database="d", region="a", at=ms(1403), duration=ms(600))}
    for when_down, dead in (("wait", []), ("dead_letter", [12])):
        stream = {"lookup": "d", "when_down": when_down}
        tables = run(lake=lake(stream=stream), faults=faults, duration=4 * S, failover=QUIET).tables["d"]
        assert tables["dead/stream"]["position"].tolist() == dead, when_down


def test_commits_wait_for_the_catalog():
    """The catalog is out from 2.05 to 2.95 s: the commit due at 2.1 s appears at 2.95 s."""
    outage = f.CatalogOutage(kind="catalog_outage", region="a", at=ms(2050), duration=ms(900))
    tables = run(lake=lake(), faults={"out": outage}, duration=4 * S).tables["d"]
    assert _at(tables["raw/a"]) == [1100, 2950, 3100]


def test_copies_appear_after_the_wire_the_lag_and_the_pointer():
    """Eight rows of 1000 bytes over a tenth of 1 GB/s take 80 us, the files 20 ms, the pointer 5 ms."""
    tables = run(lake=lake(), duration=2 * S).tables["d"]
    assert _at(tables["raw/b"]) == _at(tables["raw/c"]) == [1125.08]


def test_a_pointer_that_comes_first_dangles_until_the_files_are_there():
    """The pointer comes 5 ms after the commit of 1.1 s has begun to be sent, the files at 1120.08 ms:
    it appears then in b, and 5 ms later in c."""
    early = f.MetadataBeforeData(kind="metadata_before_data", database="d", region="b", at=ms(1000))
    tables = run(lake=lake(), faults={"early": early}, duration=2 * S).tables["d"]
    dangling = tables["dangling/raw/b"]
    assert (in_ms(dangling["from_ns"]), in_ms(dangling["to_ns"])) == ([1105], [1120.08])
    assert _at(tables["raw/b"]) == [1120.08]
    assert _at(tables["raw/c"]) == [1125.08]


def test_object_faults_delay_the_files():
    """A pause until 1.5 s holds the commit of 1.1 s; 100 ms more of lag come on top of 20 ms."""
    pair = {"from": "a", "to": "b", "database": "*"}
    pause = f.ObjectReplicationPause(kind="object_replication_pause", at=ms(1050), duration=ms(450), **pair)
    lag = f.ObjectReplicationLag(kind="object_replication_lag", at=ms(1), lag=100 * MS, **pair)
    tables = run(lake=lake(), faults={"pause": pause, "lag": lag}, duration=2 * S).tables["d"]
    assert _at(tables["raw/b"]) == [1500 + 0.08 + 120 + 5]


def test_a_lake_that_moves_goes_on_from_what_the_other_region_has():
    """The stream goes on in b at the checkpoint of 3 s (what it had saved before: 8 + 10 rows); the old home
    takes back at its return what b had not got."""
    moves = {"standby": ["b"], "takeover": ms(300)}
    faults = {"out": _outage(3110, 1000)}
    result = run(lake=lake(**moves), faults=faults, duration=7 * S)
    tables = result.tables["d"]
    assert ("lake.moved", 3410 * MS, "lake") in result.milestones
    placed = tables["placed/stream"]
    assert (placed["region"].tolist(), placed["position"].tolist()) == ([0, 1], [0, 18])
    assert (_at(tables["taken/raw/a"]), tables["taken/raw/a"]["kept"].tolist()) == ([4110], [2])
    assert _ranges(tables["raw/b"])[:3] == [(0, 0, 0, 8), (1, 0, 8, 18), (2, 1, 18, 30)]
    assert not len(tables["taken/raw/c"]["at_ns"])


def test_tables_of_a_region_that_loses_its_data_are_copied_anew():
    """b goes at 2.5 s with its tables and is back at 3 s: the raw, the curated and the second raw commit, 26
    rows, are sent again."""
    out = RegionOutage(kind="region_outage", region="b", at=ms(2500), duration=ms(500), data="lost")
    tables = run(lake=lake(), faults={"out": out}, duration=3050 * MS).tables["d"]
    assert (_at(tables["taken/raw/b"]), tables["taken/raw/b"]["kept"].tolist()) == ([2500], [0])
    assert _at(tables["raw/b"]) == [1125.08, 2125.1, 3025.08, 3025.26]
    assert tables["raw/b"]["commit"].tolist() == [0, 1, 0, 1]


def test_an_insight_shows_what_was_visible_strictly_before():
    """Refreshed every 1034 ms: at 4136 ms a shows the commit of 4068 ms, b too (it arrived at 4093.18 ms);
    while a is down its refreshes fail."""
    board = Insight(reads=["d"], regions=["a", "b"], refresh=ms(1034))
    faults = {"out": _outage(1900, 200)}
    tables = run(lake=lake(), insights={"board": board}, duration=5 * S).tables["d"]
    for region in ("a", "b"):
        shown = tables[f"refresh/board/{region}"]
        assert (_at(shown), shown["commits"].tolist()) == ([1034, 2068, 3102, 4136], [0, 0, 0, 1])
    tables = run(lake=lake(), insights={"board": board}, faults=faults, duration=3 * S).tables["d"]
    assert tables["refresh/board/a"]["ok"].tolist() == [1, 0]
