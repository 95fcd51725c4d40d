"""The state of one circle, as arrays of records, and how compiled code takes hold of it.

A call of a kernel that is handed forty arrays takes 5 us before it does anything. So kernels are handed one
number, the address of a table of addresses and lengths. What ``opened`` makes of it has the arrays as
attributes: those of ``State``, or in compiled code views on the same memory.

A kernel hands on what it opened, and assigns no items of its arrays itself: numba takes those of arrays that
came with no argument for dead, and leaves them out. Fields of records (``x[i].f = 1``) it keeps.
"""

from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np

from sim.engine.circle import records as of

_INT, _FLOAT, _BITS = np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.uint64)

# Each array's records and dimensions. R: regions.
ARRAYS: dict[str, tuple[np.dtype, int]] = {
    "registers": (of.REGISTERS, 1),  # (1,); as ``reg`` the record itself
    "heap": (of.HEAPED, 1),  # binary, by (time, tie)
    "slot": (of.SLOT, 1),
    "free": (_INT, 1),  # stack of free slots
    "stream": (of.STREAM, 1),
    "load": (_INT, 1),  # the numbers of the streams of operations, one a lane
    "lane_due": (_INT, 1),  # when the first request of a lane arrives
    "lane_kind": (_INT, 1),  # READ or WRITE
    "next_due": (_INT, 1),  # of each lane to foresee: the next arrival, and the gap behind it
    "next_gap": (_INT, 1),
    "coming": (of.COMING, 1),  # operations foreseen
    "limit": (_INT, 2),  # (R, 2) before this a node's reads and writes are sure to be served
    "node": (of.NODE, 1),  # (R,)
    "worker": (of.WORKER, 2),  # (R, workers)
    "queue": (of.QUEUED, 2),  # (R, queue + 1) ring
    "starts": (_INT, 2),  # (R, STARTS) ring: when records completed ahead of time start
    "contact": (_INT, 1),  # (R,) send time of the newest renewing probe of each observer
    "cuts": (of.CUT, 1),  # by timeline
    "link": (of.LINK, 1),  # (3 R R,)
    "route": (_INT, 1),  # (R,) the node each gateway takes for the primary
    "answer": (_INT, 1),  # (R,) the region each client group is sent to
    "dns": (of.ANSWER, 2),  # (R, resolvers)
    "session_key": (_BITS, 1),  # (R,) of the draws of keys
    "session": (of.SESSION, 1),
    "keys": (_FLOAT, 2),  # alias table of the keys
    "rows": (_FLOAT, 2),  # distributions
    "values": (_FLOAT, 1),  # empirical values
    "work": (_INT, 1),  # (4,) distribution of work by kind of stream
    "recorded": (_INT, 1),  # arrival times of recorded streams, one after the other
    "fed": (of.FED_OPERATION, 2),  # (fed streams, n) rings: operation seq is at seq % n
    "flow": (of.FLOW, 1),  # (R,)
    "acks": (of.ACKNOWLEDGEMENT, 2),  # (R, n) by lsn - reg.ack_base
    "waiting": (of.WAITING, 1),  # by lsn
    "inbox": (of.ENTRY, 1),  # (a power of 2,) open addressing by (group, tag)
    "ops": (of.OP, 1),  # output: operations that ended
    "commits": (of.COMMIT, 1),  # output
    "reads": (of.READ_ROW, 2),  # (R, rows) output
}
WORDS = 3  # of the table for each array: address and lengths
PLACE = {name: WORDS * i for i, name in enumerate(ARRAYS)}


class State:
    """The arrays of one circle. One that is set takes the place of the one that was there."""

    def __init__(self, **arrays: np.ndarray) -> None:
        self._table = np.zeros(WORDS * len(ARRAYS), np.int64)
        self.handle = int(self._table.ctypes.data)
        for name in ARRAYS:
            setattr(self, name, arrays.pop(name))
        assert not arrays, "no others"
        _OPEN[self.handle] = self

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return one of ``ARRAYS``, those of records as np.recarray; or ``reg``, the registers."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ARRAYS:
            dtype, dimensions = ARRAYS[name]
            assert value.dtype == dtype and value.ndim == dimensions, name
            assert value.flags.c_contiguous and value.flags.writeable, name
            if dtype.names:
                value = value.view(np.recarray)
            place = PLACE[name]
            self._table[place : place + 1 + dimensions] = value.ctypes.data, *value.shape
        super().__setattr__(name, value)
        if name == "registers":
            super().__setattr__("reg", value[0])


_OPEN: WeakValueDictionary[int, State] = WeakValueDictionary()


def opened(handle: int) -> State:
    """Return the state whose ``handle`` this is; in compiled code see ``handle``."""
    return _OPEN[handle]
