"""What production dashboards would have shown: lag metrics as products define them, beside the truth."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.core.identity import lsn_of
from sim.journal.recorder import Table
from sim.measure.bus.bus_log import runs_of
from sim.measure.bus.figures import MonitorFigures, MonitorSample, MonitorSeries
from sim.measure.store.line import FOREVER, Line

Take = Callable[[str], Table | None]
SECOND = 1e9


@dataclass(frozen=True, slots=True)
class MonitorLook:
    """A look at all monitors: as a fault began, or, without one, as dashboards look all the time."""

    at_ns: int
    fault: str | None = None


@dataclass(slots=True)
class LagMetric:
    """A lag metric: the greatest value shown, and what was shown and true (ns) at each look."""

    shown_max: int = 0
    at_faults: dict[str, tuple[int, int]] = field(default_factory=dict)
    series: list[tuple[int, int] | None] = field(default_factory=list)  # None: nothing to look at

    def see(self, value: int) -> None:
        """Take in a value that was shown."""
        self.shown_max = max(self.shown_max, value)

    def sample(self, look: MonitorLook, shown: int, age_ns: int) -> None:
        """Keep what is shown and true at a look."""
        self.see(shown)
        if look.fault is None:
            self.series.append((shown, age_ns))
        else:
            self.at_faults[look.fault] = shown, age_ns

    def nothing(self, look: MonitorLook) -> None:
        """Keep that there was nothing to look at."""
        if look.fault is None:
            self.series.append(None)

    def figures(self, unit: str, age_max_s: float, *, step_ns: int, looks: int) -> MonitorFigures:
        """Return the figures, ages in seconds; ``unit`` of what is shown: s or records.

        ``looks``: how many there were, at multiples of ``step_ns``; it may have begun to exist after some.
        """
        scale = SECOND if unit == "s" else 1
        return MonitorFigures(
            unit=unit,
            shown_max=self.shown_max / scale,
            true_age_max_s=age_max_s,
            series=self._series(scale, step_ns=step_ns, looks=looks),
            at_faults={
                fault: MonitorSample(shown=shown / scale, true_age_s=age_ns / SECOND)
                for fault, (shown, age_ns) in self.at_faults.items()
            },
        )

    def _series(self, scale: float, *, step_ns: int, looks: int) -> MonitorSeries:
        seen = [*(None,) * (looks - len(self.series)), *self.series]
        return MonitorSeries(
            step_s=step_ns / SECOND,
            shown=tuple(None if one is None else one[0] / scale for one in seen),
            true_age_s=tuple(None if one is None else one[1] / SECOND for one in seen),
        )


class Replica:
    """A standby: time since the commit of the last applied record, 0 while all received is applied."""

    def __init__(self, line: Line) -> None:
        self.metric = LagMetric()
        self.line = line
        self.received = self.applied = 0  # log sequence numbers
        self._commit_ns: int | None = None  # of the last applied record

    def read(self, received: Table | None, applied: Table | None) -> None:
        """Take in rows of the standby."""
        if received is not None:
            self.received = lsn_of(int(received["version"][-1]))
        if applied is None:
            return
        for first, version, count in runs_of(applied["version"]):
            if self.line.on(version, version + count) != [(version, version + count)]:
                continue  # it has been abandoned since: nobody looks at the old primary's records any more
            at = applied["at_ns"][first : first + count]
            times = self.line.times(version, at, FOREVER)
            before = np.concatenate([times[:1] if self._commit_ns is None else [self._commit_ns], times[:-1]])
            self.metric.see(int((at - before).max()))
            self._commit_ns, self.applied = int(times[-1]), lsn_of(version + count - 1)

    def put_at(self, version: int, at_ns: int) -> None:
        """The node holds exactly what is on the line up to a version."""
        self.received = self.applied = lsn_of(version)
        commit_ns = self.line.clock(version, at_ns) if version else FOREVER
        self._commit_ns = None if commit_ns == FOREVER else commit_ns

    def sample(self, look: MonitorLook) -> None:
        """Look at it."""
        idle = self.received == self.applied or self._commit_ns is None
        shown = 0 if idle or self._commit_ns is None else look.at_ns - self._commit_ns
        self.metric.sample(look, shown, age(self.line, self.line.version(self.received + 1), look.at_ns))


class MirrorLag:
    """A mirror: the age that the last mirrored record had when it arrived."""

    def __init__(self, line: Line) -> None:
        self.metric = LagMetric()
        self.line = line
        self.last_ns = 0

    def read(self, version: int, at: np.ndarray) -> None:
        """Take in consecutive versions that arrived at ``at`` (n,) ns."""
        if self.line.on(version, version + len(at)) == [(version, version + len(at))]:
            ages = at - self.line.times(version, at, FOREVER)
            self.metric.see(int(ages.max()))
            self.last_ns = int(ages[-1])
        else:
            self.last_ns = int(at[-1]) - self.line.clock(version + len(at) - 1, int(at[-1]))


class ConsumerLag:
    """A consumer group: rows of the local bus behind the position that was saved at the last tick."""

    def __init__(self, commit_ns: int) -> None:
        self.metric = LagMetric()
        self.region: int | None = None
        self._commit_ns = commit_ns
        self._tick = 1
        self._done = self._saved = 0  # positions

    def placed(self, region: int, position: int) -> None:
        """The group starts reading at a position."""
        self.region, self._done, self._saved = region, position, position

    def read(self, rows: list[Table], bus: Table | None, end: int, until_ns: int) -> None:
        """Take in rows read before ``until_ns``; ``bus``: rows that came meanwhile, ``end``: of all."""
        read_at = _joined([table["at_ns"] for table in rows])
        read_to = _joined([table["position"] for table in rows])
        bus_at = np.zeros(0, np.int64) if bus is None else bus["at_ns"]
        first, last = self._tick, until_ns // self._commit_ns
        if first <= last:
            ticks = np.arange(first, last + 1) * self._commit_ns
            ends = end - len(bus_at) + np.searchsorted(bus_at, ticks)
            done = np.concatenate([[self._done], read_to + 1])[np.searchsorted(read_at, ticks)]
            saved = np.concatenate([[self._saved], done[:-1]])
            self.metric.see(int((ends - saved).max()))
            self._saved, self._tick = int(done[-1]), last + 1
        self._done = int(read_to[-1]) + 1 if len(read_to) else self._done

    def shown(self, end: int) -> int:
        """Return the metric while the bus has ``end`` rows."""
        return end - self._saved


def _joined(columns: list[np.ndarray]) -> np.ndarray:
    """Return ascending columns as one."""
    if len(columns) == 1:
        return columns[0]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *columns]))


def age(line: Line, version: int, at_ns: int) -> int:
    """Return how old a record is that is missing, 0 if it has not been committed."""
    commit_ns = line.clock(version, at_ns)
    return 0 if commit_ns == FOREVER else max(0, at_ns - commit_ns)
