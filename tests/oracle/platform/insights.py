"""Dashboards and the like: refreshed now and then from the analytics tables of their region."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

if TYPE_CHECKING:
    from .platform import Path


class Insight:
    """One reader of tables in one region."""

    def __init__(self, path: "Path", name: str, region: int) -> None:
        self.path = path
        self.spec = path.twin.scenario.insights[name]
        self.region = region
        self.name = f"insights/{name}/{path.names[region]}"
        self.rows: dict[str, list[tuple[int, int, int]]] = {domain: [] for domain in self.spec.reads}
        path.clock.process(self._run())

    def _run(self):
        path = self.path
        rid = 0
        while True:
            delay = path.draws.duration(self.spec.refresh, path.draws.key(self.name), rid, Purpose.REFRESH)
            rid += 1
            yield path.clock.after(delay, self.name)
            self._refresh()

    def _refresh(self) -> None:
        path, region = self.path, self.region
        tables = {domain: path.parts[domain].tables["analytics"][region] for domain in self.spec.reads}
        dangling = any(path.parts[domain].dangling("analytics", region) for domain in self.spec.reads)
        path.count["refreshes that find a dangling table"] += dangling
        path.count["refreshes without a catalog"] += bool(path.catalogs[region].outages)
        path.count["refreshes in a dead region"] += not path.network.up(region)
        path.fire(path.catalogs[region].outages)
        fails = dangling or bool(path.catalogs[region].outages) or not path.network.up(region)
        for domain, table in tables.items():
            self.rows[domain].append((path.clock._now, int(not fails), table.seen()))
