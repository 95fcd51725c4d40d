"""One store in three regions, everything constant: the scenario that the closed-form tests change a little
each.

Regions east (primary), north and west; one client group near east unless a test says otherwise. Eight
workers, so that probes never stand in the way of a write; links without jitter or loss; every answer is then
arithmetic.
"""

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.figures import Figures
from sim.measure.measures import Measures
from sim.report.document import plain
from sim.spec.resolve import load, resolve
from sim.spec.scenario import Scenario
from sim.trial import run_tables
from tests.tallied import counted, listed

US, MS, S = 1_000, 1_000_000, 1_000_000_000
MINUTE = 60 * S
LSN = (1 << 40) - 1

# What the numbers of BASE come to, in ns.
ACCESS, LOCAL = 5 * MS, 300 * US
EAST_WEST, EAST_NORTH, NORTH_WEST = 30 * MS, 20 * MS, 25 * MS
WRITE, READ, PROBE = 1 * MS, 400 * US, 100 * US
APPLY = 50 * US
TRANSMIT = 1 * MS  # 1000 B at 1 MB/s
TO_NODE = ACCESS + LOCAL  # from a client to the node of its own region
COMMIT = TO_NODE + WRITE  # from the send of a write to its commit

BASE: dict[str, Any] = {
    "name": "One store",
    "duration": "60s",
    "regions": {"east": {}, "north": {}, "west": {}},
    "network": {
        "links": {
            "east/west": {"latency": "30ms", "bandwidth": "1MB/s"},
            "east/north": {"latency": "20ms", "bandwidth": "1MB/s"},
            "north/west": {"latency": "25ms", "bandwidth": "1MB/s"},
        },
        "access": {"latency": "5ms"},
        "local": "300us",
    },
    "clients": {"east": {"share": 1}},
    "gateway": {
        "check": {"interval": "10s", "timeout": "4s", "failures": 3, "successes": 3, "offset": "5s"},
        "ttl": "20s",
        "client_return": "never",
        "route": "1s",
    },
    "databases": {
        "orders": {
            "primary": "east",
            "replicas": ["west"],
            "service": {"write": "1ms", "read": "400us", "probe": "100us", "workers": 8},
            "replication": {"record": "1kB", "share": 1.0, "apply": "50us"},
            "failover": {
                "interval": "5s",
                "timeout": "2s",
                "failures": 3,
                "offset": "1s",
                "decision": "7s",
                "fencing": "none",
                "promotion": "3s",
                "restart": "10s",
                "rewind": "30s",
                "rebuild": "40s",
            },
            "workload": {
                "writes": "100/s",
                "arrivals": {"kind": "constant"},
                "retry": {"timeout": "2s", "attempts": 1},
                "sessions": {"count": 64},
            },
        }
    },
}


def merge(into: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return ``into`` with ``patch`` merged over it (JSON merge patch); neither is changed."""
    out = deepcopy(into)
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merge(out[key], value)
        else:
            out[key] = deepcopy(value)
    return out


def scenario(
    patch: dict[str, Any] | None = None, *, orders: dict[str, Any] | None = None, **faults: Any
) -> Scenario:
    """Return the resolved scenario: BASE with ``patch``, ``orders`` over its store, and these faults."""
    authored = merge(BASE, patch or {})
    authored = merge(authored, {"databases": {"orders": orders or {}}, "faults": faults})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(yaml.safe_dump(authored))
        return resolve(load(str(path)))


@dataclass
class Run:
    """The journal of a run, and what its measures say."""

    scenario: Scenario
    tables: dict[str, dict[str, dict[str, np.ndarray]]]
    milestones: list[Milestone]

    def table(self, name: str, column: str) -> np.ndarray:
        """Return a column of a table of ``orders``; empty if the table has no rows."""
        return self.tables["orders"].get(name, {}).get(column, np.zeros(0, np.int64))

    def when(self, kind: str, subject: str | None = None) -> list[int]:
        """Return the times (ns) of the milestones of this kind, and subject if given."""
        return [m.at_ns for m in self.milestones if m.kind == kind and subject in (None, m.subject)]

    def by_rid(self, table: str, column: str) -> dict[int, int]:
        """Return rid -> value of a column."""
        return dict(zip(self.table(table, "rid").tolist(), self.table(table, column).tolist(), strict=True))

    def lost(self) -> list[int]:
        """Return the sequence numbers, from 1, of the writes that were committed but are on no surviving
        timeline.
        """
        kept = {(c["timeline"], c["parent"], c["cut"]) for c in self._cuts()}
        versions, rids = self.table("commits", "version"), self.table("commits", "rid")
        gone = [
            int(rid & LSN) + 1
            for version, rid in zip(versions.tolist(), rids.tolist(), strict=True)
            if any(version >> 40 == parent and version & LSN > cut for _, parent, cut in kept)
        ]
        return sorted(gone)

    def _cuts(self) -> list[dict[str, int]]:
        columns = ("timeline", "parent", "cut")
        rows = zip(*(self.table("cuts", c).tolist() for c in columns), strict=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def journeys(self, since_ns: int = 0, *, replica: str = "west") -> dict[int, tuple[int, ...]]:
        """Return rid -> (send, end, outcome, commit, sent, received, applied), -1 where it never was, of
        writes sent from then on.

        What was sent or received twice counts as the last time.
        """
        versions = self.by_rid("commits", "version")
        commits = self.by_rid("commits", "commit_ns")
        at = [
            dict(
                zip(
                    self.table(f"{t}/{replica}", "version").tolist(),
                    self.table(f"{t}/{replica}", "at_ns").tolist(),
                    strict=True,
                )
            )
            for t in ("sent", "received", "applied")
        ]
        ops = zip(
            *(self.table("ops", c).tolist() for c in ("rid", "send_ns", "end_ns", "outcome", "kind")),
            strict=True,
        )
        return {
            rid: (send, end, outcome, commits.get(rid, -1), *(t.get(versions.get(rid, -1), -1) for t in at))
            for rid, send, end, outcome, kind in ops
            if send >= since_ns and kind == 1
        }

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The figures of the measures, as documents have them."""
        found: dict[str, Any] = plain(self.measured)
        return found

    @cached_property
    def measured(self) -> Figures:
        """The figures of the measures; every sum of conservation must close, and missing records add up."""
        measures = Measures.of(self.scenario)
        for domain, tables in self.tables.items():
            measures.fold(Slice(domain, self.scenario.duration, tables, tuple(self.milestones)))
        measures.finish(self.milestones, self.scenario.duration)
        figures = measures.figures()
        assert listed(measures.missing()) == counted(figures)
        return figures


def run(
    patch: dict[str, Any] | None = None, *, orders: dict[str, Any] | None = None, seed: int = 1, **faults: Any
) -> Run:
    """Run ``scenario(patch, orders=orders, **faults)`` once."""
    built = scenario(patch, orders=orders, **faults)
    return run_of(built, seed)


def run_of(built: Scenario, seed: int) -> Run:
    """Run a resolved scenario once."""
    found = run_tables(built, seed)
    return Run(built, found["tables"], found["milestones"])


def stage(r: Run, which: str, replica: str = "west") -> np.ndarray:
    """Return when each record was ``sent``, ``received`` or ``applied`` (ns), in the order of the journal."""
    return r.table(f"{which}/{replica}", "at_ns")


def arrivals(rate: int, until_ns: int) -> np.ndarray:
    """Return the send times (ns) of constant arrivals at ``rate`` a second, strictly before ``until_ns``."""
    gap = S // rate
    return np.arange(gap, until_ns, gap, dtype=np.int64)
