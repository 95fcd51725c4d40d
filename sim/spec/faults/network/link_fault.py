"""What faults on links have in common."""

from collections.abc import Iterable, Iterator
from typing import Any

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.store.placement import Pair
from sim.spec.text import Complaint, Path, nearest


class LinkFault(Fault):
    """Fields of faults on links: ``a/b`` (both directions), ``a->b`` (one way) or a region (all its)."""

    link: str
    """Which links: us-east/us-west, us-east->us-west for one way, or a region for all of its links."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The ends are regions, and not the same one."""
        at, ends = (*path, "link"), self.link.split("->" if "->" in self.link else "/")
        if len(ends) > 2 or (len(ends) == 2 and ends[0] == ends[1]):
            hint = "write a/b, a->b for one way, or a region for all its links"
            yield Complaint(at, f"{self.link!r} names no link", hint)
            return
        for end in ends:
            if end not in platform.regions:
                yield Complaint(at, f"no region {end!r}", nearest(end, platform.regions))

    def links(self, regions: Iterable[str]) -> tuple[Pair, ...]:
        """Return the one-way links that it is about."""
        if "->" in self.link:
            a, b = self.link.split("->")
            return ((a, b),)
        if "/" in self.link:
            a, b = self.link.split("/")
            return tuple(sorted(((a, b), (b, a))))
        ways = [(self.link, other) for other in regions if other != self.link]
        return tuple(sorted(ways + [(b, a) for a, b in ways]))

    def on_links(self, scene: FaultScene, dial: d.Dial, value: Any = True) -> list[d.Turn]:
        """Return the overlays of a value on a dial of each link."""
        return [dial.turn(*pair, value=value) for pair in self.links(scene.platform.regions)]
