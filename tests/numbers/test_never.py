"""Durations at the end of what there is: never, and what becomes of work that would never be done."""

import math

import numpy as np

from sim.core.distributions import constant
from sim.core.draws import Purpose
from sim.core.quantity import FOREVER_NS, LONGEST_NS
from sim.engine.kernels import NEXT, change_speed, fifo, serve
from sim.engine.path_kernels import TAKEN, Work, change_pace, server, work_of
from sim.engine.sampling import encode, ns, rescaled, waits

FAR = 1 << 61


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


def test_work_of_a_flow_that_would_never_end_is_taken_up_anew():
    """A record of 1 ms at a speed of 1e-15 takes 1 ms from the moment at which the speed is 1 again."""
    arrival, work, out = np.zeros(1, np.int64), np.array([1e6]), np.zeros(1, np.int64)
    state, speed = fifo(speed=1e-15)
    assert serve(arrival, work, 0, state, speed, out, end=1, until=FAR >> 2) == 0
    change_speed(arrival, work, 0, state, speed, end=1, at=100, to=1.0)
    serve(arrival, work, 0, state, speed, out, end=1, until=FAR)
    assert (int(state[NEXT]), int(out[0])) == (1, 100 + 10**6)


def test_work_that_has_become_endless_is_taken_up_anew():
    """So does one that was half done when the speed became next to nothing, and was frozen for a while."""
    arrival, work, out = np.zeros(1, np.int64), np.array([1e6]), np.zeros(1, np.int64)
    state, speed = fifo()
    for at, to in ((500_000, 1e-15), (600_000, 0.0), (700_000, 1.0)):
        change_speed(arrival, work, 0, state, speed, end=1, at=at, to=to)
    serve(arrival, work, 0, state, speed, out, end=1, until=FAR)
    assert int(out[0]) == 700_000 + 10**6


def test_work_of_the_data_path_that_would_never_end_is_taken_up_anew():
    """The same rule for servers that note when a row was taken up."""
    work = Work(encode([constant(1e6)]), 0, np.uint64(1), Purpose.CONSUME)
    state, speed = server()
    state[TAKEN] = 0
    change_pace(state, speed, work_of(work, 1), at=500_000, to=1e-15)
    change_pace(state, speed, work_of(work, 1), at=700_000, to=1.0)
    assert int(state[TAKEN]) == 700_000
