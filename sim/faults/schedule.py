"""When faults strike and heal, and whether they took effect."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sim.core.dials import Turn
from sim.core.distributions import Distribution
from sim.core.draws import Purpose, key_of
from sim.engine.clock import HEAL, START, Clock, Steps
from sim.engine.sampling import encode, ns, sample, uniform
from sim.spec.faults.kinds import AnyFault
from sim.spec.faults.scene import FaultScene
from sim.spec.faults.when import When
from sim.spec.scenario import Scenario


class Struck(Protocol):
    """What faults act on: the world."""

    def strike(self, fault_id: str, what: list[Turn], *, kind: str) -> None:
        """Put the overlays on at this moment."""

    def heal(self, fault_id: str, what: list[Turn]) -> None:
        """Take the overlays away at this moment."""

    def reads(self, fault_id: str, what: list[Turn]) -> int:
        """Return how often the parameters that a fault touches have been read so far."""

    def primaries(self) -> dict[str, str]:
        """Return the present primary's region of each domain."""

    def holds(self, when: When) -> bool:
        """Return whether a condition that a fault waits for holds now."""


@dataclass
class Fate:
    """What became of a fault. ``until_ns``: when it was to end, perhaps after the run; None: never.

    Known from its start on.
    """

    status: str = "scheduled"  # scheduled, not_drawn, not_triggered, active, healed
    fired: bool = False
    started_ns: int | None = None
    healed_ns: int | None = None
    until_ns: int | None = None
    turns: list[Turn] = field(default_factory=list)
    reads_before: int | None = None  # None while its overlays are off: before, and while a flap is whole


class Schedule:
    """Runs every fault of a scenario as a process."""

    def __init__(self, scenario: Scenario, clock: Clock, world: Struck, *, seed: int, trial: int) -> None:
        self.fates = {name: Fate() for name in scenario.faults}
        self._scenario, self._clock, self._world = scenario, clock, world
        self._seed, self._trial = seed, trial
        for name in sorted(scenario.faults):
            clock.run(self._run(name, scenario.faults[name]))

    def _key(self, name: str) -> np.uint64:
        return np.uint64(key_of(self._seed, self._trial, f"fault/{name}"))

    def _draw(self, name: str, distribution: Distribution, purpose: int) -> int:
        return int(ns(sample(encode([distribution]), 0, self._key(name), 0, 0, purpose)))

    def _run(self, name: str, fault: AnyFault) -> Steps:
        fate, clock, who = self.fates[name], self._clock, f"fault/{name}"
        if uniform(self._key(name), 0, 0, Purpose.OCCUR) >= fault.probability:
            fate.status = "not_drawn"
            return
        if fault.when is not None:
            fate.status = "not_triggered"
            yield clock.sleep(who, fault.when.every, START)
            while not self._world.holds(fault.when):
                yield clock.sleep(who, fault.when.every, START)
        else:
            assert fault.at is not None, "checked by the spec"
            yield clock.sleep(who, self._draw(name, fault.at, Purpose.START), START)
        fate.turns = fault.turns(FaultScene(self._scenario, self._world.primaries()))
        fate.status, fate.started_ns = "active", clock.now
        fate.reads_before = self._world.reads(name, fate.turns)
        self._world.strike(name, fate.turns, kind=fault.kind)
        length = None if fault.duration is None else self._draw(name, fault.duration, Purpose.DURATION)
        fate.until_ns = None if length is None else clock.now + length
        if fault.rhythm is not None:
            yield from self._flap(name, fault.rhythm, length, kind=fault.kind)
        elif length is not None:
            yield clock.sleep(who, length, HEAL)
            self._heal(name)

    def _flap(self, name: str, rhythm: tuple[int, int], length: int | None, *, kind: str) -> Steps:
        """Take the overlays off and put them on in turn until the time is up."""
        clock, who, fate = self._clock, f"fault/{name}", self.fates[name]
        on_ns, off_ns = rhythm
        end = clock.now + length if length is not None else 2**62
        while True:
            if clock.now + on_ns >= end:
                yield clock.sleep(who, end - clock.now, HEAL)
                self._heal(name)
                return
            yield clock.sleep(who, on_ns, HEAL)
            self.close(name)
            fate.reads_before = None
            self._world.heal(name, fate.turns)
            if clock.now + off_ns >= end:
                fate.status, fate.healed_ns = "healed", clock.now
                return
            yield clock.sleep(who, off_ns, START)
            fate.reads_before = self._world.reads(name, fate.turns)
            self._world.strike(name, fate.turns, kind=kind)

    def _heal(self, name: str) -> None:
        self.close(name)
        fate = self.fates[name]
        self._world.heal(name, fate.turns)
        fate.status, fate.healed_ns = "healed", self._clock.now

    def close(self, name: str) -> None:
        """Note whether anything has read what the fault changed, while it did."""
        fate = self.fates[name]
        if fate.reads_before is not None and fate.healed_ns is None:
            fate.fired = fate.fired or self._world.reads(name, fate.turns) > fate.reads_before
