"""The stream job by arithmetic: 100 ms a row, checkpoints every 10 s, 2 s to a commit, 5 s to restart."""

import numpy as np
import pytest

from tests.theory.one_store import MS, S
from tests.unit.lake.stage import Stage

AT_LEAST_ONCE = {"stream": {"mode": "at_least_once", "flush": "4s", "commit": "1s"}}


def every_second(stage: Stage, count: int = 60) -> Stage:
    """A row becomes visible every second from 0.5 s on, and is completed 100 ms later."""
    stage.rows("east", *(n * S + 500 * MS for n in range(count)))
    return stage


def covered(stage: Stage) -> list[int]:
    """Return every position in raw, in order, as often as it is there."""
    return [p for _, parts, _ in stage.commits("raw") for begin, end in parts for p in range(begin, end)]


def test_a_checkpoint_commits_what_was_completed_strictly_before():
    """Ticks at 10 s, 20 s, ...: ten rows each, visible 2 s later; without new rows a tick passes."""
    stage = every_second(Stage(), 25).run(60 * S)
    assert stage.commits("raw") == [(12.0, [(0, 10)], 0), (22.0, [(10, 20)], 0), (32.0, [(20, 25)], 0)]
    exact = Stage()
    exact.rows("east", 9900 * MS)  # completed at 10 s
    assert exact.run(60 * S).times("raw") == [22.0]


def test_exactly_once_has_nothing_twice():
    """Killed at 21 s, the commit of 22 s never appears; restarted at 27 s it reads those rows again."""
    stage = every_second(Stage())
    stage.fault("killed", "orders/stream", at=21 * S, until=22 * S)
    stage.run(45 * S)
    assert covered(stage) == list(range(40))
    assert stage.times("raw") == [12.0, 32.0, 42.0]
    placed = stage.tables()["placed/stream"]
    assert (placed["at_ns"].tolist(), placed["position"].tolist()) == ([0, 27 * S], [0, 10])


def test_at_least_once_repeats_what_appeared_since_the_last_save():
    """Saved at 10 s: what appeared at 9 s. Killed at 18.5 s, what appeared at 13 s and 17 s comes again."""
    stage = every_second(Stage(AT_LEAST_ONCE))
    stage.fault("killed", "orders/stream", at=18_500 * MS, until=19 * S)
    stage.run(40 * S)
    assert stage.times("raw")[:4] == [5.0, 9.0, 13.0, 17.0]
    assert sorted(set(covered(stage))) == list(range(36))
    assert sorted(p for p in set(covered(stage)) if covered(stage).count(p) == 2) == list(range(8, 16))


def test_a_save_at_the_time_of_an_appearance_does_not_include_it():
    """Flush 9 s and 1 s to a commit: what appears at 10 s is not saved by the tick at 10 s."""
    stage = every_second(Stage({"stream": {"mode": "at_least_once", "flush": "9s", "commit": "1s"}}))
    stage.fault("killed", "orders/stream", at=10_500 * MS, until=11 * S)
    stage.run(20 * S)
    assert stage.tables()["placed/stream"]["position"].tolist() == [0, 0]


def test_a_failing_checkpoint_lets_ticks_pass():
    """The ticks at 20 s and 30 s pass: the rows wait for the one at 40 s."""
    stage = every_second(Stage())
    stage.fault("checkpoint_failure", "orders", at=20 * S, until=31 * S)
    assert stage.run(45 * S).commits("raw") == [(12.0, [(0, 10)], 0), (42.0, [(10, 40)], 0)]
    assert stage.dials.hits["checkpoint_failure/20000000000"] == 2


def test_a_task_failure_is_one_restart():
    """A task dies at 25 s: back to what was committed, running at 30 s."""
    stage = every_second(Stage())
    stage.at(25 * S, lambda: stage.of_orders.stream.failed("task", None))
    stage.at(26 * S, lambda: stage.of_orders.stream.failed("again", None))  # it does not run: nothing to kill
    stage.run(45 * S)
    assert stage.notes("process.stopped", "process.started") == [
        (25.0, "process.stopped", "orders/stream"),
        (30.0, "process.started", "orders/stream"),
    ]
    assert covered(stage) == list(range(40))
    assert (stage.dials.hits["task"], stage.dials.hits["again"]) == (1, 0)


