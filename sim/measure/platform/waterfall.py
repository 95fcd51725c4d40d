"""The ledger of one domain, stage by stage: each term from its own rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.core.quantity import seconds
from sim.core.stages import ANALYTICS, BUS, COPY, MIRROR, OUTBOX, RAW, REPLICA, ZONES
from sim.journal.milestones import Milestone
from sim.measure.platform.coming import ComingVersions
from sim.measure.platform.domain import DomainPath
from sim.measure.platform.figures import LostRecord, StageFigures, SurvivingTerms
from sim.measure.platform.spans import Spans
from sim.measure.platform.stage import Passed, StageProgress
from sim.measure.store import ledger_kernels as k
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import Loss
from sim.measure.store.settled import emptied_spans

ABANDONED, DESTROYED = "abandoned by a promotion", "destroyed with its last copy"


@dataclass(frozen=True, slots=True)
class Terms:
    """One stage at the end, as sets of versions. ``passed``: what may be lost here, in order of finding.

    ``near``, ``near_coming``: of the delivered and of what is coming, what is not out of reach.
    ``replayed``: of the delivered, what it has from replays alone.
    """

    name: str
    delivered: Spans
    coming: Spans
    dropped: Spans
    passed: tuple[Passed, ...]
    near: Spans
    near_coming: Spans
    replayed: Spans = field(default_factory=Spans)

    @property
    def won(self) -> Spans:
        """Return what would be lost without replays."""
        return self.replayed.minus(self.coming).minus(self.dropped)

    @property
    def own(self) -> Spans:
        """Return what is delivered and would not be lost without replays."""
        return self.delivered.minus(self.won)

    def parts(self) -> dict[str, Spans]:
        """Return term -> versions, disjoint; what is in none of them is lost."""
        own = self.near.minus(self.won)
        coming = self.near_coming.minus(own)
        there = own.copy().update(coming)
        return {
            "delivered": own,
            "in_flight": coming,
            "stranded": self.own.copy().update(self.coming).minus(there),
            "dropped": self.dropped.minus(self.own).minus(self.coming),
        }


@dataclass(frozen=True, slots=True)
class OldestLost:
    """The oldest record that a stage lost. Times in ns."""

    version: int
    rid: int | None
    commit_ns: int
    at_ns: int
    why: str

    def figures(self) -> LostRecord:
        """Return it with times in seconds."""
        return LostRecord(
            rid=self.rid, version=self.version, commit_s=seconds(self.commit_ns), at_s=seconds(self.at_ns),
            why=self.why,
        )  # fmt: skip


class Acknowledged:
    """The acknowledged writes of a store: versions on the line, and abandoned ones with what saved them."""

    def __init__(self, ledger: Ledger, committed: Spans) -> None:
        silent = Spans(ledger.silent)
        line = ledger.line
        quiet = np.flatnonzero(line.all("flags") & k.ACKED == 0)
        for version in line.all("version")[quiet].tolist():
            silent.add(version, version + 1)
        self.line = committed.minus(silent)
        # of a store that was emptied: what all nodes had held, of which nothing is kept for each record
        self.gone = emptied_spans(ledger).minus(silent)
        rows = ledger.abandoned[ledger.abandoned[:, k.FLAGS] & k.ACKED != 0]
        self.abandoned: list[list[int]] = rows[:, [k.VERSION, k.RECOMMIT, k.COMMIT_NS, k.RID]].tolist()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.line) + len(self.gone) + len(self.abandoned)

    def held(self, versions: Spans) -> int:
        """Return how many are among ``versions``."""
        named = sum(version in versions or again in versions for version, again, _, _ in self.abandoned)
        return len(self.line.meet(versions)) + len(self.gone.meet(versions)) + named


class Waterfall:
    """Every stage of one domain at the end of the run."""

    def __init__(self, path: DomainPath, loss: Loss, milestones: Sequence[Milestone]) -> None:
        self.path, self.loss, self.ledger, self._milestones = path, loss, loss.ledger, milestones
        self.end_ns = path.setup.span.duration_ns
        self.committed = path.line.committed()
        self.acknowledged = Acknowledged(self.ledger, self.committed)
        self.redone = path.replays.redone(path.line)
        self.won_back = len(set(loss.lost.tolist()) & set(self.redone))
        self.ways = ComingVersions(path, self.ledger, milestones)

    @cached_property
    def stages(self) -> list[Terms]:
        """Return every stage but the database, in the order of the flow."""
        path, regions, ways = self.path, self.path.setup.regions, self.ways
        found = list(self._before_bus())
        order = [path.primary, *(r for r in range(len(regions)) if r != path.primary)]
        for r in order:
            name = BUS.name if r == path.primary else MIRROR.at(regions[r])
            there = ways.present(r)
            found.append(
                Terms(
                    name, there, self._to_bus[r], self._dropped, self._passed_before_bus(r),
                    self._near(r, there), ways.to_bus(r, near=True),
                )
            )  # fmt: skip
        return [*found, *(self._consumer(name) for name in path.consumers), *self._zones()]

    def _before_bus(self) -> Iterator[Terms]:
        """Yield the outbox, and each stage between it and the bus: what it passes on and what it drops."""
        path, ways = self.path, self.ways
        coming, close, far = ways.unsent(near=False), ways.unsent(near=True), ways.published_far()
        left, dropped = path.published.copy().update(self._dropped), Spans()
        passed = tuple(path.unpublished.passed)
        yield Terms(OUTBOX.name, left, coming, Spans(), passed, left.minus(far), close)
        for name, kept_back in path.dropped.items():
            dropped = dropped.copy().update(kept_back)
            there = left.minus(dropped)
            yield Terms(name, there, coming, dropped, passed, there.minus(far), close)

    @cached_property
    def _dropped(self) -> Spans:
        """Return what was dropped before the bus."""
        return self.path.never_sent

    def _consumer(self, name: str) -> Terms:
        path, ways, stage = self.path, self.ways, self.path.consumers[name].stage
        region = path.lookout.consumers[name].region
        r = path.primary if region is None else region
        return Terms(
            name, stage.delivered, ways.unread(name, near=False).update(self._to_bus[r]), self._dropped,
            self._passed_reading(stage, r), self._near(r, stage.delivered),
            ways.unread(name, near=True).update(ways.to_bus(r, near=True)), path.replays.only[name],
        )  # fmt: skip

    def _near(self, r: int, versions: Spans) -> Spans:
        """Return versions that lie in a region, none if that is out of reach."""
        return versions if self.ways.reached[r] else Spans()

    def figures(self) -> dict[str, StageFigures]:
        """Return stage -> terms."""
        return {REPLICA.name: self._replica(), **{terms.name: self._stage(terms) for terms in self.stages}}

    def _replica(self) -> StageFigures:
        """Return the terms of the database itself, as the loss of the store has them."""
        lost, stranded, gone = self.loss.records, self.loss.stranded.records, self.first_of_database()
        beyond = len(self.committed.minus(self.ways.near_commits))
        return StageFigures(
            delivered=len(self.acknowledged) - lost - stranded, in_flight=0, stranded=stranded, dropped=0,
            lost=lost, records_after_replay=lost - self.won_back, replayable=self.replayable(),
            window_s=self.loss.window_s, first_lost=None if gone is None else gone.figures(),
            surviving=SurvivingTerms(
                delivered=len(self.committed) - beyond, in_flight=0, stranded=beyond, dropped=0, lost=0
            ),
        )  # fmt: skip

    def _stage(self, terms: Terms) -> StageFigures:
        first, (row, back) = self.first_lost(terms), self._row(terms)
        return StageFigures(
            **row, records_after_replay=row["lost"] - back, replayable=None,
            window_s=0.0 if first is None else self._window_s(first),
            first_lost=None if first is None else first.figures(),
            surviving=self._surviving(terms),
        )  # fmt: skip

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

    def first_lost(self, terms: Terms, *, after_replay: bool = False) -> OldestLost | None:
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
            found.append(OldestLost(version, rid, commit_ns, at_ns, why))
        for gone, again, commit_ns, rid in self.acknowledged.abandoned:
            known = (gone, again, *(self.redone.get(rid, ()) if after_replay else ()))
            if not any(v in spans for v in known for spans in held):
                found.append(OldestLost(gone, rid, commit_ns, *self._abandoned(gone)))
        found += self._first_burnt(held)
        return min(found, key=lambda lost: lost.commit_ns, default=None)

    def first_of_database(self) -> OldestLost | None:
        """Return the oldest acknowledged write that the database lost, None if there is none."""
        found = [*self.first_gone(self.loss.lost), *self._first_burnt(())]
        return min(found, key=lambda lost: lost.commit_ns, default=None)

    def first_gone(self, lost: np.ndarray) -> Iterator[OldestLost]:
        """Yield the oldest commit of lost writes (rids, (n,) int64) that was abandoned, if there is one."""
        rows = self.ledger.abandoned[np.isin(self.ledger.abandoned[:, k.RID], lost)]
        if len(rows):
            first = rows[np.argmin(rows[:, k.COMMIT_NS])].tolist()
            version = first[k.VERSION]
            yield OldestLost(version, first[k.RID], first[k.COMMIT_NS], *self._abandoned(version))

    def _first_burnt(self, held: Iterable[Spans]) -> Iterator[OldestLost]:
        """Yield the first that an emptied store had everywhere and that is not ``held``, if there is one."""
        burnt = self.acknowledged.gone
        for spans in held if len(burnt) else ():
            burnt = burnt.minus(spans)
        first = burnt.least()
        if first is not None:
            assert self.ledger.emptied_ns is not None, "it burnt"
            line, end_ns = self.path.line, self.end_ns
            commit_ns, rid = line.clock(first, end_ns), line.rid(first, end_ns)
            yield OldestLost(first, rid, commit_ns, self.ledger.emptied_ns, DESTROYED)

    def missing_since(self, terms: Terms) -> int | None:
        """Return when the oldest surviving record in flight to a stage was committed, or None."""
        version = self.committed.meet(terms.coming).minus(terms.delivered).least()
        return None if version is None else self.path.line.clock(version, self.end_ns, marks=True)

    def _row(self, terms: Terms) -> tuple[dict[str, int], int]:
        """Count acknowledged writes by term, and how many of the lost replays won back.

        An abandoned one counts by either of its commits.
        """
        known, parts = self.acknowledged, terms.parts()
        row = {
            name: len(known.line.meet(spans)) + len(known.gone.meet(spans)) for name, spans in parts.items()
        }
        row["lost"] = len(known.line) + len(known.gone) - sum(row.values())
        there = terms.delivered.copy().update(terms.coming)
        back = len(known.line.meet(self.lost(terms)).meet(terms.won)) + len(
            known.gone.meet(there).meet(terms.won)
        )
        for gone, again, _, rid in known.abandoned:
            term = next((n for n, spans in parts.items() if gone in spans or again in spans), "lost")
            row[term] += 1
            ways = (gone, again, *self.redone.get(rid, ()))
            back += term == "lost" and any(v in there for v in ways)
        return row, back

    def _surviving(self, terms: Terms) -> SurvivingTerms:
        found = {name: len(self.committed.meet(spans)) for name, spans in terms.parts().items()}
        return SurvivingTerms(**found, lost=len(self.lost(terms)))

    def replayable(self) -> int:
        """Return how many of the acknowledged writes that the database has lost are still on a bus."""
        there = Spans()
        for r in range(len(self.path.logs)):
            there.update(self.ways.present(r))
        lost = set(self.loss.lost.tolist())
        found = {rid for gone, _, _, rid in self.acknowledged.abandoned if rid in lost and gone in there}
        return len(found) + len(self.acknowledged.gone.meet(there))

    def _window_s(self, first: OldestLost) -> float:
        """Return how far back the loss reaches: as the database's if it is the database's."""
        if first.why in (ABANDONED, DESTROYED):
            return self.loss.window_s
        return seconds(max(0, first.at_ns - first.commit_ns))

    def _abandoned(self, version: int) -> tuple[int, str]:
        """Return when a version was abandoned or destroyed, and which."""
        rows = self.ledger.abandoned
        cut = self.ledger.cuts[int(rows[rows[:, k.VERSION] == version, k.CUT_ID][0])]
        return cut.at_ns, ABANDONED if cut.promoted else DESTROYED

    # --- what can still come, and what went past ------------------------------------------------------------

    @cached_property
    def _to_bus(self) -> list[Spans]:
        """Return, for each region, what can still become visible on its bus."""
        return [self.ways.to_bus(r, near=False) for r in range(len(self.path.setup.regions))]

    def _passed_before_bus(self, r: int) -> tuple[Passed, ...]:
        """Return what went missing on the way to a bus, or on it, or was on one that is no more."""
        path = self.path
        gone = [p for watch in path.buses for p in watch.stage.passed]
        return (*path.unpublished.passed, *path.buses[r].stage.passed, *gone, *self._expired())

    def _passed_reading(self, stage: StageProgress, r: int) -> tuple[Passed, ...]:
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
        home, dead = tables.region, tables.dead.copy().update(self._dropped)
        held = {zone: tables.held[zone, home] for zone in ZONES}
        coming, near = self.ways.to_zones(near=False), self.ways.to_zones(near=True)
        passed = self._passed_reading(held[RAW.name].watch.stage, home)
        for zone in ZONES:
            passed, there = (*passed, *held[zone].taken), held[zone].watch.stage.delivered
            yield Terms(zone, there, coming[zone], dead, passed, self._near(home, there), near[zone])
        last = held[ANALYTICS.name].watch.stage.delivered
        to_copies, near_copies = (
            coming[ANALYTICS.name].update(last),
            near[ANALYTICS.name].update(self._near(home, last)),
        )
        for r, region in enumerate(path.setup.regions):
            if r != home:
                there = tables.held[ANALYTICS.name, r].watch.stage.delivered
                close = self._near(r, there), self._near(r, near_copies)
                yield Terms(COPY.at(region), there, to_copies, dead, passed, *close)
