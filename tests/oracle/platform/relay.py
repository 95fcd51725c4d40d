"""The relay: commits go to the bus of the primary's region, in rounds."""

from functools import partial
from typing import TYPE_CHECKING

from sim.core.draws import Purpose
from sim.journal.schema import LSN_BITS, LSN_MASK

from ..clock import FAULT
from ..copies import last_held
from .bus import Row
from .life import Life
from .worker import TICK, Worker, Works, control, every, later

if TYPE_CHECKING:
    from .platform import DomainPath

MARK = -1


class Relay:
    """One domain's relay. ``next`` is the lsn to be published next, ``saved`` the history of positions."""

    def __init__(self, part: "DomainPath") -> None:
        self.part = part
        self.path = path = part.path
        self.clock = path.clock
        self.domain = part.domain
        self.spec = part.domain.spec.outbox
        self.name = f"{self.domain.name}/relay"
        self.region = self.domain.primary.region
        self.timeline = 1
        self.worker = Worker(self.clock, offer=self._offer, done=self._done)
        self.works = Works(path.draws, self.spec.publish, self.name, Purpose.PUBLISH)
        self.life = Life(path, self.name, restart=self.spec.restart, stop=self._stop, start=self._start)
        self.saved: list[tuple[int, int]] = [(-1, 0)]
        self.ended = 0  # cdc: the end of the last round
        self.next = 1
        self.round: list[int] | None = None
        self.snapshot: list[int] | None = None
        self.lost: dict[str, str] = {}  # slot_lost faults in force, and what each does
        self.crashes: dict[str, str] = {}  # relay_crash faults in force: new, armed or due
        self.published: set[int] = set()  # versions, since the last start
        self.placed_rows = [(0, self.region, 0)]
        self._wait(1)
        if self.spec.kind == "cdc":
            self.clock.process(every(self.clock, self.spec.flush, self.name, self._flush))

    # --- rounds ---

    def _wait(self, number: int) -> None:
        at = number * self.spec.interval
        later(self.clock, at, TICK, lambda: self._tick(number))

    def _tick(self, number: int) -> None:
        self._wait(number + 1)
        if self.round is not None or not self.life.used():
            return
        versions = self._ahead() if self.snapshot is None else self.snapshot
        if not versions:
            return
        self.round = versions
        self.crashes = {fault: "armed" if was == "new" else was for fault, was in self.crashes.items()}
        self.worker.call()

    def _ahead(self) -> list[int]:
        """Return the versions that a round takes."""
        found = []
        for lsn in range(self.next, self.domain.last_lsn() + 1):
            commit_ns, version = self.domain.record(self.domain.newest, lsn)[:2]
            if commit_ns >= self.clock._now or len(found) == self.spec.batch:
                break
            found.append(version)
        return found

    def _offer(self):
        if self.round is None:
            return None
        if not self.round:
            return MARK, self.spec.mark
        version = self.round[0]
        if self.part.partition(version) in self.path.brokers[self.region].down:
            self.path.count["publishing waits for a partition"] += 1
            return None
        return version, self.works.of(version)

    def _done(self, version: int) -> None:
        if version == MARK:
            self._end_round()
            self._save(self.next - 1)
            return
        self.round.pop(0)
        lsn = version & LSN_MASK
        newest = self.part.versions_published
        self.path.count["published again"] += version in newest
        newest.add(version)
        self.published.add(version)
        self.part.publish(self.region, version)
        if self.snapshot is None:
            self.next = lsn + 1
        if not self.round:
            self._published_all()

    def _published_all(self) -> None:
        for fault, state in self.crashes.items():
            if state == "armed":
                self.crashes[fault] = "due"
                crash = partial(self._crash, fault, self.life.turn)
                control(self.clock, 1, f"fault/{fault}", crash, rank=FAULT)
        if self.spec.kind == "cdc":
            self._end_round()

    def _crash(self, fault: str, turn: int) -> None:
        if self.crashes.get(fault) == "due" and turn == self.life.turn and self.life.running:
            del self.crashes[fault]
            self.path.count["relay crashes between publish and mark"] += self.round is not None
            self.path.count["relay crashes"] += 1
            self.path.fire([fault])
            self.life.fail(fault)

    def _end_round(self) -> None:
        self.round = None
        self.snapshot = None
        self.ended = self.next - 1

    # --- positions ---

    def _save(self, position: int) -> None:
        self.saved.append((self.clock._now, position))

    def _flush(self) -> None:
        if self.life.used():
            self._save(self.ended)

    # --- life ---

    def availability(self) -> None:
        """Start anew what is in service if its partition is unavailable; else look again."""
        item = self.worker.item
        down = self.path.brokers[self.region].down
        if item is not None and item != MARK and self.part.partition(item) in down:
            self.path.count["publishing starts anew"] += 1
            self.worker.drop()
        self.worker.call()

    def pace(self) -> None:
        """Set the speed."""
        self.worker.change(0.0 if self.life.pauses else 1.0)

    def look(self) -> None:
        """See whether there is a new primary, and whether the primary's node runs."""
        if self.timeline != self.domain.newest:
            self._resume()
        node = self.domain.primary
        (self.life.remove if node.up and node.intact else self.life.add)("node")

    def _stop(self) -> None:
        self.path.count["kills between publish and mark"] += self.round == [] and self.spec.kind == "poll"
        self.worker.drop()
        self.round = None
        self.snapshot = None
        self.next = self.saved[-1][1] + 1
        self.ended = self.next - 1
        self.crashes = dict.fromkeys(self.crashes, "new")

    def _start(self) -> None:
        if self.lost:
            self._start_without_position()
        self.published = set()
        self.placed_rows.append((self.clock._now, self.region, self.next - 1))
        self.worker.call()

    def _start_without_position(self) -> None:
        last = self.domain.last_lsn()
        gap = list(self.lost.values())[-1]
        self.path.count[f"slot lost: {gap}"] += 1
        self.path.fire(self.lost)
        self.next = last + 1
        if gap == "snapshot" and last:
            newest: dict[int, int] = {}
            for lsn in range(1, last + 1):
                _, version, _, key, _ = self.domain.record(self.domain.newest, lsn)
                newest[key] = version
            self.snapshot = [newest[key] for key in sorted(newest)]
            return
        self.ended = last
        self._save(last)

    def _resume(self) -> None:
        """Begin in the new primary's region: from what was known to be published there."""
        domain = self.domain
        cut = domain.timelines[domain.newest].cut
        seen = domain.record(domain.newest, cut)[0] if cut else 0
        self.saved = [one for one in self.saved if one[0] < seen] or [(-1, 0)]
        start = min(self.saved[-1][1], cut)
        ghosts = [
            version
            for version in self.part.versions_published
            if version >> LSN_BITS == self.timeline and version & LSN_MASK > cut
        ]
        self.path.count["promotions with ghosts"] += bool(ghosts)
        self.timeline = domain.newest
        self.region = domain.primary.region
        self._save(start)
        self._stop()
        if self.life.move():
            self.path.note("relay.resumed", self.name)
            self.path.count["relay resumed"] += 1

    def waits(self) -> bool:
        """Whether a commit waits to be published."""
        return self.snapshot is not None or self.next <= self.domain.last_lsn()

    def unsent(self) -> list[tuple[int]]:
        """Return the versions that it would still publish, and has not published since the last start."""
        domain = self.domain
        versions = list(self.snapshot or ())
        versions += [domain.record(domain.newest, lsn)[1] for lsn in range(self.next, last_held(domain) + 1)]
        return [(version,) for version in versions if version not in self.published]


def row_for(part: "DomainPath", region: int, version: int) -> Row:
    """Return an event as the relay of a region publishes it."""
    return Row(version, region, part.partition(version), lambda position: None)
