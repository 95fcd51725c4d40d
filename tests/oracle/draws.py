"""Draws for the twin, taken in blocks: one compiled call for 256 records instead of one each.

The values are those of single calls.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from sim.core.distributions import Distribution
from sim.core.draws import key_of
from sim.engine.sampling import encode, raw, sample, uniform

BLOCK = 256


@njit  # not cached: the tests are imported under more than one package name
def _samples(table, index, key, first, attempt, purpose):
    out = np.empty(BLOCK, np.float64)
    for i in range(BLOCK):
        out[i] = sample(table, index, key, first + i, attempt, purpose)
    return out


@njit  # not cached: the tests are imported under more than one package name
def _raws(key, first, attempt, purpose):
    out = np.empty(BLOCK, np.uint64)
    for i in range(BLOCK):
        out[i] = raw(key, first + i, attempt, purpose)
    return out


def ns(x: float) -> int:
    """Return a drawn duration as int ns: rounded half up, at least 1."""
    whole = int(x + 0.5)  # x >= 0, so this is the floor
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

    def series(
        self, distribution: Distribution, key: np.uint64, attempt: int, purpose: int
    ) -> Callable[[int], float]:
        """Return the function rid -> draw, block-wise."""
        if distribution.kind == "constant":
            value = distribution.params[0]
            return lambda rid: value
        index = self.index(distribution)
        return _blockwise(lambda first: _samples(self.table, index, key, first, attempt, purpose).tolist())

    def raw_series(self, key: np.uint64, purpose: int) -> Callable[[int], int]:
        """Return the function rid -> 64 raw bits (attempt 0), block-wise."""
        return _blockwise(lambda first: _raws(key, first, 0, purpose).tolist())


def _blockwise(fetch: Callable[[int], list]) -> Callable[[int], Any]:
    """Return the function rid -> value that fetches blocks and keeps the last few."""
    blocks: dict[int, list] = {}

    def draw(rid: int) -> Any:
        try:
            return blocks[rid >> 8][rid & 255]
        except KeyError:
            if len(blocks) > 8:
                blocks.clear()
            block = blocks[rid >> 8] = fetch(rid >> 8 << 8)
            return block[rid & 255]

    return draw
