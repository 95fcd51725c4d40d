"""Insights: dashboards, reports, feature jobs and queries that read the analytics tables of their region."""

from collections.abc import Iterable
from itertools import count

import numpy as np

from sim.core import dials as d
from sim.core.draws import Purpose
from sim.core.stages import ANALYTICS
from sim.engine.clock import Steps
from sim.journal.recorder import Table as Columns
from sim.models.component import Component
from sim.models.lake.sync import TableSync
from sim.models.lake.tables import ZoneTables
from sim.models.setting import ModelSetting
from sim.spec.lake.insight import Insight as Rules


class Refreshes(Component):
    """What insights have shown of the analytics tables of one domain."""

    def __init__(self, setting: ModelSetting, tables: ZoneTables) -> None:
        self.name, self.domain = f"{setting.domain}/lake/refreshes", setting.domain
        self._setting, self._tables = setting, tables
        self._rows: dict[str, list[tuple[int, int, int]]] = {}  # for the journal: at, ok, commits

    def add(self, name: str, region: str, *, ok: bool) -> None:
        """An insight has been refreshed now, or has failed to."""
        now = self._setting.now
        commits = self._tables.of[ANALYTICS.name][region].visible(now)
        self._rows.setdefault(f"refresh/{name}/{region}", []).append((now, int(ok), commits))

    def take_rows(self) -> dict[str, Columns]:
        """Return the journal's new rows."""
        found, self._rows = self._rows, {}
        return {
            name: {
                "at_ns": np.array([row[0] for row in rows], np.int64),
                "ok": np.array([row[1] for row in rows], np.int8),
                "commits": np.array([row[2] for row in rows], np.int64),
            }
            for name, rows in found.items()
        }


class InsightReader(Component):
    """One insight in all its regions, of the copies and refreshes of the domains that it reads."""

    def __init__(
        self, setting: ModelSetting, name: str, rules: Rules, reads: Iterable[tuple[TableSync, Refreshes]]
    ) -> None:
        assert rules.regions is not None, "resolved"
        self.name, self.domain = f"*/insights/{name}", None
        self._insight, self._rules, self._reads, self._setting = name, rules, list(reads), setting
        for region in rules.regions:
            setting.clock.run(self._refreshes(region))

    def _refreshes(self, region: str) -> Steps:
        who = f"insights/{self._insight}/{region}"
        for rid in count():
            wait = self._setting.draw(who, self._rules.refresh, Purpose.REFRESH, rid=rid)
            yield self._setting.clock.sleep(who, wait)
            self._refresh(region)

    def _refresh(self, region: str) -> None:
        """Show what is visible, if the region, its catalog and the tables allow it."""
        setting = self._setting
        out = setting.dials.value(d.CATALOG, region)
        setting.dials.hit(d.CATALOG, region)
        dangling = any(sync.dangling(ANALYTICS.name, region) for sync, _ in self._reads)
        ok = setting.network.up(region) and not out and not dangling
        for _, refreshes in self._reads:
            refreshes.add(self._insight, region, ok=ok)
