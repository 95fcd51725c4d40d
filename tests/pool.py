"""A pool of workers on its own: one recursion, against which a node and the one-worker kernel are held."""

import numpy as np

from sim.engine.compiled import allocating
from sim.engine.sampling import ns


@allocating
def pool(arrival, work, free, queue_max, *, done):
    """Serve arrivals FIFO by ``free.size`` workers; at most ``queue_max`` wait, more are turned away.

    arrival: int64 ns ascending; work: float64 ns; free: int64 (c,), when each worker is free, changed in
    place; ``queue_max`` below 0: no limit; done: int64 ns out, -1 if turned away. The start of service
    follows the Kiefer-Wolfowitz recursion; the queue's length at an arrival is the number of accepted
    records that have not started.
    """
    n = arrival.size
    starts = np.empty(n, np.int64)
    accepted = 0
    head = 0  # accepted records before this one have started
    for i in range(n):
        w = 0
        for j in range(1, free.size):
            if free[j] < free[w]:
                w = j
        start = max(arrival[i], free[w])
        if queue_max >= 0:
            while head < accepted and starts[head] <= arrival[i]:
                head += 1
            if start > arrival[i] and accepted - head >= queue_max:
                done[i] = -1
                continue
        starts[accepted] = start
        accepted += 1
        free[w] = start + ns(work[i])
        done[i] = free[w]
