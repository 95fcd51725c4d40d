"""A lakehouse of one domain on buses that the test fills, with nothing else around it.

Regions east (home), north and west; everything is constant, so every time is arithmetic: a row of the
stream job takes 100 ms, a row of ``curated`` 1 ms, one on the way to another region 1 ms (500 B at 0.5 MB/s).
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.core.dials import BUS_DATA, DIALS
from sim.engine.clock import HEAL, START, Clock
from sim.journal.milestones import Milestones
from sim.models.bus.bus import RegionBus, published_log
from sim.models.bus.cluster import Cluster
from sim.models.bus.reader import Reader
from sim.models.component import Component
from sim.models.dials import Dials
from sim.models.graph import Graph
from sim.models.lake.insights import InsightReader
from sim.models.lake.lake import DomainLake, Lakehouse
from sim.models.lake.tables import Due, PositionRange
from sim.models.network import Links
from sim.models.setting import ModelSetting
from tests.theory.one_store import S, merge, scenario

LAKE: dict[str, Any] = {
    "home": "east",
    "standby": ["west", "north"],
    "takeover": "20s",
    "stream": {"transform": "100ms", "parallelism": 1, "checkpoint": "10s", "commit": "2s", "restart": "5s"},
    "curated": {"interval": "60s", "base": "10s", "per_row": "1ms", "restart": "30s"},
    "analytics": {"interval": "100s", "base": "20s", "per_row": "0s", "restart": "30s"},
    "sync": {"share": 0.5, "row": "500B", "lag": "3s", "pointer": "1s"},
}


class Publisher(Component):
    """Makes rows visible on buses: ``coming`` has when, by region (ns, ascending)."""

    name, domain = "orders/publisher", "orders"

    def __init__(self, buses: dict[str, RegionBus]) -> None:
        self.outputs = tuple(published_log("orders", region) for region in buses)
        self.coming: dict[str, list[int]] = {region: [] for region in buses}
        self._buses = buses

    def advance(self, until: int) -> None:
        for region, coming in self.coming.items():
            times = np.array([at for at in coming if at < until], np.int64)
            self.coming[region] = coming[times.size :]
            bus = self._buses[region]
            versions = np.arange(bus.end + 1, bus.end + 1 + times.size, dtype=np.int64) + (1 << 40)
            bus.publish(times, versions, np.zeros(times.size, np.int16))


class Stage:
    """The lakehouse of ``orders``; ``lake`` is merged over LAKE. ``faults`` names those that lose data."""

    def __init__(
        self,
        lake: dict[str, Any] | None = None,
        *,
        insights: dict[str, Any] | None = None,
        serves: Callable[[str], bool] | None = None,
        **faults: Any,
    ) -> None:
        orders = {"replication": {"share": 0.1}}
        patch = {
            "duration": "24h",
            "bus": {"mirror": {"share": 0.1}},
            "lake": merge(LAKE, lake or {}),
            "insights": insights or {},
        }
        self.scenario = scenario(patch, orders=orders, **faults)
        self.clock, self.dials, self.milestones = Clock(), Dials(), Milestones()
        self.network = Links(self.scenario, self.dials)
        self.domain = SimpleNamespace(name="orders", settled=0)
        graph = Graph()
        shared = ModelSetting(
            self.scenario, self.clock, self.network, self.dials, self.milestones, graph, seed=0, trial=0
        )
        self.setting = shared.of(self.domain)
        self.buses = {
            region: RegionBus(self.setting, Cluster(region, partitions=1, brokers=1))
            for region in self.network.regions
        }
        self.starts: list[tuple[str, str, str, str]] = []
        self.start_position = 0
        self._publisher = Publisher(self.buses)
        self.of_orders = DomainLake(self.setting, buses=self.buses, offsets=self, serves=serves)
        reads = [(self.of_orders.sync, self.of_orders.refreshes)]
        insights = [
            InsightReader(shared, name, rules, reads) for name, rules in self.scenario.insights.items()
        ]
        graph.add(self._publisher, *self.buses.values(), *self.of_orders.components, *insights)
        graph.add(Lakehouse(shared, [self.of_orders]))
        graph.close()

    # --- in place of offsets --------------------------------------------------------------------------------

    def watch(self, reader: Reader, rules: Any, *, home: str) -> None:
        """Nothing is mirrored."""

    def start_of(self, reader: str, source: str, target: str, *, start: str) -> int:
        """Begin where the test says."""
        self.starts.append((reader, source, target, start))
        return self.start_position

    # --- what happens ---------------------------------------------------------------------------------------

    def rows(self, region: str, *times: int) -> None:
        """Rows are going to become visible on a region's bus."""
        coming = self._publisher.coming
        coming[region] = sorted([*coming[region], *times])

    def advance(self, until: int) -> None:
        """Everything strictly before a time happens."""
        self.setting.graph.advance(until)

    def raw(self, at: int, rows: int, *, zone: str = "raw", region: str = "east", read: int = 0) -> None:
        """A commit of ``rows`` rows, behind those before it, is due at a time."""

        def publish() -> None:
            table = self.of_orders.tables.of[zone][region]
            begin = table.get(table.count - 1).ranges[-1].end if table.count else 0
            due = Due(at, (PositionRange(0, begin, begin + rows),), read, lambda: None)
            self.of_orders.tables.publish(table, due)

        self.clock.call("orders/a", at, publish)

    def fault(self, what: str, *of: str, at: int, until: int | None = None, value: Any = True) -> None:
        """An overlay is on a dial from ``at`` to ``until``."""
        name = f"{what}/{at}"

        def change(*, on: bool) -> None:
            self.advance(self.clock.now)
            turn = DIALS[what].turn(*of, value=value)
            (self.dials.put if on else self.dials.remove)(turn, name)
            self.changed()

        self.clock.call("fault", at, lambda: change(on=True), START)
        if until is not None:
            self.clock.call("fault", until, lambda: change(on=False), HEAL)

    def changed(self) -> None:
        """Tell everybody that something has changed."""
        self.setting.changed(None)

    def lose(self, region: str) -> None:
        """A region's data is lost now."""
        self.dials.strike("lost", [BUS_DATA.turn(region, value="lost")], 0)

    def at(self, at: int, action: Callable[[], None]) -> None:
        """Do something as a fault does it that strikes at ``at``."""

        def strike() -> None:
            self.advance(self.clock.now)
            action()

        self.clock.call("fault", at, strike, START)

    def run(self, until: int) -> "Stage":
        """Run everything strictly before ``until`` (ns)."""
        while self.clock.peek() < until:
            self.clock.step()
        self.advance(until)
        self.domain.settled = until
        return self

    # --- what has happened ----------------------------------------------------------------------------------

    def tables(self, *, last: bool = False) -> dict[str, Any]:
        """Return the journal's new rows by table, in the end (``last``) also of what has not arrived."""
        return self.setting.graph.rows("orders", self.domain.settled, last=last)

    def commits(self, zone: str, region: str = "east") -> list[tuple[float, list[tuple[int, int]], int]]:
        """Return (time in s, [(begin, end)], commits read) of each commit of a table."""
        table = self.of_orders.tables.of[zone][region]
        found = [table.get(n) for n in range(table.first, table.count)]
        return [(c.at / S, [(part.begin, part.end) for part in c.ranges], c.read) for c in found]

    def times(self, zone: str, region: str = "east") -> list[float]:
        """Return when each commit of a table became visible, s."""
        return [at for at, _, _ in self.commits(zone, region)]

    def notes(self, *kinds: str) -> list[tuple[float, str, str]]:
        """Return (time in s, kind, subject) of the milestones of these kinds."""
        return [(m.at_ns / S, m.kind, m.subject) for m in self.milestones.all if m.kind in kinds]
