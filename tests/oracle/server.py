"""One FIFO server with a speed: the rules of work, as the contract states them."""

from collections.abc import Callable
from heapq import heappush
from math import floor

from .clock import ATTEMPT_BITS, Clock, order_of, unordered
from .coverage import Coverage
from .draws import FOREVER, ns

NEVER = -1
BEFORE = -1  # when work that was rescaled was taken up: at any rate before a change of this moment


def lasts(work: float, speed: float) -> int:
    """Return how long nominal work lasts, ns."""
    return ns(work / speed)


def rescaled(left: int, before: float, after: float) -> int:
    """Return the remaining ns at a new speed."""
    return floor(min(left * before / after, FOREVER) + 0.5)


class Server:
    """At most one item in service; ``done(item)`` is called at its completion, a record of ``tie`` and the
    item, attempt 1.

    It is the SimPy event of its completions. One at a time at which nothing is due any more is void.
    """

    __slots__ = (
        "begun",
        "callbacks",
        "clock",
        "coverage",
        "done",
        "due",
        "item",
        "last",
        "left",
        "never",
        "queue",
        "speed",
        "tie",
        "work",
    )
    _ok = True
    __lt__ = unordered

    def __init__(
        self,
        clock: Clock,
        tie: tuple[int, int, int, int],
        done: Callable,
        *,
        speed: float,
        coverage: Coverage,
    ) -> None:
        self.clock = clock
        self.queue = clock._queue
        self.tie = tie
        self.done = done
        self.coverage = coverage
        self.speed = speed
        self.last = speed if speed > 0 else 1.0
        self.item: int | None = None
        self.due = NEVER  # also while the speed is 0
        self.callbacks = [Server._fire]

    def begin(self, item: int, work: float) -> None:
        """Take up the next item now, or keep it waiting while the speed is 0."""
        self.item = item
        self.work = work
        speed = self.speed
        if speed > 0:
            self.begun = now = self.clock._now
            duration = ns(work / speed)
            self.never = duration == FOREVER
            self.due = due = now + duration
            heappush(self.queue, (due, self.tie, item << ATTEMPT_BITS | 1, self))
        else:
            self.left = None

    def drop(self) -> None:
        """Forget what is in service."""
        self.item = None
        self.left = None

    def change(self, to: float) -> None:
        """Change the speed now."""
        now = self.speed
        if now == to:
            return
        self.speed = to
        left = self._remaining(now) if self.item is not None else None
        if left == FOREVER and to > 0:  # never is taken up anew
            left = None
        if to > 0:
            if left is not None and self.last != to:
                left = rescaled(left, self.last, to)
            self.last = to
        self.due = NEVER
        self.left = left
        if to > 0 and self.item is not None:
            self._run(lasts(self.work, to) if left is None else left)
            if left is not None:
                self.begun = BEFORE

    def _remaining(self, speed: float) -> int | None:
        """Return the ns left of what is in service, None if it has not really begun."""
        if speed <= 0:
            return self.left
        if self.begun >= self.clock._now:
            return None
        self.coverage.rate_changes += 1
        return FOREVER if self.never else self.due - self.clock._now

    def _run(self, duration: int) -> None:
        self.begun = now = self.clock._now
        self.never = duration == FOREVER
        self.due = due = now + duration
        heappush(self.queue, (due, self.tie, order_of(self.item), self))

    def _fire(self) -> None:
        item = self.item
        if item is not None and self.due == self.clock._now:
            self.item = None
            self.done(item)
