"""What can still come to each stage when the run ends, and what of it needs no region out of reach."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from sim.core.stages import MIRROR, RAW, ZONES
from sim.journal.milestones import Milestone
from sim.measure.lake.tables import Held
from sim.measure.platform.domain import DomainPath
from sim.measure.platform.spans import Spans
from sim.measure.store.ledger import Ledger
from sim.measure.store.standing import Standing


class ComingVersions:
    """Versions that cursors can still bring. ``near``: only what needs no region that is out of reach."""

    def __init__(self, path: DomainPath, ledger: Ledger, milestones: Sequence[Milestone]) -> None:
        self._path, self._milestones = path, milestones
        self.standing = Standing.of(ledger.standing)
        regions = range(len(path.setup.regions))
        self.reached = [not self.standing.out_of_reach(r) for r in regions]
        self._ledger = ledger

    @cached_property
    def near_commits(self) -> Spans:
        """Return the versions of the line that the database has within reach."""
        line, reach = self._path.line, self.standing.reach
        if reach >= line.end - 1:
            return line.committed()
        return Spans(line.on(0, line.version(reach) + 1)) if reach > 0 else Spans()

    def present(self, r: int) -> Spans:
        """Return what is on the bus of a region."""
        return self._path.logs[r].present()

    def published_far(self) -> Spans:
        """Return what is on buses out of reach, and on no other."""
        far, close = Spans(), Spans()
        for r, reached in enumerate(self.reached):
            (close if reached else far).update(self.present(r))
        return far.minus(close)

    def unsent(self, *, near: bool) -> Spans:
        """Return what the relay has still to publish, in the primary's region."""
        found = self._path.remains.unsent.copy()
        if not near:
            return found
        return found.meet(self.near_commits) if self.reached[self._path.primary] else Spans()

    def to_bus(self, b: int, *, near: bool) -> Spans:
        """Return what can still become visible on the bus of a region."""
        path, regions = self._path, self._path.setup.regions
        if near and not self.reached[b]:
            return Spans()
        found = self.unsent(near=near)  # published in the primary's region, and then mirrored
        for a, source in enumerate(regions):
            name = f"{MIRROR.at(source)}/{regions[b]}"
            if a != b:
                unread = path.remains.unread.get(name, ())
                found.update(self.alive(a, unread, origin=a) if self.reached[a] or not near else ())
                flying = path.remains.flying.get(name, ())
                found.update(path.logs[a].held(Spans((low, high) for _, low, high in flying), origin=a))
        return found

    def alive(self, r: int, ranges: Iterable[tuple[int, int, int]], origin: int | None = None) -> Spans:
        """Return the versions at positions of a bus that are neither gone nor expired."""
        log, expired = self._path.logs[r], self._path.remains.expired(r, self._milestones)
        positions = Spans((max(low, expired), high) for of, low, high in ranges if of == r)
        return log.held(positions.minus(log.gone), origin=origin)

    def unread(self, process: str, *, near: bool) -> Spans:
        """Return what a reader has still to read."""
        ranges = self._path.remains.unread.get(process, ())
        places = {r for r, _, _ in ranges if self.reached[r] or not near}
        return Spans().update(part for r in places for part in self.alive(r, ranges))

    # --- the lake -------------------------------------------------------------------------------------------

    def to_zones(self, *, near: bool) -> dict[str, Spans]:
        """Return what can still come to each table of the lake's region."""
        path, home = self._path, self._path.tables.region
        assert home is not None, "asked where there is a lake"
        if near and not self.reached[home]:
            return {zone: Spans() for zone in ZONES}
        held = {zone: path.tables.held[zone, home] for zone in ZONES}
        coming = self.unread("stream", near=near).update(self.to_bus(home, near=near))
        coming.update(self._taken_up(home, held[RAW.name]))
        out = {RAW.name: coming}
        for before, zone in pairwise(ZONES):
            out[zone] = out[before].copy().update(self._not_taken(held[before], held[zone]))
        if not near and not self.reached[home]:
            for zone, spans in out.items():
                spans.update(self._copied(zone))
        return out

    def _copied(self, zone: str) -> Spans:
        """Return what regions to which the lake may still move have of a table."""
        tables, places = self._path.tables, self._path.setup.lake_standby
        found = Spans()
        for r in places:
            if r != tables.region:
                found.update(tables.held[zone, r].watch.stage.delivered)
        return found

    def _taken_up(self, home: int, raw: Held) -> Spans:
        """Return what the stream job has completed since its last commit: the next one will hold it."""
        since_ns, start = self._path.tables.started
        ends = [end for _, ranges in raw.commits for source, _, end in ranges if source == home]
        begin = max([start, *ends[-1:]])
        end = self._path.remains.beginning("stream", self._path.logs[home].end)
        passed = Spans((p.low, p.high) for p in raw.watch.stage.passed if p.at_ns >= since_ns)
        return self._path.logs[home].held(Spans([(begin, end)])).minus(passed)

    def _not_taken(self, source: Held, job: Held) -> Spans:
        """Return what lies in commits of ``source`` behind the last that the job took.

        A job's last range ends where the last range that it read ends.
        """
        last = next((ranges[-1] for _, ranges in reversed(job.commits) if ranges), None)
        ends = [i for i, (_, ranges) in enumerate(source.commits) if last and _ends(ranges, last)]
        number = source.commits[ends[-1]][0] + 1 if ends else 0
        return Spans(
            (version, version + count) for version, count in self._path.tables.versions(source, number)
        )


def _ends(ranges: list[tuple[int, int, int]], last: tuple[int, int, int]) -> bool:
    return bool(ranges) and (ranges[-1][0], ranges[-1][2]) == (last[0], last[2])
