"""What replays did: rows that a consumer had again, and lost writes that came back into a database."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.core.identity import stream_of
from sim.core.milestones.flows import ReplayFinished, ReplayStarted
from sim.core.quantity import seconds
from sim.journal.milestones import Milestone
from sim.journal.recorder import Table
from sim.measure.bus.bus_log import BusLog
from sim.measure.bus.figures import ReplayFigures
from sim.measure.bus.rows import Merged, Stream, read_versions
from sim.measure.platform.setup import PathSetup
from sim.measure.platform.spans import Spans
from sim.measure.platform.tally import CommitTally, Witness
from sim.measure.platform.watch import Watch
from sim.measure.store.line import Line

Take = Callable[[str], Table | None]


@dataclass(slots=True)
class IntoConsumer:
    """A replay into a consumer: each row is an effect, unless it is idempotent and there has been one."""

    idempotent: bool
    rows: int = 0
    filled: int = 0  # of versions that the consumer did not have
    unchanged: int = 0
    duplicates: CommitTally = field(default_factory=CommitTally)
    last_ns: int | None = None  # when the last of the filled came

    def take(self, watch: Watch, version: int, at: np.ndarray) -> Spans:
        """Take in consecutive versions, replayed at ``at`` (n,) ns; return those that were not there."""
        end = version + len(at)
        new = Spans([(version, end)]).minus(watch.stage.delivered)
        again = Spans([(version, end)]).minus(new)
        self.rows, self.filled = self.rows + len(at), self.filled + len(new)
        for _, high in new:
            self.last_ns = int(at[high - 1 - version])
        if self.idempotent:
            self.unchanged += len(again)
            for low, high in new:
                watch.arrive(low, at[low - version : high - version])
            return new
        for low, high in again:
            at_ns = int(at[low - version])
            self.duplicates.add(high - low, Witness(at_ns, low, watch.stage.line.rid(low, at_ns)))
        watch.arrive(version, at)
        return new


@dataclass(slots=True)
class IntoDatabase:
    """A replay into the database: the operations it called, and the commits they made."""

    calls: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # operation -> its event's rid and version
    commits: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # time, version, event's rid, version
    _streams: set[int] = field(default_factory=set)

    def call(self, rows: Table, versions: np.ndarray) -> None:
        """Take in rows of ``handled/<id>`` and the versions (n,) of the events they are about."""
        events = zip(rows["tag"].tolist(), versions.tolist(), strict=True)
        self.calls.update(zip(rows["rid"].tolist(), events, strict=True))
        self._streams.update(np.unique(stream_of(rows["rid"])).tolist())

    def commit(self, rows: Table) -> None:
        """Take in commits of the database: those of its operations are kept."""
        for i in np.flatnonzero(np.isin(stream_of(rows["rid"]), list(self._streams))).tolist():
            made = int(rows["commit_ns"][i]), int(rows["version"][i])
            self.commits.append((*made, *self.calls[int(rows["rid"][i])]))

    def surviving(self, line: Line) -> list[tuple[int, int, int, int]]:
        """Return the commits that are on the line: time, version, rid and version of the event."""
        return [commit for commit in self.commits if line.holds(commit[1])]


class Replays:
    """Every replay of one domain."""

    def __init__(self, setup: PathSetup) -> None:
        self.consumers = {
            name: IntoConsumer(r.idempotent) for name, r in setup.replays.items() if r.into is not None
        }
        self.databases = {name: IntoDatabase() for name, r in setup.replays.items() if r.into is None}
        self._into = {
            consumer: [name for name, r in setup.replays.items() if r.into == consumer]
            for consumer in setup.consumers
        }
        self.only = {name: Spans() for name in setup.consumers}  # versions it has from replays alone

    def stretch(self, take: Take, logs: list[BusLog], commits: Table | None) -> None:
        """Take in the calls into the database, and then the commits, of a stretch."""
        for name, replay in self.databases.items():
            rows = take(f"handled/{name}")
            if rows is not None:
                replay.call(rows, read_versions(logs, rows))
            if commits is not None:
                replay.commit(commits)

    def streams(self, consumer: str, take: Take, logs: list[BusLog]) -> list[Stream]:
        """Return the rows that replays into a consumer handed out, as ``replayed/<id>``."""
        found = [(name, take(f"replayed/{name}")) for name in self._into[consumer]]
        tables = [(name, rows) for name, rows in found if rows is not None]
        return [(f"replayed/{name}", rows["at_ns"], read_versions(logs, rows)) for name, rows in tables]

    def follow(self, consumer: str, watch: Watch, streams: list[Stream]) -> None:
        """Let a consumer's stage take in its own rows, and what replays handed out, in order of time."""
        only = self.only[consumer]
        for what, version, at in Merged(streams).pieces():
            head, _, replay = what.partition("/")
            if head == "replayed":
                only.update(self.consumers[replay].take(watch, version, at))
            elif what:
                watch.pass_over(version, at, what)
            else:
                watch.arrive(version, at)
                only.remove(version, version + len(at))

    def redone(self, line: Line) -> dict[int, tuple[int, ...]]:
        """Return the writes whose events were replayed into commits on the line -> versions of these."""
        out: dict[int, tuple[int, ...]] = {}
        for replay in self.databases.values():
            for _, version, rid, _ in replay.surviving(line):
                out[rid] = (*out.get(rid, ()), version)
        return out

    def figures(
        self, line: Line, gone: Spans, *, lost: Collection[int], milestones: Sequence[Milestone]
    ) -> dict[str, ReplayFigures]:
        """Return replay -> figures.

        ``gone``: versions of writes that are on no database but for replays; ``lost``: rids of those that
        were acknowledged.
        """
        out = {}
        for name, replay in self.consumers.items():
            began, ended = _times(name, milestones)
            out[name] = ReplayFigures(
                started_s=seconds(began), finished_s=seconds(ended),
                catch_up_s=_caught_up(began, replay.last_ns),
                rows=replay.rows, filled=replay.filled, unchanged=replay.unchanged,
                duplicates=replay.duplicates.figures(), won_back=0,
            )  # fmt: skip
        for name, calls in self.databases.items():
            times = _times(name, milestones)
            out[name] = _into_database(calls, line, gone, lost=lost, times=times)
        return dict(sorted(out.items()))


