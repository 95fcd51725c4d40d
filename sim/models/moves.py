"""How what is computed in one region comes to be computed in another: a timer, and a look around."""

from collections.abc import Callable

from sim.core.draws import Purpose
from sim.engine.clock import Steps
from sim.models.setting import ModelSetting
from sim.spec.moves import Moves as Rules


class Mover:
    """Watches whether a region is quorate, and moves what is there to the first place that is.

    ``places``: regions in order; ``move(region, cause)`` is called when the time has come. ``region`` is
    where it is now.
    """

    def __init__(
        self,
        setting: ModelSetting,
        name: str,
        *,
        places: list[str],
        rules: Rules,
        move: Callable[[str, int | None], None],
    ) -> None:
        self.region = places[0]
        self._setting, self._name, self._places, self._rules, self._move = setting, name, places, rules, move
        self._timers = 0  # drawn so far
        self._running = 0  # the timer that counts, 0 if none

    def look(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        if len(self._places) == 1:
            return
        if self._setting.network.quorate(self.region):
            self._running = 0
        elif not self._running:
            self._begin(cause)

    def _begin(self, cause: int | None) -> None:
        rid, self._timers = self._timers, self._timers + 1
        self._running = self._timers
        wait = self._setting.draw(self._name, self._rules.takeover, Purpose.TAKEOVER, rid=rid)
        self._setting.clock.run(self._wait(wait, self._timers, cause))

    def _wait(self, wait: int, number: int, cause: int | None) -> Steps:
        while True:
            yield self._setting.clock.sleep(self._name, wait)
            if self._running != number:
                return
            wait = self._rules.again
            found = [place for place in self._places if self._fits(place)]
            if found:
                self._running = 0
                self.region = found[0]
                self._setting.advance()
                self._move(found[0], cause)
                return

    def _fits(self, place: str) -> bool:
        return place != self.region and self._setting.network.quorate(place)
