"""Rows of the journal's path tables as runs of versions, in order of time."""

from collections.abc import Iterator

import numpy as np

from sim.journal.recorder import Table
from sim.measure.bus.bus_log import BusLog, runs_of

Stream = tuple[str, np.ndarray, np.ndarray]  # what the rows say, times, versions
Piece = tuple[str, int, np.ndarray]  # what the rows say, first version, times


def rows_of(table: Table) -> list[dict[str, int]]:
    """Return a small table as rows."""
    columns = {name: values.tolist() for name, values in table.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def versions_at(log: BusLog, positions: np.ndarray) -> np.ndarray:
    """Return the versions (n,) int64 at positions of one bus."""
    out = np.empty(len(positions), np.int64)
    for first, position, count in runs_of(positions):
        at = first
        for version, rows in log.versions(position, position + count):
            out[at : at + rows] = np.arange(version, version + rows)
            at += rows
    return out


def read_versions(logs: list[BusLog], rows: Table) -> np.ndarray:
    """Return the versions (n,) int64 of rows with ``region`` and ``position``."""
    regions = rows["region"]
    if (regions == regions[0]).all():
        return versions_at(logs[int(regions[0])], rows["position"])
    out = np.empty(len(regions), np.int64)
    for region in np.unique(regions).tolist():
        mine = regions == region
        out[mine] = versions_at(logs[region], rows["position"][mine])
    return out


class Merged:
    """Rows of several streams in order of time; of equal times the earlier stream's come first."""

    def __init__(self, streams: list[Stream]) -> None:
        self._kinds = [kind for kind, _, _ in streams]
        none = np.zeros(0, np.int64)
        self._at = self._version = self._which = none
        self._begin = 0
        if len(streams) == 1:
            self._at, self._version = streams[0][1:]
        elif streams:
            sizes = [len(at) for _, at, _ in streams]
            columns = (
                np.concatenate([at for _, at, _ in streams]),
                np.concatenate([version for _, _, version in streams]),
                np.repeat(np.arange(len(streams)), sizes),
            )
            order = np.argsort(columns[0], kind="stable")
            self._at, self._version, self._which = (column[order] for column in columns)

    def pieces(self, until_ns: int | None = None) -> Iterator[Piece]:
        """Yield the next maximal runs of versions, of rows at or before ``until_ns`` (None: all)."""
        stop = len(self._at) if until_ns is None else int(np.searchsorted(self._at, until_ns, side="right"))
        part, self._begin = slice(self._begin, stop), max(self._begin, stop)
        at = self._at[part]
        others = (self._which[part],) if len(self._kinds) > 1 else ()
        for first, version, count in runs_of(self._version[part], *others):
            kind = self._kinds[int(self._which[part][first]) if others else 0]
            yield kind, version, at[first : first + count]
