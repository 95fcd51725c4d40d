"""Time for the twin: a SimPy environment in which ties break by content.

A queue entry is (time, tie, serial, event). Ties of controls are ``(0, rank, name, step)``, of records
``(1, rank, place, stream, seq, attempt)``; what SimPy itself schedules (starts of processes, events triggered
by hand) comes first: ``(-1,)``.
"""

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy

HEAL, FAULT, CONTROL = range(3)
REPLY, DONE, ARRIVE, TIMEOUT, RETRY, SEND, HANDED, RECEIVED, APPLIED = range(9)
STREAMS = 1 << 20  # stream numbers are domain index * STREAMS + index of the stream in its domain
AT_ONCE = (-1,)


class Event:
    """The least that SimPy processes: a list of callbacks; ``what`` is whatever the callback needs."""

    __slots__ = ("callbacks", "what")
    _ok = True

    def __init__(self, callbacks: list[Callable], what: Any = None) -> None:
        self.callbacks = callbacks
        self.what = what


class Clock(simpy.Environment):
    """SimPy's environment with content for a priority."""

    def __init__(self) -> None:
        super().__init__(0)
        self._next = self._eid.__next__
        self.events = 0
        self.steps: dict[str, int] = {}

    def schedule(self, event: simpy.Event, priority: int = 1, delay: int = 0) -> None:
        """Schedule what SimPy itself schedules: before all else at its time."""
        heappush(self._queue, (self._now + delay, AT_ONCE, next(self._eid), event))

    def record(self, at: int, tie: tuple, event: Any) -> None:
        """Schedule a record."""
        heappush(self._queue, (at, tie, self._next(), event))

    def control(self, at: int, name: str, *, rank: int = CONTROL) -> simpy.Event:
        """Return an event of the control plane at ``at`` that a process may yield."""
        step = self.steps.get(name, 0)
        self.steps[name] = step + 1
        event = simpy.Event(self)
        event._ok = True
        event._value = None
        heappush(self._queue, (at, (0, rank, name, step), next(self._eid), event))
        return event

    def after(self, delay: int, name: str, *, rank: int = CONTROL) -> simpy.Event:
        """Return a control ``delay`` ns from now."""
        return self.control(self._now + delay, name, rank=rank)

    def finish(self, until: int) -> None:
        """Process everything strictly before ``until``."""
        stop = simpy.Event(self)
        stop._ok = True
        stop._value = None
        stop.callbacks.append(simpy.core.StopSimulation.callback)
        self.schedule(stop, delay=until - self._now)
        self.run(stop)
        self.events = next(self._eid)


class WatchfulClock(Clock):
    """A clock that also counts, for each domain, how often two records share a time."""

    def __init__(self) -> None:
        super().__init__()
        self.ties = 0
        self.last: dict[int, int] = {}

    def step(self) -> None:
        """Process the next event and count it if it ties with the domain's record before."""
        if self._queue:
            at, tie = self._queue[0][:2]
            if tie[0] == 1:
                domain = tie[3] // STREAMS
                self.ties += self.last.get(domain) == at
                self.last[domain] = at
        super().step()
