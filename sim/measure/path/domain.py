"""The data path of one domain, folded from its journal: what every stage holds, and how old it is."""

from collections.abc import Callable, Iterator

import numpy as np

from sim.journal import schema
from sim.journal.recorder import Slice, Table
from sim.measure.path.ages import Ages
from sim.measure.path.buslog import BusLog, runs_of
from sim.measure.path.line import Line
from sim.measure.path.monitors import Monitors
from sim.measure.path.remains import Remains
from sim.measure.path.setup import PathSetup
from sim.measure.path.spans import Spans
from sim.measure.path.stage import Stage
from sim.measure.path.tables import Tables
from sim.measure.path.watch import Watch

Control = tuple[int, int, Callable[[], None]]  # time, rank, what to do


class DomainPath:
    """Reducer of the tables of the data path and of ``commits`` and ``cuts`` of one domain."""

    def __init__(self, setup: PathSetup) -> None:
        self.setup, self.line = setup, Line()
        count = len(setup.regions)
        self.logs = [BusLog() for _ in range(count)]
        self.buses = [self._watch() for _ in range(count)]
        self.bus_ages = [Ages(setup.span, setup.events_fresh_ns) for _ in range(count)]
        for watch, ages in zip(self.buses, self.bus_ages, strict=True):
            watch.attach(ages)
        self.events = Ages(setup.span, setup.events_fresh_ns)
        self.primary = setup.primary
        self.buses[self.primary].attach(self.events)
        self.consumers = {name: self._watch() for name in setup.consumers}
        self.consumer_ages = {n: Ages(setup.span, r.fresh_ns) for n, r in setup.consumers.items()}
        for name, ages in self.consumer_ages.items():
            self.consumers[name].attach(ages)
        self.tables = Tables(setup, self.line, self.logs)
        self.published = Spans()
        self.orphaned = Stage(self.line)  # what relays passed over
        self.remains, self.monitors = Remains(setup), Monitors(setup)
        self._marks: dict[str, int] = {}
        self._sampled = setup.fault_ns is None

    def fold(self, part: Slice, needed: int) -> None:
        """Take in one slice; ``needed``: log sequence number of the first commit that replicas still need."""
        self._marks = dict.fromkeys(part.tables, 0)
        for at_ns, _, act in sorted(self._controls(part), key=lambda control: control[:2]):
            self._stretch(part, at_ns)
            act()
        self._stretch(part, None)
        self.remains.fold(part)
        self._forget(needed)

    def finish(self, end_ns: int) -> None:
        """The run is over: whatever is missing stays so."""
        for watch in (*self.buses, *self.consumers.values()):
            watch.close(end_ns)
        self.tables.finish(end_ns)

    # --- controls -------------------------------------------------------------------------------------------

    def _controls(self, part: Slice) -> Iterator[Control]:
        """Yield what happens between records, with its time."""
        for row in rows_of(part.table("cuts")):
            yield row["at_ns"], 0, lambda row=row: self._cut(row)
        for name in part.tables:
            head, _, rest = name.partition("/")
            if head == "placed":
                for row in rows_of(part.tables[name]):
                    yield row["at_ns"], 2, lambda row=row, who=rest: self._placed(who, row)
            elif head == "taken":
                for row in rows_of(part.tables[name]):
                    yield row["at_ns"], 1, lambda row=row, table=rest: self.tables.take_back(table, row)
        if not self._sampled and self.setup.fault_ns < part.until_ns:
            self._sampled = True
            yield self.setup.fault_ns, -1, lambda: self.monitors.sample(self, self.setup.fault_ns)

    def _cut(self, row: dict[str, int]) -> None:
        at_ns, node = row["at_ns"], row["node"]
        if node != self.primary:
            self.buses[self.primary].detach(self.events, at_ns)
        before = [(watch, watch.clock()) for watch in self._watches()]
        self.line.cut(row["timeline"], row["cut"])
        for watch, commit_ns in before:
            watch.look_again(at_ns, commit_ns)
        self.tables.promoted(at_ns)
        self.monitors.promoted(node, row["cut"])
        if node != self.primary:
            self.buses[node].attach(self.events)
        self.primary = node

    def _placed(self, process: str, row: dict[str, int]) -> None:
        at_ns, region, position = row["at_ns"], row["region"], row["position"]
        if process == "relay":
            self._relay_placed(at_ns, position)
            return
        log = self.logs[region]
        ahead = log.held(Spans([(position, log.end)]))
        behind = log.held(Spans([(0, position)])).minus(ahead)
        if process == "stream":
            self.tables.placed(region, position, at_ns, behind)
            return
        watch = self.consumers[process]
        for low, high in behind.minus(watch.stage.covered):
            watch.pass_over(low, np.full(high - low, at_ns), "started behind it")
        self.monitors.consumers[process].placed(region, position)

    def _relay_placed(self, at_ns: int, lsn: int) -> None:
        """What lies before the relay and was never published has no event, and never will."""
        passed = Spans(self.line.on(0, self.line.version(lsn) + 1)).minus(self.published) if lsn else Spans()
        for low, high in passed.minus(self.orphaned.covered):
            at = np.full(high - low, at_ns)
            self.orphaned.pass_over(low, at, "skipped by the relay")
            for watch in self._watches():
                watch.pass_over(low, at, "skipped by the relay")
            self.tables.pass_over(low, at, "skipped by the relay")

    # --- records --------------------------------------------------------------------------------------------

    def _stretch(self, part: Slice, at_ns: int | None) -> None:
        """Take in the rows strictly before ``at_ns`` that were not taken in yet (None: all)."""
        take = lambda name: self._take(part, name, at_ns)  # noqa: E731
        commits = take("commits")
        if commits is not None:
            self.line.extend(commits)
        self.monitors.replicas(self.line, take)
        for r, region in enumerate(self.setup.regions):
            self._bus(r, region, take)
        for name, watch in self.consumers.items():
            streams = [(kind, take(f"{kind}/{name}")) for kind in ("consumed", "skipped")]
            self._read(watch, [(kind, rows) for kind, rows in streams if rows is not None])
            self.monitors.consumers[name].read(dict(streams)["consumed"], self.logs)
        self.tables.stretch(take)

    def _bus(self, r: int, region: str, take: Callable[[str], Table | None]) -> None:
        rows = take(f"bus/{region}")
        streams = []
        if rows is not None:
            self.logs[r].extend(rows)
            own = rows["origin"] == r
            for first, version, count in runs_of(rows["version"][own]) if own.any() else ():
                del first
                self.published.add(version, version + count)
            self.monitors.mirrored(self.line, r, rows)
            streams.append(("consumed", rows["at_ns"], rows["version"]))
        for a, source in enumerate(self.setup.regions):
            skipped = take(f"skipped/mirror/{source}/{region}")
            if skipped is not None:
                versions = versions_at(self.logs[a], skipped["position"])
                streams.append(("skipped", skipped["at_ns"], versions))
                self.remains.skipped(a, r, versions)
        self._follow(self.buses[r], streams)
        gone = take(f"gone/{region}")
        if gone is not None:
            for first, position, count in runs_of(gone["position"], gone["at_ns"]):
                self.logs[r].gone.add(position, position + count)
                at = gone["at_ns"][first : first + count]
                for version, rows_gone in self.logs[r].versions(position, position + count):
                    self.buses[r].pass_over(version, at[:rows_gone], "gone from the bus")

    def _read(self, watch: Watch, streams: list[tuple[str, Table]]) -> None:
        """Take in what a reader completed and skipped."""
        self._follow(
            watch, [(kind, rows["at_ns"], positions_to_versions(self.logs, rows)) for kind, rows in streams]
        )

    def _follow(self, watch: Watch, streams: list[tuple[str, np.ndarray, np.ndarray]]) -> None:
        for kind, version, at in merged(streams):
            if kind == "consumed":
                watch.arrive(version, at)
            else:
                watch.pass_over(version, at, "skipped")

    # --- memory ---------------------------------------------------------------------------------------------

    def _watches(self) -> list[Watch]:
        return [*self.buses, *self.consumers.values()]

    def _forget(self, needed: int) -> None:
        """Drop the commits that no stage whose order and age is followed still has to see."""
        near = [self.buses[self.primary], *self.consumers.values(), *self.tables.near()]
        oldest = min((watch.stage.oldest for watch in near), default=self.line.end)
        for watch in (*self._watches(), *self.tables.watches()):
            if watch.stage.oldest < oldest:
                self.line.mark(watch.stage.oldest)
        self.line.drop_before(min(oldest & schema.LSN_MASK, needed))

    def _take(self, part: Slice, name: str, at_ns: int | None) -> Table | None:
        """Return the next rows of a table, None if there are none."""
        if name not in part.tables:
            return None
        table, begin = part.tables[name], self._marks[name]
        times = table["commit_ns" if name == "commits" else "at_ns"]
        stop = len(times) if at_ns is None else int(np.searchsorted(times, at_ns))
        self._marks[name] = stop
        return {column: values[begin:stop] for column, values in table.items()} if stop > begin else None

    def _watch(self) -> Watch:
        return Watch(Stage(self.line))


