"""The tandem written with the engine's kernels.

Arrivals and five servers, each a cursor that moves a chunk of customers at a time.
"""

import numpy as np

from benchmarks.tandem import LOAD, STAGES
from sim.core.distributions import exponential
from sim.core.draws import Purpose, key_of
from sim.engine.cursor import END_OF_TIME, Cursor, Work, serve
from sim.engine.sampling import encode

CHUNK = 8192  # customers: what passes between stages stays in the cache
S = 1_000_000_000


def run(customers: int) -> float:
    """Simulate so many customers; return their mean time in the system, s.

    Arrivals are the same kernel as services: unit work served at the arrival rate, all of it there from the
    start.
    """
    table = encode([exponential(S / LOAD), exponential(float(S))])
    keys = [np.uint64(key_of(0, 0, f"stage/{stage}")) for stage in range(STAGES + 1)]
    works = [Work(table, min(stage, 1), key, Purpose.APPLY) for stage, key in enumerate(keys)]
    cursors = [Cursor() for _ in keys]
    skipped = np.zeros(CHUNK, np.bool_)
    times = np.zeros((STAGES + 2, CHUNK), np.int64)
    total = 0
    for first in range(0, customers, CHUNK):
        last = min(first + CHUNK, customers)
        version = np.arange(first, last)
        for stage, (cursor, work) in enumerate(zip(cursors, works, strict=True)):
            serve(
                times[stage], version, None, work, cursor.state, cursor.speed, times[stage + 1], skipped,
                last, END_OF_TIME,
            )  # fmt: skip
        total += int((times[-1] - times[1])[: last - first].sum())
    return total / customers / S
