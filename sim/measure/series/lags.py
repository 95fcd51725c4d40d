"""How far each standby is behind at moments: what was committed strictly before and it has not received."""

import numpy as np

from sim.core.identity import lsn_of, timeline_of
from sim.journal.recorder import Table
from sim.measure.compiled import CUT, PARENT
from sim.measure.store.ledger import Cut, Ledger

STAGES = ("received", "copied")


def on_line(versions: np.ndarray, timeline: int, lineage: np.ndarray) -> np.ndarray:
    """Return which versions (n,) are on a timeline, as ``sim.measure.compiled.on_timeline`` does for one."""
    own, lsns = timeline_of(versions), lsn_of(versions)
    on: np.ndarray = own == timeline
    last = np.iinfo(np.int64).max
    while timeline > 1:
        last, timeline = min(last, int(lineage[timeline, CUT])), int(lineage[timeline, PARENT])
        on |= (own == timeline) & (lsns <= last)
    return on


class LagsAt:
    """Observer of a store's ledger.

    ``ages_s``, ``records``: by region index, (n,) float64; nan: it is no standby then.
    """

    def __init__(self, moments: np.ndarray, regions: tuple[str, ...], nodes: tuple[str, ...]) -> None:
        self._moments, self._regions, self._next = moments, regions, 0
        self._reached = {regions.index(name): 0 for name in nodes}
        self.ages_s = {node: np.full(len(moments), np.nan) for node in self._reached}
        self.records = {node: np.full(len(moments), np.nan) for node in self._reached}

    def stretch(self, ledger: Ledger, _first: int, tables: dict[str, Table]) -> None:
        """See the rows between two cuts: moments up to the last of them are known now."""
        times = [table["commit_ns" if name == "commits" else "at_ns"][-1] for name, table in tables.items()]
        if times:
            self._look(ledger, tables, int(max(times)) + 1)
        for node in self._reached:
            self._reached[node] = int(self._positions(ledger, tables, node)[1][-1])

    def cut(self, ledger: Ledger, cut: Cut) -> None:
        """See a promotion before the ledger follows it: a replaced primary becomes a standby."""
        self._look(ledger, {}, cut.at_ns)
        for node in self._reached:
            if node == cut.old and not cut.promoted:
                continue
            has = cut.cut if node == cut.old else min(int(ledger.received[node]), cut.cut)
            self._reached[node] = max(has, ledger.line.base - 1)

    def finish(self, ledger: Ledger, end_ns: int) -> None:
        """The run is over."""
        self._look(ledger, {}, end_ns)

    def _look(self, ledger: Ledger, tables: dict[str, Table], until_ns: int) -> None:
        """Work out the moments before ``until_ns``."""
        stop = int(np.searchsorted(self._moments, until_ns))
        if stop <= self._next:
            return
        moments = self._moments[self._next : stop]
        commits = ledger.line.all("commit_ns")
        made = np.searchsorted(commits, moments)
        for node in self._reached:
            if node == ledger.primary:
                continue
            at_ns, reached = self._positions(ledger, tables, node)
            has = reached[np.searchsorted(at_ns, moments)] + 1 - ledger.line.base
            behind = np.maximum(made - has, 0)
            oldest = commits[np.clip(has, 0, max(len(commits) - 1, 0))] if len(commits) else moments
            self.records[node][self._next : stop] = behind
            self.ages_s[node][self._next : stop] = np.where(behind > 0, moments - oldest, 0) / 1e9
        self._next = stop

    def _positions(
        self, ledger: Ledger, tables: dict[str, Table], node: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return times (n,) of what a node received, and (n + 1,) how far it is before and after."""
        names = [f"{stage}/{self._regions[node]}" for stage in STAGES]
        rows = [tables[name] for name in names if name in tables]
        at_ns = np.concatenate([np.zeros(0, np.int64), *(table["at_ns"] for table in rows)])
        versions = np.concatenate([np.zeros(0, np.int64), *(table["version"] for table in rows)])
        order = np.argsort(at_ns, kind="stable") if len(rows) > 1 else slice(None)
        at_ns, versions = at_ns[order], versions[order]
        lsns = np.where(on_line(versions, ledger.timeline, ledger.lineage), lsn_of(versions), 0)
        return at_ns, np.maximum.accumulate(np.concatenate([[self._reached[node]], lsns]))
