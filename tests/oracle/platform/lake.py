"""Where the lake is computed, and who follows."""

from typing import TYPE_CHECKING

from .mover import Mover
from .tables import ZONES

if TYPE_CHECKING:
    from .platform import Path


class Lake:
    """``region``: where it is computed; ``shared``: for each domain, zone and region the commits it shares
    with that region, valid for those that do not follow."""

    def __init__(self, path: "Path") -> None:
        self.path = path
        self.spec = path.twin.scenario.lake
        self.region = path.names.index(self.spec.home)
        count = len(path.names)
        self.follows = [True] * count
        self.shared: dict[tuple[str, str], list[int]] = {}
        self.mover = Mover(
            path,
            "lake",
            spec=self.spec,
            home=self.spec.home,
            where=lambda: self.region,
            move=self._move,
        )

    def look(self) -> None:
        """Let regions follow that can."""
        network = self.path.network
        for c, follows in enumerate(self.follows):
            h = self.region
            if not follows and network.up(h) and network.up(c) and network.joined(h, c):
                self._follow(c)

    def _follow(self, c: int) -> None:
        self.follows[c] = True
        self.path.count["regions that follow anew"] += 1
        for name, part in self.path.parts.items():
            for zone in ZONES:
                part.tables[zone][c].take_back(self.shared[name, zone][c])

    def _freeze(self) -> None:
        """Write down what every region shares with the lake's."""
        for name, part in self.path.parts.items():
            for zone in ZONES:
                held = [len(table.commits) for table in part.tables[zone]]
                before = self.shared.get((name, zone), held)
                self.shared[name, zone] = [
                    held[c] if self.follows[c] or c == self.region else before[c] for c in range(len(held))
                ]

    def _move(self, to: int) -> None:
        self._freeze()
        path = self.path
        for table, shared in self.shared.items():
            self.shared[table] = [min(one, shared[to]) for one in shared]
        path.note("lake.moved", "lake")
        path.count["lake moved"] += 1
        self.follows = [c == to for c in range(len(path.names))]
        for part in path.parts.values():
            part.stream.move(to)
        self.region = to
        for part in path.parts.values():
            for job in part.jobs:
                job.move(to)
        path.look()
        self.mover.look()

    def emptied(self, region: int) -> None:
        """A region lost its tables: it shares nothing; if the lake is computed there, nobody does."""
        self._freeze()
        for shared in self.shared.values():
            shared[region] = 0
            if region == self.region:
                shared[:] = [0] * len(shared)
        if region == self.region:
            self.path.count["lake emptied"] += 1
            self.follows = [c == region for c in range(len(self.follows))]
        for part in self.path.parts.values():
            for zone in ZONES:
                part.tables[zone][region].take_back(0)
            for job in part.jobs:
                if job.region == region:
                    job.read = 0
