"""The tandem written with the engine's kernels.

Arrivals and five servers, each a cursor that moves a chunk of customers at a time.
"""

import numpy as np

from benchmarks.tandem import LOAD, STAGES
from sim.core.distributions import exponential
from sim.core.draws import key_of
from sim.engine.kernels import fifo, serve, works
from sim.engine.sampling import encode

CHUNK = 8192  # customers: what passes between stages stays in the cache
S = 1_000_000_000
FOREVER = 1 << 62


def run(customers: int) -> float:
    """Simulate so many customers; return their mean time in the system, s.

    Arrivals are the same kernel as services: unit work served at the arrival rate, all of it there from the
    start.
    """
    table = encode([exponential(S / LOAD), exponential(float(S))])
    keys = [np.uint64(key_of(0, 0, f"stage/{stage}")) for stage in range(STAGES + 1)]
    servers = [fifo() for _ in keys]
    version, work = np.zeros(CHUNK, np.int64), np.zeros(CHUNK, np.float64)
    times = np.zeros((STAGES + 2, CHUNK), np.int64)
    total = 0
    for first in range(0, customers, CHUNK):
        last = min(first + CHUNK, customers)
        for stage, (state, speed) in enumerate(servers):
            works(table, min(stage, 1), keys[stage], version, work, base=first, begin=first, end=last)
            serve(times[stage], work, first, state, speed, times[stage + 1], end=last, until=FOREVER)
        total += int((times[-1] - times[1])[: last - first].sum())
    return total / customers / S
