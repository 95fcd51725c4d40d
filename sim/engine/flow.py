"""A flow: records of a log on their way to another region, through a send queue and an ordered wire.

What becomes of those that arrive is another's: a replica applies them, a mirror adds them to a bus.
"""

from typing import NamedTuple

import numpy as np

from sim.core.distributions import constant
from sim.engine.compiled import compiled
from sim.engine.cursor import END_OF_TIME, NEXT, Cursor, Queue, Work, serve
from sim.engine.sampling import encode
from sim.engine.wire import Luck, Transit, Wire, carry


class Flow:
    """``sender`` goes along the log (``queue``), ``wire`` has what it sent, by the numbers of the log.

    ``limit``: the last record that may be sent while nothing is acknowledged, None while all may.
    """

    def __init__(self, queue: Queue, luck: Luck, first: int = 0) -> None:
        self.queue = queue
        self.sender, self.wire = Cursor(first), Wire(luck, first)
        self.connected = False
        self.limit: int | None = None
        self.carries(0.0)

    @property
    def next(self) -> int:
        """The number of the first record neither on the wire nor received, nor skipped."""
        return self.sender.next

    def carries(self, work: float) -> None:
        """Let each record take the sender ``work`` ns at speed 1."""
        self.nominal = work
        self.work = Work(encode([constant(work)]), 0, self.wire.luck.key, 0)

    def send(self, end: int, until: int) -> int:
        """Send the records before ``end`` that are handed to the wire before ``until``; return how many."""
        begin = self.next
        if self.connected:
            end = end if self.limit is None else min(end, self.limit + 1)
            self.sender.serve(self.queue, self.work, self.wire.rows, end=end, until=until)
            self.wire.carry(self.queue.version, begin)
        return self.next - begin

    # --- what breaks ----------------------------------------------------------------------------------------

    def connect(self, at: int) -> None:
        """Send again, from the first record neither received nor on the wire."""
        self.connected = True
        self.sender.resume(at)

    def disconnect(self, *, died_ns: int | None = None) -> None:
        """Stop sending. What is on the wire is lost, and will be sent again.

        If only the sender died, at ``died_ns``, records on the wire arrive up to the first that it had to
        send once more.
        """
        self.connected, self.limit = False, None
        end = self.wire.taken if died_ns is None else self.wire.first_hole(died_ns)
        self.wire.cut(end)
        self.sender.go_to(end)

    def place(self, first: int, at: int) -> None:
        """Begin with record ``first``, not before ``at``; nothing is on the wire."""
        self.disconnect()
        self.wire.restart(first)
        self.sender.go_to(first)
        self.sender.resume(at)

    # --- acknowledgements -----------------------------------------------------------------------------------

    def hold(self, records: int) -> None:
        """Acknowledgements stop: at most ``records`` more than what was received may be sent."""
        self.limit = self.wire.taken - 1 + records
        if self.next > self.limit:
            self.sender.interrupt()

    def unhold(self, at: int) -> None:
        """Acknowledgements are back."""
        if self.limit is not None and self.next > self.limit:
            self.sender.resume(at)
        self.limit = None

    def forecast(self, end: int) -> "Forecast":
        """Return what tells when records will be received if nothing changes, those before ``end`` sent."""
        last = -1 if not self.connected else END_OF_TIME if self.limit is None else self.limit
        one = (np.zeros(1, dtype) for dtype in (np.int64, np.int64, np.int64, np.bool_, np.int64, np.int64))
        sender = self.sender.copy()
        coming = Forecast(
            sender.state, sender.speed, self.work, self.wire.transit, self.wire.luck,
            np.array([last, self.wire.previous]), *one,
        )  # fmt: skip
        foresee(coming, self.queue.at(self.next), self.queue.version(self.next), end - self.next)
        return coming


class Forecast(NamedTuple):
    """A flow that goes ahead of itself: what it is made of, and room for one record."""

    state: np.ndarray
    speed: np.ndarray
    work: Work
    transit: Transit
    luck: Luck
    reg: np.ndarray  # int64 (2,): the last record that may be sent, when the last one sent is received
    at: np.ndarray
    version: np.ndarray
    sent: np.ndarray
    skipped: np.ndarray
    last: np.ndarray
    received: np.ndarray


@compiled
def received_at(coming, version, at):
    """Return when the next record of the log, committed at ``at``, will be received if nothing changes, ns.

    END_OF_TIME if it never will. Records must be asked for one after the other.
    """
    record = coming.state[NEXT]
    if record > coming.reg[0]:
        return END_OF_TIME
    coming.at[0], coming.version[0] = at, version
    serve(
        coming.at, coming.version, None, coming.work, coming.state, coming.speed,
        coming.sent, coming.skipped, record + 1, END_OF_TIME,
    )  # fmt: skip
    if coming.state[NEXT] == record:  # it stands still: neither this one nor any behind it
        coming.reg[0] = record - 1
        return END_OF_TIME
    coming.reg[1] = carry(
        coming.version, coming.sent, coming.skipped, coming.last, coming.received,
        coming.transit, coming.luck, coming.reg[1],
    )  # fmt: skip
    return coming.reg[1]


@compiled
def foresee(coming, at, version, count):
    """Let the next ``count`` records of the log go ahead; at, version: int64."""
    for k in range(count):
        received_at(coming, version[k], at[k])
