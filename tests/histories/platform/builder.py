"""Hand-made journals of a whole data path: three regions, one consumer, a lake, a dashboard."""

from dataclasses import dataclass, field
from typing import Any

from sim.measure.figures import Figures
from sim.measure.measures import Measures
from sim.measure.platform.ages import Span
from sim.measure.platform.platform import PathMeasures
from sim.measure.platform.setup import InsightSetup, PathSetup, ReaderSetup
from sim.report.document import plain
from tests.histories.builder import MS, WRITE, History, S, setup, v
from tests.histories.good import replicate

A, B, C = range(3)
REGIONS = "abc"


def path_setup(**changes: Any) -> PathSetup:
    """Return a path of the domain ``orders``, at home in a."""
    base: dict[str, Any] = {
        "domain": "orders", "regions": ("a", "b", "c"), "primary": A, "span": Span(0, 5 * S, 60 * S),
        "events_fresh_ns": 2 * S, "consumers": {"search": ReaderSetup(3 * S, S, 2 * S)},
        "retentions": ((None, None, 10_000 * S),), "lake": A,
        "zones_fresh_ns": {"raw": 5 * S, "curated": 10 * S, "analytics": 15 * S},
        "lateness_ns": 3 * S, "insights": {"sales": InsightSetup(("orders",), (A,), 20 * S)},
    }  # fmt: skip
    return PathSetup(**{**base, **changes})


@dataclass
class Journey:
    """A history of one domain and what its path makes of it. Positions are counted by the builder."""

    path: PathSetup = field(default_factory=path_setup)
    history: History = field(default_factory=lambda: History(setup()))
    rows: list[list[int]] = field(default_factory=lambda: [[], [], []])  # versions on each bus
    commits: dict[str, int] = field(default_factory=dict)  # of each table

    def write(
        self, first: int, last: int, *, timeline: int = 1, node: int = A, start: int = 0, keys: int = 2
    ) -> None:
        """Commit, replicate and acknowledge a record a second: i at ``start`` + i s, key i % keys."""
        for lsn in range(first, last + 1):
            at, version = (start + lsn) * S, v(timeline, lsn)
            rid = timeline << 20 | lsn
            self.history.commit(at, version, rid, node=node, key=lsn % keys)
            self.history.op(rid, at - MS, at + MS, WRITE, version=version, key=lsn % keys)
            replicate(self.history, at, version, "".join(r for r in "abc" if r != REGIONS[node]))

    def publish(self, region: int, at: int, version: int, origin: int | None = None) -> int:
        """Make an event visible on a bus; return its position."""
        self.rows[region].append(version)
        name = f"bus/{REGIONS[region]}"
        self.history.add(name, at_ns=at, version=version, origin=region if origin is None else origin)
        return len(self.rows[region]) - 1

    def relay(
        self, first: int, last: int, *, timeline: int = 1, delay: int = 100 * MS, start: int = 0
    ) -> None:
        """Publish in a, and mirror to b and c as long again later."""
        for lsn in range(first, last + 1):
            for region in range(3):
                at = (start + lsn) * S + delay * (1 if region == A else 2)
                self.publish(region, at, v(timeline, lsn), A)

    def consume(self, begin: int, end: int, *, region: int = A, at: int, step: int = 10 * MS) -> None:
        """Complete positions [begin, end), the first at ``at`` and each a ``step`` after the one before."""
        for i, position in enumerate(range(begin, end)):
            self.history.add("consumed/search", at_ns=at + i * step, region=region, position=position)

    def commit(self, zone: str, at: int, *ranges: tuple[int, int], region: int = A, source: int = A) -> None:
        """Let a commit with these ranges of positions appear in a table."""
        name = f"{zone}/{REGIONS[region]}"
        number = self.commits.get(name, 0)
        self.commits[name] = number + 1
        for begin, end in ranges:
            self.history.add(name, at_ns=at, commit=number, source=source, begin=begin, end=end)

    def refresh(self, at: int, *, ok: bool = True, region: int = A) -> None:
        """Let the dashboard look."""
        name = f"refresh/sales/{REGIONS[region]}"
        visible = self.commits.get(f"analytics/{REGIONS[region]}", 0)
        self.history.add(name, at_ns=at, ok=int(ok), commits=visible)

    def place(self, process: str, at: int, position: int, region: int = A) -> None:
        """Start a process at a position."""
        self.history.add(f"placed/{process}", at_ns=at, region=region, position=position)

    def figures(self, *, at: tuple[int, ...] = (), strict: bool = True) -> dict[str, Any]:
        """Return all figures as documents have them, of the journal cut at the given times."""
        found: dict[str, Any] = plain(self.measured(at=at, strict=strict))
        return found

    def measured(self, *, at: tuple[int, ...] = (), strict: bool = True) -> Figures:
        """Return all figures, of the journal cut at the given times."""
        measures = Measures([self.history.setup], PathMeasures([self.path]))
        for part in self.history.slices(at=at):
            measures.fold(part)
        measures.finish(self.history.told(), self.history.setup.duration_ns)
        return measures.figures(strict=strict)
