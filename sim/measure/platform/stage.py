"""What one stage of a domain holds, what passed it over, and what came twice, late or not at all."""

from dataclasses import dataclass, field, replace

import numpy as np

from sim.core.identity import lsn_of
from sim.measure.lake.late_data import Lateness
from sim.measure.platform.spans import Span, Spans
from sim.measure.platform.tally import CommitTally, Witness
from sim.measure.store.line import FOREVER, Line


@dataclass(frozen=True, slots=True)
class Passed:
    """Versions [low, high) that a stage went past at ``at_ns``; ``commit_ns``: of the first of them."""

    low: int
    high: int
    at_ns: int
    commit_ns: int
    rid: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Again:
    """Versions [low, high) that arrived although they had arrived, the first at ``at_ns``, in a commit."""

    low: int
    high: int
    at_ns: int
    commit: int  # of a table, 0 elsewhere


class Order:
    """The newest version of each key that arrived; made only once something arrives late."""

    def __init__(self, line: Line, delivered: Spans) -> None:
        self._line = line
        self._newest = np.zeros(0, np.int64)
        for low, high in delivered:
            self.judge(low, high)

    def judge(self, low: int, high: int) -> list[int]:
        """Take in first arrivals [low, high); return those that came after a newer version of their key."""
        on = Spans(self._line.on(low, high))
        parts = sorted([*on, *Spans([(low, high)]).minus(on)])  # a cut may lie between
        return [late for part in parts for late in self._judge(*part)]

    def _judge(self, low: int, high: int) -> list[int]:
        first, keys = self._line.keys_from(low, high)
        more = max(0, self._line.keys - len(self._newest))
        self._newest = np.concatenate([self._newest, np.zeros(more, np.int64)])
        versions = np.arange(first, high)
        late: list[int] = versions[self._newest[keys] > versions].tolist()
        np.maximum.at(self._newest, keys, versions)
        return late


