"""FIFO work of the data path, one item at a time, and when within a nanosecond things happen.

Of one nanosecond the controls come first, then the records of the databases, then those of the path in this
order: completions and receptions, rows that become visible, ticks of relays, what is taken up.
"""

from collections.abc import Callable
from heapq import heappush
from typing import Any

from sim.core.distributions import Distribution
from sim.journal.schema import LSN_BITS, LSN_MASK

from ..clock import AT_ONCE, Clock
from ..draws import FOREVER, Draws, ns
from ..server import rescaled

DONE, VISIBLE, TICK, TAKE = range(4)


class Happening:
    """What SimPy needs of an event: callbacks."""

    __slots__ = ("callbacks",)
    _ok = True

    def __init__(self, action: Callable[["Happening"], None]) -> None:
        self.callbacks = [action]


def _put(clock: Clock, at: int, tie: tuple[int, ...], event: Happening) -> None:
    heappush(clock._queue, (at, tie, next(clock._eid), event))


def later(clock: Clock, at: int, rank: int, action: Callable[[], None]) -> None:
    """Schedule a record of the path."""
    _put(clock, at, (2, rank), Happening(lambda _: action()))


def at_once(clock: Clock, action: Callable[[], None]) -> None:
    """Schedule what follows the present event before anything else happens."""
    _put(clock, clock._now, AT_ONCE, Happening(lambda _: action()))


def control(clock: Clock, delay: int, name: str, action: Callable[[], None], **rank: int) -> None:
    """Schedule a control ``delay`` ns from now."""
    clock.after(delay, name, **rank).callbacks.append(lambda _: action())


def every(clock: Clock, interval: int, name: str, action: Callable[[], None]):
    """Yield the ticks ``k * interval`` for ever and call ``action`` at each."""
    number = 0
    while True:
        number += 1
        yield clock.control(number * interval, name)
        action()


class Works:
    """Nominal work of rows: drawn with the lsn as record and the version's timeline as attempt."""

    def __init__(self, draws: Draws, distribution: Distribution, name: str, purpose: int) -> None:
        self.draws = draws
        self.distribution = distribution
        self.key = draws.key(name)
        self.purpose = purpose

    def of(self, version: int) -> float:
        """Return the work of a row."""
        lsn, timeline = version & LSN_MASK, version >> LSN_BITS
        return self.draws.sample(self.distribution, self.key, lsn, timeline, self.purpose)


class Worker:
    """At most one item in service.

    ``offer()`` is asked at the end of a nanosecond for the next (item, work), None if there is none;
    ``done(item)`` is called at its completion.
    """

    def __init__(self, clock: Clock, *, offer: Callable, done: Callable, speed: float = 1.0) -> None:
        self.clock = clock
        self.offer = offer
        self.done = done
        self.speed = speed
        self.last = speed if speed > 0 else 1.0
        self.item: Any = None
        self.due = 0
        self.work = 0.0
        self.left = 0  # while the speed is 0
        self.never = False  # at this speed it would never be done
        self.anew_at = -1  # when it was taken up anew, for that reason
        self.event: Happening | None = None
        self.called_at = -1
        self.rescales = 0

    def call(self) -> None:
        """Look, at the end of this nanosecond, whether there is something to take up."""
        if self.called_at != self.clock._now:
            self.called_at = self.clock._now
            later(self.clock, self.clock._now, TAKE, self._take)

    def drop(self) -> None:
        """Forget what is in service."""
        self.item = None
        self.event = None

    def change(self, to: float) -> None:
        """Change the speed now; what is in service began strictly before."""
        before, self.speed = self.speed, to
        if before == to:
            return
        if self.item is not None:
            self.rescales += 1
            self.never |= before > 0 and self.anew_at == self.clock._now  # it has not begun
            left = self.due - self.clock._now if before > 0 and not self.never else self.left
            self.event = None
            if to <= 0:
                self.left = left
            elif self.never:  # taken up anew
                self.anew_at = self.clock._now
                self._run(ns(self.work / to))
            else:
                self._run(left if self.last == to else rescaled(left, self.last, to))
        if to > 0:
            self.last = to
            self.call()

    def _take(self) -> None:
        if self.item is None and self.speed > 0:
            found = self.offer()
            if found is not None:
                self.item, self.work = found
                self._run(ns(self.work / self.speed))

    def _run(self, duration: int) -> None:
        self.never = duration == FOREVER
        self.due = self.clock._now + duration
        self.event = Happening(self._fire)
        _put(self.clock, self.due, (2, DONE), self.event)

    def _fire(self, event: Happening) -> None:
        if event is self.event:
            item = self.item
            self.drop()
            self.done(item)
            self.call()
