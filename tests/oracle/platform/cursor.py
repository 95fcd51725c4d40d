"""Reading a bus in order: what readers and stream jobs have in common."""

from collections.abc import Callable

from .bus import SKIP, WAIT, Bus
from .worker import Worker, Works


class Cursor:
    """A position on the bus of one region: ``next`` is to be taken up or in service, all before is completed.

    ``held(position)``: whether it must not be taken up; ``passes(position)``: whether it takes no work;
    ``completed(position, skipped)`` is told of each.
    """

    def __init__(
        self, worker: Worker, works: Works, *, held: Callable, passes: Callable, completed: Callable
    ) -> None:
        self.worker = worker
        self.works = works
        self.held = held
        self.passes = passes
        self.completed = completed
        self.next = 0
        self.reached = 0  # completed since the last start
        self.skipped_rows: list[tuple[int, int, int]] = []
        self.bus: Bus

    def place(self, bus: Bus, position: int) -> None:
        """Go on from a position of a bus."""
        self.bus = bus
        self.next = self.reached = position
        self.worker.drop()
        self.worker.call()

    def back_to(self, position: int) -> None:
        """Forget what is in service and go back."""
        self.bus.path.count["rows read again"] += self.next > position
        self.worker.drop()
        self.next = position

    def offer(self):
        """Skip what is not there any more and return the next row to work on."""
        bus = self.bus
        while self.next < len(bus.rows) and not self.held(self.next):
            verdict = bus.verdict(self.next)
            if verdict == WAIT:
                bus.path.count["reading waits for a partition"] += 1
                return None
            if verdict != SKIP and not self.passes(self.next):
                return self.next, self.works.of(bus.rows[self.next].version)
            if verdict == SKIP:
                self.skipped_rows.append((bus.clock._now, bus.region, self.next))
            self.advance(skipped=verdict == SKIP)
        return None

    def advance(self, *, skipped: bool) -> None:
        """Count the next row as completed."""
        position = self.next
        self.next = self.reached = position + 1
        self.completed(position, skipped)

    def waits(self) -> bool:
        """Whether a row waits to be completed."""
        return self.next < len(self.bus.rows)

    def unread(self) -> list[tuple[int, int, int]]:
        """Return the range of positions not completed."""
        begin, end = max(self.next, self.reached), len(self.bus.rows)
        return [(self.bus.region, begin, end)] if begin < end else []
