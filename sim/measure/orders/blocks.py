"""Numbers kept for each operation of a stream, by sequence number, in blocks.

A block in which every operation is settled (all that can happen to it has happened, once) is dropped and only
remembered as such, so memory counts what is under way and what went wrong, not operations.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.core.identity import seq_of
from sim.engine.compiled import compiled

SIZE = 4096
UNKNOWN = -1
ORDER, OTHER = 1, 2  # states of a client's write: acknowledged; ended otherwise, or in the warm-up
ENDED, COMMITTED = 1, 2  # states of a handler's operation: ended ok or fail; has a commit on the line


@dataclass(slots=True)
class Block:
    """``value``: tag of a handler's operation, or when a client's was acknowledged (ns).

    ``counts`` (columns, SIZE): commits on the line for it, of each handler; ``open``: how many of those may
    still be abandoned.
    """

    state: np.ndarray
    value: np.ndarray
    counts: np.ndarray
    open: int = 0


class Operations:
    """The operations of one stream. ``done``: the state of a settled one."""

    def __init__(self, columns: int, done: int) -> None:
        self._columns, self._done = columns, done
        self.blocks: dict[int, Block] = {}
        self._settled: set[int] = set()
        self._touched: set[int] = set()

    def parts(self, rids: np.ndarray) -> Iterator[tuple[Block, np.ndarray, np.ndarray | slice]]:
        """Yield (block, places in it, rows of ``rids``) for operations (n,) of this stream."""
        seqs = seq_of(rids)
        numbers = seqs // SIZE
        places = seqs - numbers * SIZE
        for number, rows in groups(numbers):
            yield self._block(number), places[rows], rows

    def values(self, rids: np.ndarray) -> np.ndarray:
        """Return the values (n,) int64 of operations."""
        out = np.empty(len(rids), np.int64)
        for block, places, rows in self.parts(rids):
            out[rows] = block.value[places]
        return out

    def drop_settled(self) -> None:
        """Drop the blocks in which every operation is settled."""
        for number in self._touched:
            block = self.blocks[number]
            if block.open == 0 and self._over(block):
                del self.blocks[number]
                self._settled.add(number)
        self._touched.clear()

    @property
    def settled(self) -> int:
        """Return how many operations have been dropped."""
        return len(self._settled) * SIZE

    def _over(self, block: Block) -> bool:
        if not (block.counts == 1).all():
            return False
        if self._done == ORDER:
            return bool((block.state == ORDER).all())
        return bool((block.state != 0).all())

    def _block(self, number: int) -> Block:
        self._touched.add(number)
        block = self.blocks.get(number)
        if block is None:
            known = number in self._settled
            self._settled.discard(number)
            block = self.blocks[number] = Block(
                np.full(SIZE, self._done if known else 0, np.uint8),
                np.full(SIZE, UNKNOWN),
                np.full((self._columns, SIZE), int(known), np.int64),
            )
        return block


def groups(numbers: np.ndarray) -> Iterator[tuple[int, np.ndarray | slice]]:
    """Yield (number, rows) of each of few different numbers (n,) int64, ascending."""
    if not len(numbers):
        return
    least, most = int(numbers.min()), int(numbers.max())
    if least == most:
        yield least, slice(None)
        return
    rows, ends = np.empty(len(numbers), np.int64), np.zeros(most - least + 2, np.int64)
    sort_rows(numbers, least, rows, ends)
    begin = 0
    for above, end in enumerate(ends[:-1].tolist()):
        if begin < end:
            yield least + above, rows[begin:end]
        begin = end


@compiled
def sort_rows(numbers, least, rows, ends):
    """Put the rows of numbers (n,) int64 from ``least`` on into ``rows`` (n,) int64, by number and row.

    ``ends`` (different numbers + 1,) int64, all 0: where the rows of each end; the last place is left over.
    """
    for i in range(len(numbers)):
        ends[numbers[i] - least + 1] += 1
    for k in range(1, len(ends)):
        ends[k] += ends[k - 1]
    for i in range(len(numbers)):
        k = numbers[i] - least
        rows[ends[k]] = i
        ends[k] += 1
