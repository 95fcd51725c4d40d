"""What every controller of a store works with."""

from dataclasses import dataclass

from sim.engine.clock import Clock
from sim.journal.milestones import Milestones
from sim.models.dials import Dials
from sim.models.network import Links
from sim.models.setting import ModelSetting
from sim.models.store.domain import Domain
from sim.models.store.effects import Effects
from sim.spec.scenario import Scenario


@dataclass
class Control:
    """A store's controllers share this: its setting, and how dials act on it."""

    setting: ModelSetting
    effects: Effects

    def __post_init__(self) -> None:
        self.domain: Domain = self.setting.store
        self.scenario: Scenario = self.setting.scenario
        self.clock: Clock = self.setting.clock
        self.network: Links = self.setting.network
        self.dials: Dials = self.setting.dials
        self.milestones: Milestones = self.setting.milestones
        self.note, self.draw = self.setting.note, self.setting.draw

    def settle(self) -> None:
        """Bring the store's cursors to now."""
        self.domain.settle(self.clock.now)
