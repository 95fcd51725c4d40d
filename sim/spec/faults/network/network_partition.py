"""Groups of regions that do not reach each other."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.store.placement import Pair
from sim.spec.text import Complaint, Path, nearest
from sim.spec.types import Name


class NetworkPartition(Fault):
    """Groups of regions that cannot reach each other. Give groups, or a shape (regions in name order)."""

    why_nothing: ClassVar[str] = "fewer than two groups, or too few regions for the shape"

    kind: Literal["network_partition"]
    groups: list[list[Name]] | None = None
    """The groups; regions in none reach everyone. Either this or ``shape``."""
    shape: Literal["one", "bisect", "majorities_ring", "bridge"] | None = None
    """The first region and the rest, two halves, a ring in which each hears a majority, or two halves
    with a bridge. Either this or ``groups``."""
    one_way: bool = False
    """Whether only what goes from an earlier group to a later one is cut. Default: no, both ways are."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """There are groups or a shape, and a region is in one group at most."""
        if (self.groups is None) == (self.shape is None):
            yield Complaint(path, "a partition has either groups or a shape", at_key=True)
            return
        if self.one_way and self.shape == "majorities_ring":
            yield Complaint((*path, "one_way"), "a majorities_ring has no direction", at_key=True)
        counts = Counter(region for group in self.groups or [] for region in group)
        for i, group in enumerate(self.groups or []):
            for j, region in enumerate(group):
                at = (*path, "groups", i, j)
                if region not in platform.regions:
                    yield Complaint(at, f"no region {region!r}", nearest(region, platform.regions))
                elif counts[region] > 1:
                    yield Complaint(at, f"{region!r} is in {counts[region]} places")

    def links(self, regions: Iterable[str]) -> tuple[Pair, ...]:
        """Return the links that it cuts. Regions in no group reach everyone.

        Shapes over n regions in order of name: ``one`` the first alone; ``bisect`` the first n//2 and the
        rest; ``bridge`` the first n//2 and those after the next, which reaches both sides;
        ``majorities_ring`` each hears a majority m = n//2 + 1 of the ring, itself included, from its place
        less m//2 on; no two the same.
        """
        names = sorted(regions)
        half = len(names) // 2
        if self.shape == "majorities_ring":
            return tuple(sorted(_deaf(names)))
        shapes = {
            "one": [names[:1], names[1:]],
            "bisect": [names[:half], names[half:]],
            "bridge": [names[:half], names[half + 1 :]],
        }
        groups = self.groups or shapes[self.shape or "one"]
        cut = [(a, b) for left, right in combinations(groups, 2) for a in left for b in right]
        return tuple(sorted(cut if self.one_way else cut + [(b, a) for a, b in cut]))

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The links between groups."""
        return [d.CUT.turn(*pair) for pair in self.links(scene.platform.regions)]


def _deaf(names: list[str]) -> Iterator[Pair]:
    """Yield the links of a majorities ring that are cut (Jepsen's shape of that name)."""
    n, majority = len(names), len(names) // 2 + 1
    for i, name in enumerate(names):
        heard = {(i - majority // 2 + k) % n for k in range(majority)}
        yield from ((names[j], name) for j in range(n) if j not in heard and j != i)