@dataclass(slots=True)
class StageProgress:
    """One stage: ``delivered`` arrived, ``covered`` arrived or was passed over. All are versions."""

    line: Line
    near_from: int = FOREVER  # log sequence number from which on its commits are held until they are covered
    table: bool = False
    lateness: Lateness | None = None  # None: nobody asks what is late here
    delivered: Spans = field(default_factory=Spans)
    covered: Spans = field(default_factory=Spans)
    passed: list[Passed] = field(default_factory=list)
    duplicates: CommitTally = field(default_factory=CommitTally)
    again: list[Again] = field(default_factory=list)  # the same, as versions
    reorderings: CommitTally = field(default_factory=CommitTally)
    off_line: list[tuple[int, int]] = field(default_factory=list)  # time, version: arrivals of abandoned ones
    arrivals: int = 0
    oldest: int = 0
    commit: int = 0  # of a table: the number of the commit whose rows arrive
    _jumps: list[tuple[int, int, int]] = field(default_factory=list)  # low, high, time
    _greatest: int = 0
    _order: Order | None = None

    def __post_init__(self) -> None:
        """Everything is missing at first."""
        self.look_again()

    def arrive(self, version: int, at: np.ndarray) -> list[Span]:
        """Take in arrivals of consecutive versions at the times ``at`` (n,) ns, in order.

        Return those of them that were the oldest missing one, one after the other.
        """
        count = len(at)
        self.arrivals += count
        new = self.delivered.add(version, version + count)
        if not new or new[0] != (version, version + count):
            self._twice(version, at, new)
        self._note_off_line(version, at, new)
        missing = Spans(new).minus(self.covered) if new else Spans()
        if version > self._greatest + 1:
            self._jumps.append((self._greatest + 1, version, int(at[0])))
        if self._order is not None or (new and new[0][0] < self._greatest and self.near_from < FOREVER):
            self._late(version, at, new, missing)
        if self.lateness is not None:
            self._judge(self.lateness, version, at, new=new, missing=missing)
        self._greatest = max(self._greatest, version + count - 1)
        return self._cover(version, version + count)

    def pass_over(self, version: int, at: np.ndarray, why: str) -> list[Span]:
        """Note that consecutive versions will not come, as known at the times ``at``.

        Return what ``arrive`` does.
        """
        low, high, at_ns = version, version + len(at), int(at[0])
        last = self.passed[-1] if self.passed else None
        if last is not None and (last.high, last.why) == (low, why):  # so that slices do not matter
            self.passed[-1] = replace(last, high=high)
        else:
            near = FOREVER if low in self.covered else self.near_from
            commit_ns = self.line.clock(low, at_ns, near, marks=self.table)
            self.passed.append(Passed(low, high, at_ns, commit_ns, self.line.rid(low, at_ns, near), why))
        return self._cover(low, high)

    def clock(self, version: int, at_ns: int) -> int:
        """Return when a version that is missing here was committed, FOREVER if it was not."""
        return self.line.clock(version, at_ns, self.near_from, marks=self.table)

    def approach(self) -> None:
        """From now on commits are held until they are covered here."""
        self.near_from, self._order = self.line.end if self.line.end > 1 else 0, None

    def leave(self) -> None:
        """From now on commits are held no longer than elsewhere."""
        self.near_from, self._order = FOREVER, None

    def look_again(self) -> None:
        """Find the oldest that is missing anew: after a promotion, or when commits were taken back."""
        self.oldest = self.line.oldest(self.covered)

    def restrict(self, delivered: Spans, arrivals: int, commits: int) -> None:
        """Hold only ``delivered`` from now on: commits from this number on have been taken back."""
        self.delivered, self.arrivals = delivered, arrivals
        self.covered = delivered.copy().update((p.low, p.high) for p in self.passed)
        self.duplicates.forget(commits)
        self.again = [part for part in self.again if part.commit < commits]
        self.reorderings.forget(commits)
        if self.lateness is not None:
            self.lateness.forget(commits)
        if self.near_from < FOREVER:
            self.approach()
        self.look_again()

    def gaps(self, missing: Spans, end_ns: int) -> CommitTally:
        """Return which of the missing have been overtaken by a later version, and when the first was."""
        found = CommitTally()
        for low, high, at_ns in self._jumps:
            for first, stop in missing.within(low, high):
                rids = [p.rid for p in self.passed if p.low == first]
                rid = rids[0] if rids else self.line.rid(first, end_ns)
                found.add(stop - first, Witness(at_ns, first, rid))
        return found

    def _cover(self, low: int, high: int) -> list[Span]:
        new = self.covered.add(low, high)
        if not low <= self.oldest < high:
            return []
        first = self.oldest
        self.look_again()
        return [part for a, b in new for part in self.line.on(max(a, first), b)]

    def _note_off_line(self, version: int, at: np.ndarray, new: list[Span]) -> None:
        """Keep when versions that are abandoned already arrived for the first time."""
        held = self.line.on(version, version + len(at))
        if held != [(version, version + len(at))]:
            off = Spans(new).minus(Spans(held))
            self.off_line += [(int(at[v - version]), v) for low, high in off for v in range(low, high)]

    def _twice(self, version: int, at: np.ndarray, new: list[Span]) -> None:
        count = len(at) - sum(high - low for low, high in new)
        first = version if not new or new[0][0] > version else new[0][1]
        at_ns = int(at[first - version])
        self.duplicates.add(count, Witness(at_ns, first, self.line.rid(first, at_ns)), self.commit)
        for low, high in Spans([(version, version + len(at))]).minus(Spans(new)):
            last = self.again[-1] if self.again else None
            if last is not None and (last.high, last.commit) == (low, self.commit):
                self.again[-1] = replace(last, high=high)
            else:
                self.again.append(Again(low, high, int(at[low - version]), self.commit))

    def _late(self, version: int, at: np.ndarray, new: list[Span], missing: Spans) -> None:
        """Judge first arrivals: of what was missing where the stage is near the keys are known."""
        if self._order is None:
            self._order = Order(self.line, self.delivered.minus(Spans(new)))
        for low, high in new:
            for late in self._order.judge(low, high):
                at_ns = int(at[late - version])
                if lsn_of(late) >= self.near_from and late in missing:
                    rid = self.line.rid(late, at_ns, self.near_from)
                    self.reorderings.add(1, Witness(at_ns, late, rid), self.commit)

    def _judge(
        self, lateness: Lateness, version: int, at: np.ndarray, *, new: list[Span], missing: Spans
    ) -> None:
        """Let lateness judge first arrivals, in order; of what had been passed over less is known."""
        parts = [(low, high, self.near_from) for low, high in missing]
        parts += [(low, high, FOREVER) for low, high in Spans(new).minus(missing)]
        for low, high, near_from in sorted(parts):
            times = at[low - version : high - version]
            lateness.judge(low, times, near_from=near_from, commit=self.commit)
