"""What a figure on a dashboard rests on at one moment, and what is missing from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.core.stages import ANALYTICS, BUS, OUTBOX, ZONES
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice, Table
from sim.measure.platform.domain import DomainPath
from sim.measure.platform.setup import PathSetup
from sim.measure.platform.spans import Spans
from sim.measure.store.line import FOREVER

TIMES = {"commits": "commit_ns", "ops": "end_ns"}


@dataclass(frozen=True, slots=True)
class Basis:
    """One domain of a dashboard in one region. Times in ns, None if there is none.

    ``refreshed_ns``: the last refresh that worked; ``commits``: how many of the analytics table it showed,
    with ``records`` in them; ``oldest_ns``: commit time of the oldest that is missing; ``missing``: where
    the missing ones have come to, furthest first -> how many.
    """

    domain: str
    region: str
    refreshed_ns: int | None
    commits: int
    records: int
    oldest_ns: int | None
    missing: dict[str, int]


class Rests:
    """Folds what happened strictly before ``at_ns`` in the domains that an insight reads."""

    def __init__(self, name: str, setups: Sequence[PathSetup], at_ns: int) -> None:
        self.name, self.at_ns = name, at_ns
        self._paths = {setup.domain: DomainPath(setup) for setup in setups}
        self._last: dict[tuple[str, str], tuple[int, int]] = {}

    def fold(self, part: Slice) -> None:
        """Take in one slice, up to the moment."""
        if part.domain not in self._paths:
            return
        tables = {name: _before(name, rows, self.at_ns) for name, rows in part.tables.items()}
        kept = {name: rows for name, rows in tables.items() if rows is not None}
        for name, rows in kept.items():
            head, _, rest = name.partition("/")
            insight, _, region = rest.rpartition("/")
            if head == "refresh" and insight == self.name:
                for row in np.flatnonzero(rows["ok"]).tolist():
                    self._last[part.domain, region] = int(rows["at_ns"][row]), int(rows["commits"][row])
        # A replica may still lack what was committed long before: nothing is dropped for its sake.
        self._paths[part.domain].fold(Slice(part.domain, min(part.until_ns, self.at_ns), kept), 1)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Nothing to do: the answer is about a moment before the end."""

    def bases(self) -> list[Basis]:
        """Return what the figure rests on, domain by domain and region by region."""
        out = []
        for domain, path in self._paths.items():
            out += [self._basis(domain, path, r) for r in path.setup.insights[self.name].regions]
        return out

    def _basis(self, domain: str, path: DomainPath, r: int) -> Basis:
        region = path.setup.regions[r]
        refreshed_ns, commits = self._last.get((domain, region), (None, 0))
        table = path.tables.held[ANALYTICS.name, r]
        shown = Spans()
        for number, ranges in table.commits:
            for source, begin, end in ranges if number < commits else ():
                shown.update((v, v + n) for v, n in path.logs[source].versions(begin, end))
        missing = path.line.committed().minus(shown)
        first = missing.least()
        oldest_ns = FOREVER if first is None else path.line.clock(first, self.at_ns, marks=True)
        return Basis(
            domain, region, refreshed_ns, commits, len(shown),
            None if oldest_ns == FOREVER else oldest_ns, _places(path, r, missing),
        )  # fmt: skip


def _places(path: DomainPath, r: int, missing: Spans) -> dict[str, int]:
    """Return how far the missing records have come, each counted at the furthest place."""
    tables, regions = path.tables, path.setup.regions
    home = r if tables.region is None else tables.region
    found = [(ANALYTICS.name, r)] if home != r else []
    found += [(zone, home) for zone in reversed(ZONES)]
    places = [
        (f"{zone} of {regions[where]}", tables.held[zone, where].watch.stage.delivered)
        for zone, where in found
    ]
    places += [(f"dropped by {name}", versions) for name, versions in path.dropped.items()]
    places += [("dead letters", tables.dead), (f"{BUS.name} of {regions[home]}", path.logs[home].present())]
    places += [(f"{OUTBOX.name}, published elsewhere", path.published)]
    out = {}
    for name, held in places:
        here = missing.meet(held)
        if len(here):
            out[name] = len(here)
        missing = missing.minus(here)
    if len(missing):
        out["database, not published"] = len(missing)
    return out


def _before(name: str, rows: Table, at_ns: int) -> Table | None:
    """Return the rows strictly before a time; None if there are none, or the table has no times."""
    times = rows.get(TIMES.get(name, "at_ns"))
    stop = 0 if times is None else int(np.searchsorted(times, at_ns))
    return {column: values[:stop] for column, values in rows.items()} if stop else None
