"""What everything on a domain's data path works with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sim.core.distributions import Distribution
from sim.engine.clock import Clock
from sim.models.control import Control
from sim.models.dials import Dials
from sim.models.network import Network
from sim.spec.scenario import Scenario


@dataclass
class Setting:
    """Shared by the parts of one domain's data path. Times in ns.

    ``advance`` brings the whole data path of the domain to now: call it before positions are read or anything
    is changed by what happens of itself (a restart, a timer); faults and promotions have done so before.
    """

    control: Control
    advance: Callable[[], None] = field(default=lambda: None)

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario."""
        return self.control.scenario

    @property
    def clock(self) -> Clock:
        """The control plane's clock."""
        return self.control.clock

    @property
    def network(self) -> Network:
        """Regions and links under their overlays."""
        return self.control.network

    @property
    def domain(self) -> str:
        """The name of the domain."""
        return self.control.domain.name

    @property
    def now(self) -> int:
        """The present, ns."""
        return self.control.clock.now

    def note(self, kind: str, subject: str, why: str, cause: int | None = None) -> int:
        """Write a milestone now; return its id."""
        return self.control.note(kind, subject, why, cause)

    def draw(self, name: str, distribution: Distribution, purpose: int, *, rid: int) -> int:
        """Return a drawn duration (ns, at least 1) for component ``name``."""
        return self.control.draw(name, distribution, purpose, rid=rid)

    @property
    def dials(self) -> Dials:
        """The overlays of faults, and who listens to them."""
        return self.control.dials
