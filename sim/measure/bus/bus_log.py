"""The bus of one region as the journal tells it: which version lies at which position, by runs."""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from sim.journal.recorder import Table
from sim.measure.platform.spans import Spans

Run = tuple[int, int, int]  # index of the first row, first version, rows


def runs_of(versions: np.ndarray, *others: np.ndarray) -> list[Run]:
    """Return the maximal runs of rows whose versions count up while ``others`` stay equal."""
    if not len(versions):
        return []
    breaks = versions[1:] - versions[:-1] != 1
    for other in others:
        if other[0] != other[-1] or (other != other[0]).any():
            breaks |= other[1:] != other[:-1]
    starts = np.concatenate([[0], np.flatnonzero(breaks) + 1])
    sizes = np.diff(np.concatenate([starts, [len(versions)]]))
    return list(zip(starts.tolist(), versions[starts].tolist(), sizes.tolist(), strict=True))


class BusLog:
    """Positions of ``bus/<region>`` -> versions; memory counts runs."""

    def __init__(self) -> None:
        self.end = 0  # the position of the next row
        self.gone = Spans()  # positions
        self._starts: list[int] = []
        self._versions: list[int] = []
        self._origins: list[int] = []

    def extend(self, rows: Table) -> list[Run]:
        """Append rows; return their runs."""
        runs = runs_of(rows["version"], rows["origin"])
        for first, version, _ in runs:
            self._append(self.end + first, version, int(rows["origin"][first]))
        self.end += len(rows["version"])
        return runs

    def _append(self, start: int, version: int, origin: int) -> None:
        if (
            self._starts
            and self._origins[-1] == origin
            and self._versions[-1] - self._starts[-1] == (version - start)
        ):
            return
        self._starts.append(start)
        self._versions.append(version)
        self._origins.append(origin)

    def versions(self, begin: int, end: int, *, origin: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield (first version, rows) of the runs at [begin, end), in order of position.

        ``origin``: of rows that were first published in that region (index) only. ValueError beyond the end.
        """
        if end > self.end:
            raise ValueError(f"position {end - 1} of a bus that has {self.end} rows")
        i = bisect_right(self._starts, begin) - 1
        while begin < end:
            stop = min(end, self._starts[i + 1] if i + 1 < len(self._starts) else self.end)
            if origin in (None, self._origins[i]):
                yield self._versions[i] + begin - self._starts[i], stop - begin
            begin, i = stop, i + 1

    def held(self, positions: Spans, *, origin: int | None = None) -> Spans:
        """Return the versions at the given positions."""
        return Spans(
            (version, version + rows)
            for begin, end in positions
            for version, rows in self.versions(begin, end, origin=origin)
        )

    def published(self, region: int) -> Spans:
        """Return the versions that were first published in ``region`` (index), if this is its bus."""
        return self.held(Spans([(0, self.end)]), origin=region)

    def present(self) -> Spans:
        """Return the versions of the rows that are not gone."""
        return self.held(Spans([(0, self.end)]).minus(self.gone))
