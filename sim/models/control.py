"""What every controller of a domain works with, and its draws."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sim.core.distributions import Distribution
from sim.core.draws import key_of
from sim.engine.clock import Clock
from sim.engine.sampling import encode, ns, sample
from sim.journal.milestones import Milestones
from sim.models.dials import Dials
from sim.models.network import Network
from sim.models.store.domain import Domain
from sim.models.store.effects import Effects
from sim.spec.scenario import Scenario


class Follows(Protocol):
    """What goes on from the database: its data path."""

    def advance(self) -> None:
        """Bring it to now: the log is about to be cut."""

    def promoted(self, domain: str, cut: int, cut_ns: int, cause: int) -> None:
        """A domain's new timeline has begun after record ``cut``, which was committed at ``cut_ns``."""

    def changed(self, cause: int | None) -> None:
        """A node has begun or ceased to serve, or is up again."""


@dataclass
class Control:
    """A domain's controllers share this. Times in ns."""

    scenario: Scenario
    clock: Clock
    domain: Domain
    effects: Effects
    network: Network
    dials: Dials
    milestones: Milestones
    seed: int
    trial: int
    changed: list = field(default_factory=list)  # signals of processes that wait for any change
    path: Follows | None = None  # the data path, if there is one

    def note(self, kind: str, subject: str, why: str, cause: int | None = None) -> int:
        """Write a milestone now."""
        return self.milestones.add(self.clock.now, kind, subject, why, cause=cause)

    def settle(self) -> None:
        """Bring the domain's cursors to now."""
        self.domain.settle(self.clock.now)

    def draw(self, name: str, distribution: Distribution, purpose: int, *, rid: int, attempt: int = 0) -> int:
        """Return a drawn duration in ns, at least 1, for component ``name``."""
        key = np.uint64(key_of(self.seed, self.trial, name))
        return int(ns(sample(encode([distribution]), 0, key, rid, attempt, purpose)))

    def serving(self, cause: int | None) -> None:
        """Tell the data path that a node has begun or ceased to serve."""
        if self.path is not None:
            self.path.changed(cause)

    def announce(self) -> None:
        """Wake whoever waits for a change."""
        waiting, self.changed = self.changed, []
        for signal in waiting:
            signal.succeed()
