"""A cursor on the bus of one region: rows in order of position, FIFO work, positions saved."""

import numpy as np

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.core.stages import READ
from sim.engine.cursor import EARLY, Cursor, Gate, Queue, Work
from sim.engine.log import Log
from sim.engine.sampling import encode
from sim.journal.recorder import Table
from sim.models.bus.bus import ALL, RegionBus
from sim.models.bus.calls import Handler
from sim.models.setting import ModelSetting


class Reader:
    """Serves the rows of a bus one after the other. All positions are positions of ``bus``.

    It is what a consumer group and the stream job have in common. Its owner decides when it works and at
    which speed, and pulls it. Saved position: ``saved``, where ``halt`` goes back to; set by
    its owner, or by ticks of ``save_every`` ns if that is given.
    ``barrier``: a position that is not taken up, None if there is none (a poison message). ``keep``: rows
    from here on stay known to ``times`` and ``runs``; None: from ``saved`` on.
    """

    def __init__(
        self,
        setting: ModelSetting,
        name: str,
        bus: RegionBus,
        *,
        work: Distribution,
        save_every: int | None = None,
        handler: Handler | None = None,
    ) -> None:
        self.name, self.bus = name, bus
        self.saved = 0
        self.barrier: int | None = None
        self.keep: int | None = None
        self.handler = handler  # rows it does not react to take no work
        self.running = True
        self._setting, self._save_every = setting, save_every
        self.work = Work(encode([work]), 0, setting.key(name), READ.draw)
        self.cursor = Cursor()
        self._served = Log(at=np.int64, skipped=np.bool_)
        self._advanced = self._since = self._out = 0
        self._reached = 0  # where it was when it stopped last
        # for the journal: region, first position, times, whether skipped
        self._saved_rows: list[tuple[int, int, np.ndarray, np.ndarray]] = []

    # --- where it is ----------------------------------------------------------------------------------------

    @property
    def unread(self) -> int:
        """The position behind the last row completed since it last started, else where it would start."""
        return self.position() if self.running else self._reached

    @property
    def waited(self) -> int:
        """Rows visible strictly before the last advance and not completed."""
        return self.bus.end - self.position()

    def position(self) -> int:
        """Return the position behind the last row completed or skipped strictly before the last advance."""
        return self.cursor.next

    @property
    def works(self) -> bool:
        """Whether it goes on by itself."""
        return self.running and not self.cursor.stands

    def low(self) -> int:
        """Return the first position of its bus that it may still ask for."""
        return min(self.saved, self.position(), self.saved if self.keep is None else self.keep)

    def completed_before(self, at: int) -> int:
        """Return the position behind the last row completed or skipped strictly before ``at``.

        ``at`` must not be later than the last advance.
        """
        return self._served.base + int(self._served.all("at").searchsorted(at))

    def runs(self, begin: int, end: int) -> list[tuple[int, int]]:
        """Return the maximal runs [from, to) of rows in [begin, end) that were completed and not skipped."""
        there = np.concatenate(([False], ~self._served.part("skipped", begin, end), [False]))
        edges = begin + np.flatnonzero(there[1:] != there[:-1])
        return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]

    def times(self, begin: int, end: int) -> np.ndarray:
        """Return when the rows [begin, end) were completed or skipped, int64 ns."""
        return self._served.part("at", begin, end)

    # --- what its owner does --------------------------------------------------------------------------------

    def place(self, bus: RegionBus, position: int) -> None:
        """Be at a position of a bus, saved; it does not work until ``resume``."""
        self._set_aside()
        self.running, self.bus, self.saved, self._reached = False, bus, position, position
        self.keep = None if self.keep is None else position
        self._served.restart(position)
        if self.handler is not None:
            self.handler.place(position)
        self.cursor.go_to(position)
        self._out = position

    def resume(self, now: int) -> None:
        """Work from now on, from the present position."""
        self.running, self._since = True, now
        self.cursor.resume(now)

    def halt(self) -> None:
        """Stop: the row in service is lost, the position goes back to ``saved``."""
        self._set_aside()
        self.running, self._reached = False, self.position()
        self._served.truncate(self.saved)
        if self.handler is not None:
            self.handler.calls.forget()
        self.cursor.go_to(self.saved)
        self._out = self.saved

    def pace(self, now: int, speed: float) -> None:
        """Work at another speed from now on; 0 is standing still."""
        self.cursor.change_speed(at=now, to=speed)

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again."""
        if region == self.bus.region:
            self.cursor.resume(self._setting.now)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """Serve what is due strictly before ``until``, and save at the ticks before it."""
        self._serve_before(until)
        # how a call ends is known as far as the circle that it was made to has come
        self._save(until if self.handler is None else min(until, self.handler.calls.domain.position))

    def _serve_before(self, until: int) -> None:
        """Serve what is due strictly before ``until``."""
        if self.running:
            early, begin = self.cursor.state[EARLY], self.position()
            self._serve(until)
            if self.cursor.state[EARLY] > early:
                self._setting.dials.hit(d.RETENTION, self._setting.domain, self.bus.region)
            if self.handler is not None and begin < self.position():
                end = self.position()
                times, skipped = (self._served.part(name, begin, end) for name in ("at", "skipped"))
                self.handler.completed(self.bus, begin, times, skipped)

    def _serve(self, until: int) -> None:
        bus, rows = self.bus, self.bus.rows
        end = bus.end if self.barrier is None else min(bus.end, self.barrier)
        if self.handler is not None:
            self.handler.learn(bus)
        queue = Queue(rows.column("at"), rows.column("version"), self._gate)
        self.cursor.serve(queue, self.work, self._served, end=end, until=until)

    def _gate(self, row: int) -> Gate:
        return self.bus.gate(row, ALL if self.handler is None else self.handler.reacts(row))

    def _save(self, until: int) -> None:
        """Save at the last tick strictly before ``until``: everything before that has happened."""
        begin, self._advanced = self._advanced, max(until, self._advanced)
        if self._save_every is None or not self.running or self.cursor.stands:
            return
        tick = (until - 1) // self._save_every * self._save_every
        if tick >= max(begin, self._since + 1):
            self.saved = self.completed_before(tick)
            if self.handler is not None:
                self.saved = self.handler.calls.ended(tick, self.saved)

    # --- the journal ----------------------------------------------------------------------------------------

    def _set_aside(self) -> None:
        begin, end = self._out, self.position()
        self._out = end
        if begin < end:
            times, skipped = (self._served.part(name, begin, end).copy() for name in ("at", "skipped"))
            self._saved_rows.append((self.bus.index, begin, times, skipped))

    def take_rows(self) -> tuple[Table, Table]:
        """Return the journal's new rows, completed and skipped; what nobody needs is dropped."""
        self._set_aside()
        done, skipped = self._table(taken=False), self._table(taken=True)
        self._saved_rows = []
        self._served.drop(self.low())
        if self.handler is not None:
            self.handler.drop(self.low())
        return done, skipped

    def unread_table(self) -> Table:
        """Return the positions not completed when the run ends, as the journal has them."""
        begin, end = self.unread, self.bus.end
        there = 1 if begin < end else 0
        return {
            "region": np.full(there, self.bus.index, np.int16),
            "begin": np.full(there, begin, np.int64),
            "end": np.full(there, end, np.int64),
        }

    def _table(self, *, taken: bool) -> Table:
        picks = [np.flatnonzero(skipped == taken) for _, _, _, skipped in self._saved_rows]
        parts = list(zip(self._saved_rows, picks, strict=True))
        none = np.zeros(0, np.int64)
        return {
            "at_ns": np.concatenate([none, *(times[pick] for (_, _, times, _), pick in parts)]),
            "region": np.concatenate(
                [none.astype(np.int16), *(np.full(pick.size, r, np.int16) for (r, *_), pick in parts)]
            ),
            "position": np.concatenate([none, *(first + pick for (_, first, _, _), pick in parts)]),
        }
