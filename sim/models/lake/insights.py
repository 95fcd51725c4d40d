"""Insights: dashboards, reports, feature jobs and queries that read the analytics tables of their region."""

from itertools import count

from sim.core import dials as d
from sim.core.draws import Purpose
from sim.engine.clock import Steps
from sim.models.lake.lake import House
from sim.models.setting import Setting
from sim.spec.lake.insight import Insight as Rules


class Insight:
    """One insight in all its regions. ``houses``: those of the domains that it reads."""

    def __init__(self, name: str, rules: Rules, houses: list[House], setting: Setting) -> None:
        assert rules.regions is not None, "resolved"
        self._name, self._rules, self._houses, self._setting = name, rules, houses, setting
        for region in rules.regions:
            setting.clock.run(self._refreshes(region))

    def _refreshes(self, region: str) -> Steps:
        who = f"insights/{self._name}/{region}"
        for rid in count():
            wait = self._setting.draw(who, self._rules.refresh, Purpose.REFRESH, rid=rid)
            yield self._setting.clock.sleep(who, wait)
            self._refresh(region)

    def _refresh(self, region: str) -> None:
        """Show what is visible, if the region, its catalog and the tables allow it."""
        setting = self._setting
        out = setting.dials.value(d.CATALOG, region)
        setting.dials.hit(d.CATALOG, region)
        dangling = any(house.sync.dangling("analytics", region) for house in self._houses)
        ok = setting.network.up(region) and not out and not dangling
        for house in self._houses:
            house.refreshed(self._name, region, ok=ok)
