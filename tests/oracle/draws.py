"""Draws for the twin, taken in blocks: one compiled call for many records instead of one each.

The values are those of single calls.
"""

from collections.abc import Iterator
from itertools import chain, count

import numpy as np
from numba import njit

from sim.core.distributions import Distribution
from sim.core.draws import Purpose, key_of
from sim.engine.sampling import encode, raw, sample, uniform, zipf

from .clock import ATTEMPT_BITS, ATTEMPTS

BLOCK_BITS = 10
BLOCK = 1 << BLOCK_BITS
BLOCK_MASK = BLOCK - 1
BLOCK_SHIFT = BLOCK_BITS + ATTEMPT_BITS
BLOCKS = 64  # so many are kept, then all are fetched anew
FOREVER = 2**60
KEY = int(Purpose.KEY)
SESSION = int(Purpose.SESSION)
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
UNIFORM = Distribution("uniform", (0.0, 1.0))  # its draws are the uniform numbers themselves: 0 + (1 - 0) * u


@njit  # not cached: the tests are imported under more than one package name
def _samples(table, index, key, first, attempt, purpose):
    out = np.empty(BLOCK, np.float64)
    for i in range(BLOCK):
        out[i] = sample(table, index, key, first + i, attempt, purpose)
    return out


@njit  # not cached: the tests are imported under more than one package name
def _keys(table, key, session, slots):
    out = np.empty(slots, np.int64)
    for slot in range(slots):
        out[slot] = zipf(table, uniform(key, session, slot, KEY))
    return out


@njit  # not cached: the tests are imported under more than one package name
def _sessions(key, first, sessions, slots):
    out = np.empty((2, BLOCK), np.uint64)
    for i in range(BLOCK):
        bits = raw(key, first + i, 0, SESSION)
        out[0, i] = (bits >> HALF) * sessions >> HALF
        out[1, i] = (bits & LOW) * slots >> HALF
    return out


def ns(x: float) -> int:
    """Return a drawn duration as int ns: rounded half up, at least 1, at most FOREVER."""
    whole = int(min(x, FOREVER) + 0.5)  # x >= 0, so this is the floor
    return whole if whole > 0 else 1


class Draws:
    """All draws of one trial: the distributions met so far and the keys of the components."""

    def __init__(self, seed: int, trial: int) -> None:
        self.seed = seed
        self.trial = trial
        self.known: dict[Distribution, int] = {}
        self.listed: list[Distribution] = []
        self.table = encode([Distribution("constant", (0.0,))])

    def key(self, name: str) -> np.uint64:
        """Return the key of a component."""
        return np.uint64(key_of(self.seed, self.trial, name))

    def index(self, distribution: Distribution) -> int:
        """Return the table row of ``distribution``, which is added if it is new.

        Rows move when one is added, so all values drawn are equal.
        """
        found = self.known.get(distribution)
        if found is None:
            found = self.known[distribution] = len(self.listed)
            self.listed.append(distribution)
            self.table = encode(self.listed)
        return found

    def sample(
        self, distribution: Distribution, key: np.uint64, rid: int, attempt: int, purpose: int
    ) -> float:
        """Return one draw from ``distribution``."""
        if distribution.kind == "constant":
            return distribution.params[0]
        index = self.index(distribution)
        return sample(self.table, index, key, rid, attempt, purpose)

    def duration(self, distribution: Distribution, key: np.uint64, rid: int, purpose: int) -> int:
        """Return one drawn duration (attempt 0) in ns."""
        return ns(self.sample(distribution, key, rid, 0, purpose))

    def uniform(self, key: np.uint64, rid: int, attempt: int, purpose: int) -> float:
        """Return one uniform draw."""
        return uniform(key, rid, attempt, purpose)

    def sequence(self, distribution: Distribution, key: np.uint64, purpose: int) -> Iterator[float]:
        """Return the draws (attempt 0) for rid 0, 1, 2, ..."""
        index = self.index(distribution)
        blocks = (_samples(self.table, index, key, first, 0, purpose).tolist() for first in count(0, BLOCK))
        return chain.from_iterable(blocks)

    @staticmethod
    def sessions(key: np.uint64, sessions: int, *, slots: int) -> Iterator[tuple[int, int]]:
        """Return (session, slot) of the operations 0, 1, 2, ... of a stream."""
        counts = np.uint64(sessions), np.uint64(slots)
        blocks = (zip(*_sessions(key, first, *counts).tolist(), strict=True) for first in count(0, BLOCK))
        return chain.from_iterable(blocks)

    @staticmethod
    def keys(table: np.ndarray, key: np.uint64, session: int, slots: int) -> list[int]:
        """Return the keys of a session (with its epoch), one for each slot."""
        return _keys(table, key, session, slots).tolist()


class Luck:
    """The draws of one component for its records, in blocks of neighbouring records.

    ``order``: that of the record and the attempt or timeline, which is below 64 (``clock.order_of``).
    """

    __slots__ = ("blocks", "draws", "key")

    def __init__(self, draws: Draws, key: np.uint64) -> None:
        self.draws = draws
        self.key = key
        self.blocks: dict[tuple[int, int, int, int], list[float]] = {}

    def sample(self, distribution: Distribution, order: int, purpose: int) -> float:
        """Return a draw from ``distribution``, which must live as long as this."""
        name = (id(distribution), order & ATTEMPTS, purpose, order >> BLOCK_SHIFT)
        try:
            return self.blocks[name][order >> ATTEMPT_BITS & BLOCK_MASK]
        except KeyError:
            return self._fetch(distribution, name)[order >> ATTEMPT_BITS & BLOCK_MASK]

    def _fetch(self, distribution: Distribution, name: tuple[int, int, int, int]) -> list[float]:
        if len(self.blocks) >= BLOCKS:
            self.blocks.clear()
        _, attempt, purpose, block = name
        index = self.draws.index(distribution)
        found = _samples(self.draws.table, index, self.key, block << BLOCK_BITS, attempt, purpose).tolist()
        self.blocks[name] = found
        return found

    def uniform(self, order: int, purpose: int) -> float:
        """Return a uniform draw."""
        return self.sample(UNIFORM, order, purpose)
