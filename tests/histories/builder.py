"""Hand-made journals: rows are added one by one, then cut into slices anywhere."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.journal import schema
from sim.journal.milestones import Milestone, heard
from sim.journal.recorder import Slice
from sim.measure.figures import Figures
from sim.measure.measures import Measures
from sim.measure.store.setup import DomainSetup
from sim.report.document import plain
from tests.milestones import milestone

MS, S = 10**6, 10**9
READ, WRITE, OK, FAIL, INFO = schema.READ, schema.WRITE, schema.OK, schema.FAIL, schema.INFO
TIME_OF = {"ops": "end_ns", "commits": "commit_ns"}


def v(timeline: int, lsn: int) -> int:
    """Return a version."""
    return timeline << schema.LSN_BITS | lsn


def setup(**changes: Any) -> DomainSetup:
    """Return a setup of one domain with three regions, a client in each, and a level with short holds."""
    base: dict[str, Any] = {
        "domain": "orders", "regions": ("a", "b", "c"), "clients": ("a", "b", "c"), "nodes": ("a", "b", "c"),
        "primary": "a", "good": "0.99",
        "latency_ns": 2 * S, "window_ns": S, "hold_ns": 5 * S, "op_life_ns": 8 * S,
        "warmup_ns": 0, "duration_ns": 60 * S, "record_bytes": 1000,
    }  # fmt: skip
    return DomainSetup(**{**base, **changes})


@dataclass
class History:
    """Rows by table, in the order in which they were added; ``slices`` sorts them by time."""

    setup: DomainSetup = field(default_factory=setup)
    rows: dict[str, list[dict[str, int]]] = field(default_factory=dict)
    milestones: list[Milestone] = field(default_factory=list)

    def add(self, table: str, **row: int) -> None:
        """Add one row."""
        self.rows.setdefault(table, []).append(row)

    def op(self, rid: int, send: int, end: int, kind: int = READ, outcome: int = OK, **more: int) -> None:
        """Add an operation and count it as issued."""
        row = {
            "client": 0,
            "attempts": 1,
            "session": 1 << 20,
            "key": 0,
            "node": 0,
            "version": 0,
            "stale_ns": 0,
            "behind": 0,
            **more,
        }
        self.add("ops", rid=rid, send_ns=send, end_ns=end, kind=kind, outcome=outcome, **row)
        self.add("issued", client=row["client"], kind=kind, count=1)

    def still_open(self, rid: int, send: int, kind: int = READ, client: int = 0) -> None:
        """Add an operation that is open at the end."""
        self.add("open", rid=rid, send_ns=send, kind=kind, client=client)
        self.add("issued", client=client, kind=kind, count=1)

    def commit(self, at: int, version: int, rid: int, node: int = 0, key: int = 0) -> None:
        """Add a commit."""
        self.add("commits", commit_ns=at, version=version, rid=rid, key=key, node=node)

    def position(self, stage: str, region: str, at: int, version: int) -> None:
        """Add a row of sent, received, applied or copied."""
        self.add(f"{stage}/{region}", at_ns=at, version=version)

    def milestone(self, at: int, kind: str, subject: str, cause: int | None = None, **values: Any) -> int:
        """Add a milestone and return its id, by which others may name it as their cause."""
        self.milestones.append(milestone(len(self.milestones), at, kind, subject, cause, **values))
        return self.milestones[-1].id

    def slices(self, *, at: tuple[int, ...] = (), end: int | None = None) -> list[Slice]:
        """Return the journal cut at the given times; what has no time is in the last slice."""
        end_ns = self.setup.duration_ns if end is None else end
        tables = {name: _table(name, rows) for name, rows in {**self._standing(), **self.rows}.items()}
        parts, last, noted = [], -(1 << 62), 0
        milestones = self.told()
        for until in [*sorted(t for t in at if t < end_ns), end_ns]:
            found = {name: _between(name, t, last, until, until == end_ns) for name, t in tables.items()}
            rows = {n: t for n, t in found.items() if len(next(iter(t.values())))}
            happened, noted = heard(milestones, noted, until)
            parts.append(Slice(self.setup.domain, until, rows, happened))
            last = until
        return parts

    def told(self) -> list[Milestone]:
        """Return the milestones as a run tells them: in order of time, numbered in that order."""
        ordered = sorted(self.milestones, key=lambda m: m.at_ns)
        number = {m.id: i for i, m in enumerate(ordered)}
        return [
            replace(m, id=number[m.id], cause=None if m.cause is None else number[m.cause]) for m in ordered
        ]

    def _standing(self) -> dict[str, list[dict[str, int]]]:
        """Return the last slice of a platform that is well: regions joined, nodes up with all there is."""
        regions, nodes = self.setup.regions, self.setup.nodes
        well = {"role": 1, "up": 1, "data": 1, "held": 1 << 39}
        return {
            "nodes": [{"node": regions.index(name), **well} for name in nodes],
            "sides": [{"region": r, "side": 0, "quorate": 1} for r in range(len(regions))],
        }

    def figures(
        self, *, at: tuple[int, ...] = (), end: int | None = None, strict: bool = False
    ) -> dict[str, Any]:
        """Return all figures of the history, as documents have them."""
        found: dict[str, Any] = plain(self.measured(at=at, end=end, strict=strict))
        return found

    def measured(self, *, at: tuple[int, ...] = (), end: int | None = None, strict: bool = False) -> Figures:
        """Return all figures of the history."""
        measures = Measures([self.setup])
        for part in self.slices(at=at, end=end):
            measures.fold(part)
        measures.finish(self.told(), self.setup.duration_ns if end is None else end)
        return measures.figures(strict=strict)


def _table(name: str, rows: list[dict[str, int]]) -> dict[str, np.ndarray]:
    columns = schema.columns_of(name)
    table = {c: np.array([row[c] for row in rows], dtype) for c, dtype in columns.items()}
    time = TIME_OF.get(name, "at_ns")
    if time not in table:
        return table
    order = np.argsort(table[time], kind="stable")
    return {c: np.ascontiguousarray(values[order]) for c, values in table.items()}


def _between(
    name: str, table: dict[str, np.ndarray], start: int, until: int, last: bool
) -> dict[str, np.ndarray]:
    time = TIME_OF.get(name, "at_ns")
    if time not in table:
        return table if last else {c: values[:0] for c, values in table.items()}
    keep = (table[time] >= start) & (table[time] < until)
    return {c: np.ascontiguousarray(values[keep]) for c, values in table.items()}
