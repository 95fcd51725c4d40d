"""Durations at the end of what there is: never, and what becomes of work that would never be done."""

import math

import numpy as np

from sim.core.distributions import constant
from sim.core.draws import Purpose
from sim.core.quantity import FOREVER_NS, LONGEST_NS
from sim.engine.cursor import END_OF_TIME, Cursor, Queue, Work
from sim.engine.log import Log
from sim.engine.sampling import encode, ns, rescaled, waits

MS = Work(encode([constant(1e6)]), 0, np.uint64(1), Purpose.APPLY)


def done(cursor: Cursor, *changes: tuple[int, float]) -> int:
    """Return when a record of 1 ms that is there at 0 is done, with changes of speed (when, to what)."""
    log, out = Log(at=np.int64, version=np.int64), Log(at=np.int64, skipped=np.bool_)
    log.append(at=np.zeros(1, np.int64))
    queue = Queue(log.column("at"), log.column("version"))
    for at, to in changes:
        cursor.serve(queue, MS, out, end=1, until=at)
        cursor.change_speed(at=at, to=to)
    cursor.serve(queue, MS, out, end=1, until=END_OF_TIME)
    return int(out.all("at")[0])


def test_a_duration_is_at_least_a_nanosecond_and_at_most_never():
    """Half a nanosecond is rounded up; what is longer than 2^60 ns, endless or no number is never."""
    assert [int(ns(x)) for x in (0.0, 0.4, 1.5, 1e9)] == [1, 1, 2, 10**9]
    assert [int(ns(x)) for x in (2.0**60, 1e30, math.inf, math.nan)] == [FOREVER_NS] * 4
    assert LONGEST_NS < FOREVER_NS


def test_what_remains_is_at_most_never():
    """A speed of next to nothing, and one of nothing."""
    assert int(rescaled(10, 1.0, 2.0)) == 5
    assert [int(rescaled(10, 1.0, to)) for to in (1e-30, 0.0)] == [FOREVER_NS] * 2


def test_losses_that_are_certain_never_end():
    """Where several losses add up to 1 nothing arrives; without a delay a loss costs nothing."""
    assert waits(0.25, 0.5, 1e9) == 2e9
    assert waits(0.5, 1.0, 1.0) == 2.0**60
    assert waits(0.5, 1.0, 0.0) == 0.0


def test_work_that_would_never_end_is_taken_up_anew():
    """A record of 1 ms at a speed of 1e-15 takes 1 ms from the moment at which the speed is 1 again."""
    assert done(Cursor(speed=1e-15), (100, 1.0)) == 100 + 10**6


def test_work_that_has_become_endless_is_taken_up_anew():
    """So does one that was half done when the speed became next to nothing, and was frozen for a while."""
    assert done(Cursor(), (500_000, 1e-15), (600_000, 0.0), (700_000, 1.0)) == 700_000 + 10**6


def test_what_is_taken_up_anew_has_not_begun():
    """Of two changes at the moment at which it is taken up anew only the last one counts, whole; a pause at
    that moment leaves all of it.
    """
    assert done(Cursor(speed=1e-15), (100, 3.0), (100, 0.7)) == 100 + round(1e6 / 0.7)
    assert done(Cursor(speed=1e-15), (100, 3.0), (100, 0.0), (900, 2.0)) == 900 + 500_000
