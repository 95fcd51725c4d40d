"""The moments at which series are looked at: many, of which those are kept that lie near what happens."""

from collections.abc import Iterable

import numpy as np

MOST = 20_000  # moments in a run
LEAST_NS = 100_000_000  # between two
# Kept are all moments up to the first number of steps after something happens, every 4th up to the second...
LADDER = ((1, 16), (4, 128), (16, 1024))
BEFORE = 4  # steps: kept before something happens
COARSE = 32  # of moments without anything near, each such is kept


def moments_of(duration_ns: int) -> np.ndarray:
    """Return the moments of a run, (n,) int64 ns from 0 to before its end."""
    step_ns = max(LEAST_NS, -(-duration_ns // MOST))
    return np.arange(0, duration_ns, step_ns)


def kept(moments: np.ndarray, happened_ns: Iterable[int]) -> np.ndarray:
    """Return which moments are kept, (k,) int64: numbers of ``moments`` (n,), rising.

    The first at or after each time of ``happened_ns`` is.
    """
    numbers = np.arange(len(moments))
    found = numbers % COARSE == 0
    found[-1:] = True
    after = np.unique(np.searchsorted(moments, np.array(sorted(happened_ns), np.int64)))
    if len(after):
        last = np.searchsorted(after, numbers, side="right") - 1
        since = np.where(last >= 0, numbers - after[last], len(moments))
        to_next = np.where(
            last + 1 < len(after), after[np.minimum(last + 1, len(after) - 1)] - numbers, BEFORE + 1
        )
        found |= to_next <= BEFORE
        for every, until in LADDER:
            found |= (since < until) & (numbers % every == 0)
        found |= since == 0
    return np.flatnonzero(found)
