"""The data path of one domain, folded from its journal: what every stage holds, and how old it is."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from sim.core.identity import lsn_of, timeline_of
from sim.core.stages import BUS, MIRROR
from sim.journal.recorder import Slice, Table
from sim.measure.bus.bus_log import BusLog, runs_of
from sim.measure.bus.lag_monitors import Lookout
from sim.measure.bus.monitors import MonitorLook
from sim.measure.bus.replays import Replays
from sim.measure.bus.rows import Merged, Stream, read_versions, rows_of, versions_at
from sim.measure.bus.undelivered import Remains
from sim.measure.capability.tested import FirstUse, Outset
from sim.measure.lake.late_data import Lateness
from sim.measure.lake.tables import TableMeasures
from sim.measure.platform.ages import Ages
from sim.measure.platform.setup import PathSetup
from sim.measure.platform.spans import Spans
from sim.measure.platform.stage import StageProgress
from sim.measure.platform.watch import Watch
from sim.measure.store.line import Line

Control = tuple[int, int, Callable[[], None]]  # time, rank, what to do
UNPUBLISHED = "skipped by the relay"
BEHIND = "started behind it"
GONE = "gone from the bus"
UPSTREAM = "skipped upstream"


class DomainPath:
    """Reducer of the tables of the data path and of ``commits`` and ``cuts`` of one domain."""

    def __init__(self, setup: PathSetup) -> None:
        self.setup, self.line = setup, Line()
        count = len(setup.regions)
        self.logs = [BusLog() for _ in range(count)]
        self.buses = [Watch(StageProgress(self.line)) for _ in range(count)]
        self.bus_ages = [Ages(setup.span, setup.events_fresh_ns) for _ in range(count)]
        for watch, ages in zip(self.buses, self.bus_ages, strict=True):
            watch.attach(ages)
        self.events = Ages(setup.span, setup.events_fresh_ns)
        self.primary = setup.primary
        self.buses[self.primary].approach(self.events)
        self.consumers = {name: Watch(self._reader(r.lateness_ns)) for name, r in setup.consumers.items()}
        self.consumer_ages = {n: Ages(setup.span, r.fresh_ns) for n, r in setup.consumers.items()}
        for name, ages in self.consumer_ages.items():
            self.consumers[name].approach(ages)
        self.outset = Outset(setup.span.warmup_ns)
        self.first_commit = FirstUse(self.outset)
        self.tables = TableMeasures(setup, self.line, self.logs, self.outset)
        self.published = Spans()
        self.unpublished = StageProgress(self.line)  # what relays went past; ``delivered`` stays empty
        self.dropped = {name: Spans() for name in setup.drops}  # versions, by the stage that dropped them
        self.remains, self.lookout = Remains(setup), Lookout(setup, self.line)
        self.replays = Replays(setup)
        self._marks: dict[str, int] = {}
        self._begun: set[str] = set()  # faults that have begun before
        self._look_ns = setup.span.look_ns  # when dashboards look next

    def fold(self, part: Slice, needed: int) -> None:
        """Take in one slice; ``needed``: log sequence number of the first commit that replicas still need."""
        self._marks = dict.fromkeys(part.tables, 0)
        self.outset.tell(part.onsets)
        for at_ns, _, act in sorted(self._controls(part), key=lambda control: control[:2]):
            self._stretch(part, at_ns)
            act()
        self._stretch(part, None)
        self.remains.fold(part)
        self._forget(needed, part.until_ns)

    def finish(self, end_ns: int) -> None:
        """The run is over: whatever is missing stays so."""
        for watch in self._watches():
            watch.close(end_ns)
        self.tables.finish(end_ns)

    # --- controls -------------------------------------------------------------------------------------------

    def _controls(self, part: Slice) -> Iterator[Control]:
        """Yield what happens between records, with its time."""
        acts = {
            "cuts": (0, lambda _: self._cut),
            "taken": (1, lambda table: lambda row: self.tables.take_back(table, row)),
            "placed": (2, lambda process: lambda row: self._placed(process, row)),
            "copied": (
                3,
                lambda node: lambda row: self.lookout.replicas[node].put_at(row["version"], row["at_ns"]),
            ),
        }
        for name in part.tables:
            head, _, rest = name.partition("/")
            if head in acts:
                rank, of = acts[head]
                for row in rows_of(part.tables[name]):
                    yield row["at_ns"], rank, _call(of(rest), row)
        for at_ns, fault in part.onsets:
            if fault not in self._begun:
                self._begun.add(fault)
                yield at_ns, -1, partial(self._sample, MonitorLook(at_ns, fault))
        while self._look_ns <= part.until_ns:
            yield self._look_ns, -1, partial(self._sample, MonitorLook(self._look_ns))
            self._look_ns += self.setup.span.look_ns

    def _sample(self, look: MonitorLook) -> None:
        oldest = [watch.stage.oldest for watch in self.buses]
        consumers = {name: watch.stage.oldest for name, watch in self.consumers.items()}
        ends = [log.end for log in self.logs]
        self.lookout.sample(look, primary=self.primary, buses=oldest, consumers=consumers, ends=ends)

    def _cut(self, row: dict[str, int]) -> None:
        at_ns, last = row["at_ns"], max(row["cut"], 0)
        node = row["node"] if row["node"] >= 0 else self.primary  # a destruction: nobody is promoted
        if node != self.primary:
            self.buses[self.primary].leave(self.events, at_ns)
        if row["cut"] < 0:
            self._forget(self.line.end, at_ns)  # by then; what is kept must not depend on slices
        self.line.cut(row["timeline"], last)
        for watch in self._watches():
            watch.look_again(at_ns)
        self.tables.promoted(at_ns)
        self.lookout.promoted(last)
        if node != self.primary:
            self.buses[node].approach(self.events)
        self.primary = node

    def _placed(self, process: str, row: dict[str, int]) -> None:
        at_ns, region, position = row["at_ns"], row["region"], row["position"]
        if process == "relay":
            self._relay_placed(at_ns, position)
            return
        log, bus = self.logs[region], self.buses[region].stage
        ahead = log.held(Spans([(position, log.end)]))
        behind = log.held(Spans([(0, position)])).minus(ahead)
        upstream = Spans((p.low, p.high) for p in bus.passed).minus(bus.delivered)
        if process == "stream":
            self.tables.placed(region, position, at_ns, ((BEHIND, behind), (UPSTREAM, upstream)))
            return
        watch = self.consumers[process]
        for why, lost in ((BEHIND, behind), (UPSTREAM, upstream)):
            for low, high in lost.minus(watch.stage.covered):
                watch.pass_over(low, np.full(high - low, at_ns), why)
        self.lookout.consumers[process].placed(region, position)

    def _relay_placed(self, at_ns: int, lsn: int) -> None:
        """What lies before the relay and was never published has no event, and never will."""
        before = Spans(self.line.on(0, self.line.version(lsn) + 1)) if lsn else Spans()
        self.unpublished.near_from = self.buses[self.primary].stage.near_from
        known = self.published.copy().update(self.never_sent)
        for low, high in before.minus(known).minus(self.unpublished.covered):
            at = np.full(high - low, at_ns)
            self.unpublished.pass_over(low, at, UNPUBLISHED)
            for watch in self._watches():
                watch.pass_over(low, at, UNPUBLISHED)
            self.tables.pass_over(low, at, UNPUBLISHED)

    # --- records --------------------------------------------------------------------------------------------

    def _stretch(self, part: Slice, at_ns: int | None) -> None:
        """Take in the rows strictly before ``at_ns`` that were not taken in yet (None: all)."""

        def take(name: str) -> Table | None:
            return self._take(part, name, at_ns)

        commits = take("commits")
        if commits is not None:
            self.line.extend(commits)
            own = timeline_of(commits["version"]) == self.line.timeline
            self.first_commit.see(commits["commit_ns"][own])
        for node, replica in self.lookout.replicas.items():
            replica.read(take(f"received/{node}"), take(f"applied/{node}"))
        came = [take(BUS.at(region)) for region in self.setup.regions]
        for r, rows in enumerate(came):
            if rows is not None:
                self._append(r, rows)
        dropped = list(self._dropped(take))
        skipped = [[*dropped, *self._skipped(r, take)] for r in range(len(came))]
        for r, rows in enumerate(came):
            self._bus(r, rows, skipped[r], take)
        self.replays.stretch(take, self.logs, commits)
        until_ns = part.until_ns if at_ns is None else at_ns
        for name in self.consumers:
            region = self.lookout.consumers[name].region
            streams = dropped if region is None else skipped[region]
            read = self._read(name, take, streams)
            if region is not None:
                end = self.logs[region].end
                self.lookout.consumers[name].read(read, came[region], end, until_ns)
        lake = self.tables.region
        self.tables.stretch(take, skipped[lake] if lake is not None else [])

    def _dropped(self, take: Callable[[str], Table | None]) -> Iterator[Stream]:
        """Take in and yield what stages dropped: no later stage gets it."""
        for name, versions in self.dropped.items():
            rows = take(f"dropped/{name}")
            if rows is not None:
                for version in rows["version"].tolist():
                    versions.add(version, version + 1)
                yield f"dropped by {name}", rows["at_ns"], rows["version"]

    @property
    def never_sent(self) -> Spans:
        """Return what stages before the bus dropped."""
        return Spans().update(part for versions in self.dropped.values() for part in versions)

    def _append(self, r: int, rows: Table) -> None:
        """Take rows into the log of a region's bus."""
        self.remains.visible(r, rows["at_ns"])
        for first, version, count in self.logs[r].extend(rows):
            origin = int(rows["origin"][first])
            if origin == r:
                self.published.add(version, version + count)
            else:
                self.lookout.mirror(origin, r).read(version, rows["at_ns"][first : first + count])

    def _skipped(self, r: int, take: Callable[[str], Table | None]) -> list[Stream]:
        """Return what mirrors skipped on the way to a region."""
        found = []
        for a, source in enumerate(self.setup.regions):
            rows = take(f"skipped/{MIRROR.at(source)}/{self.setup.regions[r]}")
            if rows is not None:
                found.append((UPSTREAM, rows["at_ns"], versions_at(self.logs[a], rows["position"])))
        return found

    def _bus(
        self, r: int, rows: Table | None, skipped: list[Stream], take: Callable[[str], Table | None]
    ) -> None:
        streams = [] if rows is None else [("", rows["at_ns"], rows["version"])]
        passed = (("skipped" if why == UPSTREAM else why, at, version) for why, at, version in skipped)
        follow(self.buses[r], [*streams, *passed])
        gone = take(f"gone/{self.setup.regions[r]}")
        if gone is None:
            return
        for first, position, count in runs_of(gone["position"]):
            self.logs[r].gone.add(position, position + count)
            at = first
            for version, n in self.logs[r].versions(position, position + count):
                self.buses[r].pass_over(version, gone["at_ns"][at : at + n], GONE)
                at += n

    def _read(self, name: str, take: Callable[[str], Table | None], skipped: list[Stream]) -> list[Table]:
        """Take in and return what a consumer completed and skipped; ``skipped``: by mirrors on the way."""
        found = [(why, take(f"{kind}/{name}")) for kind, why in (("consumed", ""), ("skipped", "skipped"))]
        tables = [(why, rows) for why, rows in found if rows is not None]
        streams = [(why, rows["at_ns"], read_versions(self.logs, rows)) for why, rows in tables]
        streams += [*skipped, *self.replays.streams(name, take, self.logs)]
        self.replays.follow(name, self.consumers[name], streams)
        return [rows for _, rows in tables]

    def _reader(self, lateness_ns: int) -> StageProgress:
        return StageProgress(self.line, lateness=Lateness(self.line, lateness_ns, batches=False))

    # --- memory ---------------------------------------------------------------------------------------------

    def _watches(self) -> list[Watch]:
        return [*self.buses, *self.consumers.values()]

    def _forget(self, needed: int, until_ns: int) -> None:
        """Drop the commits that no stage whose order and age is followed still has to see."""
        near = [self.buses[self.primary], *self.consumers.values(), *self.tables.near()]
        oldest = min(watch.stage.oldest for watch in near)
        self.line.drop_before(min(lsn_of(oldest), needed), until_ns)

    def _take(self, part: Slice, name: str, at_ns: int | None) -> Table | None:
        """Return the next rows of a table, None if there are none."""
        if name not in part.tables:
            return None
        table, begin = part.tables[name], self._marks[name]
        times = table["commit_ns" if name == "commits" else "at_ns"]
        stop = len(times) if at_ns is None else max(begin, int(np.searchsorted(times, at_ns)))
        self._marks[name] = stop
        return {column: values[begin:stop] for column, values in table.items()} if stop > begin else None


def follow(watch: Watch, streams: list[Stream]) -> None:
    """Let a stage take in rows in order of time; those with a reason are passed over."""
    for why, version, at in Merged(streams).pieces():
        if why:
            watch.pass_over(version, at, why)
        else:
            watch.arrive(version, at)


def _call(
    act: Callable[[dict[str, int]], None] | Callable[[int], None], argument: object
) -> Callable[[], None]:
    return lambda: act(argument)  # type: ignore[arg-type]
