"""A cursor: a FIFO server with a speed that goes along a log, record by record.

Send queues, apply, relays and readers are cursors. ``serve`` advances everything that is due strictly before
``until`` and leaves the rest; between two changes the world is constant, so what it computes is exact.
Semantics: FIFO work.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.engine.compiled import compiled, drawn, inlined
from sim.engine.log import Column, Log
from sim.engine.packing import lsn_of, timeline_of
from sim.engine.sampling import FOREVER, DistTable, ns, rescaled, sample

# Fields of a cursor's state, int64.
NEXT = 0  # number of the record to serve next
FREE = 1  # nothing is taken up before this, ns: the previous record was done, or it resumed
TAKEN = 2  # when the record at the head was taken up, -1 if it was not
FROM = 3  # since when REMAINING counts, ns
REMAINING = 4  # ns of work left at the present speed, -1 if not known yet
EARLY = 5  # rows skipped so far that the base retention would have kept
FIELDS = 6

END_OF_TIME = 2**62  # ns; later than anything
CHUNK = 65_536  # rows for which room is made at a time


class Work(NamedTuple):
    """The work of a record: ``row`` of a table of distributions (ns), drawn by ``key`` and ``purpose``."""

    table: DistTable
    row: int
    key: np.uint64
    purpose: int


class Gate(NamedTuple):
    """What decides whether a row of a bus is served; columns begin with the cursor's next row.

    A row of a ``closed`` partition blocks. One that is ``gone`` when it would be taken up, or as old as the
    retention ``kept``, is skipped; ``nominal`` is the retention where nothing shortens it. One that is not
    reacted to takes no work.
    """

    partition: np.ndarray  # int16
    gone: np.ndarray  # bool
    closed: np.ndarray  # bool by partition
    kept: int  # ns
    nominal: int  # ns
    reacts: np.ndarray  # bool; of no length: it reacts to all


class Queue(NamedTuple):
    """What a cursor reads, from a row on: when each record is there (ns), its version, and what holds it up.

    ``gate`` is None where nothing holds up, skips or passes by a row.
    """

    at: Column
    version: Column
    gate: Callable[[int], Gate] | None = None


class Cursor:
    """Where a server is on its log (``state``), and how fast it is (``speed``: now, the last one above 0)."""

    __slots__ = ("speed", "state")

    def __init__(self, first: int = 0, *, speed: float = 1.0, fields: int = FIELDS) -> None:
        self.state = np.zeros(fields, np.int64)
        self.state[NEXT] = first
        self.state[REMAINING] = self.state[TAKEN] = -1
        self.speed = np.array([speed, speed if speed > 0.0 else 1.0])

    @property
    def next(self) -> int:
        """The number of the record to serve next, or in service; all before are done."""
        return int(self.state[NEXT])

    @property
    def taken_up(self) -> bool:
        """Whether the next record is in service."""
        return bool(self.state[TAKEN] >= 0)

    @property
    def stands(self) -> bool:
        """Whether its speed is 0."""
        return bool(self.speed[0] <= 0.0)

    def serve(self, queue: Queue, work: Work, out: Log, *, end: int, until: int) -> None:
        """Serve the records before ``end`` that are done strictly before ``until`` (ns).

        out: a log whose columns ``at`` and ``skipped`` get what became of each record.
        """
        while self.next < end and not self.stands:
            begin, stop = self.next, min(end, self.next + CHUNK)
            out.reserve(stop - begin)
            gate = None if queue.gate is None else queue.gate(begin)
            serve(
                queue.at(begin), queue.version(begin), gate, work, self.state, self.speed,
                out.since("at", begin), out.since("skipped", begin), stop, until,
            )  # fmt: skip
            out.end = self.next
            if out.end < stop:
                return

    def interrupt(self) -> None:
        """Forget the record in service: it starts anew."""
        self.state[REMAINING] = self.state[TAKEN] = -1

    def take_up(self, work: float, at: int) -> None:
        """Begin with the next record now, at ``at``; ``work``: ns at speed 1."""
        self.state[TAKEN] = self.state[FROM] = at
        self.state[REMAINING] = ns(work / float(self.speed[0]))

    @property
    def due(self) -> int:
        """When the record in service is done if nothing changes, ns."""
        return int(self.state[FROM] + self.state[REMAINING])

    def go_to(self, number: int) -> None:
        """Serve this record next, from its beginning."""
        self.state[NEXT] = number
        self.interrupt()

    def resume(self, at: int) -> None:
        """Take up nothing before ``at`` (ns)."""
        self.state[FREE] = max(int(self.state[FREE]), at)

    def copy(self) -> "Cursor":
        """Return one that goes on from here by itself."""
        other = Cursor(fields=self.state.size)
        other.state[:], other.speed[:] = self.state, self.speed
        return other

    def change_speed(self, *, at: int, to: float) -> None:
        """Serve at speed ``to`` from ``at`` on, to which it has been advanced; rescale what is in service.

        What would never be done is taken up anew, and so is what was taken up at ``at``.
        """
        state, speed, now = self.state, self.speed, float(self.speed[0])
        if now == to:
            return
        left = int(state[REMAINING])
        if now <= 0.0:
            self.resume(at)
        elif left >= 0:
            left = int(left_at(state[TAKEN], self.due, at))
        if to > 0.0:
            left = int(remaining(left, float(speed[1]), to))
            if left < 0 and state[TAKEN] >= 0:
                state[TAKEN] = at
            speed[1] = to
        state[FROM], state[REMAINING], speed[0] = at, left, to


@drawn
def left_at(begun, due, at):
    """Return how much is left (ns) at ``at`` of work that began at ``begun``; -1 if it has not begun before.

    FOREVER if it would never be done.
    """
    if begun >= at:
        return np.int64(-1)
    return FOREVER if due - begun >= FOREVER else np.int64(due - at)


@drawn
def remaining(left, before, to):
    """Return what is left (ns) at speed ``to`` of ``left`` ns at the speed ``before``; -1: all of it.

    All of it is left of what has not begun, and of what would never have been done.
    """
    if left < 0 or left >= FOREVER:
        return np.int64(-1)
    return np.int64(left) if before == to else rescaled(left, before, to)


_SERVED, _IDLY, _SKIPPED, _BLOCKED = range(4)


@compiled
def serve(at, version, gate, work, state, speed, out, skipped, end, until):
    """Serve rows ``[state[NEXT], end)`` in order, as far as they are done before ``until``.

    at, version: int64; gate: a Gate, or None; out: int64 ns, when each was done or skipped; skipped: bool.
    All columns begin with row ``state[NEXT]``. Completions follow Lindley's recursion.
    """
    if speed[0] <= 0.0 or state[TAKEN] >= until:  # taken up anew just now: it has not begun
        return
    rows = end - state[NEXT]
    taken, since, left = state[TAKEN], state[FROM], state[REMAINING]
    free, k = state[FREE], 0
    while k < rows:
        if taken < 0:
            start = max(at[k], free)
            if start >= until:
                break
            if gate is not None:
                passing = _pass(gate, k, start - at[k], state)
                if passing == _BLOCKED:
                    break
                if passing != _SERVED:
                    out[k] = free = start
                    skipped[k] = passing == _SKIPPED
                    k += 1
                    continue
            taken = start
        if left < 0:
            since, left = taken, lasts(work, version[k], speed[0])
        done = since + left
        if done >= until:
            break
        out[k] = free = done
        skipped[k] = False
        taken = left = np.int64(-1)
        k += 1
    state[NEXT] += k
    state[FREE] = free
    state[TAKEN], state[FROM], state[REMAINING] = taken, since, left


@inlined
def _pass(gate, k, age, state):
    """Return what becomes of the row at ``k``, ``age`` ns old when it would be taken up."""
    if gate.closed[gate.partition[k]]:
        return _BLOCKED
    if gate.gone[k] or age >= gate.kept:
        if not gate.gone[k] and age < gate.nominal:
            state[EARLY] += 1
        return _SKIPPED
    if gate.reacts.size > 0 and not gate.reacts[k]:
        return _IDLY
    return _SERVED


@inlined
def lasts(work, version, speed):
    """Return how long the work of the record with this version lasts at a speed, ns."""
    drawn = sample(work.table, work.row, work.key, lsn_of(version), timeline_of(version), work.purpose)
    return ns(drawn / speed)