def rows_of(table: Table) -> list[dict[str, int]]:
    """Return a small table as rows."""
    columns = {name: values.tolist() for name, values in table.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def versions_at(log: BusLog, positions: np.ndarray) -> np.ndarray:
    """Return the versions (n,) int64 at positions of one bus."""
    out = np.empty(len(positions), np.int64)
    for first, position, count in runs_of(positions):
        at = first
        for version, rows in log.versions(position, position + count):
            out[at : at + rows] = np.arange(version, version + rows)
            at += rows
    return out


def positions_to_versions(logs: list[BusLog], rows: Table) -> np.ndarray:
    """Return the versions of rows with ``region`` and ``position``."""
    regions = rows["region"]
    if (regions == regions[0]).all():
        return versions_at(logs[int(regions[0])], rows["position"])
    out = np.empty(len(regions), np.int64)
    for region in np.unique(regions).tolist():
        mine = regions == region
        out[mine] = versions_at(logs[region], rows["position"][mine])
    return out


def merged(streams: list[tuple[str, np.ndarray, np.ndarray]]) -> Iterator[tuple[str, int, np.ndarray]]:
    """Yield (kind, first version, times) of maximal runs over several streams, in order of time.

    Of two rows of equal time the one of the earlier stream comes first.
    """
    if not streams:
        return
    at = np.concatenate([times for _, times, _ in streams])
    version = np.concatenate([versions for _, _, versions in streams])
    which = np.concatenate([np.full(len(times), i) for i, (_, times, _) in enumerate(streams)])
    if len(streams) > 1:
        order = np.argsort(at, kind="stable")
        at, version, which = at[order], version[order], which[order]
    for first, start, count in runs_of(version, which):
        yield streams[int(which[first])][0], start, at[first : first + count]
