"""Who holds what of a store when the run ends, and what of it can be had: sides, reach, and why not.

The definitions are in docs/measures.md, "loss"; the rows are ``nodes`` and ``sides`` of the last slice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.journal.recorder import Table

NOTHING = -1  # not even what lay before the run


@dataclass(frozen=True, slots=True)
class Holder:
    """A node. ``copy``: lsn up to which it holds the surviving timeline, or will once it is copied anew.

    ``data``: whether its data is there.
    """

    region: int
    up: bool
    copy: int
    data: bool
    side: int  # -1: its region is down

    @property
    def held(self) -> int:
        """Return up to which lsn it holds the surviving timeline now, NOTHING without its data."""
        return self.copy if self.data else NOTHING

    @property
    def runs(self) -> bool:
        """Whether it can be asked for what it holds."""
        return self.up and self.side >= 0 and self.held > NOTHING


@dataclass(frozen=True, slots=True)
class Standing:
    """The end of one store. ``sides``: region -> its side, -1: it is down; ``quorate``: that side, if any."""

    holders: tuple[Holder, ...]
    sides: Mapping[int, int]
    quorate: int | None

    @classmethod
    def of(cls, tables: Mapping[str, Table]) -> "Standing":
        """Read the tables of the last slice. KeyError without them: the journal has no end."""
        nodes, sides = tables["nodes"], tables["sides"]
        side_of = dict(zip(sides["region"].tolist(), sides["side"].tolist(), strict=True))
        quorate = sides["side"][sides["quorate"] != 0].tolist()
        columns = (nodes[name].tolist() for name in ("node", "up", "data", "held"))
        return cls(
            tuple(
                Holder(node, bool(up), held, bool(data), side_of[node])
                for node, up, data, held in zip(*columns, strict=True)
            ),
            side_of,
            quorate[0] if quorate else None,
        )

    @property
    def counting(self) -> set[int]:
        """Return the sides that count: the quorate one, else each with a node that runs and has its data."""
        return {h.side for h in self.holders if h.runs} if self.quorate is None else {self.quorate}

    @property
    def reach(self) -> int:
        """Return the lsn up to which the store can be had on every side that counts, or NOTHING."""
        held = [
            max((h.held for h in self.holders if h.runs and h.side == side), default=NOTHING)
            for side in self.counting
        ]
        return min(held, default=NOTHING)

    def out_of_reach(self, region: int) -> bool:
        """Return whether a region is down, or on no side that counts."""
        return self.sides[region] not in self.counting

    def why(self, holder: Holder) -> str:
        """Say why what a node holds can not be had, as a clause after its region's name."""
        if holder.side < 0:
            return "which is down at the end"
        if not holder.up:
            return "where the node is down at the end"
        if not holder.data:
            return "where the full copy is not done at the end"
        if self.quorate is None:
            return "and no side has a majority at the end"
        return "which is cut off from the majority at the end"
