"""An append-only log with columns, from which rows that every cursor has passed are dropped."""

from collections.abc import Sequence

import numpy as np

# Columns of a write-ahead log; four more follow for each node (see Log.of_node).
COMMIT, KEY, VERSION, NEXT_NS, PREVIOUS = range(5)
SENT, LAST, RECEIVED, APPLIED = range(4)
_SHARED = 5
_PER_NODE = 4
ROOMY = 2**16  # a log of no more rows than that is never made smaller
DROP_AT = 1024  # rows are dropped when it is so many at least, and as many as half of those kept


class Log:
    """The rows of a write-ahead log, numbered by lsn.

    ``base`` is the lsn of the first row kept and ``end`` the lsn of the next row to come.
    Columns (int64, contiguous): COMMIT ns, KEY, VERSION, NEXT_NS (commit of the key's next version, 0 if none
    yet), PREVIOUS (version the key had before), and for each node SENT ns, LAST ns (when its last
    transmission leaves), RECEIVED ns, APPLIED ns.
    """

    def __init__(self, nodes: int, capacity: int = 1024):
        self.base = 1
        self.end = 1
        self.columns = np.zeros((_SHARED + _PER_NODE * nodes, capacity), np.int64)
        self.work = np.zeros((nodes, capacity), np.float64)  # apply work of each node
        self.send = np.zeros((nodes, 1), np.float64)  # send work of each node's flow

    def column(self, index: int) -> np.ndarray:
        """Return a shared column; element i belongs to lsn base + i."""
        return self.columns[index]

    def of_node(self, node: int, index: int) -> np.ndarray:
        """Return a column (SENT, LAST, RECEIVED or APPLIED) of a node."""
        return self.columns[_SHARED + _PER_NODE * node + index]

    def apply_work(self, node: int) -> np.ndarray:
        """Return the drawn apply work of a node, float64 ns."""
        return self.work[node]

    def send_work(self, node: int) -> np.ndarray:
        """Return the send work of a node's flow, float64 ns (1,): the same for every record."""
        return self.send[node]

    def reserve(self, rows: int, live: Sequence[tuple[int, int, int]]) -> None:
        """Make room for ``rows`` more rows.

        ``live``: (node, first lsn, end lsn) of the rows whose columns a node still needs; those of others may
        be lost. A log that is kept for a node that is down grows for long: what is not copied is not touched.
        """
        need = self.end - self.base + rows
        capacity = self.columns.shape[1]
        if need <= capacity:
            return
        while capacity < need:
            capacity *= 2
        used = self.end - self.base
        columns = np.empty((self.columns.shape[0], capacity), np.int64)
        work = np.empty((self.work.shape[0], capacity), np.float64)
        columns[:_SHARED, :used] = self.columns[:_SHARED, :used]
        for node, first, end in live:
            part = slice(max(0, first - self.base), end - self.base)
            of_node = slice(_SHARED + _PER_NODE * node, _SHARED + _PER_NODE * (node + 1))
            columns[of_node, part] = self.columns[of_node, part]
            work[node, part] = self.work[node, part]
        self.columns, self.work = columns, work

    def drop(self, until: int) -> None:
        """Forget the rows before lsn ``until``, once they are worth the move."""
        gone = until - self.base
        if gone < max(DROP_AT, (self.end - until) // 2):
            return
        kept = self.end - until
        columns, work = self.columns, self.work
        if kept < columns.shape[1] // 8 and columns.shape[1] > ROOMY:  # what a long wait needed is given back
            capacity = max(ROOMY, 2 * kept)
            columns = np.empty((columns.shape[0], capacity), np.int64)
            work = np.empty((work.shape[0], capacity), np.float64)
        columns[:, :kept] = self.columns[:, gone : gone + kept]
        work[:, :kept] = self.work[:, gone : gone + kept]
        self.columns, self.work, self.base = columns, work, until

    def truncate(self, end: int) -> None:
        """Forget the rows from lsn ``end`` on."""
        self.end = end
