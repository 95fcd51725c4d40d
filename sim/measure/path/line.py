"""The surviving timeline of one store: when its commits were made, and by whom, while that matters.

The columns hold the commits that some stage still has to see; of those before, every ``EVERY``-th time is
kept, and the times at marked versions (the boundaries of what tables hold).
"""

from bisect import bisect_right, insort

import numpy as np

from sim.journal.recorder import Table
from sim.journal.schema import LSN_BITS, LSN_MASK
from sim.measure.path.buslog import runs_of
from sim.measure.path.spans import Span, Spans

EVERY = 64
FOREVER = 1 << 62  # the time of a commit that has not been made
COLUMNS = {"commit_ns": np.int64, "rid": np.int64, "key": np.int32}


class Line:
    """Commits of the newest timeline and what it shares with its ancestors."""

    def __init__(self) -> None:
        self.timeline = 1
        self.segments: list[Span] = [(1 << LSN_BITS | 1, 2 << LSN_BITS)]  # the last one is open
        self.end = 1  # log sequence number of the next commit
        self.keys = 0  # greatest key seen, plus 1
        self._off: list[tuple[int, dict[str, np.ndarray]]] = []  # runs of abandoned versions, sorted
        self._base = 1
        self._head = 0
        self._columns = {name: np.zeros(4096, dtype) for name, dtype in COLUMNS.items()}
        self._sparse = np.zeros(64, np.int64)
        self._marks: dict[int, int] = {}
        self._wanted: set[int] = set()

    def extend(self, rows: Table) -> None:
        """Take in commits: those of the newest timeline continue the line, others are abandoned already."""
        own = rows["version"] >> LSN_BITS == self.timeline
        if not own.all():
            self._diverge({name: values[~own] for name, values in rows.items()})
            rows = {name: values[own] for name, values in rows.items()}
        count = len(rows["version"])
        if count == 0:
            return
        if int(rows["version"][0]) & LSN_MASK != self.end:
            raise ValueError(f"commits of timeline {self.timeline} have a gap before {rows['version'][0]}")
        self._make_room(count)
        at = self._head + self.end - self._base
        for name, column in self._columns.items():
            column[at : at + count] = rows[name]
        self._remember(self.end, rows["commit_ns"])
        self.end += count
        self.keys = max(self.keys, int(rows["key"].max()) + 1)
        for version in [v for v in self._wanted if v & LSN_MASK < self.end]:
            self.mark(version)

    def cut(self, timeline: int, last: int) -> None:
        """Follow a promotion: ``timeline`` goes on behind log sequence number ``last``."""
        for low, high in Spans([(last + 1, self.end)]):
            for first, stop in self.committed().within(self.version(low), self.version(high - 1) + 1):
                gone = self.columns(first, stop - first)
                assert gone is not None, "held until every standby has it"
                self._abandon(first, {name: column.copy() for name, column in gone.items()})
        self.segments = [(a, min(b, (a >> LSN_BITS << LSN_BITS) + last + 1)) for a, b in self.segments]
        self.segments = [(a, b) for a, b in self.segments if a < b]
        self.segments.append((timeline << LSN_BITS | last + 1, timeline + 1 << LSN_BITS))
        self.timeline, self.end = timeline, last + 1
        self._wanted = {timeline << LSN_BITS | last + 1}

    def version(self, lsn: int) -> int:
        """Return the version at a log sequence number of the line."""
        return next((a & ~LSN_MASK) | lsn for a, b in reversed(self.segments) if a & LSN_MASK <= lsn)

    def holds(self, version: int) -> bool:
        """Return whether a version is on the line, committed or to be."""
        return any(a <= version < b for a, b in self.segments)

    def on(self, low: int, high: int) -> list[Span]:
        """Return the parts of [low, high) that are on the line, committed or to be."""
        parts = [(max(a, low), min(b, high)) for a, b in self.segments]
        return [(a, b) for a, b in parts if a < b]

    def committed(self) -> Spans:
        """Return the versions on the line."""
        last = self.timeline << LSN_BITS | self.end
        return Spans((a, min(b, last)) for a, b in self.segments if a < last)

    def oldest(self, covered: Spans) -> int:
        """Return the oldest version of the line that is not in ``covered``, committed or to be."""
        for low, high in self.segments:
            version = covered.gap(low)
            if version < high:
                return version
        raise ValueError("versions beyond the last timeline")

    def columns(self, version: int, count: int) -> dict[str, np.ndarray] | None:
        """Return views of the columns of consecutive versions of the line; None if some are not held."""
        low = (version & LSN_MASK) - self._base
        if low < 0 or not self.holds(version) or (version & LSN_MASK) + count > self.end:
            return None
        return {name: c[self._head + low : self._head + low + count] for name, c in self._columns.items()}

    def held(self, low: int, high: int) -> tuple[int, np.ndarray] | None:
        """Return the first version of [low, high) whose key is known, and the keys from there on; None if none."""
        if not self.holds(low):
            keys = [self.key(version) for version in range(low, high)]
            known = next((i for i, key in enumerate(keys) if key >= 0), None)
            return None if known is None else (low + known, np.array(keys[known:], np.int64))
        first = max(low, (low & ~LSN_MASK) | self._base)
        found = self.columns(first, high - first) if first < high else None
        return None if found is None else (first, found["key"])

    def times(self, version: int, count: int) -> np.ndarray:
        """Return the commit times (count,) int64 of consecutive versions of the line, as near as ``clock``."""
        found = self.columns(version, count)
        if found is not None:
            return found["commit_ns"]
        lsn = (version & LSN_MASK) + np.arange(count)
        out = self._sparse[(lsn - 1) // EVERY]
        late = max(0, min(count, self._base - int(lsn[0])))
        out[late:] = self._columns["commit_ns"][self._head + lsn[late:] - self._base]
        out[0] = self.clock(version)
        return out

    def held(self, low: int, high: int) -> tuple[int, np.ndarray] | None:
        """Return the first version of [low, high) whose key is known, and the keys from there on; None if none."""
        if not self.holds(low):
            keys = [self.key(version) for version in range(low, high)]
            known = next((i for i, key in enumerate(keys) if key >= 0), None)
            return None if known is None else (low + known, np.array(keys[known:], np.int64))
        first = max(low, (low & ~LSN_MASK) | self._base)
        found = self.columns(first, high - first) if first < high else None
        return None if found is None else (first, found["key"])

    def times(self, version: int, count: int) -> np.ndarray:
        """Return the commit times (count,) int64 of consecutive versions, as near as ``clock`` knows."""
        found = self.columns(version, count)
        if found is not None:
            return found["commit_ns"]
        return np.array([self.clock(version + i) for i in range(count)], np.int64)

    def clock(self, version: int) -> int:
        """Return when a version was committed (ns), FOREVER if it was not.

        Exact while it is held or marked or abandoned; else the time of an earlier one, at most EVERY before.
        """
        lsn = version & LSN_MASK
        if not self.holds(version):
            off = self._abandoned(version)
            return FOREVER if off is None else off[0]
        if lsn >= self.end:
            return FOREVER
        if lsn >= self._base:
            return int(self._columns["commit_ns"][self._head + lsn - self._base])
        return self._marks.get(version, int(self._sparse[(lsn - 1) // EVERY]))

    def rid(self, version: int) -> int | None:
        """Return the operation of a commit, None if it is not held any more."""
        found = self.columns(version, 1)
        if found is not None:
            return int(found["rid"][0])
        off = self._abandoned(version)
        return None if off is None else off[1]

    def key(self, version: int) -> int:
        """Return the key of a commit that is held, -1 of any other."""
        found = self.columns(version, 1)
        if found is not None:
            return int(found["key"][0])
        off = self._abandoned(version)
        return -1 if off is None else off[2]

    def mark(self, version: int) -> None:
        """Keep the commit time of a version of the line, now or as soon as it is committed."""
        if not self.holds(version):
            return
        if version & LSN_MASK >= self.end:
            self._wanted.add(version)
            return
        self._wanted.discard(version)
        self._marks[version] = self.clock(version)

    def drop_before(self, version: int) -> None:
        """Forget the columns of what lies before ``version`` of the line."""
        base = min(version & LSN_MASK, self.end)
        if base > self._base:
            self._head += base - self._base
            self._base = base

    def _diverge(self, rows: Table) -> None:
        """Keep commits of a timeline that a promotion has already abandoned."""
        for first, version, count in runs_of(rows["version"]):
            self._abandon(version, {name: rows[name][first : first + count] for name in COLUMNS})

    def _abandon(self, version: int, columns: dict[str, np.ndarray]) -> None:
        insort(self._off, (version, columns), key=lambda block: block[0])
        self.keys = max(self.keys, int(columns["key"].max()) + 1)

    def _abandoned(self, version: int) -> tuple[int, ...] | None:
        """Return commit time, rid and key of an abandoned commit, None if there is none of that version."""
        i = bisect_right(self._off, version, key=lambda block: block[0]) - 1
        if i < 0 or version >= self._off[i][0] + len(self._off[i][1]["rid"]):
            return None
        first, columns = self._off[i]
        return tuple(int(columns[name][version - first]) for name in COLUMNS)

    def _remember(self, first: int, times: np.ndarray) -> None:
        """Keep the times of log sequence numbers 1, 1 + EVERY, ..."""
        skip = -(first - 1) % EVERY
        kept = times[skip::EVERY]
        at = (first - 1 + skip) // EVERY
        while at + len(kept) > len(self._sparse):
            self._sparse = np.concatenate([self._sparse, np.zeros_like(self._sparse)])
        self._sparse[at : at + len(kept)] = kept

    def _make_room(self, count: int) -> None:
        held = self.end - self._base
        size = len(self._columns["rid"])
        if self._head + held + count <= size:
            return
        size = max(size if 2 * (held + count) <= size else 2 * (held + count), 4096)
        for name, column in self._columns.items():
            fresh = np.zeros(size, column.dtype)
            fresh[:held] = column[self._head : self._head + held]
            self._columns[name] = fresh
        self._head = 0
