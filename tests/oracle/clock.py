"""Time for the twin: a SimPy environment in which ties break by content.

A queue entry is SimPy's (time, priority, number, event) with content in place of SimPy's serial number.
Controls have ``(0, rank, name)`` and the step, records ``(1, rank, place, stream)`` and ``order_of(seq,
attempt)``. What SimPy itself schedules (starts of processes, events triggered by hand) comes first: ``(-1,)``
and a serial number.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy

HEAL, FAULT, CONTROL = range(3)
REPLY, DONE, ARRIVE, TIMEOUT, RETRY, SEND, HANDED, RECEIVED, APPLIED, FLUSHED, ACKED = range(11)
STREAMS = 1 << 20  # stream numbers are domain index * STREAMS + index of the stream in its domain
ATTEMPT_BITS = 6
ATTEMPTS = (1 << ATTEMPT_BITS) - 1
AT_ONCE = (-1,)
FIRST = (-2,)


def tie_of(rank: int, place: int, stream: int) -> tuple[int, int, int, int]:
    """Return the part of a record's tie that all records of one kind, place and stream share."""
    return 1, rank, place, stream


def order_of(seq: int, attempt: int = 1) -> int:
    """Return the rest of a record's tie."""
    return seq << ATTEMPT_BITS | attempt


def unordered(one: Any, other: Any) -> bool:
    """Say of two records that are equal in time and content that neither comes first: one of them is void."""
    return False


class Event:
    """The least that SimPy processes: a list of callbacks; ``what`` is whatever the callback needs.

    Servers, messages and operations are such events themselves. Like all that exists once a record they are
    filled in where they are made: a call of ``__init__`` is dear.
    """

    __slots__ = ("callbacks", "what")
    _ok = True
    __lt__ = unordered


def event_of(callbacks: list[Callable], what: Any) -> Event:
    """Return an event."""
    event = Event()
    event.callbacks = callbacks
    event.what = what
    return event


class Clock(simpy.Environment):
    """SimPy's environment with content for a priority."""

    def __init__(self) -> None:
        super().__init__(0)
        self.events = 0
        self.steps: dict[str, int] = {}

    def schedule(self, event: simpy.Event, priority: int = 1, delay: int = 0) -> None:
        """Schedule what SimPy itself schedules: before all else at its time."""
        heappush(self._queue, (self._now + delay, AT_ONCE, next(self._eid), event))

    def control(self, at: int, name: str, *, rank: int = CONTROL) -> simpy.Event:
        """Return an event of the control plane at ``at`` that a process may yield."""
        step = self.steps.get(name, 0)
        self.steps[name] = step + 1
        event = simpy.Event(self)
        event._ok = True
        event._value = None
        heappush(self._queue, (at, (0, rank, name), step, event))
        return event

    def after(self, delay: int, name: str, *, rank: int = CONTROL) -> simpy.Event:
        """Return a control ``delay`` ns from now."""
        return self.control(self._now + delay, name, rank=rank)

    def finish(self, until: int) -> None:
        """Process everything strictly before ``until`` and count it.

        This is what ``Environment.run`` and ``step`` do, in one loop: nearly every event has one callback.
        """
        queue, popped = self._queue, count()
        heappush(queue, (until, FIRST, 0, event_of([_stop], None)))
        try:
            for _ in popped:
                self._now, _, _, event = heappop(queue)
                try:
                    (callback,) = event.callbacks
                except ValueError:
                    call_all(event)
                else:
                    callback(event)
        except simpy.core.StopSimulation:
            self.events = next(popped) - 1  # without the one that stops


def _stop(event: Event) -> None:
    raise simpy.core.StopSimulation


def call_all(event: simpy.Event) -> None:
    """Call what waits for an event, none or many, as SimPy does."""
    callbacks, event.callbacks = event.callbacks, None
    for callback in callbacks:
        callback(event)
    if not event._ok:
        raise event._value


class WatchfulClock(Clock):
    """A clock that also counts, for each domain, how often two records share a time."""

    def __init__(self) -> None:
        super().__init__()
        self.ties = 0
        self.last: dict[int, int] = {}

    def finish(self, until: int) -> None:
        """Process everything strictly before ``until``; count it, and the ties with the domain's record
        before."""
        queue = self._queue
        while queue and queue[0][0] < until:
            self._now, tie, _, event = heappop(queue)
            self._watch(self._now, tie)
            if len(event.callbacks) == 1:
                event.callbacks[0](event)
            else:
                call_all(event)
            self.events += 1

    def _watch(self, at: int, tie: tuple) -> None:
        if tie[0] == 1:
            domain = tie[3] // STREAMS
            self.ties += self.last.get(domain) == at
            self.last[domain] = at
