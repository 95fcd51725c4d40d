"""A mirror: what one region published is carried to another and appended to its bus."""

from collections import deque
from typing import TYPE_CHECKING

from sim.core.draws import Purpose
from sim.journal.schema import LSN_BITS, LSN_MASK

from ..draws import ns
from .bus import SKIP, WAIT, Row
from .life import Life
from .worker import DONE, Worker, every, later

if TYPE_CHECKING:
    from .platform import DomainPath

RECEIVED, SKIPPED = "received", "skipped"


class Flying:
    """A row on the wire."""

    __slots__ = ("arrives", "departs", "lost", "position")

    def __init__(self, position: int, departs: int, arrives: int) -> None:
        self.position = position
        self.departs = departs
        self.arrives = arrives
        self.lost = False


class Mirror:
    """``next`` is the position of the source's bus that is to be carried next."""

    def __init__(self, part: "DomainPath", a: int, b: int) -> None:
        self.part = part
        self.path = path = part.path
        self.clock = path.clock
        self.a, self.b = a, b
        self.short = f"mirror/{path.names[a]}/{path.names[b]}"
        self.name = f"{part.domain.name}/{self.short}"
        self.spec = path.spec.mirror
        self.source = part.buses[a]
        self.region = b
        self.leg = path.network.links[a][b]
        self.key = path.draws.key(self.name)
        self.work = path.spec.event * 1e9 / (self.spec.share * self.leg.bandwidth)
        self.worker = Worker(self.clock, offer=self._offer, done=self._hand)
        self.life = Life(path, self.name, restart=self.spec.restart, stop=self._stop, start=self.look)
        self.pauses: set[str] = set()
        self._begin()
        self.source.calls.append(self.worker.call)
        self.clock.process(every(self.clock, self.spec.save, self.name, self._save))
        self.clock.process(every(self.clock, self.spec.checkpoint, self.name, self._checkpoint))

    def _begin(self) -> None:
        self.connected = True
        self.next = 0
        self.saved = 0
        self.received_end = 0
        self.wire: deque[Flying] = deque()
        self.previous = self.previous_done = 0
        self.fate: dict[int, str] = {}  # position -> what became of it first
        self.copies: dict[int, int] = {}  # position -> that of its first copy
        self.checkpoints: dict[str, int] = {}
        self.skipped_rows: list[tuple[int, int, int]] = []
        self.source_down: tuple[int, str] = (-1, "")  # when an outage took the source, and its wire

    # --- carrying ---

    def _offer(self):
        rows = self.source.rows
        while self.connected and self.next < len(rows):
            if rows[self.next].origin != self.a:
                self.next += 1
                continue
            verdict = self.source.verdict(self.next)
            if verdict == WAIT:
                return None
            if verdict != SKIP:
                return self.next, self.work
            self.skipped_rows.append((self.clock._now, self.a, self.next))
            self.fate.setdefault(self.next, SKIPPED)
            self.next += 1
        return None

    def _hand(self, position: int) -> None:
        now = self.clock._now
        version = self.source.rows[position].version
        waits, whole = self._wire(version & LSN_MASK, version >> LSN_BITS)
        arrives = self.previous = max(now + ns(whole), self.previous)
        flying = Flying(position, now + waits, arrives)
        self.wire.append(flying)
        self.next = position + 1
        later(self.clock, arrives, DONE, lambda: self._receive(flying))

    def _wire(self, lsn: int, timeline: int) -> tuple[int, float]:
        """Return when the last transmission departs and when it arrives, ns after the first."""
        leg, draws = self.leg, self.path.draws
        whole = leg.latency + draws.sample(leg.jitter, self.key, lsn, timeline, Purpose.WIRE)
        if leg.loss == 0:
            return 0, whole
        lost = leg.transmissions_lost(draws.uniform(self.key, lsn, timeline, Purpose.WIRELOSS))
        return lost * leg.retransmit, whole + lost * leg.retransmit

    def _receive(self, flying: Flying) -> None:
        if flying.lost:
            return
        self.wire.popleft()
        self.previous_done = self.clock._now
        position = flying.position
        self.path.count["carried again"] += position in self.copies or self.fate.get(position) == RECEIVED
        self.fate.setdefault(position, RECEIVED)
        self.received_end = position + 1
        version = self.source.rows[position].version
        row = Row(version, self.a, self.part.partition(version), lambda at: self._copied(position, at))
        self.part.buses[self.b].append(row)

    def _copied(self, position: int, at: int) -> None:
        self.copies.setdefault(position, at)

    def waits(self) -> bool:
        """Whether a row waits to be carried."""
        return any(row.origin == self.a for row in self.source.rows[self.next :])

    # --- the connection ---

    def pace(self) -> None:
        """Set the speed: what limits leave of the bandwidth, 0 while paused."""
        self.worker.change(0.0 if self.pauses or self.life.pauses else self.leg.speed())

    def look(self) -> None:
        """Connect or disconnect as the world now is."""
        network = self.path.network
        joined = network.joined(self.a, self.b)
        whole = network.up(self.a) and network.up(self.b) and self.life.running and joined
        at, wire = self.source_down
        if self.connected and not whole:
            self.connected = False
            self.worker.drop()
            kept = at == self.clock._now and wire == "delivered" and joined
            self._take_back(self.clock._now if kept else -1)
            self.path.count["mirror rows that fly on"] += len(self.wire)
        elif at == self.clock._now and not (joined and wire == "delivered"):
            self._take_back(-1)
        if whole and not self.connected:
            self.connected = True
            self.worker.call()

    def _take_back(self, departed_before: int) -> None:
        """Take back what flies, but for what comes before the first row that departs too late."""
        keep = 0
        while keep < len(self.wire) and self.wire[keep].departs < departed_before:
            keep += 1
        while len(self.wire) > keep:
            flying = self.wire.pop()
            flying.lost = True
            self.next = flying.position
            self.path.count["mirror rows taken back"] += 1
        self.previous = self.wire[-1].arrives if self.wire else self.previous_done

    def strike(self, wire: str) -> None:
        """An outage takes the source's region."""
        at, before = self.source_down
        if at == self.clock._now and before == "lost":
            return
        self.source_down = (self.clock._now, wire)

    def _stop(self) -> None:
        self.connected = False
        self.worker.drop()
        self._take_back(-1)
        self.next = self.received_end = self.saved

    # --- ticks ---

    def _save(self) -> None:
        if self.life.used():
            self.saved = self.received_end

    def _checkpoint(self) -> None:
        if not (self.life.used() and self.connected):
            return
        for reader in self.part.readers_in(self.a):
            before = self.checkpoints.get(reader.name, 0)
            self.checkpoints[reader.name] = max(before, self.translated(reader.saved_before(self.clock._now)))

    def translated(self, saved: int) -> int:
        """Return the position in the target's bus that stands for one in the source's."""
        rows = self.source.rows
        mine = [p for p in range(saved) if rows[p].origin == self.a and self.fate.get(p, RECEIVED) != SKIPPED]
        received = [p for p, fate in sorted(self.fate.items()) if fate == RECEIVED]
        i = min(len(mine), len(received))
        i -= i % self.spec.granularity
        return self.copies[received[i - 1]] + 1 if i else 0

    # --- the end ---

    def flying(self) -> list[tuple[int, int, int]]:
        """Return the runs of positions on the wire."""
        return [(self.a, begin, end) for begin, end in runs([flying.position for flying in self.wire])]

    def unread(self) -> list[tuple[int, int, int]]:
        """Return the runs of positions that were neither received nor fly nor were skipped."""
        flying = {one.position for one in self.wire}
        rows = self.source.rows
        left = [
            p for p in range(len(rows)) if rows[p].origin == self.a and p not in self.fate and p not in flying
        ]
        return [(self.a, begin, end) for begin, end in runs(left)]


def runs(positions: list[int]) -> list[tuple[int, int]]:
    """Return the maximal runs [begin, end) of ascending positions."""
    found: list[tuple[int, int]] = []
    for position in positions:
        if found and found[-1][1] == position:
            found[-1] = (found[-1][0], position + 1)
        else:
            found.append((position, position + 1))
    return found
