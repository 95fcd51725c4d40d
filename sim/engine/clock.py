"""The control plane's clock: SimPy behind one door, with ties at equal time broken by content."""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

import simpy
from simpy.events import Event

HEAL, START, REST = range(3)  # ranks of controls at equal time
T = TypeVar("T")
Signal = Event  # that somebody will trigger with succeed()
Steps = Generator[Event, Any, None]
StepsTo = Generator[Event, Any, T]  # a part of a process that comes to a result


class _Environment(simpy.Environment):
    """SimPy with ties by content.

    SimPy orders equal times by insertion; here a tuple priority (1, rank, name, step) does.
    """

    def schedule(self, event: Event, priority: Any = 1, delay: Any = 0) -> None:
        if isinstance(priority, int):  # SimPy's own bookkeeping: at once
            priority = (0, priority)
        super().schedule(event, priority, delay)


class Clock:
    """Processes and their waits, in integer nanoseconds."""

    def __init__(self) -> None:
        self._env = _Environment()
        self._steps: dict[str, int] = {}

    @property
    def now(self) -> int:
        """The present, ns."""
        return int(self._env.now)

    def peek(self) -> float:
        """Return when the next control is due (ns), infinity if none is."""
        return self._env.peek()

    def step(self) -> None:
        """Run the next control."""
        self._env.step()

    def run(self, steps: Steps) -> None:
        """Start a process now."""
        self._env.process(steps)

    def sleep(self, name: str, delay: int, rank: int = REST) -> Event:
        """Return an event ``delay`` ns from now on behalf of process ``name``."""
        step = self._steps[name] = self._steps.get(name, 0) + 1
        event = Event(self._env)
        event._ok, event._value = True, None
        self._env.schedule(event, (1, rank, name, step), delay)
        return event

    def call(self, name: str, at: int, action: Callable[[], None], rank: int = REST) -> None:
        """Call ``action`` at time ``at``."""
        self.sleep(name, at - self.now, rank).callbacks.append(lambda _: action())

    def signal(self) -> Signal:
        """Return an event that somebody will trigger with ``succeed()``."""
        return Event(self._env)

    def either(self, first: Event, second: Event) -> Event:
        """Return an event that happens when one of two does."""
        return first | second
