"""The bus of one domain in one region: a log of visible rows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sim.core import dials as d
from sim.core.identity import lsn_of
from sim.core.stages import BUS
from sim.engine.cursor import Gate
from sim.engine.log import Log
from sim.journal.recorder import Table
from sim.models.bus.cluster import Cluster
from sim.models.bus.runs import Runs
from sim.models.component import Component, Needed
from sim.models.dials import Strike
from sim.models.setting import ModelSetting
from sim.spec.faults.turned import turned

ALL = np.zeros(0, np.bool_)  # no row is passed by


def bus_log(domain: str, region: str) -> str:
    """Return the name of the log of all rows of a region's bus."""
    return f"{domain}/{BUS.at(region)}"


def published_log(domain: str, region: str) -> str:
    """Return the name of the log of those that were published there."""
    return f"{domain}/published/{region}"


def carried_log(domain: str, region: str) -> str:
    """Return the name of the log of those that mirrors carried there."""
    return f"{domain}/carried/{region}"


# of a row on a bus; as wide as the limits ask
COLUMNS = {"at": np.int64, "version": np.int64, "partition": np.int16, "gone": np.bool_, "origin": np.int8}


class Publication(NamedTuple):
    """Rows that become visible: when (ns), version, partition; ``landed(positions)`` is called."""

    origin: int
    at: np.ndarray
    version: np.ndarray
    partition: np.ndarray
    landed: Callable[[np.ndarray], None]


