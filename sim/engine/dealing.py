"""Who gets the next operation: the one that is furthest behind its share."""

import numpy as np

from sim.engine.compiled import compiled


@compiled
def deal(shares, dealt, before, into):
    """Deal the operations from number ``before`` on, counted from 0.

    ``shares``: float64 (n,), in order of names, of which the first wins a tie; ``dealt``: int64 (n,), how
    many each has had, which is brought up to date; ``into``: int16, whose operation each is.
    """
    for i in range(into.size):
        count = before + i + 1
        best = 0
        most = shares[0] * count - dealt[0]
        for other in range(1, shares.size):
            behind = shares[other] * count - dealt[other]
            if behind > most:
                best, most = other, behind
        dealt[best] += 1
        into[i] = np.int16(best)