def _into_database(
    calls: IntoDatabase,
    line: Line,
    gone: Spans,
    *,
    lost: Collection[int],
    times: tuple[int | None, int | None],
) -> ReplayFigures:
    """Return the figures of a replay into a database: the first commit of what is gone is no duplicate."""
    held, duplicates, back = calls.surviving(line), CommitTally(), dict[int, int]()
    for at_ns, version, rid, event in sorted(held):
        if event in gone and rid not in back:
            back[rid] = at_ns
        else:
            duplicates.add(1, Witness(at_ns, version, rid))
    began, ended = times
    return ReplayFigures(
        started_s=seconds(began), finished_s=seconds(ended),
        catch_up_s=_caught_up(began, max(back.values(), default=None)),
        rows=len(calls.calls), filled=len(back), unchanged=len(calls.calls) - len(held),
        duplicates=duplicates.figures(), won_back=sum(rid in lost for rid in back),
    )  # fmt: skip


def _times(name: str, milestones: Sequence[Milestone]) -> tuple[int | None, int | None]:
    """Return when a replay began and when it was done, None if it was not."""
    own = {type(m.what): m.at_ns for m in milestones if m.subject == f"replay/{name}"}
    return own.get(ReplayStarted), own.get(ReplayFinished)


def _caught_up(began: int | None, last: int | None) -> float | None:
    """Return from the start of a replay to the last record that it filled in, None if there was none."""
    return None if last is None or began is None else seconds(last - began)
