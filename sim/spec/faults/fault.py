"""What a kind of fault is: its fields, its checks, and the dials that it turns."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import Field

from sim.core.dials import Turn
from sim.spec.faults.scene import FaultScene
from sim.spec.faults.when import When
from sim.spec.model import Model
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import DurationDist, Fraction


class Fault(Model):
    """Fields common to all faults: exactly one of ``at`` and ``when``."""

    needs: ClassVar[str | None] = None  # the section without which nothing can have this fault
    why_nothing: ClassVar[str] = ""  # a hint, where it hits nothing

    at: DurationDist | None = None
    """When it begins, from the beginning of the run. Either this or ``when``."""
    when: When | None = None
    """What it waits for: it begins at the first look that finds this so. Either this or ``at``."""
    duration: DurationDist | None = None
    """How long it lasts; without it, to the end of the run."""
    probability: Annotated[Fraction, Field(gt=0)] = 1.0
    """How likely it is to happen in a run. Default: it does."""

    @abstractmethod
    def turns(self, scene: FaultScene) -> list[Turn]:
        """Return the overlays that it puts on when it strikes, in the order in which they take effect.

        Whatever asks what a fault hits asks this: words, estimates, measures. Its references exist.
        """

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """Yield what is wrong beside the names of regions, databases and client groups."""
        yield from ()

    def check_effect(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """Yield why it changes nothing, though all its references exist and it hits something."""
        yield from ()

    def resolved(self, platform: Platform) -> Self:
        """Return it with no default left unsaid."""
        return self

    @property
    def rhythm(self) -> tuple[int, int] | None:
        """For how long (ns) in turn its overlays are on and off while it lasts; None: they stay on."""
        return None
