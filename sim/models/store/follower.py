"""A replica: a flow from the primary, and what it has received being applied."""

import numpy as np

from sim.core.stages import REPLICA
from sim.engine.cursor import END_OF_TIME, FREE, Cursor, Queue, Work
from sim.engine.flow import Flow
from sim.engine.log import Log
from sim.engine.sampling import DistTable
from sim.engine.wire import Luck

SEND, RECEIVE, APPLY = range(3)  # the stages, each of which reads from the one before


class Follower:
    """A node's cursors on the newest timeline's ``log``: of its ``flow``, and ``applies``.

    ``done``: when each record was applied, by lsn.
    """

    def __init__(self, log: Log, key: int, table: DistTable, apply: int) -> None:
        self.flow = Flow(Queue(log.column("at"), log.column("version")), Luck(table, np.uint64(key)), 1)
        self.applies = Cursor(1)
        self.applying = True
        self.done = Log(1, at=np.int64, skipped=np.bool_)
        self.rows = {"sent": 0, "received": 0, "applied": 0}  # records handled so far
        self._log = log
        self._received = Queue(self.flow.wire.rows.column("received"), log.column("version"))
        self._work = Work(table, apply, np.uint64(key), REPLICA.draw)
        self._out = dict.fromkeys(self.rows, 1)  # next rows for the journal
        self._saved: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in self.rows}

    @property
    def received(self) -> int:
        """The last lsn received before the time of the last advance."""
        return self.flow.wire.taken - 1

    @property
    def applied(self) -> int:
        """The last lsn applied before the time of the last advance."""
        return self.applies.next - 1

    def advance(self, until: int, *, through: int = APPLY) -> int:
        """Move the cursors up to stage ``through`` over everything due strictly before ``until``.

        Returns how many steps that was.
        """
        steps, applied = self.flow.send(self._log.end, until), self.applied
        if through >= RECEIVE:
            self.flow.wire.receive(until)
        if through >= APPLY and self.applying:
            self.applies.serve(self._received, self._work, self.done, end=self.received + 1, until=until)
        return steps + self.applied - applied

    def stop_applying(self) -> None:
        """The process is gone; work in service is lost."""
        self.applying = False
        self.applies.interrupt()

    def resume_applying(self, at: int) -> None:
        """The process runs again."""
        self.applying = True
        self.applies.resume(at)

    def applied_at(self, lsn: int) -> int | None:
        """Return when all up to ``lsn``, received, will have been applied if nothing changes.

        None if apply stands still.
        """
        applies = self.applies
        if applies.next <= lsn:
            if not self.applying or applies.stands:
                return None
            applies, out = applies.copy(), Log(applies.next, at=np.int64, skipped=np.bool_)
            applies.serve(self._received, self._work, out, end=lsn + 1, until=END_OF_TIME)
        return int(applies.state[FREE])

    def place(self, lsn: int, at: int) -> None:
        """Put all cursors behind ``lsn``: the node has everything up to it, from ``at`` on."""
        self.save_rows()
        self.flow.place(lsn + 1, at)
        self.applies.go_to(lsn + 1)
        self.resume_applying(at)
        self.done.restart(lsn + 1)
        self._out = dict.fromkeys(self._out, lsn + 1)

    def disconnect(self, *, died_ns: int | None = None) -> None:
        """Stop receiving, as ``Flow.disconnect``; the journal is told what had been sent."""
        self.save_rows()
        self.flow.disconnect(died_ns=died_ns)
        self._out["sent"] = self.flow.next

    # --- the journal ----------------------------------------------------------------------------------------

    def needs(self) -> int:
        """Return the first lsn whose commit it may still ask for."""
        return min(self.received + 1, *self._out.values())

    def drop(self, seen: int) -> None:
        """Forget the times that nobody asks for; those at which it applied ``seen`` and later are."""
        self.flow.wire.rows.drop(min(self.needs(), self.applies.next))
        self.done.drop(min(self._out["applied"], seen))

    def save_rows(self) -> None:
        """Set the journal's new rows aside.

        Before rows are taken back or the log is cut, so that the journal has them whenever it looks.
        """
        wire = self.flow.wire
        stages = (
            ("sent", wire.rows, "at", self.flow.next),
            ("received", wire.rows, "received", wire.taken),
            ("applied", self.done, "at", self.applies.next),
        )
        for name, rows, column, end in stages:
            begin, self._out[name] = self._out[name], end
            self.rows[name] += end - begin
            if begin < end:
                times = rows.part(column, begin, end).copy()
                self._saved[name].append((times, self._log.part("version", begin, end).copy()))

    def take_rows(self) -> dict[str, dict[str, np.ndarray]]:
        """Return the journal's new rows: time and version of each record.

        By ``sent``, ``received`` and ``applied``, as far as there are any.
        """
        self.save_rows()
        saved, self._saved = self._saved, {name: [] for name in self._saved}
        return {
            name: {
                "at_ns": np.concatenate([times for times, _ in parts]),
                "version": np.concatenate([versions for _, versions in parts]),
            }
            for name, parts in saved.items()
            if parts
        }
