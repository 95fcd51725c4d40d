"""Which region's tables are copied to which: followers, what is shared, and the flows that connect them."""

from collections import Counter

import numpy as np

from sim.core import dials as d
from sim.core.stages import ZONES
from sim.journal.recorder import Table as Columns
from sim.models.component import Component
from sim.models.dials import Strike
from sim.models.lake.table_copy import TableCopy
from sim.models.lake.tables import ZoneTable, ZoneTables, tables_log
from sim.models.setting import ModelSetting


class TableSync(Component):
    """The copies of one domain's tables, all from the region where the lake is computed (``home``)."""

    def __init__(self, setting: ModelSetting, tables: ZoneTables, home: str) -> None:
        self.name, self.domain = f"{setting.domain}/lake/sync", setting.domain
        self.inputs = tuple(tables_log(setting.domain, zone) for zone in ZONES)
        self.home = home
        self._setting, self._tables = setting, tables
        self._following = set(tables.regions) - {home}  # those that share all they have with the home
        self._shared = {zone: dict.fromkeys(tables.regions, 0) for zone in ZONES}  # of the others
        self._flows: dict[str, TableCopy] = {}
        self._begun: Counter[str] = Counter()
        self._ended: dict[str, list[tuple[int, int]]] = {}  # for the journal: table -> (from, to)
        for dial in (d.OBJECT_PAUSE, d.OBJECT_LAG, d.METADATA_FIRST):
            setting.dials.listen(dial)
        setting.dials.listen(d.BUS_DATA, struck=self._struck)
        self._connect()

    # --- who shares what ------------------------------------------------------------------------------------

    def shared(self, zone: str, region: str) -> int:
        """Return how many commits a region's table shares with the home's."""
        if region == self.home or region in self._following:
            return self._tables.of[zone][region].count
        return self._shared[zone][region]

    def _follow(self) -> None:
        """Whoever is joined to the home for the first time drops what it does not share, and follows it."""
        for region in self._tables.regions:
            if region != self.home and region not in self._following and self._joined(region):
                for zone in ZONES:
                    self._tables.of[zone][region].take_back(self._shared[zone][region], self._setting.now)
                self._following.add(region)

    def _joined(self, region: str) -> bool:
        network = self._setting.network
        return network.up(region) and network.up(self.home) and network.joined(self.home, region)

    def move(self, home: str) -> None:
        """Copy from another region: what each other one shares with it is what it shared before, at most."""
        for region in list(self._flows):
            self._disconnect(region)
        for zone in ZONES:
            limit = self.shared(zone, home)
            of = {region: min(self.shared(zone, region), limit) for region in self._tables.regions}
            self._shared[zone] = of
        self.home, self._following = home, set()
        self._connect()

    def _struck(self, strike: Strike) -> None:
        if strike.value == "lost":
            self._lost(strike.of[0])

    def _lost(self, region: str) -> None:
        """A region's tables are emptied: it shares nothing; if it is the home, nobody shares anything."""
        for zone in ZONES:
            self._tables.of[zone][region].take_back(0, self._setting.now)
            self._shared[zone][region] = 0
            if region == self.home:
                self._shared[zone] = dict.fromkeys(self._tables.regions, 0)
        if region == self.home:
            self._following = set()

    # --- flows ----------------------------------------------------------------------------------------------

    def needs(self, log: str) -> int:
        """Return the first commit of a zone's tables that a region does not share with all others."""
        (zone,) = (zone for zone in ZONES if tables_log(self._setting.domain, zone) == log)
        return min(self.shared(zone, region) for region in self._tables.regions)

    def changed(self, cause: int | None) -> None:  # noqa: ARG002  # nothing is noted here
        """Take notice of a change in the world now."""
        self._connect()

    def _connect(self) -> None:
        """Follow, connect, disconnect, change speeds."""
        self._follow()
        for region in self._tables.regions:
            connected = region in self._following and self._joined(region)
            if region in self._flows and not connected:
                self._disconnect(region)
            elif connected and region not in self._flows:
                ends = (self.home, region)
                self._flows[region] = TableCopy(self._setting, self._tables, ends, begun=self._begun)
        for flow in self._flows.values():
            flow.pace()
            flow.look()

    def _disconnect(self, region: str) -> None:
        flow = self._flows.pop(region)
        flow.cut()
        for zone in ZONES:
            self._end(zone, region, flow.take_dangling(zone, self._setting.now, cut=True))

    def grown(self, table: ZoneTable) -> None:
        """A commit has appeared in a table."""
        if table.region == self.home:
            for flow in self._flows.values():
                flow.look()

    # --- dangling -------------------------------------------------------------------------------------------

    def dangling(self, zone: str, region: str) -> bool:
        """Return whether a region's table was dangling just before now."""
        return region in self._flows and self._flows[region].dangling(zone, self._setting.now)

    def _end(self, zone: str, region: str, found: list[tuple[int, int]]) -> None:
        if found:
            self._ended.setdefault(f"dangling/{zone}/{region}", []).extend(found)

    def take_rows(self) -> dict[str, Columns]:
        """Return the journal's rows of what was dangling until strictly before the settled time."""
        return self._dangled(last=False)

    def final_rows(self) -> dict[str, Columns]:
        """Return what still dangles when the run ends."""
        return self._dangled(last=True)

    def _dangled(self, *, last: bool) -> dict[str, Columns]:
        before = self._setting.store.settled
        for region, flow in self._flows.items():
            for zone in ZONES:
                self._end(zone, region, flow.take_dangling(zone, before, cut=last))
        ended, self._ended = self._ended, {}
        return {
            name: {
                "from_ns": np.array([begin for begin, _ in rows], np.int64),
                "to_ns": np.array([end for _, end in rows], np.int64),
            }
            for name, rows in ended.items()
        }
