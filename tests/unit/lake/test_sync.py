"""Copies by arithmetic: 1 ms a row in the sender, 3 s until the files are there, 1 s for the pointer."""

import numpy as np

from tests.theory.one_store import MS, S
from tests.unit.lake.stage import Stage

QUIET = {
    "curated": {"interval": "20h"},
    "analytics": {"interval": "20h"},
}  # no jobs: the test makes the commits


def test_a_copy_is_sent_in_turn_and_appears_behind_its_pointer():
    """Two commits at 5 s: the second is sent when the first has left, and each takes 4 s more."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 1000)
    stage.raw(5 * S, 500, zone="curated")
    stage.raw(5 * S, 500)
    stage.run(60 * S)
    assert stage.times("raw", "west") == [10.0, 10.5]  # raw before curated at the same time
    assert stage.times("curated", "west") == [11.0]


def test_a_slow_link_rescales_the_work_in_service():
    """Half of 10 s are sent when the link falls to a quarter: the rest takes four times as long."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 10_000)
    stage.fault("bandwidth", "east", "west", at=10 * S, value=250_000)
    stage.run(100 * S)
    assert stage.times("raw", "north") == [19.0]
    assert stage.times("raw", "west") == [34.0]


def test_a_pause_freezes_the_work_in_service():
    """Paused for 100 s in the middle of it, a commit is 100 s late, and one not begun waits for it."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 2000)
    stage.raw(6 * S, 1000)
    stage.fault("object_pause", "orders", "east", "west", at=6 * S, until=106 * S)
    stage.run(200 * S)
    assert stage.times("raw", "west") == [111.0, 112.0]
    assert stage.times("raw", "north") == [11.0, 12.0]
    assert stage.dials.hits["object_pause/6000000000"] > 0


def test_a_pause_without_work_changes_nothing():
    """A pause during which nothing waits has not fired, also if files are on their way."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 1000)
    stage.fault("object_pause", "orders", "east", "west", at=7 * S, until=106 * S)
    assert stage.run(200 * S).times("raw", "west") == [10.0]
    assert stage.dials.hits["object_pause/7000000000"] == 0


def test_a_cut_takes_back_what_has_not_appeared():
    """Files, a pointer and work in service at 10 s are sent anew from 20 s on; what appeared stays."""
    stage = Stage(QUIET)
    for at, rows in ((1, 100), (5, 1500), (6, 1000), (7, 5000)):
        stage.raw(at * S, rows)
    stage.fault("cut", "west", "east", at=10 * S, until=20 * S)
    stage.run(100 * S)
    assert stage.times("raw", "west") == [5.1, 25.5, 26.5, 31.5]
    assert stage.tables().get("taken/raw/west") is None


def test_a_lag_that_is_added_delays_what_is_sent_meanwhile():
    """A commit whose files leave during the fault is 60 s late, and the one behind it is not before it."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 1000)
    stage.raw(6 * S, 1000)
    stage.raw(7 * S, 1000)
    stage.fault("object_lag", "orders", "east", "west", at=6500 * MS, until=7500 * MS, value=60 * S)
    stage.run(200 * S)
    assert stage.times("raw", "west") == [10.0, 71.0, 71.0]
    assert stage.dials.hits["object_lag/6500000000"] == 1


def test_the_lag_is_drawn_by_the_number_of_commits_begun():
    """What is sent again after a cut draws anew: each number has its own lag, whatever was cut."""
    lake = QUIET | {"sync": {"lag": {"exponential": "30s"}}}
    whole, cut = Stage(lake), Stage(lake)
    for stage in (whole, cut):
        for n in range(1, 6):
            stage.raw(n * 100 * S, 1000)
    cut.fault("cut", "west", "east", at=100 * S + 500 * MS, until=101 * S)
    cut.fault("cut", "west", "east", at=500 * S, until=501 * S)  # the last has not begun
    whole.run(3000 * S)
    cut.run(3000 * S)
    draw = [
        whole.setting.draw("orders/sync/east/west", whole.scenario.lake.sync.lag, 33, rid=n) for n in range(6)
    ]
    first = np.array([1, 2, 3, 4, 5]) * 100 * S + S
    assert whole.times("raw", "west") == (np.maximum.accumulate(first + draw[:5]) / S + 1).tolist()
    first[0], first[4] = 102 * S, 502 * S
    assert cut.times("raw", "west") == (np.maximum.accumulate(first + draw[1:]) / S + 1).tolist()


def test_a_pointer_before_its_files_leaves_the_table_dangling():
    """Begun at 5 s with the fault in force: the pointer is there at 6 s, files and commit at 9 s."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 1000)
    stage.fault("metadata_first", "orders", "west", at=4 * S, until=6 * S)
    stage.run(60 * S)
    assert stage.times("raw", "west") == [9.0]
    assert stage.times("raw", "north") == [10.0]
    rows = stage.tables()["dangling/raw/west"]
    assert (rows["from_ns"].tolist(), rows["to_ns"].tolist()) == ([6 * S], [9 * S])