class RegionBus(Component):
    """Rows numbered by position. ``end`` is the position of the next row, ``base`` of the first one kept.

    What is published here and what mirrors carry here waits in batches until ``advance`` merges them.

    ``own``: the rows published here (origin is this region), numbered apart: what mirrors carry;
    ``own_positions``: the position of each. ``retention``: (in force, base), ns.
    """

    def __init__(self, setting: ModelSetting, cluster: Cluster) -> None:
        assert setting.scenario.bus is not None, "there is one"
        retention, region = setting.scenario.bus.retention, cluster.region
        self.domain = setting.domain
        self.name = bus_log(setting.domain, region)
        self.inputs = (published_log(setting.domain, region), carried_log(setting.domain, region))
        self.outputs = (self.name,)
        self.region, self.index, self.cluster = region, setting.network.regions.index(region), cluster
        self._setting = setting
        self._coming: list[Publication] = []
        self._listen()
        self.rows = Log(0, **COLUMNS)
        self.own = Log(at=np.int64, version=np.int64, partition=np.int16, gone=np.bool_)
        self.own_positions = Runs()
        self.retention = (retention, retention)
        # elections can take away rows that became visible up to so long ago, ns
        self._hold = max((turn.value for _, turn in turned(setting.scenario, d.ELECTION)), default=0)
        self._out = 0  # next row for the journal
        self._gone: list[tuple[int, np.ndarray]] = []  # when, positions: for the journal
        self._gone_dropped: list[np.ndarray] = []  # positions of rows that were gone when they were dropped

    @property
    def base(self) -> int:
        """The position of the first row kept."""
        return self.rows.base

    @property
    def end(self) -> int:
        """The position of the next row."""
        return self.rows.end

    def at_ns(self, position: int) -> int:
        """Return when a row that is kept became visible."""
        return int(self.rows.part("at", position, position + 1)[0])

    def versions(self, begin: int, end: int) -> np.ndarray:
        """Return the versions of rows that are kept."""
        return self.rows.part("version", begin, end)

    def gate(self, row: int, reacts: np.ndarray = ALL, *, own: bool = False) -> Gate:
        """Return what decides whether its rows (or those published here) are served, from a row on."""
        rows = self.own if own else self.rows
        partition, gone = rows.since("partition", row), rows.since("gone", row)
        return Gate(partition, gone, self.cluster.closed, *self.retention, reacts)

    def publish(self, at: np.ndarray, version: np.ndarray, partition: np.ndarray) -> None:
        """Take in rows published here, in order of time."""
        self.own.append(at=at, version=version, partition=partition)
        self.put(Publication(self.index, at, version, partition, self.own_positions.append))

    def put(self, batch: Publication) -> None:
        """Take in rows, in order of time, all later than those merged before."""
        if batch.at.size:
            self._coming.append(batch)

    def advance(self, until: int) -> None:  # noqa: ARG002  # all who write have come so far
        """Append what has been put here, by (time, origin, lsn)."""
        batches, self._coming = self._coming, []
        if not batches:
            return
        if len(batches) == 1 and _in_order(batches[0]):
            self._append(batches[0])
        else:
            self._sort(batches)

    def _append(self, batch: Publication) -> None:
        self.rows.append(at=batch.at, version=batch.version, partition=batch.partition, origin=batch.origin)
        batch.landed(np.arange(self.end - batch.at.size, self.end))

    def _sort(self, batches: Sequence[Publication]) -> None:
        at = np.concatenate([batch.at for batch in batches])
        version = np.concatenate([batch.version for batch in batches])
        origin = np.concatenate([np.full(batch.at.size, batch.origin, np.int8) for batch in batches])
        order = np.lexsort((lsn_of(version), origin, at))
        partition = np.concatenate([batch.partition for batch in batches])[order]
        position = np.empty(at.size, np.int64)
        position[order] = np.arange(self.end, self.end + at.size)
        self.rows.append(at=at[order], version=version[order], partition=partition, origin=origin[order])
        begin = 0
        for batch in batches:
            batch.landed(position[begin : begin + batch.at.size])
            begin += batch.at.size

    # --- what happens to it ---------------------------------------------------------------------------------

    def _listen(self) -> None:
        dials, region = self._setting.dials, self.region
        dials.listen(d.ELECTION, struck=self._elect)
        dials.listen(d.BUS_DATA, region, struck=self._struck)
        dials.listen(d.BUS_WIRE, region)  # mirrors read it, as far as there are any
        dials.listen(d.RETENTION, self._setting.domain, region)

    def _elect(self, strike: Strike) -> None:
        """What a broker led and its followers did not have is lost with it."""
        if strike.of[0] == self.region and strike.value:
            now = self._setting.now
            self.lose_since(now - strike.value, self.cluster.led(strike.fault), now)

    def _struck(self, strike: Strike) -> None:
        if strike.value == "lost":
            self.lose_all(self._setting.now)

    def changed(self, cause: int | None) -> None:  # noqa: ARG002  # as every component is told
        """Keep rows as long as overlays allow now."""
        setting, (_, base) = self._setting, self.retention
        least = setting.dials.value(d.RETENTION, setting.domain, self.region, base=base)
        self.retention = (least, base)

    # --- rows that go ---------------------------------------------------------------------------------------

    def lose_since(self, since: int, partitions: np.ndarray, now: int) -> None:
        """Rows of some partitions (bool by partition) that became visible at ``since`` or later are gone."""
        at, partition = self.rows.all("at"), self.rows.all("partition")
        self._lose((at >= since) & partitions[partition], now)

    def lose_all(self, now: int) -> None:
        """All rows are gone."""
        self._gone_dropped = [np.concatenate([np.zeros(0, np.int64), *self._gone_dropped])]
        dropped = np.setdiff1d(np.arange(self.base), self._gone_dropped[0])
        if dropped.size:
            self._gone.append((now, dropped))
            self._gone_dropped.append(dropped)
        self._lose(np.ones(self.end - self.base, np.bool_), now)

    def _lose(self, lost: np.ndarray, now: int) -> None:
        gone, own = self.rows.all("gone"), self.rows.all("origin") == self.index
        lost = lost & ~gone
        if not lost.any():
            return
        gone |= lost
        self._gone.append((now, self.base + np.flatnonzero(lost)))
        number = self.own_positions.below(self.base) + np.cumsum(own) - 1  # of those published here
        numbers = number[lost & own] - self.own.base
        self.own.all("gone")[numbers[numbers >= 0]] = True

    def forget(self, needed: Needed) -> None:
        """Forget the rows that nobody asks for any more, of all and of those published here."""
        position, own = needed(self.name), needed(published_log(self._setting.domain, self.region))
        self.own.drop(self.own.end if own is None else own)
        position = self.end if position is None else min(position, self.end)
        if self.own.base < self.own_positions.count:
            position = min(position, self.own_positions.value(self.own.base))
        if self._hold and self.end > self.base:
            held = self.rows.all("at").searchsorted(self._setting.store.settled - self._hold)
            position = min(position, self.base + int(held))
        before, position = self.base, min(position, self._out)
        if position <= before:
            return
        gone = before + np.flatnonzero(self.rows.part("gone", before, position))
        self.rows.drop(position)
        gone = gone[gone < self.base]
        if gone.size:
            self._gone_dropped.append(gone)

    # --- the journal ----------------------------------------------------------------------------------------

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows."""
        tables: dict[str, Table] = {}
        begin, self._out = self._out, self.end
        if begin < self.end:
            part = {
                name: self.rows.part(name, begin, self.end).copy() for name in ("at", "version", "origin")
            }
            tables[BUS.at(self.region)] = {
                "at_ns": part["at"], "version": part["version"], "origin": part["origin"].astype(np.int16),
            }  # fmt: skip
        if self._gone:
            tables[f"gone/{self.region}"] = {
                "at_ns": np.concatenate([np.full(rows.size, at, np.int64) for at, rows in self._gone]),
                "position": np.concatenate([rows for _, rows in self._gone]),
            }
            self._gone = []
        return tables


def _in_order(batch: Publication) -> bool:
    """Return whether no two rows of a batch are equal in time, but not in order of lsn."""
    equal = np.flatnonzero(batch.at[1:] == batch.at[:-1])
    lsn = lsn_of(batch.version)
    return bool((lsn[equal] <= lsn[equal + 1]).all())
