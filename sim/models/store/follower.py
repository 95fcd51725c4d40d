"""One replication flow: send queue, wire, received log, applier.

They are four cursors on the primary's write-ahead log.
"""

from dataclasses import dataclass

import numpy as np

from sim.engine.kernels import (
    DONE,
    FLOOR,
    NEXT,
    REMAINING,
    carry,
    change_speed,
    fifo,
    first_at_or_after,
    serve,
    works,
)
from sim.engine.log import APPLIED, COMMIT, LAST, RECEIVED, SENT, VERSION, Log
from sim.engine.sampling import DistTable

SEND, RECEIVE, APPLY = range(3)  # the stages, each of which reads from the one before


@dataclass(frozen=True, slots=True)
class Wire:
    """What records see on the wire: latency ns, jitter (row of the table), loss, retransmission delay ns."""

    latency: float
    jitter: int
    loss: float
    retransmit: float


class Follower:
    """A node's cursors on the newest timeline's log. Lsns below ``wired`` are received or on the wire."""

    def __init__(self, node: int, key: int, table: DistTable, apply: int):
        self.node = node  # which of the nodes of its store: of its columns of the log
        self.connected = False
        self.limit: int | None = None  # last lsn that may be sent while nothing is acknowledged
        self.applying = True
        self.taken = 1  # next lsn whose reception is certain
        self.wired = 1
        self.sent_out = self.received_out = self.applied_out = 1  # next rows for the journal
        self.rows = {"sent": 0, "received": 0, "applied": 0}  # records handled so far
        self._saved: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {
            "sent": [],
            "received": [],
            "applied": [],
        }
        self.sends, self.send_speed = fifo(1)
        self.applies, self.apply_speed = fifo(1)
        self._key, self._table, self._apply = np.uint64(key), table, apply
        self._first = 1  # of this following: what lies before was not received over this wire
        self._previous = 0  # when the record before ``wired`` was received, 0 if that was not over this wire

    @property
    def received(self) -> int:
        """The last lsn received before the time of the last advance."""
        return self.taken - 1

    @property
    def applied(self) -> int:
        """The last lsn applied before the time of the last advance."""
        return int(self.applies[NEXT]) - 1

    @property
    def needed(self) -> int:
        """The first lsn whose times it needs: the last received and applied, or not in the journal yet."""
        return min(self.taken - 1, self.applied, self.sent_out, self.received_out, self.applied_out)

    def advance(self, log: Log, wire: Wire, until: int, *, through: int = APPLY) -> int:
        """Move the cursors up to stage ``through`` over everything due strictly before ``until``.

        Returns how many steps that was.
        """
        before = self.wired + self.applied
        if self.connected:
            self._send(log, wire, until)
        if through >= RECEIVE:
            self._receive(log, until)
        if through >= APPLY and self.applying:
            received, done = log.of_node(self.node, RECEIVED), log.of_node(self.node, APPLIED)
            work = log.apply_work(self.node)
            serve(received, work, log.base, self.applies, self.apply_speed, done, end=self.taken, until=until)
        return self.wired + self.applied - before

    def _receive(self, log: Log, until: int) -> None:
        received = log.of_node(self.node, RECEIVED)
        taken = self.taken
        self.taken = log.base + int(
            first_at_or_after(received, taken - log.base, self.wired - log.base, until)
        )
        works(
            self._table,
            self._apply,
            self._key,
            log.column(VERSION),
            log.apply_work(self.node),
            base=log.base,
            begin=taken,
            end=self.taken,
        )

    def _send(self, log: Log, wire: Wire, until: int) -> None:
        sent = log.of_node(self.node, SENT)
        serve(
            log.column(COMMIT),
            log.send_work(self.node),
            log.base,
            self.sends,
            self.send_speed,
            sent,
            end=self._end(log),
            until=until,
        )
        begin, end = self.wired, int(self.sends[NEXT])
        if end == begin:
            return
        received = log.of_node(self.node, RECEIVED)
        link = (wire.latency, wire.jitter, wire.loss, wire.retransmit)
        last = log.of_node(self.node, LAST)
        carry(
            sent, log.column(VERSION), log.base, last, received,
            begin=begin, end=end, previous=self._previous, link=link, table=self._table, key=self._key,
        )  # fmt: skip
        self._previous = int(received[end - 1 - log.base])
        self.wired = end

    def _end(self, log: Log) -> int:
        return log.end if self.limit is None else min(log.end, self.limit + 1)

    def connect(self, at: int) -> None:
        """Send again, from the first record neither received nor on the wire."""
        self.connected = True
        self.sends[FLOOR] = at

    def disconnect(self, log: Log, at: int, *, sender_died: bool) -> None:
        """Stop sending.

        If only the sender died, records on the wire arrive up to the first that it had to send once more.
        """
        self.connected = False
        self.sends[REMAINING] = -1
        if sender_died:
            last = log.of_node(self.node, LAST)[self.taken - log.base : self.wired - log.base]
            holes = np.flatnonzero(last >= at)
            self._cut_wire(log, self.taken + int(holes[0]) if holes.size else self.wired)
        else:
            self.drop_flight(log)

    def drop_flight(self, log: Log) -> None:
        """Take back what has not been received by the time of the last advance."""
        self._cut_wire(log, self.taken)

    def _cut_wire(self, log: Log, wired: int) -> None:
        self.save_rows(log)
        self.wired = wired
        self.sends[NEXT] = wired
        self.sends[REMAINING] = -1
        self.sent_out = min(self.sent_out, wired)
        stands = wired > self._first
        self._previous = int(log.of_node(self.node, RECEIVED)[wired - 1 - log.base]) if stands else 0

    def hold(self, records: int) -> None:
        """Acknowledgements stop: at most ``records`` more than what was received may be sent."""
        self.limit = self.received + records
        if int(self.sends[NEXT]) > self.limit:
            self.sends[REMAINING] = -1

    def unhold(self, at: int) -> None:
        """Acknowledgements are back."""
        if self.limit is not None and int(self.sends[NEXT]) > self.limit:
            self.sends[FLOOR] = at
        self.limit = None

    def set_send_speed(self, log: Log, at: int, to: float) -> None:
        """Change the speed of the send queue."""
        end = self._end(log) if self.connected else int(self.sends[NEXT])
        change_speed(
            log.column(COMMIT),
            log.send_work(self.node),
            log.base,
            self.sends,
            self.send_speed,
            end=end,
            at=at,
            to=to,
        )

    def set_apply_speed(self, log: Log, at: int, to: float) -> None:
        """Change the speed of apply."""
        end = self.taken if self.applying else int(self.applies[NEXT])
        received = log.of_node(self.node, RECEIVED)
        work = log.apply_work(self.node)
        change_speed(received, work, log.base, self.applies, self.apply_speed, end=end, at=at, to=to)

    def stop_applying(self) -> None:
        """The process is gone; work in service is lost."""
        self.applying = False
        self.applies[REMAINING] = -1

    def resume_applying(self, at: int) -> None:
        """The process runs again."""
        self.applying = True
        self.applies[FLOOR] = at

    def applied_at(self, log: Log, lsn: int) -> int | None:
        """Return when ``lsn``, received, will have been applied if nothing changes.

        None if apply stands still.
        """
        if int(self.applies[NEXT]) > lsn:
            return int(log.of_node(self.node, APPLIED)[lsn - log.base]) if lsn >= log.base else 0
        if not self.applying or self.apply_speed[0] <= 0:
            return None
        state, done = self.applies.copy(), log.of_node(self.node, APPLIED).copy()
        serve(
            log.of_node(self.node, RECEIVED), log.apply_work(self.node), log.base,
            state, self.apply_speed, done, end=lsn + 1, until=2**62,
        )  # fmt: skip
        return int(state[DONE])

    def save_rows(self, log: Log) -> None:
        """Set the journal's new rows aside.

        Before rows are taken back or the log is cut, so that the journal has them whenever it looks.
        """
        applied = int(self.applies[NEXT])
        ranges = (
            ("sent", SENT, self.sent_out, self.wired),
            ("received", RECEIVED, self.received_out, self.taken),
            ("applied", APPLIED, self.applied_out, applied),
        )
        self.sent_out, self.received_out, self.applied_out = self.wired, self.taken, applied
        for name, column, begin, end in ranges:
            self.rows[name] += end - begin
            if begin < end:
                part = slice(begin - log.base, end - log.base)
                self._saved[name].append(
                    (log.of_node(self.node, column)[part].copy(), log.column(VERSION)[part].copy())
                )

    def take_rows(self, log: Log) -> dict[str, dict[str, np.ndarray]]:
        """Return the journal's new rows: time and version of each record.

        By ``sent``, ``received`` and ``applied``, as far as there are any.
        """
        self.save_rows(log)
        saved, self._saved = self._saved, {name: [] for name in self._saved}
        return {
            name: {
                "at_ns": np.concatenate([times for times, _ in parts]),
                "version": np.concatenate([versions for _, versions in parts]),
            }
            for name, parts in saved.items()
            if parts
        }

    def place(self, lsn: int, at: int) -> None:
        """Put all cursors behind ``lsn``: the node has everything up to it, from ``at`` on."""
        for state in (self.sends, self.applies):
            state[NEXT], state[REMAINING], state[FLOOR] = lsn + 1, -1, at
        self.taken = self.wired = self.sent_out = self.received_out = self.applied_out = lsn + 1
        self._first, self._previous = lsn + 1, 0
        self.connected, self.limit, self.applying = False, None, True
