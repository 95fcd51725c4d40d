"""A process of the data path: it runs in a region, is stopped by faults, and restarts."""

from collections.abc import Callable
from typing import Protocol

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.core.milestones.flows import ProcessStarted, ProcessStopped
from sim.engine.clock import Steps
from sim.models.setting import ModelSetting


class Works(Protocol):
    """What a process does while it runs. The data path has been advanced to ``now`` at each call."""

    def halt(self, now: int) -> None:
        """Stop: what is in service is lost, the position goes back to the one saved."""

    def resume(self, now: int) -> None:
        """Run from now on, in the process's region; nothing is taken up before ``now``."""

    def pace(self, now: int) -> None:
        """Work at the speed that the overlays and the process's state (``paused``) give now."""

    @property
    def waits(self) -> bool:
        """Whether there is something for it to do."""


class Process:
    """Whether a process runs, and why not.

    ``killable``: False if kills take members of a group, and do not stop it. ``because``: whether there is
    another reason to be stopped, looked at each time. ``running``, ``paused`` and ``since`` (when it began to
    run) are for its owner to read.
    """

    def __init__(
        self,
        setting: ModelSetting,
        name: str,
        region: str,
        *,
        restart: Distribution,
        works: Works,
        killable: bool = True,
        because: Callable[[], bool] = lambda: False,
    ) -> None:
        self.setting, self.name, self.region = setting, name, region
        self.running, self.paused, self.since = True, False, 0
        self.cause: int | None = None  # milestone of the last stop, or of the end of its reasons
        self.killable, self._because = killable, because
        self._restart, self._works = restart, works
        self._restarts = 0  # drawn so far
        self._wanted = 0  # the restart that counts, 0 if none is under way
        self._held = False  # whether there was a reason to be stopped when last looked at
        setting.dials.listen(d.KILLED, name)
        setting.dials.listen(d.PAUSED, name, reads=self._pauses)

    def used(self, tick: int) -> bool:
        """Return whether a tick at ``tick``, now, is used (semantics: Processes)."""
        return self.running and not self.paused and self.since < tick

    def held(self) -> bool:
        """Return whether there is a reason to be stopped now."""
        killed = self.killable and self.setting.dials.value(d.KILLED, self.name)
        return killed or not self.setting.network.up(self.region) or self._because()

    def look(self, cause: int | None) -> None:
        """Take notice of a change in the world now: stop, begin to restart, pause or go on."""
        held, was_held = self.held(), self._held
        self._held = held
        if held:
            self._wanted = 0
            if self.running:
                if self.killable:  # a kill that takes a member has stopped it before, if ever
                    self.setting.dials.hit(d.KILLED, self.name)
                self.stop("a fault stopped it", cause)
        elif was_held:
            self._begin_restart(cause)
        self.paused = self.setting.dials.value(d.PAUSED, self.name)
        self._works.pace(self.setting.now)

    def _pauses(self, of: tuple[str, ...], fault: str) -> bool:
        """Return whether a fault that pauses it keeps something waiting now."""
        return fault in self.setting.dials.by(d.PAUSED, *of) and self._works.waits

    def stop(self, why: str, cause: int | None) -> None:
        """Stop now; whoever calls sees to it that it starts again."""
        self.running = False
        self._works.halt(self.setting.now)
        self.cause = self.setting.note(self.name, ProcessStopped(because=why), cause)

    def fail(self, why: str, cause: int | None) -> None:
        """Stop now, if it runs, for a reason that is over at once: one restart."""
        if self.running:
            self.stop(why, cause)
            self._begin_restart(self.cause)

    def start(self, why: str, cause: int | None) -> None:
        """Run from now on."""
        self._run()
        self.setting.note(self.name, ProcessStarted(because=why), cause)

    def leave(self, region: str) -> None:
        """Move to another region: it does not run until it arrives, and no restart is under way."""
        if self.running:
            self.running = False
            self._works.halt(self.setting.now)
        self.region, self._wanted = region, 0

    def arrive(self) -> bool:
        """Run where it has moved, without a restart; return whether it does.

        It does not if a reason keeps it stopped; then it restarts when that ends.
        """
        self._held = self.held()
        if not self._held:
            self._run()
        return self.running

    def move(self, region: str) -> bool:
        """Leave for another region and arrive there; return whether it runs."""
        self.leave(region)
        return self.arrive()

    def _run(self) -> None:
        self.running, self.since, self._wanted = True, self.setting.now, 0
        self._works.resume(self.setting.now)

    def _begin_restart(self, cause: int | None) -> None:
        rid, self._restarts = self._restarts, self._restarts + 1
        self._wanted = self._restarts
        wait = self.setting.draw(self.name, self._restart, Purpose.RESTART, rid=rid)
        self.setting.clock.run(self._restarting(wait, self._restarts, cause))

    def _restarting(self, wait: int, number: int, cause: int | None) -> Steps:
        yield self.setting.clock.sleep(self.name, wait)
        if self._wanted == number:
            self.setting.advance()
            self.start("it has restarted", cause)
