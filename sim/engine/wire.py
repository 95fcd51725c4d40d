"""An ordered wire: what is on it, when it arrives, and what still arrives when something breaks."""

from typing import NamedTuple

import numpy as np

from sim.core.draws import Purpose
from sim.engine.compiled import compiled, typed
from sim.engine.log import Column, Log
from sim.engine.packing import lsn_of, timeline_of
from sim.engine.sampling import FOREVER, DistTable, ns, sample, uniform, waits

_WIRE, _WIRELOSS = typed(Purpose.WIRE, Purpose.WIRELOSS)


class Transit(NamedTuple):
    """What a record meets: latency ns, jitter (row of a table), loss, retransmission delay ns."""

    latency: float
    jitter: int
    loss: float
    retransmit: float


class Luck(NamedTuple):
    """What decides which records are late or lost: the table of jitters, and the key of the draws."""

    table: DistTable
    key: np.uint64


class Wire:
    """The rows of a log that have been sent: ``at`` ns, ``skipped`` (never sent), ``last`` (ns, when its last
    transmission leaves) and ``received`` ns; of a skipped row that of the row before it.

    Rows before ``taken`` have been received, or skipped; rows from there to ``rows.end`` are on the wire.
    """

    def __init__(self, luck: Luck, first: int = 0) -> None:
        self.rows = Log(first, at=np.int64, skipped=np.bool_, last=np.int64, received=np.int64)
        self.transit = Transit(0.0, 0, 0.0, 0.0)
        self.luck = luck
        self.taken = first
        self._received_ns = 0  # when the last row was received, 0 before the first
        self.previous = 0  # the same, once what is on the wire has been

    def carry(self, version: Column, begin: int) -> None:
        """Put the rows from ``begin`` on that were sent, and not skipped, on the wire."""
        rows, end = self.rows, self.rows.end
        if begin < end:
            columns = (rows.part(name, begin, end) for name in ("at", "skipped", "last", "received"))
            self.previous = int(carry(version(begin), *columns, self.transit, self.luck, self.previous))

    def receive(self, until: int) -> tuple[int, int]:
        """Take in what is received strictly before ``until``; return those rows, [begin, end)."""
        begin, end = self.taken, self.rows.end
        if begin < end:
            received = self.rows.part("received", begin, end)
            end = begin + int(received.searchsorted(until))
            if begin < end:
                self.taken, self._received_ns = end, int(received[end - begin - 1])
        return begin, end

    def first_hole(self, at: int) -> int:
        """Return the first row on the wire that must be sent once more at ``at`` or later, else the next."""
        holes = np.flatnonzero(self.rows.part("last", self.taken, self.rows.end) >= at)
        return self.taken + int(holes[0]) if holes.size else self.rows.end

    def cut(self, end: int) -> None:
        """Take back the rows from ``end`` on, none of which has been received."""
        self.previous = self._received_ns
        if end > self.taken:
            self.previous = int(self.rows.part("received", end - 1, end)[0])
        self.rows.truncate(end)

    def restart(self, row: int) -> None:
        """Begin with ``row``; nothing is on the wire."""
        self.cut(self.taken)
        self.rows.restart(row)
        self.taken = row


@compiled
def carry(version, sent, skipped, last, received, transit, luck, previous):
    """Put rows that were sent, and not skipped, on an ordered wire.

    version, sent: int64; skipped: bool. Written: ``last``, when a row's last transmission leaves (-1:
    skipped), and ``received``, when it arrives; of a skipped row: that of the row before it. A loss costs one
    retransmission delay; the number of losses is geometric. ``previous``: when the row before these is
    received. Returns when the last one is.
    """
    for k in range(sent.size):
        if skipped[k]:
            last[k] = -1
            received[k] = previous
            continue
        lsn, timeline = lsn_of(version[k]), timeline_of(version[k])
        wait = 0.0
        if transit.loss > 0.0:
            wait = waits(uniform(luck.key, lsn, timeline, _WIRELOSS), transit.loss, transit.retransmit)
        extra = sample(luck.table, transit.jitter, luck.key, lsn, timeline, _WIRE)
        last[k] = sent[k] + np.int64(min(wait, float(FOREVER)))
        previous = max(previous, sent[k] + ns((transit.latency + extra) + wait))
        received[k] = previous
    return previous