def test_what_dangles_ends_with_the_connection_or_the_run():
    """A cut at 7 s ends it; sent anew at 8 s it dangles from 9 s to the end of the run at 11 s."""
    stage = Stage(QUIET)
    stage.raw(5 * S, 1000)
    stage.fault("metadata_first", "orders", "west", at=4 * S)
    stage.fault("cut", "east", "west", at=7 * S, until=8 * S)
    stage.run(11 * S)
    rows, final = stage.tables(), stage.tables(last=True)
    assert rows["dangling/raw/west"]["to_ns"].tolist() == [7 * S]
    assert final["dangling/raw/west"]["from_ns"].tolist() == [9 * S]
    assert final["dangling/raw/west"]["to_ns"].tolist() == [11 * S]


def test_a_catalog_that_is_out_holds_a_copy_back():
    """Due at 10 s, it appears at 30 s; a cut before that takes it back."""
    for cut, expected in ((False, [30.0]), (True, [35.0])):
        stage = Stage(QUIET)
        stage.raw(5 * S, 1000)
        stage.fault("catalog", "west", at=8 * S, until=30 * S)
        if cut:
            stage.fault("cut", "east", "west", at=20 * S, until=30 * S)
        assert stage.run(60 * S).times("raw", "west") == expected


def test_refreshes_see_what_was_there_strictly_before():
    """Refreshes every 10 s: the commit that appears at 10 s is shown at 20 s; dangling, out and down fail."""
    stage = Stage(QUIET, insights={"sales": {"reads": ["orders"], "refresh": "10s"}})
    stage.raw(5 * S, 1000, zone="analytics")
    stage.raw(15 * S, 5000, zone="analytics")
    stage.raw(60 * S, 1000, zone="analytics")
    stage.fault("metadata_first", "orders", "west", at=14 * S, until=55 * S)  # dangling from 16 s to 23 s
    stage.fault("catalog", "west", at=30 * S, until=40 * S)
    stage.fault("region", "west", at=45 * S, until=55 * S)
    stage.run(71 * S)
    rows = stage.tables()["refresh/sales/west"]
    assert rows["at_ns"].tolist() == [n * 10 * S for n in range(1, 8)]
    assert rows["ok"].tolist() == [1, 0, 0, 1, 0, 1, 1]
    assert rows["commits"].tolist() == [0, 1, 2, 2, 2, 2, 3]
    assert stage.dials.hits["catalog/30000000000"] == 1


def test_a_table_dangles_at_a_refresh_when_its_files_arrive_then():
    """Dangling from 6 s to 10 s: the refreshes at 6 s and 12 s work, that at 10 s does not."""
    for every, ok in (("6s", [1, 1]), ("10s", [0])):
        stage = Stage(QUIET, insights={"sales": {"reads": ["orders"], "refresh": every}})
        stage.raw(5 * S, 2000, zone="analytics")
        stage.fault("metadata_first", "orders", "west", at=4 * S)
        stage.run(13 * S)
        assert stage.tables()["refresh/sales/west"]["ok"].tolist() == ok


def test_commits_that_everybody_has_are_dropped():
    """Of hundreds of commits few are kept, although all are counted; where data can be lost, all are."""
    lost = {"kind": "region_outage", "region": "west", "data": "lost", "at": "20h"}
    for faults, kept in (({}, 8), ({"loss": lost}, 300)):
        stage = Stage(**faults)
        for n in range(1, 301):
            stage.raw(n * 10 * S, 100)
        stage.run(3200 * S)
        stage.tables()
        table = stage.of_orders.tables.of["raw"]["east"]
        assert table.count == 300
        assert len(stage.commits("raw")) <= kept
        assert (table.first == 0) == bool(faults)
