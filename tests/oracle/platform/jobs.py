"""Scheduled jobs from one zone to the next."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

from .life import Life
from .tables import ZONES, Commit, Range, Table
from .worker import control, every

if TYPE_CHECKING:
    from .platform import DomainPath


class Job:
    """``curated`` or ``analytics`` of one domain; ``read`` counts the commits of its input."""

    def __init__(self, part: "DomainPath", zone: str) -> None:
        self.part = part
        self.path = path = part.path
        self.clock = path.clock
        self.zone = zone
        self.input = ZONES[ZONES.index(zone) - 1]
        self.spec = spec = getattr(path.twin.scenario.lake, zone)
        self.name = f"{part.domain.name}/{zone}"
        self.region = path.names.index(path.twin.scenario.lake.home)
        self.life = Life(path, self.name, restart=spec.restart, stop=self._stop, start=lambda: None)
        self.read = 0
        self.taken = 0  # commits of its input that the round under way will have read
        self.rounds = 0
        self.turn = 0
        self.busy = False
        self.ended_at = -1
        self.clock.process(every(self.clock, spec.interval, self.name, self._tick))

    def table(self, zone: str) -> Table:
        """Return a table of this domain in the region where the job runs."""
        return self.part.tables[zone][self.region]

    def _tick(self) -> None:
        if not self.life.used():
            return
        if self.busy or self.ended_at == self.clock._now:
            self.path.count["ticks while a round is under way"] += 1
            return
        seen = self.table(self.input).seen()
        taken = self.table(self.input).commits[self.read : seen]
        if not taken:
            return
        self.busy = True
        self.taken = seen
        key = self.path.draws.key(self.name)
        base = self.path.draws.duration(self.spec.base, key, self.rounds, Purpose.JOB)
        self.rounds += 1
        turn = self.turn
        ranges = joined([one for commit in taken for one in commit.ranges])
        rows = sum(commit.rows for commit in taken)
        control(self.clock, base + self.spec.per_row * rows, self.name, lambda: self._end(turn, ranges, seen))

    def _end(self, turn: int, ranges: list[Range], read: int) -> None:
        if turn == self.turn:
            self.path.catalogs[self.region].take(self.zone, lambda: self._appear(turn, ranges, read))

    def _appear(self, turn: int, ranges: list[Range], read: int) -> None:
        if turn != self.turn:
            return
        self.busy = False
        self.ended_at = self.clock._now
        self.read = read
        self.table(self.zone).append(Commit(self.clock._now, ranges, read))

    def waits(self) -> bool:
        """Whether a commit of its input waits for a round."""
        return len(self.table(self.input).commits) > (self.taken if self.busy else self.read)

    def pace(self) -> None:
        """A pause does not touch a round."""

    def _stop(self) -> None:
        self.path.count["rounds forgotten"] += self.busy
        self.busy = False
        self.turn += 1

    def move(self, to: int) -> None:
        """Run in another region, from where its last commit there had read to."""
        self._stop()
        self.region = to
        commits = self.table(self.zone).commits
        self.read = min(commits[-1].read if commits else 0, len(self.table(self.input).commits))
        self.life.move()


def joined(ranges: list[Range]) -> list[Range]:
    """Return ranges in order, adjacent ones of one source as one."""
    found: list[Range] = []
    for source, begin, end in ranges:
        if found and found[-1][0] == source and found[-1][2] == begin:
            found[-1] = (source, found[-1][1], end)
        else:
            found.append((source, begin, end))
    return found
