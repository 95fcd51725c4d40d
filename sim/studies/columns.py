"""Many columns of numbers, trial by trial: memory holds one block of trials, a nameless file the others."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

BLOCK = 256  # trials
Name = tuple[str, str]  # (metric, of)


class Columns:
    """One number for each name and trial, NaN where there is none. Trials come in order.

    ``folder``: where the file is, if one is needed. It has no name and ends with this object, or the process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._places: dict[Name, int] = {}
        self._block = np.empty((0, BLOCK))  # (names, trials of the block)
        self._number = 0  # of the block
        self._file: IO[bytes] | None = None
        self._written: list[tuple[int, int]] = []  # of each block before: where it begins, how many names

    def __iter__(self) -> Iterator[Name]:
        """Yield the names, in the order in which they came."""
        return iter(self._places)

    def places(self, names: list[Name]) -> np.ndarray:
        """Return where the numbers of these names belong, int64 (n,), as ``put`` takes it."""
        found = [self._places.setdefault(name, len(self._places)) for name in names]
        missing = len(self._places) - len(self._block)
        self._block = np.vstack([self._block, np.full((missing, BLOCK), np.nan)])
        return np.array(found, np.int64)

    def put(self, trial: int, places: np.ndarray, values: np.ndarray) -> None:
        """Put a trial's numbers in their places. No trial of an earlier block can follow."""
        while trial >= (self._number + 1) * BLOCK:
            self._write()
        self._block[places, trial - self._number * BLOCK] = values

    def column(self, name: Name, trials: int) -> np.ndarray:
        """Return the numbers of a name, float64 (trials,)."""
        found = np.full((max(self._number + 1, -(-trials // BLOCK)), BLOCK), np.nan)
        place = self._places.get(name)
        if place is not None:
            for number, (begin, names) in enumerate(self._written):
                if place < names:
                    found[number] = self._read(begin + place * self._block[0].nbytes)
            found[self._number] = self._block[place]
        return found.reshape(-1)[:trials]

    def _write(self) -> None:
        """Move the block to the file and begin the next."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - as long as this object
        self._written.append((self._file.seek(0, os.SEEK_END), len(self._block)))
        self._file.write(self._block.tobytes())
        self._file.flush()
        self._block.fill(np.nan)
        self._number += 1

    def _read(self, at: int) -> np.ndarray:
        assert self._file is not None, "what was written is in a file"
        return np.frombuffer(os.pread(self._file.fileno(), BLOCK * 8, at), np.float64)
