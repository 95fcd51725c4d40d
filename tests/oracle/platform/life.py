"""The life of a process: what stops it, how it restarts, when its ticks count."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.core.distributions import Distribution
from sim.core.draws import Purpose

from .worker import control

if TYPE_CHECKING:
    from .platform import Path


KINDS = ("relay", "mirror", "stream", "curated", "analytics")


class Life:
    """One process; ``stop()`` is called when it stops, ``start()`` when it runs again or has moved."""

    def __init__(
        self, path: "Path", name: str, *, restart: Distribution, stop: Callable, start: Callable
    ) -> None:
        self.path = path
        self.clock = path.clock
        self.name = name
        kind = name.split("/")[1]
        self.kind = kind if kind in KINDS else "reader"
        self.restart = restart
        self.stop = stop
        self.start = start
        self.reasons: set[str] = set()
        self.pauses: set[str] = set()
        self.running = True
        self.since = 0
        self.restarts = 0
        self.turn = 0  # a restart or wait of an earlier turn is void
        self.restarting = False
        self.wait_until: int | None = None  # a group's wait

    def used(self) -> bool:
        """Whether a tick of this moment is used."""
        self.path.count["ticks at the moment of a start"] += self.running and self.since == self.clock._now
        return self.running and not self.pauses and self.since < self.clock._now

    def add(self, reason: str) -> None:
        """Have one more reason not to run."""
        if reason not in self.reasons:
            self.reasons.add(reason)
            self._void()
            self._halt()

    def remove(self, reason: str) -> None:
        """Have one reason less; the last one's end is followed by a restart."""
        if reason not in self.reasons:
            return
        self.reasons.discard(reason)
        if self.reasons:
            return
        draws = self.path.draws
        delay = draws.duration(self.restart, draws.key(self.name), self.restarts, Purpose.RESTART)
        self.restarts += 1
        self.restarting = True
        self._come_back(delay)

    def fail(self, reason: str) -> None:
        """Stop, if it runs, like by a kill that ends at once."""
        if self.running:
            self.add(reason)
            self.remove(reason)

    def wait(self, delay: int) -> None:
        """Stop a group for ``delay`` from now, or longer if it waits already; not if it is down otherwise."""
        if self.reasons or self.restarting:
            return
        until = max(self.clock._now + delay, self.wait_until or 0)
        self._void()
        self._halt()
        self.wait_until = until
        self._come_back(until - self.clock._now)

    def move(self) -> bool:
        """Run elsewhere from now on, unless killed; return whether it runs."""
        self.reasons -= {"region", "node"}
        self._void()
        if self.reasons:
            self.path.count[f"moved while killed: {self.kind}"] += 1
            return False
        self._run()
        return True

    def _void(self) -> None:
        self.turn += 1
        self.restarting = False
        self.wait_until = None

    def _halt(self) -> None:
        if self.running:
            self.running = False
            self.path.note("process.stopped", self.name)
            self.path.count[f"stopped: {self.kind}"] += 1
            self.stop()

    def _come_back(self, delay: int) -> None:
        turn = self.turn

        def started() -> None:
            if turn != self.turn:
                self.path.count["restart cancelled"] += 1
                return
            self._void()
            self.path.note("process.started", self.name)
            self.path.count[f"started: {self.kind}"] += 1
            self._run()

        control(self.clock, delay, self.name, started)

    def _run(self) -> None:
        self.running = True
        self.since = self.clock._now
        self.start()