def test_a_look_up_that_is_down_is_waited_for():
    """Nothing is completed from 12 s to 25 s; the row in service goes on for the rest of its work."""
    serves = {"east": True}
    stage = every_second(
        Stage({"standby": ["west"], "stream": {"lookup": "orders"}}, serves=serves.__getitem__)
    )
    stage.at(12_550 * MS, lambda: (serves.update(east=False), stage.changed()))
    stage.at(25 * S, lambda: (serves.update(east=True), stage.changed()))
    stage.run(26 * S)
    times = stage.of_orders.stream.reader.times(12, 14)
    assert times.tolist() == [25_050 * MS, 25_150 * MS]


def test_a_look_up_that_is_down_makes_dead_letters():
    """Rows completed from 12.6 s to 25 s are dead letters: their completions, and not in raw."""
    serves = {"east": True}
    lake = {"standby": ["west"], "stream": {"lookup": "orders", "when_down": "dead_letter"}}
    stage = every_second(Stage(lake, serves=serves.__getitem__))
    stage.at(12_600 * MS, lambda: (serves.update(east=False), stage.changed()))  # row 12 completes then
    stage.at(15 * S, lambda: (serves.update(east=True), stage.changed()))
    stage.run(45 * S)
    rows = stage.tables()["dead/stream"]
    assert rows["position"].tolist() == [12, 13, 14]
    assert rows["at_ns"].tolist() == [12_600 * MS, 13_600 * MS, 14_600 * MS]
    assert stage.commits("raw")[1] == (22.0, [(10, 12), (15, 20)], 0)


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_poison_message_fails_the_job_so_many_times(attempts):
    """Row 15 comes at 15.5 s, marked since 15 s: a failure at each checkpoint, then a dead letter."""
    stage = every_second(Stage({"stream": {"attempts": attempts}}))
    stage.at(15 * S, lambda: stage.of_orders.stream.poison("poison", None))
    stage.run(100 * S)
    failures = [20.0 + 10 * n for n in range(attempts)]
    assert [at for at, _, _ in stage.notes("stream.failed")] == failures
    assert stage.dials.hits["poison"] == attempts
    assert covered(stage) == [p for p in range(60) if p != 15]
    dead = stage.tables()["dead/stream"]
    assert dead["position"].tolist() == [15]
    # restarted 5 s after the last failure at row 10, it has 5 rows before it, each 100 ms
    assert dead["at_ns"].tolist() == [int((failures[-1] + 5.6) * S)]


def test_a_row_that_has_not_come_is_not_failed_on():
    """The mark is on the next row to come; before it is there the job waits and does not fail."""
    stage = Stage()
    stage.rows("east", 1 * S)
    stage.at(5 * S, lambda: stage.of_orders.stream.poison("poison", None))
    assert stage.run(60 * S).notes("stream.failed") == []


def test_a_job_that_moves_starts_where_it_is_told():
    """In west from 120 s on, at position 3 of west's bus: what it did not commit in east is not committed."""
    stage = every_second(Stage(), 101)
    stage.rows("west", *np.arange(1, 8) * S)
    stage.start_position = 3
    for other in ("north", "west"):
        stage.fault("cut", "east", other, at=100 * S)
    stage.run(200 * S)
    assert stage.commits("raw", "west")[-1] == (132.0, [(3, 7)], 0)
    source = stage.of_orders.tables.of["raw"]["west"]
    assert source.get(source.count - 1).ranges[0].source == 2
    placed = stage.tables()["placed/stream"]
    assert (placed["region"].tolist(), placed["position"].tolist()) == ([0, 2], [0, 3])


def test_what_is_not_read_at_the_end():
    """Paused at 10 s, it leaves the rows behind the last completion."""
    stage = every_second(Stage(), 20)
    stage.fault("paused", "orders/stream", at=10 * S)
    stage.run(60 * S)
    unread = stage.tables(last=True)["unread/stream"]
    assert (unread["begin"].tolist(), unread["end"].tolist()) == ([10], [20])
    assert stage.times("raw") == []
