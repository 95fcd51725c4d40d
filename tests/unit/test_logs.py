"""Logs that grow and are dropped, numberings kept as runs, leaders of partitions."""

import numpy as np

from sim.engine.log import LEAST, ROOMY, Log
from sim.models.bus.cluster import Cluster
from sim.models.bus.runs import Runs


def test_rows_keep_their_numbers_when_others_are_dropped():
    """Row n stays row n, whatever is dropped before it, and room is not made where it is not needed."""
    log = Log(value=np.int64)
    for begin in range(0, 100_000, 500):
        log.append(value=np.arange(begin, begin + 500))
        log.drop(begin - 100)
        assert log.all("value").tolist() == list(range(max(0, begin - 100), begin + 500))
    assert log.columns["value"].size <= 4 * LEAST


def test_what_a_long_wait_needed_is_given_back():
    """A log with a million rows is large, and small again when they are dropped."""
    log = Log(7, value=np.int64)
    log.append(value=np.arange(1_000_000))
    log.drop(1_000_000)
    assert log.all("value").tolist() == list(range(999_993, 1_000_000))
    assert log.columns["value"].size <= ROOMY


def test_rows_taken_back_are_numbered_anew():
    """After truncate(3) the next row is row 3, also where that had been dropped."""
    log = Log(value=np.int64, flag=np.bool_)
    log.append(value=np.arange(5))
    log.truncate(3)
    log.append(value=np.array([40]), flag=np.array([True]))
    assert log.end == 4
    assert log.part("value", 0, 4).tolist() == [0, 1, 2, 40]
    assert log.part("flag", 0, 4).tolist() == [False, False, False, True]
    log.drop(4)
    log.truncate(2)
    log.append(value=np.array([20]))
    assert (log.base, log.end, log.all("value").tolist()) == (2, 3, [20])


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
