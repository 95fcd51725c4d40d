"""The stream job: takes events into the raw zone of its region."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

from .cursor import Cursor
from .life import Life
from .mirror import runs
from .reader import start_of
from .tables import Commit
from .worker import Worker, Works, control, every

if TYPE_CHECKING:
    from .platform import DomainPath


class Due:
    """A commit that is prepared and not yet visible."""

    __slots__ = ("at", "end", "ranges", "void", "waits")

    def __init__(self, at: int, ranges: list[tuple[int, int, int]], end: int) -> None:
        self.at = at
        self.ranges = ranges
        self.end = end
        self.void = False
        self.waits = False


class Stream:
    """The stream job of one domain."""

    def __init__(self, part: "DomainPath") -> None:
        self.part = part
        self.path = path = part.path
        self.clock = path.clock
        self.lake = path.twin.scenario.lake
        self.spec = spec = self.lake.stream
        self.name = f"{part.domain.name}/stream"
        self.region = path.names.index(self.lake.home)
        self.worker = Worker(self.clock, offer=self._offer, done=self._done, speed=float(spec.parallelism))
        works = Works(path.draws, spec.transform, self.name, Purpose.CONSUME)
        self.cursor = Cursor(
            self.worker, works, held=self._held, passes=lambda position: False, completed=self._completed
        )
        self.cursor.place(part.buses[self.region], 0)
        self.life = Life(path, self.name, restart=spec.restart, stop=self._stop, start=self._start)
        self.ready: list[tuple[int, bool]] = []  # position, whether it goes into the table
        self.due: Due | None = None
        self.appeared_at = -1
        self.appeared_end = 0
        self.appeared_before = 0  # that before the last commit appeared
        self.saved = [(-1, 0)]
        self.left: dict[int, int] = {}  # region -> position saved there when it moved away
        self.failing: set[str] = set()  # checkpoint_failure faults in force
        self.marks: dict[tuple[int, int], int] = {}  # (region, position) -> failures
        self.poisons: dict[tuple[int, int], list[str]] = {}  # the faults that marked a row
        self.skews: dict[str, int] = {}
        self.dead_rows: list[tuple[int, int, int]] = []
        self.placed_rows = [(0, self.region, 0)]
        self.clock.process(every(self.clock, spec.checkpoint, self.name, self._checkpoint))
        if spec.mode == "at_least_once":
            self.clock.process(every(self.clock, spec.flush, self.name, self._flush))

    # --- rows ---

    def _offer(self):
        return self.cursor.offer() if self.life.running else None

    def _held(self, position: int) -> bool:
        """Whether a row is poison that has not failed often enough."""
        return self.marks.get((self.region, position), self.spec.attempts) < self.spec.attempts

    def _done(self, position: int) -> None:
        self.cursor.advance(skipped=False)

    def _completed(self, position: int, skipped: bool) -> None:
        dead = not skipped and ((self.region, position) in self.marks or self._blind())
        if dead:
            self.dead_rows.append((self.clock._now, self.region, position))
            self.path.count["dead letters of poison"] += (self.region, position) in self.marks
            self.path.count["dead letters of look-ups"] += (self.region, position) not in self.marks
        self.ready.append((position, not skipped and not dead))

    def _blind(self) -> bool:
        """Whether the look-up fails and rows are dead letters."""
        return self.spec.when_down == "dead_letter" and self.lookup_down()

    def lookup_down(self) -> bool:
        """Whether the node that enrichment asks does not serve."""
        if self.spec.lookup is None:
            return False
        node = self.path.twin.domains[self.spec.lookup].nodes[self.region]
        return node is None or not (node.up and node.serving and self.path.network.up(self.region))

    def pace(self) -> None:
        """Set the speed: the parallelism, 0 while paused or waiting for the look-up."""
        waits = self.spec.when_down == "wait" and self.lookup_down()
        if waits and self.worker.speed > 0:
            self.path.count["waits for a look-up"] += 1
        self.worker.change(0.0 if self.life.pauses or waits else float(self.spec.parallelism))

    # --- commits ---

    def _checkpoint(self) -> None:
        if not self.life.used():
            return
        if self._poisoned():
            self._fail()
        elif self.failing:
            self.path.count["checkpoints that failed"] += 1
            self.path.fire(self.failing)
        elif self.spec.mode == "exactly_once":
            self._prepare()
        else:
            now = self.clock._now
            self._save(self.appeared_before if self.appeared_at == now else self.appeared_end)

    def _flush(self) -> None:
        if self.life.used():
            self._prepare()

    def _prepare(self) -> None:
        if self.due is not None or self.appeared_at == self.clock._now:
            self.path.count["ticks while a commit is under way"] += 1
            return
        if not self.ready:
            return
        good = [position for position, goes in self.ready if goes]
        ranges = [(self.region, begin, end) for begin, end in runs(good)]
        self.path.count["commits without ranges"] += not ranges
        due = self.due = Due(self.clock._now + self.spec.commit, ranges, self.ready[-1][0] + 1)
        self.ready = []
        control(self.clock, self.spec.commit, self.name, lambda: self._commit(due))

    def _commit(self, due: Due) -> None:
        if due.void or due.waits:
            return
        due.waits = True
        self.path.catalogs[self.region].take("raw", lambda: self._appear(due))

    def _appear(self, due: Due) -> None:
        if due.void:
            return
        self.due = None
        self.appeared_at = self.clock._now
        self.appeared_before, self.appeared_end = self.appeared_end, due.end
        self.part.tables["raw"][self.region].append(Commit(self.clock._now, due.ranges, 0))
        if self.spec.mode == "exactly_once":
            self._save(due.end)

    def _save(self, position: int) -> None:
        self.saved.append((self.clock._now, position))

    def saved_before(self, at: int) -> int:
        """Return the position that was saved strictly before a time."""
        return [position for when, position in self.saved if when < at][-1]

    # --- poison ---

    def _poisoned(self) -> bool:
        position = self.cursor.next
        rows = self.cursor.bus.rows
        return position < len(rows) and rows[position].at < self.clock._now and self._held(position)

    def _fail(self) -> None:
        if self.due is not None and self.due.at == self.clock._now:
            self._commit(self.due)  # it is due before the job stops
        self.marks[self.region, self.cursor.next] += 1
        self.path.note("stream.failed", self.name)
        self.path.count["failures by poison"] += 1
        self.path.fire(self.poisons[self.region, self.cursor.next])
        self.life.fail("poison")

    def mark(self, fault: str) -> None:
        """Make the next row to come poison."""
        row = self.region, len(self.cursor.bus.rows)
        self.marks.setdefault(row, 0)
        self.poisons.setdefault(row, []).append(fault)
        self.path.count["poisoned"] += 1

    # --- life ---

    def waits(self) -> bool:
        """Whether a row waits for it."""
        return self.cursor.waits()

    def _forget(self) -> None:
        if self.due is not None:
            self.due.void = True
            self.path.count["stream commits lost in a stop"] += 1
        self.due = None
        self.ready = []

    def _stop(self) -> None:
        self._forget()
        self.path.count["appears twice"] += self.appeared_end > self.saved[-1][1]
        self.cursor.back_to(self.saved[-1][1])
        self.appeared_end = self.saved[-1][1]

    def _start(self) -> None:
        self.cursor.place(self.part.buses[self.region], self.cursor.next)
        self.placed_rows.append((self.clock._now, self.region, self.cursor.next))

    def move(self, to: int) -> None:
        """Read the bus of another region and write its table."""
        self.left[self.region] = self.saved[-1][1]
        position = start_of(self, to, self.lake.start, self.skews)
        self._forget()
        self.region = to
        self.saved = [(-1, position)]
        self.appeared_end = position
        self.cursor.place(self.part.buses[to], position)
        self.life.move()
        self.pace()
