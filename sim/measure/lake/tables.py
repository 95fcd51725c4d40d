"""The lake's tables in every region, and what refreshes of insights show of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from sim.core.stages import ANALYTICS, RAW, ZONES
from sim.journal.recorder import Table
from sim.measure.bus.bus_log import BusLog
from sim.measure.bus.rows import Merged, Stream, read_versions, rows_of
from sim.measure.capability.tested import FirstUse, Outset
from sim.measure.lake.late_data import Lateness
from sim.measure.platform.setup import PathSetup
from sim.measure.platform.spans import Spans
from sim.measure.platform.stage import Passed, StageProgress
from sim.measure.platform.tally import CommitTally, Witness
from sim.measure.platform.watch import Track, Watch, tell
from sim.measure.store.line import FOREVER, Line

Take = Callable[[str], Table | None]
Range = tuple[int, int, int]  # source region, begin, end
DEAD, TAKEN = "dead letter", "taken back"


@dataclass(slots=True)
class Held:
    """A table of one zone in one region: its commits as (number, ranges), and the stage they make."""

    watch: Watch
    commits: list[tuple[int, list[Range]]] = field(default_factory=list)
    taken: list[Passed] = field(default_factory=list)  # what was in commits that were taken back


@dataclass(slots=True)
class Shown:
    """What the refreshes of one insight show in one region: the oldest record that is not in it.

    ``newest``: the newest that the last good one showed, None if none did; ``since_ns``: when that was, or
    the end of the warm-up; ``longest_ns``: the longest time without one; ``first``: since a fault began.
    """

    oldest: int
    since_ns: int
    first: FirstUse
    longest_ns: int = 0
    newest: int | None = None
    track: Track = field(default_factory=Track)
    refreshes: int = 0
    failed: int = 0

    def show(self, newest: int | None, at_ns: int) -> None:
        """Note a good refresh."""
        self.newest = newest
        self.wait(at_ns)

    def wait(self, at_ns: int) -> None:
        """Note that there was no other good refresh before this."""
        self.longest_ns = max(self.longest_ns, at_ns - self.since_ns)
        self.since_ns = max(self.since_ns, at_ns)


class TableMeasures:
    """Folds ranges, dead letters and refreshes of one domain."""

    def __init__(self, setup: PathSetup, line: Line, logs: list[BusLog], outset: Outset) -> None:
        self.setup, self.line, self.logs = setup, line, logs
        self.region = setup.lake
        self.held: dict[tuple[str, int], Held] = {}
        self.tracks = {zone: Track() for zone in ZONES if setup.lake is not None}
        self.dead, self.dead_letters = Spans(), CommitTally()  # versions; rows
        self.started = (0, 0)  # when and at which position the stream job last started
        if self.region is not None:
            regions = range(len(setup.regions))
            self.held = {(zone, r): Held(Watch(self._stage())) for zone in ZONES for r in regions}
            for zone, track in self.tracks.items():
                self.held[zone, self.region].watch.approach(track)
        first = line.oldest(Spans())
        line.mark(first, 0)
        self.shown = {
            (name, r): Shown(first, setup.span.warmup_ns, FirstUse(outset))
            for name, insight in setup.own_insights.items()
            for r in insight.regions
        }

    def watches(self) -> list[Watch]:
        """Return the stages of every table."""
        return [held.watch for held in self.held.values()]

    def near(self) -> list[Watch]:
        """Return the stages where the lake is computed."""
        return [held.watch for (_, r), held in self.held.items() if r == self.region]

    def stretch(self, take: Take, skipped: list[Stream]) -> None:
        """Take in rows between two controls; ``skipped``: what mirrors skipped on the way to the lake."""
        streams = list(skipped)
        for kind in ("skipped", "dead"):
            rows = take(f"{kind}/stream")
            if rows is not None:
                streams.append((kind, rows["at_ns"], read_versions(self.logs, rows)))
        passed = Merged(streams)
        for at_ns, _, act in sorted(self._events(take), key=lambda event: event[:2]):
            self._pass(passed, at_ns)
            act()
        self._pass(passed, None)

    def pass_over(self, version: int, at: np.ndarray, why: str) -> None:
        """Note for every table that consecutive versions will not come."""
        for watch in self.watches():
            watch.pass_over(version, at, why)

    def placed(self, region: int, position: int, at_ns: int, lost: Iterable[tuple[str, Spans]]) -> None:
        """The stream job starts at a position; what is ``lost`` to it and not written yet never comes."""
        if self.region is None:
            raise ValueError(f"{self.setup.domain} has a stream job and no lake")
        self.started = (at_ns, position)
        for zone, track in self.tracks.items() if region != self.region else ():
            self.held[zone, self.region].watch.leave(track, at_ns)
            self.held[zone, region].watch.approach(track)
        self.region = region
        for why, versions in lost:
            for low, high in versions.minus(self.held[RAW.name, region].watch.stage.covered):
                self.pass_over(low, np.full(high - low, at_ns), why)

    def promoted(self, at_ns: int) -> None:
        """The line has been cut at ``at_ns``."""
        for watch in self.watches():
            watch.look_again(at_ns)
        first = self.line.segments[-1][0]
        for shown in self.shown.values():
            if not self.line.holds(shown.oldest):
                tell([shown.track], at_ns, self.line.clock(shown.oldest, at_ns, marks=True))
                shown.oldest = first

    def take_back(self, table: str, row: dict[str, int]) -> None:
        """Commits of ``table`` (``raw/us-west``) beyond the first ``kept`` are taken back."""
        zone, _, region = table.partition("/")
        r = self.setup.regions.index(region)
        held = self.held[zone, r]
        if zone == RAW.name and r == self.region:  # what was committed once is in no commit to come
            ends = [end for _, ranges in held.commits for source, _, end in ranges if source == r]
            self.started = self.started[0], max([self.started[1], *ends[-1:]])
        held.commits = [commit for commit in held.commits if commit[0] < row["kept"]]
        delivered = Spans()
        for version, count in self.versions(held):
            delivered.add(version, version + count)
        gone = held.watch.stage.delivered.minus(delivered)
        for low, high in gone:
            at = row["at_ns"]
            commit_ns, rid = self.line.clock(low, at, marks=True), self.line.rid(low, at)
            held.taken.append(Passed(low, high, at, commit_ns, rid, TAKEN))
        rows = sum(end - begin for _, ranges in held.commits for _, begin, end in ranges)
        held.watch.restrict(delivered, arrivals=rows, commits=row["kept"], at_ns=row["at_ns"])

    def versions(self, held: Held, first: int = 0) -> Iterator[tuple[int, int]]:
        """Yield (first version, rows) of what commits from number ``first`` on hold."""
        for number, ranges in held.commits:
            for source, begin, end in ranges if number >= first else ():
                yield from self.logs[source].versions(begin, end)

    def finish(self, end_ns: int) -> None:
        """Nothing comes after ``end_ns``."""
        for watch in self.watches():
            watch.close(end_ns)
        for shown in self.shown.values():
            shown.wait(end_ns)
            tell([shown.track], end_ns, self.line.clock(shown.oldest, end_ns, marks=True))

    def _stage(self) -> StageProgress:
        lateness = Lateness(self.line, self.setup.lateness_ns, batches=True)
        return StageProgress(self.line, table=True, lateness=lateness)

    def _events(self, take: Take) -> Iterator[tuple[int, int, Callable[[], None]]]:
        """Yield refreshes and commits; a refresh at a time sees what was there strictly before."""
        for (zone, r), held in self.held.items():
            rows = take(f"{zone}/{self.setup.regions[r]}")
            if rows is None:
                continue
            ranges = np.stack([rows["source"], rows["begin"], rows["end"]], axis=1).tolist()
            starts = np.flatnonzero(np.diff(rows["commit"], prepend=-1)).tolist()
            for first, stop in zip(starts, [*starts[1:], len(ranges)], strict=True):
                found = [tuple(row) for row in ranges[first:stop]]
                at_ns, number = int(rows["at_ns"][first]), int(rows["commit"][first])
                yield at_ns, 1, _call(self._commit, held, (number, found), at_ns, zone == RAW.name)
        for (name, r), shown in self.shown.items():
            rows = take(f"refresh/{name}/{self.setup.regions[r]}")
            for row in rows_of(rows) if rows is not None else ():
                yield row["at_ns"], 0, _call(self._refresh, shown, r, row)

    def _commit(self, held: Held, commit: tuple[int, list[Range]], at_ns: int, raw: bool) -> None:
        held.commits.append(commit)
        held.watch.stage.commit, ranges = commit
        for source, begin, end in ranges:
            for version, count in self.logs[source].versions(begin, end):
                stage = held.watch.stage
                for boundary in (version, version + count) if raw else ():
                    near = FOREVER if boundary in stage.covered else stage.near_from
                    self.line.mark(boundary, at_ns, near)
                held.watch.arrive(version, np.full(count, at_ns))

    def _refresh(self, shown: Shown, region: int, row: dict[str, int]) -> None:
        shown.refreshes += 1
        shown.first.see(np.array([row["at_ns"]]))
        if not row["ok"]:
            shown.failed += 1
            return
        stage = self.held[ANALYTICS.name, region].watch.stage
        shown.show(stage.delivered.greatest(), row["at_ns"])
        oldest = stage.oldest
        if oldest != shown.oldest:
            at_ns = row["at_ns"]
            tell([shown.track], at_ns, self.line.clock(shown.oldest, at_ns, marks=True))
            shown.oldest = oldest
            self.line.mark(oldest, at_ns)

    def _pass(self, passed: Merged, until_ns: int | None) -> None:
        for kind, version, at in passed.pieces(until_ns):
            if kind == "dead":
                self.dead.add(version, version + len(at))
                at_ns = int(at[0])
                self.dead_letters.add(len(at), Witness(at_ns, version, self.line.rid(version, at_ns)))
            self.pass_over(version, at, DEAD if kind == "dead" else kind)


def _call(function: Callable[..., None], *arguments: object) -> Callable[[], None]:
    return lambda: function(*arguments)
