"""The bus: a log of rows in each region for each domain, and the brokers that lead its partitions."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.core.draws import Purpose
from sim.journal.schema import LSN_MASK

from .worker import VISIBLE, control, later

if TYPE_CHECKING:
    from .platform import Path

TAKE, SKIP, WAIT = range(3)


class Row:
    """An event on the bus of one region."""

    __slots__ = ("at", "gone", "origin", "partition", "placed", "version")

    def __init__(self, version: int, origin: int, partition: int, placed: Callable[[int], None]) -> None:
        self.version = version
        self.origin = origin
        self.partition = partition
        self.placed = placed  # is told the position
        self.at = 0
        self.gone = False


class Bus:
    """The log of one domain in one region."""

    def __init__(self, path: "Path", region: int, brokers: "Brokers") -> None:
        self.path = path
        self.clock = path.clock
        self.region = region
        self.brokers = brokers
        self.rows: list[Row] = []
        self.coming: list[Row] = []
        self.retentions: dict[str, int] = {"": path.spec.retention}
        self.gone_rows: list[tuple[int, int]] = []
        self.calls: list[Callable[[], None]] = []  # whoever waits for rows

    def append(self, row: Row) -> None:
        """Let a row be visible from now on, behind all others of this nanosecond that come before it."""
        if not self.coming:
            later(self.clock, self.clock._now, VISIBLE, self._settle)
        self.coming.append(row)

    def _settle(self) -> None:
        self.path.count["rows visible at one time"] += len(self.coming) > 1
        for row in sorted(self.coming, key=lambda row: (row.origin, row.version & LSN_MASK)):
            row.at = self.clock._now
            row.placed(len(self.rows))
            self.rows.append(row)
        self.coming = []
        self.call()

    def call(self) -> None:
        """Let whoever reads look again."""
        for call in self.calls:
            call()

    def verdict(self, position: int) -> int:
        """Return what becomes of a row that would be taken up now."""
        row = self.rows[position]
        if row.partition in self.brokers.down:
            return WAIT
        if row.gone:
            self.path.count["skipped because gone"] += 1
            return SKIP
        if self.clock._now >= row.at + min(self.retentions.values()):
            self.path.count["skipped because expired"] += 1
            self._expired(self.clock._now - row.at)
            return SKIP
        return TAKE

    def _expired(self, age: int) -> None:
        """A row is skipped: because of the truncations without which it would be there."""
        if age < self.path.spec.retention:
            self.path.fire(fault for fault, retention in self.retentions.items() if age >= retention)

    def lose(self, partitions: set[int], since: int) -> None:
        """Remove the rows of some partitions that are visible since then."""
        for position, row in enumerate(self.rows):
            if not row.gone and row.at >= since and row.partition in partitions:
                row.gone = True
                self.gone_rows.append((self.clock._now, position))
                self.path.count["gone"] += 1


class Brokers:
    """The brokers of one region: who leads, what is unavailable."""

    def __init__(self, path: "Path", region: int) -> None:
        self.path = path
        self.name = f"bus/{path.names[region]}"
        self.region = region
        self.down: Counter[int] = Counter()  # partition -> elections that keep it unavailable
        self.over: Counter[int] = Counter()  # broker -> faults in force whose election is over
        self.electing: dict[str, set[int]] = {}  # fault -> partitions
        self.elections = 0

    def leader(self, partition: int) -> int:
        """Return the broker that leads a partition."""
        count = self.path.spec.brokers
        home = partition % count
        return next((b for i in range(count) if not self.over[b := (home + i) % count]), home)

    def fail(self, fault: str, broker: int) -> set[int]:
        """Begin an election of the partitions that a broker leads; return them."""
        path = self.path
        led = {p for p in range(path.spec.partitions) if self.leader(p) == broker}
        key = path.draws.key(self.name)
        delay = path.draws.duration(path.spec.election, key, self.elections, Purpose.ELECTION)
        self.elections += 1
        path.count["elections"] += 1
        path.count["elections that overlap"] += bool(self.electing)
        self.electing[fault] = led
        self.down.update(led)
        path.note("partitions.down", self.name)
        path.availability(self.region)
        control(path.clock, delay, self.name, lambda: self._elected(fault, broker))
        return led

    def _elected(self, fault: str, broker: int) -> None:
        if fault in self.electing:
            self.over[broker] += 1
            self._end(fault)

    def heal(self, fault: str, broker: int) -> None:
        """End a fault: the broker leads again what it led."""
        if fault in self.electing:
            self._end(fault)
        else:
            self.over[broker] -= 1

    def _end(self, fault: str) -> None:
        self.down -= Counter(dict.fromkeys(self.electing.pop(fault), 1))
        self.path.note("partitions.up", self.name)
        self.path.availability(self.region)
