"""What every component works with."""

from dataclasses import dataclass, field, replace

import numpy as np

from sim.core.distributions import Distribution
from sim.core.draws import key_of
from sim.core.milestones.declaration import Happening
from sim.engine.clock import Clock, Signal
from sim.engine.sampling import encode, ns, sample
from sim.journal.milestones import Milestones
from sim.models.dials import Dials
from sim.models.graph import Graph
from sim.models.network import Links
from sim.models.store.domain import Domain
from sim.spec.scenario import Scenario


@dataclass
class ModelSetting:
    """Shared by all components; ``of`` gives that of the components of one domain. Times in ns."""

    scenario: Scenario
    clock: Clock
    network: Links
    dials: Dials
    milestones: Milestones
    graph: Graph
    seed: int
    trial: int
    _store: Domain | None = None
    _waiting: list[Signal] = field(default_factory=list)  # for any change

    def of(self, store: Domain) -> "ModelSetting":
        """Return the setting of what belongs to one domain."""
        return replace(self, _store=store)

    @property
    def store(self) -> Domain:
        """The store of the domain."""
        assert self._store is not None, "it is of one domain"
        return self._store

    @property
    def domain(self) -> str:
        """The name of the domain."""
        return self.store.name

    @property
    def now(self) -> int:
        """The present, ns."""
        return self.clock.now

    def note(self, subject: str, what: Happening, cause: int | None = None) -> int:
        """Write a milestone now: what happened, to whom; return its id."""
        return self.milestones.add(self.clock.now, subject, what, cause=cause)

    def key(self, name: str) -> np.uint64:
        """Return the key of the draws of component ``name``."""
        return np.uint64(key_of(self.seed, self.trial, name))

    def draw(self, name: str, distribution: Distribution, purpose: int, *, rid: int, attempt: int = 0) -> int:
        """Return a drawn duration (ns, at least 1) for component ``name``."""
        return int(ns(sample(encode([distribution]), 0, self.key(name), rid, attempt, purpose)))

    # --- changes --------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Bring what belongs to the domain, or to any, to now.

        To be called before positions are read or anything is changed by what happens of itself (a restart, a
        timer); faults and promotions have done so before.
        """
        self.graph.advance(self.now, None if self._store is None else self._store.name)

    def changed(self, cause: int | None) -> None:
        """Bring everything to now, and tell everybody that something has changed."""
        self.graph.advance(self.now)
        self.graph.changed(cause)
        self.wake()

    def change(self) -> Signal:
        """Return an event: the next change."""
        self._waiting.append(self.clock.signal())
        return self._waiting[-1]

    def wake(self) -> None:
        """Wake whoever waits for a change."""
        waiting = self._waiting[:]
        self._waiting.clear()
        for signal in waiting:
            signal.succeed()
