"""Moves and losses: which prefix each region keeps, and where jobs go on."""

from tests.theory.one_store import S
from tests.unit.lake.stage import Stage

QUIET = {
    "curated": {"interval": "20h"},
    "analytics": {"interval": "20h"},
}  # no jobs: the test makes the commits


def isolate(stage: Stage, region: str, at: int, until: int | None = None) -> None:
    """Cut a region off from the others, both ways."""
    for other in {"east", "north", "west"} - {region}:
        stage.fault("cut", region, other, at=at, until=until)


def test_the_lake_moves_to_the_first_place_that_is_quorate():
    """Home cut off at 100 s, takeover 20 s: west computes from 120 s on, and everything restarts nowhere."""
    stage = Stage(QUIET)
    isolate(stage, "east", 100 * S)
    stage.run(300 * S)
    assert stage.notes("lake.moved", "process.stopped", "process.started") == [(120.0, "lake.moved", "lake")]
    assert stage.of_orders.sync.home == "west"
    assert {process.region for process in processes(stage)} == {"west"}
    assert all(process.running and process.since == 120 * S for process in processes(stage))
    assert stage.starts == [("orders/stream", "east", "west", "checkpoint")]


def processes(stage: Stage) -> list:
    """Return the processes of the lakehouse."""
    return [stage.of_orders.stream.process, *(job.process for job in stage.of_orders.jobs)]


def test_a_home_that_comes_back_in_time_stays():
    """Healed at 110 s, before the takeover ends, nothing moves, and a new timer runs the next time."""
    stage = Stage(QUIET)
    isolate(stage, "east", 100 * S, 110 * S)
    isolate(stage, "east", 115 * S, 130 * S)
    assert stage.run(300 * S).notes("lake.moved") == []


def test_a_move_keeps_the_prefix_that_is_shared():
    """West has two of east's commits when it takes over; east, back, drops its others and gets west's."""
    stage = Stage(QUIET)
    for at in (5, 10, 95):
        stage.raw(at * S, 1000 if at < 90 else 4000)  # the third is under way at 100 s
    isolate(stage, "east", 96 * S, 200 * S)
    stage.raw(97 * S, 7)  # in east alone
    stage.raw(150 * S, 50, region="west")
    stage.run(190 * S)
    assert stage.commits("raw")[2:] == [(95.0, [(2000, 6000)], 0), (97.0, [(6000, 6007)], 0)]
    assert stage.commits("raw", "west") == [
        (10.0, [(0, 1000)], 0), (15.0, [(1000, 2000)], 0), (150.0, [(2000, 2050)], 0)
    ]  # fmt: skip
    assert stage.times("raw", "north")[2:] == [154.05]
    stage.run(300 * S)
    taken = stage.tables()["taken/raw/east"]
    assert (taken["at_ns"].tolist(), taken["kept"].tolist()) == ([200 * S], [2])
    assert stage.commits("raw")[2:] == [(204.05, [(2000, 2050)], 0)]


def test_who_shares_least_decides_what_the_others_keep():
    """West takes over with less than north has: north keeps as much as west has, and gets west's own."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 1000)
    stage.raw(10 * S, 1000)
    stage.fault("object_pause", "orders", "east", "west", at=9 * S)
    isolate(stage, "east", 100 * S)
    stage.raw(150 * S, 50, region="west")
    stage.run(300 * S)
    taken = stage.tables()["taken/raw/north"]
    assert (taken["at_ns"].tolist(), taken["kept"].tolist()) == ([120 * S], [1])
    assert stage.commits("raw", "north") == [(10.0, [(0, 1000)], 0), (154.05, [(1000, 1050)], 0)]


def test_a_job_goes_on_behind_what_is_known_to_be_read():
    """West has both raw commits and the curated one of the first: only the second is read again there."""
    stage = Stage({"curated": {"interval": "30s"}, "analytics": {"interval": "20h"}})
    stage.raw(5 * S, 1000)
    stage.raw(35 * S, 1000)
    stage.fault("killed", "orders/curated", at=50 * S, until=51 * S)  # its second round would begin at 60 s
    isolate(stage, "east", 60 * S)
    stage.run(300 * S)
    assert stage.commits("curated", "west") == [(46.0, [(0, 1000)], 1), (101.0, [(1000, 2000)], 2)]


def test_a_job_does_not_skip_input_that_is_not_there():
    """The curated commit has arrived, a raw one that it read has not: the job reads from what there is."""
    stage = Stage(QUIET | {"curated": {"interval": "50s"}})
    stage.raw(5 * S, 100)
    stage.raw(10 * S, 10, zone="curated", read=3)  # says that it has read three
    isolate(stage, "east", 60 * S)
    stage.raw(90 * S, 20, region="west")
    stage.run(300 * S)
    assert stage.commits("curated", "west")[1:] == [(110.02, [(100, 120)], 2)]


def test_a_region_that_loses_its_tables_gets_them_again():
    """West down with its data lost at 50 s: from 60 s on all three commits are sent anew, in order."""
    stage = Stage(QUIET)
    for at in (5, 10, 15):
        stage.raw(at * S, 1000)
    stage.fault("region", "west", at=50 * S, until=60 * S)
    stage.at(50 * S, lambda: stage.lose("west"))
    stage.run(55 * S)
    assert stage.commits("raw", "west") == []
    stage.run(100 * S)
    assert stage.times("raw", "west") == [65.0, 66.0, 67.0]


def test_a_home_that_loses_its_tables_shares_nothing():
    """East, without a standby, loses all at 50 s and is back at 60 s: the others keep theirs until then."""
    stage = Stage(QUIET | {"standby": [], "takeover": None})
    stage.raw(5 * S, 1000)
    stage.fault("region", "east", at=50 * S, until=60 * S)
    stage.at(50 * S, lambda: stage.lose("east"))
    stage.raw(70 * S, 30)
    stage.run(59 * S)
    assert stage.commits("raw") == []
    assert stage.times("raw", "west") == [10.0]
    stage.run(100 * S)
    assert stage.commits("raw", "west") == [(74.03, [(0, 30)], 0)]


def test_a_kill_on_a_job_stays_with_it_when_the_lake_moves():
    """Killed in east, it does not run in west either until the fault is over and it has restarted."""
    stage = Stage(QUIET)
    stage.fault("killed", "orders/curated", at=90 * S, until=200 * S)
    isolate(stage, "east", 100 * S)
    stage.run(300 * S)
    assert stage.notes("process.stopped", "process.started") == [
        (90.0, "process.stopped", "orders/curated"),
        (230.0, "process.started", "orders/curated"),
    ]
    assert stage.of_orders.jobs[0].process.region == "west"
