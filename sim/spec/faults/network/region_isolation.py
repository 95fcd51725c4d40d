"""A region that others do not reach."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, Self

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.store.placement import Pair
from sim.spec.text import Complaint, Path, nearest
from sim.spec.types import Name


class RegionIsolation(Fault):
    """The region is cut from its peers, and from clients if ``clients``."""

    why_nothing: ClassVar[str] = "there is no other region"

    kind: Literal["region_isolation"]
    region: Name
    """The region that is cut off."""
    peers: list[Name] | None = None
    """From which regions. Default: all others."""
    direction: Literal["both", "to", "from"] = "both"
    """What is cut: what goes to it, what comes from it, or both. Default: nothing comes through."""
    clients: bool = False
    """Whether clients do not reach it either. Default: they come over other links."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The peers are other regions."""
        others = set(platform.regions) - {self.region}
        for index, peer in enumerate(self.peers or []):
            if peer not in others:
                yield Complaint((*path, "peers", index), f"no other region {peer!r}", nearest(peer, others))

    def resolved(self, platform: Platform) -> Self:
        """Say who the peers are."""
        return self.model_copy(update={"peers": self._peers(platform.regions)})

    def links(self, regions: Iterable[str]) -> tuple[Pair, ...]:
        """Return the links that it cuts: ``to`` those towards the region, ``from`` those away from it."""
        return self._between(self._peers(regions))

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The links to the peers, and to the clients."""
        cut = self.links(scene.platform.regions)
        clients = [d.CLIENTS + client for client in scene.platform.clients] if self.clients else []
        return [d.CUT.turn(*pair) for pair in (*cut, *self._between(clients))]

    def _peers(self, regions: Iterable[str]) -> list[str]:
        if self.peers is not None:
            return self.peers
        return sorted(region for region in regions if region != self.region)

    def _between(self, others: list[str]) -> tuple[Pair, ...]:
        away = [(self.region, other) for other in others] if self.direction != "to" else []
        towards = [(other, self.region) for other in others] if self.direction != "from" else []
        return tuple(sorted(away + towards))
