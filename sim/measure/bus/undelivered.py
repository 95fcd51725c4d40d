"""What had not arrived when the run ended, as the last slice tells it, and which rows had expired by then."""

from collections.abc import Sequence

import numpy as np

from sim.core.milestones.faults import FaultStarted
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.bus.bus_log import runs_of
from sim.measure.platform.setup import PathSetup
from sim.measure.platform.spans import Spans


class Remains:
    """Reducer of ``unsent``, ``unread`` and ``flying`` of one domain."""

    def __init__(self, setup: PathSetup) -> None:
        self._setup = setup
        self.unsent = Spans()  # versions
        self.unread: dict[str, list[tuple[int, int, int]]] = {}  # process -> region, begin, end
        self.flying: dict[str, list[tuple[int, int, int]]] = {}
        self._expired = np.zeros((len(setup.retentions), len(setup.regions)), np.int64)

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        for _, version, count in runs_of(part.table("unsent/relay")["version"]):
            self.unsent.add(version, version + count)
        for name, table in part.tables.items():
            head, _, process = name.partition("/")
            if head in ("unread", "flying"):
                rows = zip(*(table[c].tolist() for c in ("region", "begin", "end")), strict=True)
                getattr(self, head).setdefault(process, []).extend(rows)

    def visible(self, region: int, at: np.ndarray) -> None:
        """Take in when rows of a region's bus became visible (n,) ns: count those too old at the end."""
        for i, (_, _, retention) in enumerate(self._setup.retentions):
            limit = self._setup.span.duration_ns - retention
            if limit >= at[0]:
                self._expired[i, region] += int(np.searchsorted(at, limit, side="right"))

    def expired(self, region: int, milestones: Sequence[Milestone]) -> int:
        """Return how many rows of a region's bus had expired at the end."""
        rows = [
            int(self._expired[i, region])
            for i, (fault, of, _) in enumerate(self._setup.retentions)
            if fault is None or (of == region and _in_force(fault, milestones))
        ]
        return max(rows, default=0)

    def beginning(self, process: str, default: int) -> int:
        """Return the first position that a reader has not completed."""
        return min((begin for _, begin, _ in self.unread.get(process, ())), default=default)


def _in_force(fault: str, milestones: Sequence[Milestone]) -> bool:
    """Return whether a fault had not healed at the end."""
    own = [m.what for m in milestones if m.subject == f"fault/{fault}"]
    return bool(own) and isinstance(own[-1], FaultStarted)
