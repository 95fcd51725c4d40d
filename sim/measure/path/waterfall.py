"""The ledger of one domain, stage by stage: delivered, in flight, dropped, lost; each from its own rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.journal.milestones import Milestone
from sim.measure import ledger_kernels as k
from sim.measure.ledger import Ledger
from sim.measure.path.ages import SECOND
from sim.measure.path.domain import DomainPath
from sim.measure.path.setup import ZONES
from sim.measure.path.spans import Spans
from sim.measure.path.stage import Passed, Stage
from sim.measure.path.tables import Held


@dataclass(frozen=True, slots=True)
class Terms:
    """One stage at the end, as sets of versions. ``passed``: what may be lost here, in order of finding.

    ``replayed``: of the delivered, what it has from replays alone.
    """

    name: str
    delivered: Spans
    coming: Spans
    dropped: Spans
    passed: tuple[Passed, ...]
    replayed: Spans = field(default_factory=Spans)

    @property
    def won(self) -> Spans:
        """Return what would be lost without replays."""
        return self.replayed.minus(self.coming).minus(self.dropped)

    @property
    def own(self) -> Spans:
        """Return what is delivered and would not be lost without replays."""
        return self.delivered.minus(self.won)


@dataclass(frozen=True, slots=True)
class Lost:
    """The oldest record that a stage lost. Times in ns."""

    version: int
    rid: int | None
    commit_ns: int
    at_ns: int
    why: str

    def figures(self) -> dict[str, Any]:
        """Return it with times in seconds."""
        return {
            "rid": self.rid, "version": self.version, "commit_s": self.commit_ns / SECOND,
            "at_s": self.at_ns / SECOND, "why": self.why,
        }  # fmt: skip


class Acknowledged:
    """The acknowledged writes of a store: versions on the line, and abandoned ones with what saved them."""

    def __init__(self, ledger: Ledger, committed: Spans) -> None:
        silent = Spans(ledger.silent)
        line = ledger.line
        quiet = np.flatnonzero(line.view("flags") & k.ACKED == 0)
        for version in line.view("version")[quiet].tolist():
            silent.add(version, version + 1)
        self.line = committed.minus(silent)
        rows = ledger.abandoned[ledger.abandoned[:, k.FLAGS] & k.ACKED != 0]
        self.abandoned: list[list[int]] = rows[:, [k.VERSION, k.RECOMMIT, k.COMMIT_NS, k.RID]].tolist()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.line) + len(self.abandoned)

    def held(self, versions: Spans) -> int:
        """Return how many are among ``versions``."""
        return len(self.line.meet(versions)) + sum(
            version in versions or again in versions for version, again, _, _ in self.abandoned
        )


class Waterfall:
    """Every stage of one domain at the end of the run."""

    def __init__(self, path: DomainPath, ledger: Ledger, milestones: Sequence[Milestone]) -> None:
        self.path, self.ledger, self._milestones = path, ledger, milestones
        self.end_ns = path.setup.span.duration_ns
        self.committed = path.line.committed()
        self.acknowledged = Acknowledged(ledger, self.committed)
        self.redone = path.replays.redone(path.line)

    @cached_property
    def stages(self) -> list[Terms]:
        """Return every stage but the database, in the order of the flow."""
        path, regions = self.path, self.path.setup.regions
        none = Spans()
        unpublished = tuple(path.unpublished.passed)
        found = [Terms("outbox", path.published, path.remains.unsent, none, unpublished)]
        order = [path.primary, *(r for r in range(len(regions)) if r != path.primary)]
        for r in order:
            name = "bus" if r == path.primary else f"mirror/{regions[r]}"
            coming, passed = self._to_bus[r], self._passed_before_bus(r)
            found.append(Terms(name, path.logs[r].present(), coming, none, passed))
        for name, watch in path.consumers.items():
            region = path.lookout.consumers[name].region
            r = path.primary if region is None else region
            coming = self._unread(name).update(self._to_bus[r])
            passed = self._passed_reading(watch.stage, r)
            replayed = path.replays.only[name]
            found.append(Terms(name, watch.stage.delivered, coming, none, passed, replayed))
        return [*found, *self._zones()]

    def figures(self, loss: dict[str, Any]) -> dict[str, Any]:
        """Return stage -> terms; ``loss``: the figures of the store itself."""
        acknowledged, lost = len(self.acknowledged), loss["records"]
        after = loss["records_after_replay"]
        survives = {"delivered": len(self.committed), "in_flight": 0, "dropped": 0, "lost": 0}
        out = {
            "replica": {
                "delivered": acknowledged - lost, "in_flight": 0, "dropped": 0, "lost": lost,
                "records_after_replay": after,
                "window_s": loss["window_s"], "first_lost": None, "surviving": survives,
            }
        }  # fmt: skip
        for terms in self.stages:
            first = self.first_lost(terms)
            row = self._row(terms)
            window = 0.0 if first is None else self._window_s(first, loss)
            out[terms.name] = {
                **row, "window_s": window, "first_lost": None if first is None else first.figures(),
                "surviving": self._surviving(terms),
            }  # fmt: skip
        return out

    def problems(self) -> list[str]:
        """Return a line for every stage at which surviving records vanished without a rule."""
        out = []
        for terms in self.stages:
            explained = Spans((p.low, p.high) for p in terms.passed)
            vanished = self.lost(terms).minus(explained)
            if len(vanished):
                where, first = f"{self.path.setup.domain} {terms.name}", vanished.least()
                out.append(
                    f"{where}: {len(vanished)} records vanished without a rule, the first is version {first}"
                )
        return out

    def lost(self, terms: Terms) -> Spans:
        """Return the surviving versions that a stage has lost, or would have without replays."""
        return self.committed.minus(terms.own).minus(terms.coming).minus(terms.dropped)

    def first_lost(self, terms: Terms, *, after_replay: bool = False) -> Lost | None:
        """Return the oldest acknowledged record that a stage lost, None if there is none.

        ``after_replay``: leave out what replays won back.
        """
        found = []
        lost, held = self.lost(terms), (terms.own, terms.coming, terms.dropped)
        if after_replay:
            lost, held = lost.minus(terms.won), (terms.delivered, terms.coming, terms.dropped)
        version = lost.meet(self.acknowledged.line).least()
        if version is not None:
            by = next((p for p in terms.passed if p.low <= version < p.high), None)
            line = self.path.line
            at_ns, why = (0, "without a rule") if by is None else (by.at_ns, by.why)
            exact = by is not None and by.low == version
            commit_ns = (
                by.commit_ns if exact and by is not None else line.clock(version, self.end_ns, marks=True)
            )
            rid = by.rid if exact and by is not None else line.rid(version, self.end_ns)
            found.append(Lost(version, rid, commit_ns, at_ns, why))
        for gone, again, commit_ns, rid in self.acknowledged.abandoned:
            known = (gone, again, *(self.redone.get(rid, ()) if after_replay else ()))
            if not any(v in spans for v in known for spans in held):
                found.append(Lost(gone, rid, commit_ns, self._abandoned_ns(gone), "abandoned by a promotion"))
        return min(found, key=lambda lost: lost.commit_ns, default=None)

    def missing_since(self, terms: Terms) -> int | None:
        """Return when the oldest surviving record in flight to a stage was committed, or None."""
        version = self.committed.meet(terms.coming).minus(terms.delivered).least()
        return None if version is None else self.path.line.clock(version, self.end_ns, marks=True)

    def _row(self, terms: Terms) -> dict[str, int]:
        """Count acknowledged writes. An abandoned one counts by either of its commits."""
        known = self.acknowledged
        coming = terms.coming.minus(terms.delivered)
        dropped = terms.dropped.minus(terms.delivered).minus(terms.coming)
        row = {
            "delivered": len(known.line.meet(terms.own)),
            "in_flight": len(known.line.meet(coming)),
            "dropped": len(known.line.meet(dropped)),
            "lost": len(known.line.meet(self.lost(terms))),
        }
        back = len(known.line.meet(self.lost(terms)).meet(terms.won))
        own = {"delivered": terms.own, "in_flight": coming, "dropped": dropped}
        for gone, again, _, rid in known.abandoned:
            term = next((n for n, spans in own.items() if gone in spans or again in spans), "lost")
            row[term] += 1
            ways = (gone, again, *self.redone.get(rid, ()))
            back += term == "lost" and any(v in s for v in ways for s in (terms.delivered, terms.coming))
        return {**row, "records_after_replay": row["lost"] - back}

    def _surviving(self, terms: Terms) -> dict[str, int]:
        coming = terms.coming.minus(terms.delivered)
        dropped = terms.dropped.minus(terms.delivered).minus(terms.coming)
        return {
            "delivered": len(self.committed.meet(terms.own)),
            "in_flight": len(self.committed.meet(coming)),
            "dropped": len(self.committed.meet(dropped)),
            "lost": len(self.lost(terms)),
        }

    def _window_s(self, first: Lost, loss: dict[str, Any]) -> float:
        """Return how far back the loss reaches: as the database's if it is the database's."""
        if first.why.startswith("abandoned"):
            return float(loss["window_s"])
        return max(0, first.at_ns - first.commit_ns) / SECOND

    def _abandoned_ns(self, version: int) -> int:
        """Return when a promotion abandoned a version."""
        rows = self.ledger.abandoned
        cut = int(rows[rows[:, k.VERSION] == version, k.CUT_ID][0])
        return self.ledger.cuts[cut].at_ns

    # --- what can still come, and what went past ------------------------------------------------------------

    @cached_property
    def _to_bus(self) -> list[Spans]:
        """Return, for each region, what can still become visible on its bus."""
        path, regions = self.path, self.path.setup.regions
        out = []
        for b, region in enumerate(regions):
            found = path.remains.unsent.copy()  # published in the primary's region, and then mirrored
            for a, source in enumerate(regions):
                name = f"mirror/{source}/{region}"
                if a != b:
                    found.update(self._alive(a, path.remains.unread.get(name, ()), origin=a))
                    flying = path.remains.flying.get(name, ())
                    found.update(path.logs[a].held(Spans((low, high) for _, low, high in flying), origin=a))
            out.append(found)
        return out

    def _alive(self, r: int, ranges: Iterable[tuple[int, int, int]], origin: int | None = None) -> Spans:
        """Return the versions at positions of a bus that are neither gone nor expired."""
        log, expired = self.path.logs[r], self.path.remains.expired(r, self._milestones)
        positions = Spans((max(low, expired), high) for of, low, high in ranges if of == r)
        return log.held(positions.minus(log.gone), origin=origin)

    def _unread(self, process: str) -> Spans:
        ranges = self.path.remains.unread.get(process, ())
        return Spans().update(part for r in {r for r, _, _ in ranges} for part in self._alive(r, ranges))

    def _passed_before_bus(self, r: int) -> tuple[Passed, ...]:
        """Return what went missing on the way to a bus, or on it, or was on one that is no more."""
        path = self.path
        gone = [p for watch in path.buses for p in watch.stage.passed]
        return (*path.unpublished.passed, *path.buses[r].stage.passed, *gone, *self._expired())

    def _passed_reading(self, stage: Stage, r: int) -> tuple[Passed, ...]:
        return (*stage.passed, *self._passed_before_bus(r))

    def _expired(self) -> Iterator[Passed]:
        """Yield what had expired on each bus at the end, though nobody came by to skip it."""
        path, end_ns = self.path, self.end_ns
        for r, log in enumerate(path.logs):
            expired = path.remains.expired(r, self._milestones)
            for low, high in log.held(Spans([(0, expired)])):
                commit_ns, rid = path.line.clock(low, end_ns), path.line.rid(low, end_ns)
                yield Passed(low, high, end_ns, commit_ns, rid, "expired")

    # --- the lake -------------------------------------------------------------------------------------------

    def _zones(self) -> Iterator[Terms]:
        path, tables = self.path, self.path.tables
        if tables.region is None:
            return
        home, dead = tables.region, tables.dead
        held = {zone: tables.held[zone, home] for zone in ZONES}
        coming = self._unread("stream").update(self._to_bus[home]).update(self._taken_up(home, held["raw"]))
        passed = self._passed_reading(held["raw"].watch.stage, home)
        before: Held | None = None
        for zone in ZONES:
            if before is not None:
                coming = coming.copy().update(self._not_taken(before, held[zone]))
            passed = (*passed, *held[zone].taken)
            yield Terms(zone, held[zone].watch.stage.delivered, coming, dead, passed)
            before = held[zone]
        coming = coming.copy().update(held["analytics"].watch.stage.delivered)
        for r, region in enumerate(path.setup.regions):
            if r != home:
                stage = tables.held["analytics", r].watch.stage
                yield Terms(f"copy/{region}", stage.delivered, coming, dead, passed)

    def _taken_up(self, home: int, raw: Held) -> Spans:
        """Return what the stream job has completed since its last commit: the next one will hold it."""
        since_ns, start = self.path.tables.started
        ends = [end for _, ranges in raw.commits for source, _, end in ranges if source == home]
        begin = max([start, *ends[-1:]])
        end = self.path.remains.beginning("stream", self.path.logs[home].end)
        passed = Spans((p.low, p.high) for p in raw.watch.stage.passed if p.at_ns >= since_ns)
        return self.path.logs[home].held(Spans([(begin, end)])).minus(passed)

    def _not_taken(self, source: Held, job: Held) -> Spans:
        """Return what lies in commits of ``source`` behind the last that the job took.

        A job's last range ends where the last range that it read ends.
        """
        last = next((ranges[-1] for _, ranges in reversed(job.commits) if ranges), None)
        ends = [i for i, (_, ranges) in enumerate(source.commits) if last and _ends(ranges, last)]
        number = source.commits[ends[-1]][0] + 1 if ends else 0
        return Spans(
            (version, version + count) for version, count in self.path.tables.versions(source, number)
        )


def _ends(ranges: list[tuple[int, int, int]], last: tuple[int, int, int]) -> bool:
    return bool(ranges) and (ranges[-1][0], ranges[-1][2]) == (last[0], last[2])
