"""Rows that grow and are dropped, numberings kept as runs, leaders of partitions, changes of pace."""

import numpy as np

from sim.engine.kernels import FROM, REMAINING
from sim.engine.path_kernels import TAKEN, change_pace, server
from sim.models.bus.cluster import Cluster
from sim.models.bus.rows import Rows, Runs


def test_rows_keep_their_numbers_when_others_are_dropped():
    """Row n stays row n, whatever is dropped before it."""
    rows = Rows(value=np.int64)
    for begin in range(0, 10_000, 500):
        rows.append(value=np.arange(begin, begin + 500))
        rows.drop(begin - 100)
        assert rows.part("value", begin, begin + 500).tolist() == list(range(begin, begin + 500))
    assert 0 < rows.base <= 9400


def test_rows_taken_back_are_numbered_anew():
    """After truncate(3) the next row is row 3."""
    rows = Rows(value=np.int64, flag=np.bool_)
    rows.append(value=np.arange(5))
    rows.truncate(3)
    rows.append(value=np.array([40]), flag=np.array([True]))
    assert rows.end == 4
    assert rows.part("value", 0, 4).tolist() == [0, 1, 2, 40]
    assert rows.part("flag", 0, 4).tolist() == [False, False, False, True]


def test_runs_are_the_sequence_they_were_given():
    """value, values, below and ranges agree with the list."""
    values = [0, 1, 2, 5, 6, 9, 20, 21, 22, 23]
    runs = Runs()
    for part in ([0, 1], [2, 5], [], [6, 9, 20], [21, 22, 23]):
        runs.append(np.array(part, np.int64))
    assert [runs.value(i) for i in range(runs.count)] == values
    assert runs.values(2, 9).tolist() == values[2:9]
    assert [runs.below(v) for v in range(26)] == [sum(x < v for x in values) for v in range(26)]
    assert list(runs.ranges(1, 8)) == [(1, 3), (5, 7), (9, 10), (20, 22)]


def test_a_broker_that_hands_over_is_not_missed_again():
    """Its partitions are closed for the election, then the next broker leads them; if that one falls too,
    both its own and those are closed."""
    cluster = Cluster("east", partitions=6, brokers=3)
    assert cluster.strike("first", 1).tolist() == [False, True, False, False, True, False]
    assert cluster.elected("first")
    assert not cluster.closed.any()
    assert cluster.strike("second", 2).tolist() == [False, True, True, False, True, True]
    assert cluster.heal("second")
    assert not cluster.closed.any()
    assert not cluster.heal("first")
    assert cluster.strike("third", 2).tolist() == [False, False, True, False, False, True]


def test_a_change_of_pace_rescales_what_was_taken_up_before():
    """Half of 100 ns of work at half the speed is 100 ns more; work not taken up is not touched."""
    state, speed = server()
    state[TAKEN] = 0
    change_pace(state, speed, 100.0, at=50, to=0.5)
    assert (state[FROM], state[REMAINING]) == (50, 100)
    change_pace(state, speed, 100.0, at=100, to=0.0)
    change_pace(state, speed, 100.0, at=900, to=1.0)
    assert (state[FROM], state[REMAINING]) == (900, 25)
    idle, speed = server()
    change_pace(idle, speed, 0.0, at=50, to=0.5)
    assert idle[REMAINING] == -1
