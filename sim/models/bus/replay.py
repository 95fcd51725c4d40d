"""Replays: rows of a region's bus handed out once more, in order and at a rate."""

from collections.abc import Callable

import numpy as np

from sim.core.milestones.flows import ReplayFinished, ReplayStarted
from sim.core.quantity import FOREVER_NS
from sim.engine.clock import Steps
from sim.journal.recorder import Table
from sim.models.bus.bus import RegionBus
from sim.models.bus.calls import Calls, calls_log
from sim.models.bus.origins import Origins
from sim.models.bus.runs import Runs
from sim.models.component import Component
from sim.models.setting import ModelSetting
from sim.spec.bus.replay import Place, Replay
from sim.spec.faults.when import When

_CHUNK = 65_536  # rows whose times are worked out at a time


class Replayer(Component):
    """The replay ``name``.

    ``started``: fault -> when it started (ns), None if it has not; ``holds``: whether a condition holds now.
    Into a database: it makes ``calls``; ``origins`` has the tags.
    """

    def __init__(
        self,
        setting: ModelSetting,
        name: str,
        spec: Replay,
        bus: RegionBus,
        *,
        started: Callable[[str], int | None],
        holds: Callable[[When], bool],
        calls: Calls | None = None,
        origins: Origins | None = None,
    ) -> None:
        self.name, self.domain = f"{setting.domain}/replay/{name}", setting.domain
        self.inputs = (bus.name,)
        self.outputs = () if calls is None else (calls_log(setting.domain),)
        self.spec, self.bus, self._table = spec, bus, name
        self._setting, self._started, self._holds = setting, started, holds
        self._calls, self._origins = calls, origins
        self._tags = np.zeros(0, np.int64)  # of its rows, if it calls
        self._who = f"replay/{name}"
        self._positions: Runs | None = None  # of its rows, None before it has begun
        self._done = 0  # rows handed out
        self._base: tuple[int, int] | None = None  # when its pace began, rows before that; None: stands still
        self._moments: list[np.ndarray] = []  # when each was handed out, for the journal
        self._out = 0  # next row for the journal
        self._began = -1  # its first milestone
        setting.clock.run(self._run())

    # --- when -----------------------------------------------------------------------------------------------

    def _run(self) -> Steps:
        clock, when = self._setting.clock, self.spec.when
        if when is None:
            assert self.spec.at is not None, "checked by the spec"
            yield clock.sleep(self._who, self.spec.at)
        else:
            yield clock.sleep(self._who, when.every)
            while not self._holds(when):
                yield clock.sleep(self._who, when.every)
        self._setting.advance()
        self._begin()

    def _begin(self) -> None:
        setting = self._setting
        rows = self._rows()
        if self._origins is not None:
            rows = self._callable(rows, self._origins)
        self._positions = Runs()
        self._positions.append(rows)
        begun = ReplayStarted(rows=int(rows.size), region=self.spec.region, into=self.spec.into)
        self._began = setting.note(self._who, begun)
        if not rows.size:
            self._finish()
        elif setting.network.up(self.spec.region):
            self._go_on()

    def _rows(self) -> np.ndarray:
        """Return the positions of its rows as they are now, int64."""
        bus, now = self.bus, self._setting.now
        first, last = self._position(self.spec.from_), self._position(self.spec.to)
        first = max(first, bus.base)
        if first >= last:
            return np.zeros(0, np.int64)
        fresh = now - bus.rows.part("at", first, last) < bus.retention[0]
        return first + np.flatnonzero(fresh & ~bus.rows.part("gone", first, last))

    def _callable(self, rows: np.ndarray, origins: Origins) -> np.ndarray:
        """Return the positions whose events it calls for: if it is idempotent, those of lost commits."""
        domain = self._setting.store
        versions = self.bus.versions(self.bus.base, self.bus.end)[rows - self.bus.base]
        if self.spec.idempotent:
            lost = origins.lost(versions, domain.timeline, domain.circle.cut_from)
            rows, versions = rows[lost], versions[lost]
        self._tags = origins.of(versions)
        return rows

    def _position(self, place: Place) -> int:
        """Return the position of a place in the log as it is now."""
        if place.position is not None:
            return min(place.position, self.bus.end)
        at = self._time(place)
        return self.bus.end if at is None else self._visible_since(at)

    def _time(self, place: Place) -> int | None:
        """Return the time that a place means, None if it means the end of the log."""
        if place.fault is None:
            return place.at
        start = self._started(place.fault)
        return None if start is None else start - place.before

    def _visible_since(self, at: int) -> int:
        """Return the position of the first row kept that became visible at ``at`` or later."""
        times = self.bus.rows.part("at", self.bus.base, self.bus.end)
        return self.bus.base + int(np.searchsorted(times, at))

    # --- its pace -------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Hand out what is left from now on."""
        assert self._positions is not None, "it has begun"
        now = self._setting.now
        self._base = (now, self._done)
        last = int(self._due(self._positions.count - self._done - 1, 1)[0])
        self._setting.clock.run(self._finishing(self._base, last - now))

    def _finishing(self, base: tuple[int, int], wait: int) -> Steps:
        yield self._setting.clock.sleep(self._who, wait)
        if self._base == base:
            self._finish()

    def _finish(self) -> None:
        self._setting.note(self._who, ReplayFinished(), self._began)

    def _due(self, skipped: int, count: int) -> np.ndarray:
        """Return when the next rows of the present pace are due, ``skipped`` rows after its first; ns."""
        assert self._base is not None, "it does not stand still"
        number = np.arange(skipped + 1, skipped + count + 1, dtype=np.float64)
        waits = np.minimum(number * 1e9 / self.spec.rate, FOREVER_NS)
        return self._base[0] + np.floor(waits + 0.5).astype(np.int64)

    # --- a component ----------------------------------------------------------------------------------------

    @property
    def waits(self) -> bool:
        """Whether it has yet to begin."""
        return self._positions is None

    @property
    def busy(self) -> bool:
        """Whether rows of it come due by themselves."""
        return self._base is not None and self._positions is not None and self._done < self._positions.count

    def advance(self, until: int) -> None:
        """Hand out what is due strictly before ``until``."""
        while self._base is not None and self._positions is not None:
            left = min(self._positions.count - self._done, _CHUNK)
            due = self._due(self._done - self._base[1], left)
            due = due[: np.searchsorted(due, until)]
            if not due.size:
                return
            self._hand_out(due)

    def _hand_out(self, due: np.ndarray) -> None:
        assert self._positions is not None, "it has begun"
        begin, end = self._done, self._done + due.size
        self._done = end
        if self._calls is None:
            self._moments.append(due)
        else:
            self._calls.make(self.bus, due, self._positions.values(begin, end), self._tags[begin:end])
            self._calls.forget()  # nobody asks when they end

    def changed(self, cause: int | None) -> None:  # noqa: ARG002  # as every component is told
        """Stand still while the region is down."""
        if self._positions is None or self._done == self._positions.count:
            return
        up = self._setting.network.up(self.spec.region)
        if not up:
            self._base = None
        elif self._base is None:
            self._go_on()

    def needs(self, log: str) -> int | None:  # noqa: ARG002  # it has one input
        """Return the first position of its bus that it may still ask for; None once it has begun."""
        if self._positions is not None:
            return None
        place = self.spec.from_
        if place.position is not None:
            return place.position
        at = self._time(place)
        # a fault that has not started starts at the settled time or later
        return self._visible_since(self._setting.store.settled - place.before if at is None else at)

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows."""
        if self._calls is not None:
            return {f"handled/{self._table}": self._calls.table()}
        if self._positions is None or not self._moments:
            return {}
        at = np.concatenate(self._moments)
        position = self._positions.values(self._out, self._out + at.size)
        self._moments, self._out = [], self._out + at.size
        region = np.full(at.size, self.bus.index, np.int16)
        return {f"replayed/{self._table}": {"at_ns": at, "region": region, "position": position}}
