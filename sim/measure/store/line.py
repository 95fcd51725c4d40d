"""The surviving timeline of one store: when its commits were made, and by whom, while that matters.

The columns hold the commits that some *near* stage (one whose age and order are followed) still has to see,
and those of the last KEEP_NS. Of those before, every ``EVERY``-th time is kept, and the times at marked
versions (the boundaries of what tables hold). Where slices end decides what the columns hold, so nobody may
look at them but by a rule that does not depend on that: a stage sees exactly what was committed since it is
near and is missing there, and everybody what is no older than KEEP_NS.
"""

from bisect import bisect_right, insort

import numpy as np

from sim.core.identity import lsn_of, pack_version, timeline_of
from sim.engine.log import Log
from sim.journal.recorder import Table
from sim.measure.bus.bus_log import runs_of
from sim.measure.platform.spans import Span, Spans

EVERY = 64
KEEP_NS = 900 * 10**9
FOREVER = 2**62  # the time of a commit that has not been made
COLUMNS = {"commit_ns": np.int64, "rid": np.int64, "key": np.int32}


class Line:
    """Commits of the newest timeline and what it shares with its ancestors."""

    def __init__(self) -> None:
        self.timeline = 1
        self.segments: list[Span] = [(pack_version(1, 1), pack_version(2, 0))]  # the last one is open
        self.keys = 0  # greatest key seen, plus 1
        self._off: list[tuple[int, dict[str, np.ndarray]]] = []  # runs of abandoned versions, sorted
        self._held = Log(1, **COLUMNS)  # by log sequence number
        self._bare = 1  # of what was abandoned before this log sequence number only sparse times are kept
        self._sparse = np.zeros(64, np.int64)
        self._marks: dict[int, int] = {}
        self._wanted: set[int] = set()

    @property
    def end(self) -> int:
        """The log sequence number of the next commit."""
        return self._held.end

    def extend(self, rows: Table) -> None:
        """Take in commits: those of the newest timeline continue the line, others are abandoned already."""
        own = timeline_of(rows["version"]) == self.timeline
        if not own.all():
            self._diverge({name: values[~own] for name, values in rows.items()})
            rows = {name: values[own] for name, values in rows.items()}
        count = len(rows["version"])
        if count == 0:
            return
        if lsn_of(int(rows["version"][0])) != self.end:
            raise ValueError(f"commits of timeline {self.timeline} have a gap before {rows['version'][0]}")
        self._remember(self.end, rows["commit_ns"])
        self._held.append(**{name: rows[name] for name in COLUMNS})
        self.keys = max(self.keys, int(rows["key"].max()) + 1)
        for version in [v for v in self._wanted if lsn_of(v) < self.end]:
            self._wanted.discard(version)
            self._marks[version] = int(rows["commit_ns"][lsn_of(version) - self.end])

    def cut(self, timeline: int, last: int) -> None:
        """Follow a promotion or destruction: ``timeline`` goes on behind log sequence number ``last``.

        Before what is held only if the store was emptied: of the older ones sparse times alone are known.
        """
        first = max(last + 1, self._held.base)
        self._bare = first if last + 1 < first else self._bare
        gone = self.on(self.version(first), FOREVER) if first < self.end else []
        for low, high in gone:
            lsn = lsn_of(low)
            count = min(high - low, self.end - lsn)
            if count > 0:
                self._abandon(low, {name: self._column(name, lsn, count).copy() for name in COLUMNS})
        self.segments = [(a, min(b, pack_version(timeline_of(a), last + 1))) for a, b in self.segments]
        self.segments = [(a, b) for a, b in self.segments if a < b]
        self.segments.append((pack_version(timeline, last + 1), pack_version(timeline + 1, 0)))
        self.timeline = timeline
        self._held.truncate(last + 1)
        self._wanted = {pack_version(timeline, last + 1)}

    def version(self, lsn: int) -> int:
        """Return the version at a log sequence number of the line."""
        timeline = next(timeline_of(a) for a, _ in reversed(self.segments) if lsn_of(a) <= lsn)
        return int(pack_version(timeline, lsn))

    def holds(self, version: int) -> bool:
        """Return whether a version is on the line, committed or to be."""
        return any(a <= version < b for a, b in self.segments)

    def on(self, low: int, high: int) -> list[Span]:
        """Return the parts of [low, high) that are on the line, committed or to be."""
        parts = [(max(a, low), min(b, high)) for a, b in self.segments]
        return [(a, b) for a, b in parts if a < b]

    def committed(self) -> Spans:
        """Return the versions on the line."""
        last = pack_version(self.timeline, self.end)
        return Spans((a, min(b, last)) for a, b in self.segments if a < last)

    def oldest(self, covered: Spans) -> int:
        """Return the oldest version of the line that is not in ``covered``, committed or to be."""
        for low, high in self.segments:
            version = covered.gap(low)
            if version < high:
                return version
        raise ValueError("versions beyond the last timeline")

    def times(self, version: int, at: np.ndarray, near_from: int) -> np.ndarray:
        """Return the commit times (n,) int64 of consecutive versions of the line, as known at ``at`` (n,).

        Exact from log sequence number ``near_from`` on and of what is young, else of an earlier one, at most
        EVERY before.
        """
        lsn, count = lsn_of(version), len(at)
        if lsn >= near_from:
            return self._column("commit_ns", lsn, count)
        if lsn >= self._held.base:
            held = self._column("commit_ns", lsn, count)
            if int(at[-1]) - int(held[0]) <= KEEP_NS:  # times ascend, so all of them are young
                return held
        numbers = lsn + np.arange(count)
        out: np.ndarray = self._sparse[(numbers - 1) // EVERY]
        gone = max(0, min(count, self._held.base - lsn))
        if gone == count:
            return out
        held = self._column("commit_ns", lsn + gone, count - gone)
        known = (at[gone:] - held <= KEEP_NS) | (numbers[gone:] >= near_from)
        out[gone:][known] = held[known]
        return out

    def clocks(self, version: int, at: np.ndarray, near_from: int) -> np.ndarray:
        """Return the commit times (n,) int64 of consecutive commits, abandoned or not, as ``times``."""
        end = version + len(at)
        if self.on(version, end) == [(version, end)]:
            return self.times(version, at, near_from)
        each = zip(range(version, end), at.tolist(), strict=True)  # abandoned ones are few
        return np.array([self.clock(v, at_ns, near_from) for v, at_ns in each], np.int64)

    def clock(self, version: int, at_ns: int, near_from: int = FOREVER, *, marks: bool = False) -> int:
        """Return when a version was committed (ns), as ``times``; FOREVER if it was not.

        ``marks``: marked versions are exact too.
        """
        if not self.holds(version):
            off = self._abandoned(version)
            return self._bare_clock(version) if off is None else off[0]
        if lsn_of(version) >= self.end:
            return FOREVER
        if marks and version in self._marks:
            return self._marks[version]
        return int(self.times(version, np.array([at_ns]), near_from)[0])

    def _bare_clock(self, version: int) -> int:
        lsn = lsn_of(version)
        return int(self._sparse[(lsn - 1) // EVERY]) if 0 < lsn < self._bare else FOREVER

    def rid(self, version: int, at_ns: int, near_from: int = FOREVER) -> int | None:
        """Return the operation of a commit, None if it was not known at ``at_ns`` any more."""
        lsn = lsn_of(version)
        if not self.holds(version):
            off = self._abandoned(version)
            return None if off is None else off[1]
        if lsn < self._held.base or lsn >= self.end:
            return None
        old = at_ns - int(self._column("commit_ns", lsn, 1)[0]) > KEEP_NS
        return None if old and lsn < near_from else int(self._column("rid", lsn, 1)[0])

    def rows(self, low: int, high: int, at_ns: int) -> np.ndarray:
        """Return commit time, rid and key of [low, high) of the line as known at ``at_ns``, (n, 3) int64.

        Of what is older than KEEP_NS the rid and key are -1, the time an earlier one, at most EVERY before.
        """
        count = high - low
        out = np.full((count, 3), -1, np.int64)
        out[:, 0] = self.times(low, np.full(count, at_ns), FOREVER)
        first = max(lsn_of(low), self._held.base)
        young = at_ns - out[first - lsn_of(low) :, 0] <= KEEP_NS if first < self.end else np.zeros(0, bool)
        known = count - (first - lsn_of(low))
        if known > 0:
            for column, name in ((1, "rid"), (2, "key")):
                out[-known:, column] = np.where(young, self._column(name, first, known), -1)
        return out

    def keys_from(self, low: int, high: int) -> tuple[int, np.ndarray]:
        """Return the first version of [low, high) whose key is held, and the keys (n,) from there on."""
        if not self.holds(low):
            found = [self._abandoned(version) for version in range(low, high)]
            keys = [columns[2] for columns in found if columns is not None]
            return high - len(keys), np.array(keys, np.int64)
        first = max(lsn_of(low), self._held.base)
        count = max(0, lsn_of(low) + high - low - first)
        return high - count, self._column("key", first, count)

    def mark(self, version: int, at_ns: int, near_from: int = FOREVER) -> None:
        """Keep the commit time of a version of the line, as known at ``at_ns`` or as soon as there is one."""
        if not self.holds(version) or version in self._marks:
            return
        if lsn_of(version) >= self.end:
            self._wanted.add(version)
        else:
            self._marks[version] = self.clock(version, at_ns, near_from)

    def drop_before(self, version: int, until_ns: int) -> None:
        """Forget the columns of what lies before ``version`` of the line and is old at ``until_ns``."""
        old = self._held.base + int(self._held.all("commit_ns").searchsorted(until_ns - KEEP_NS))
        self._held.drop(min(lsn_of(version), old))

    def _column(self, name: str, lsn: int, count: int) -> np.ndarray:
        """Return a view of a column; every log sequence number of it must be held."""
        if lsn < self._held.base or lsn + count > self.end:
            raise ValueError(f"commits {lsn} to {lsn + count - 1} are not held")
        return self._held.part(name, lsn, lsn + count)

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
