"""The timer after which what is computed in one region comes to be computed in another."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.core.draws import Purpose

if TYPE_CHECKING:
    from .platform import Path


class Mover:
    """Watches the region of one thing that can move; ``where()`` tells it, ``move(to)`` moves it."""

    def __init__(
        self, path: "Path", name: str, *, spec, home: str, where: Callable[[], int], move: Callable
    ) -> None:
        self.path = path
        self.name = name
        self.spec = spec
        self.places = [path.names.index(place) for place in (home, *spec.standby)]
        self.where = where
        self.move = move
        self.timers = 0
        self.turn = 0
        self.running = False

    def look(self) -> None:
        """Begin the timer when the region is not quorate any more; end it when it is again."""
        if len(self.places) == 1:
            return
        if self.path.network.quorate(self.where()):
            self.path.count["take-over timers that were void"] += self.running
            self.turn += 1
            self.running = False
        elif not self.running:
            self.running = True
            self.path.clock.process(self._run(self.turn, self.timers))
            self.timers += 1

    def _run(self, turn: int, rid: int):
        path = self.path
        delay = path.draws.duration(self.spec.takeover, path.draws.key(self.name), rid, Purpose.TAKEOVER)
        while True:
            yield path.clock.after(delay, self.name)
            if turn != self.turn:
                return
            here = self.where()
            to = next((place for place in self.places if place != here and path.network.quorate(place)), None)
            if to is not None:
                self.turn += 1
                self.running = False
                self.move(to)
                return
            path.count["looks for a place that find none"] += 1
            delay = self.spec.again
