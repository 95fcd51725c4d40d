"""Tables of the lakehouse: lists of commits, each a few ranges of positions of the bus; never records.

A domain has a table of each zone in each region. A commit appears as a whole, unless the catalog of its
region is out: then it waits.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.core import dials as d
from sim.core.stages import ZONES
from sim.journal.recorder import Table as Columns
from sim.models.component import Component, Needed
from sim.models.setting import ModelSetting
from sim.spec.faults.turned import turned


class PositionRange(NamedTuple):
    """Positions [begin, end) of the bus of region ``source`` (its index)."""

    source: int
    begin: int
    end: int


class Commit(NamedTuple):
    """What became visible in a table at ``at`` (ns).

    ``read``: how many commits of its input had been read, its own included; a raw commit has no input: 0.
    """

    at: int
    ranges: tuple[PositionRange, ...]
    read: int

    @property
    def rows(self) -> int:
        """The number of rows."""
        return sum(part.end - part.begin for part in self.ranges)


def joined(parts: Iterable[PositionRange]) -> tuple[PositionRange, ...]:
    """Return the ranges in their order; where one begins where the one before it ended, they are one."""
    found: list[PositionRange] = []
    for part in parts:
        if found and found[-1].source == part.source and found[-1].end == part.begin:
            part = PositionRange(part.source, found.pop().begin, part.end)
        found.append(part)
    return tuple(found)


def tables_log(domain: str, zone: str) -> str:
    """Return the name of the log of a zone's commits, wherever they are."""
    return f"{domain}/tables/{zone}"


class ZoneTable:
    """The commits of one zone in one region, numbered from 0; the first ones may have been dropped."""

    def __init__(self, zone: str, region: str) -> None:
        self.zone, self.region = zone, region
        self.first = 0  # the number of the first commit kept
        self._commits: list[Commit] = []
        self._rows: list[tuple[int, int, PositionRange]] = []  # for the journal: at, commit, range
        self._taken: list[tuple[int, int]] = []  # for the journal: at, kept

    @property
    def count(self) -> int:
        """How many commits the table has."""
        return self.first + len(self._commits)

    def get(self, number: int) -> Commit:
        """Return a commit that has not been dropped."""
        return self._commits[number - self.first]

    def visible(self, at: int) -> int:
        """Return how many commits appeared strictly before ``at``, which is no earlier than the last."""
        late = 0
        while late < len(self._commits) and self._commits[-1 - late].at >= at:
            late += 1
        return self.count - late

    def least_read(self) -> int:
        """Return the least number of input commits read that a commit still kept tells of; 0 without one."""
        return min((commit.read for commit in self._commits), default=0)

    def append(self, commit: Commit) -> None:
        """A commit becomes visible."""
        self._rows += [(commit.at, self.count, part) for part in commit.ranges]
        self._commits.append(commit)

    def take_back(self, kept: int, at: int) -> None:
        """Take back every commit beyond the first ``kept``."""
        if kept < self.count:
            assert kept >= self.first, "nothing that may be taken back is dropped"
            del self._commits[kept - self.first :]
            self._taken.append((at, kept))

    def drop(self, before: int) -> None:
        """Forget the commits before number ``before``; the table has them still."""
        if before > self.first:
            del self._commits[: before - self.first]
            self.first = before

    def take_rows(self) -> dict[str, Columns]:
        """Return the journal's new rows, as far as there are any: ``<zone>/<region>`` and ``taken/...``."""
        found: dict[str, Columns] = {}
        name = f"{self.zone}/{self.region}"
        if self._rows:
            columns = np.array([(at, n, *part) for at, n, part in self._rows], np.int64).T
            found[name] = {
                "at_ns": columns[0].copy(), "commit": columns[1].copy(),
                "source": columns[2].astype(np.int16), "begin": columns[3].copy(), "end": columns[4].copy(),
            }  # fmt: skip
        if self._taken:
            columns = np.array(self._taken, np.int64).T
            found[f"taken/{name}"] = {"at_ns": columns[0].copy(), "kept": columns[1].copy()}
        self._rows, self._taken = [], []
        return found


@dataclass(eq=False, slots=True)
class Due:
    """A commit that is to appear at ``at`` (ns), or as soon after that as the catalog of its region allows.

    ``seen``: called when it has appeared.
    """

    at: int
    ranges: tuple[PositionRange, ...]
    read: int
    seen: Callable[[], None]


class ZoneTables(Component):
    """The tables of one domain, and the commits that wait for a catalog. ``grown`` is told of each commit."""

    def __init__(self, setting: ModelSetting, *, grown: Callable[[ZoneTable], None]) -> None:
        self.name, self.domain = f"{setting.domain}/lake/tables", setting.domain
        self._setting, self._grown = setting, grown
        self.regions = setting.network.regions
        self.of = {zone: {region: ZoneTable(zone, region) for region in self.regions} for zone in ZONES}
        self._waiting: dict[str, list[tuple[ZoneTable, Due]]] = {region: [] for region in self.regions}
        # what a region loses with its data is sent anew from the first commit on
        self._all_needed = any(turn.value == "lost" for _, turn in turned(setting.scenario, d.BUS_DATA))
        setting.dials.listen(d.CATALOG)

    def publish(self, table: ZoneTable, due: Due) -> None:
        """Let a commit that is due now appear, or wait while the catalog is out."""
        if self._setting.dials.value(d.CATALOG, table.region):
            self._setting.dials.hit(d.CATALOG, table.region)
            self._waiting[table.region].append((table, due))
        else:
            self._appear(table, due)

    def withdraw(self, due: Due) -> None:
        """A commit that may be waiting is not to appear."""
        for region, waiting in self._waiting.items():
            self._waiting[region] = [pair for pair in waiting if pair[1] is not due]

    def changed(self, cause: int | None) -> None:  # noqa: ARG002  # nothing is noted here
        """Let what waited for a catalog that is back appear, in the order in which it became due."""
        for region, waiting in self._waiting.items():
            if waiting and not self._setting.dials.value(d.CATALOG, region):
                self._waiting[region] = []
                for table, due in sorted(waiting, key=lambda pair: (pair[1].at, ZONES.index(pair[0].zone))):
                    self._appear(table, due)

    def _appear(self, table: ZoneTable, due: Due) -> None:
        table.append(Commit(self._setting.now, due.ranges, due.read))
        due.seen()
        self._grown(table)

    def take_rows(self) -> dict[str, Columns]:
        """Return the journal's new rows of all tables."""
        found: dict[str, Columns] = {}
        for tables in self.of.values():
            for table in tables.values():
                found.update(table.take_rows())
        return found

    def forget(self, needed: Needed) -> None:
        """Forget commits that every region shares and that every job, wherever it may go on, has read."""
        read = None  # so many commits of this zone have been read for good
        for zone in () if self._all_needed else reversed(ZONES):
            floor = needed(tables_log(self._setting.domain, zone))
            assert floor is not None, "they are copied"
            for table in self.of[zone].values():
                # the last one says what had been read
                table.drop((floor if read is None else min(floor, read)) - 1)
            read = min(table.least_read() for table in self.of[zone].values())
