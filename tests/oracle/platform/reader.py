"""Consumer groups, and what moving means to whatever reads a bus."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

from ..clock import FAULT
from ..names import known
from .cursor import Cursor
from .handler import Handler
from .life import Life
from .mover import Mover
from .worker import Worker, Works, control, every

if TYPE_CHECKING:
    from .platform import DomainPath


class Reader:
    """A consumer group of one domain."""

    def __init__(self, part: "DomainPath", given: str, spec) -> None:
        self.part = part
        self.path = path = part.path
        self.clock = path.clock
        self.spec = spec
        self.short = known(given)
        self.name = f"{part.domain.name}/{self.short}"
        self.region = path.names.index(spec.region)
        self.worker = Worker(self.clock, offer=self._offer, done=self._done, speed=float(spec.members))
        works = Works(path.draws, spec.work, self.name, Purpose.CONSUME)
        self.handler = Handler(part, given, spec) if spec.writes is not None else None
        self.consumed_rows: list[tuple[int, int, int]] = []
        self.cursor = Cursor(
            self.worker,
            works,
            held=lambda position: False,
            passes=self._passes,
            completed=self._completed,
        )
        self.cursor.place(part.buses[self.region], 0)
        self.life = Life(path, self.name, restart=spec.restart, stop=self._stop, start=self._start)
        self.killed: set[str] = set()  # faults that took a member each
        self.saved = [(-1, 0)]
        self.left: dict[int, int] = {}  # region -> position saved there when it moved away
        self.placed_rows = [(0, self.region, 0)]
        self.skews: dict[str, int] = {}
        self.mover = Mover(
            path, self.name, spec=spec, home=spec.region, where=lambda: self.region, move=self._move
        )
        self.clock.process(every(self.clock, spec.commit, self.name, self._commit))

    def _offer(self):
        return self.cursor.offer() if self.life.running else None

    def _passes(self, position: int) -> bool:
        handler = self.handler
        return handler is not None and not handler.reacts(self.cursor.bus.rows[position].version)

    def _done(self, position: int) -> None:
        if self.handler is not None:
            self.handler.handle(self.region, position, self.cursor.bus.rows[position].version)
        self.cursor.advance(skipped=False)

    def _completed(self, position: int, skipped: bool) -> None:
        if not skipped:
            self.consumed_rows.append((self.clock._now, self.region, position))

    def _commit(self) -> None:
        if self.life.used():
            reached = self.cursor.next
            position = reached if self.handler is None else self.handler.settled(reached)
            self.saved.append((self.clock._now, position))

    def saved_before(self, at: int) -> int:
        """Return the position that was saved strictly before a time."""
        return [position for when, position in self.saved if when < at][-1]

    def waits(self) -> bool:
        """Whether a row waits for it."""
        return self.cursor.waits()

    # --- life ---

    def pace(self) -> None:
        """Set the speed: one for each member."""
        members = max(0, self.spec.members - len(self.killed))
        self.worker.change(0.0 if self.life.pauses else float(members))

    def _stop(self) -> None:
        self.cursor.back_to(self.saved[-1][1])
        self._forget()

    def _forget(self) -> None:
        if self.handler is not None:
            self.handler.waits = []

    def _start(self) -> None:
        self.cursor.place(self.part.buses[self.region], self.cursor.next)
        self.placed_rows.append((self.clock._now, self.region, self.cursor.next))

    def kill(self, fault: str) -> None:
        """A member dies; the whole reader if it is the only one."""
        if self.spec.members == 1:
            self.life.add(fault)
            return
        self.killed.add(fault)
        self.path.count["members killed"] += 1
        self.life.wait(self.spec.session + self.spec.rebalance)
        self.pace()

    def revive(self, fault: str) -> None:
        """The fault is over: the member is back, or the reader restarts."""
        if fault in self.killed:
            self.killed.discard(fault)
            self.life.wait(self.spec.rebalance)
            self.pace()
        else:
            self.life.remove(fault)

    def storm(self, fault: str, every: int) -> None:
        """Rebalance now and every so often while the fault is in force."""
        if fault not in self.path.active:
            return
        if self.life.running:
            self.path.count["rebalances in a storm"] += 1
            self.path.fire([fault])
            self.life.wait(self.spec.rebalance)
        else:
            self.path.count["rebalances that find a group stopped"] += 1
        control(self.clock, every, f"fault/{fault}", lambda: self.storm(fault, every), rank=FAULT)

    def _move(self, to: int) -> None:
        self.left[self.region] = self.saved[-1][1]
        position = start_of(self, to, self.spec.start, self.skews)
        self.path.note("reader.moved", self.name)
        self.path.count["reader moved"] += 1
        self.region = to
        self.saved = [(-1, position)]
        self._forget()
        self.cursor.place(self.part.buses[to], position)
        self.life.move()
        self.mover.look()


def start_of(reader, to: int, start: str, skews: dict[str, int]) -> int:
    """Return the position at which something that moves begins to read the bus of another region."""
    part, count = reader.part, reader.path.count
    end = len(part.buses[to].rows)
    count[f"moved to {start}"] += 1
    if start == "earliest":
        return 0
    if start == "latest":
        return end
    written = [mirror.checkpoints.get(reader.name, 0) for (_, b), mirror in part.mirrors.items() if b == to]
    checkpoint = max(*written, reader.left.get(to, 0), 0)
    count["moved to where it had been"] += to in reader.left
    count["moved to a checkpoint beyond 0"] += checkpoint > 0
    count["moved with a skew"] += bool(skews)
    reader.path.fire(skews)
    return min(max(checkpoint + sum(skews.values()), 0), end)
