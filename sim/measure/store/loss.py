"""Recovery point of one store: which acknowledged writes are lost or stranded, and why.

The definitions are in docs/measures.md, "loss".
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import inf

import numpy as np

from sim.core.milestones.failover import PromotionBegun, RebuildBegun, RewindBegun
from sim.core.milestones.faults import FaultStarted
from sim.core.milestones.store import PrimaryLost
from sim.core.quantity import seconds
from sim.journal.milestones import Milestone, between, times_of
from sim.measure.bounds import Bounds
from sim.measure.compiled import on_timeline
from sim.measure.store import ledger_kernels as k
from sim.measure.store.figures import CutFigures, LossBounds, LossCauses, LossFigures
from sim.measure.store.ledger import Cut, Ledger
from sim.measure.store.standing import Standing
from sim.measure.store.stranded import Stranded, stranded_of

CAUSES = tuple(cause.name for cause in fields(LossCauses))


@dataclass(frozen=True, slots=True)
class Replayed:
    """What replays change of a loss: lost writes that they won back, and that are still on a bus."""

    won_back: int
    replayable: int


@dataclass(frozen=True, slots=True)
class Gone:
    """What one promotion or destruction lost, a row a write.

    ``rows``: (n, COLUMNS) int64 as the ledger has them; ``causes``: (n,) int64, of each its place in CAUSES;
    ``on_disk``: (n,) bool, whether it lies on the disk of a node that came back with its data.
    """

    cut: Cut
    rows: np.ndarray
    causes: np.ndarray
    on_disk: np.ndarray


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost and stranded of one store, worked out once.

    ``lost``, ``info``: rids (sorted int64) of lost writes, and of those lost likewise whose clients do not
    know; ``settled``: further lost writes that all nodes had held, of which no rid is kept; ``recoveries``:
    each promotion and destruction; ``gone``: what each of them lost, write by write.
    """

    ledger: Ledger
    lost: np.ndarray
    info: np.ndarray
    settled: int
    recoveries: tuple[CutFigures, ...]
    gone: tuple[Gone, ...]
    stranded: Stranded

    @property
    def records(self) -> int:
        """Return how many acknowledged writes are lost."""
        return len(self.lost) + self.settled

    @property
    def emptied(self) -> bool:
        """Whether no node held anything at some moment: what lay before the run is lost, too."""
        return self.ledger.emptied_ns is not None

    @property
    def window_s(self) -> float:
        """Return the largest window of a recovery; inf if the store was emptied."""
        return inf if self.emptied else max((r.window_s for r in self.recoveries), default=0.0)

    @property
    def stranded_window_s(self) -> float:
        """Return how far back what is stranded reaches; inf if what lay before the run is stranded too."""
        return inf if self.stranded.unbounded else seconds(self.stranded.window_ns)

    def _bounds(self, replayed: int) -> LossBounds:
        """Return the bounds of the figures that objectives are about."""
        diverged, after = sum(r.diverged for r in self.recoveries), self.records - replayed
        stranded = inf if self.stranded.unbounded else self.stranded.records
        return LossBounds(
            records=self._between(self.records, self.records + stranded),
            window_s=self._between(self.window_s, max(self.window_s, self.stranded_window_s)),
            diverged=Bounds.between(diverged, diverged + self.stranded.diverged, self.stranded.reason),
            records_after_replay=self._between(after, after + stranded),
        )

    def _between(self, low: float, high: float) -> Bounds:
        return Bounds.exactly(inf) if self.emptied else Bounds.between(low, high, self.stranded.reason)

    def figures(self, replays: Replayed | None = None) -> LossFigures:
        """Return the loss of the store as docs/measures.md defines it; ``replays``: None without a bus."""
        rows, stranded = self.recoveries, self.stranded
        causes = {name: sum(getattr(r.cause, name) for r in rows) for name in CAUSES}
        won_back = 0 if replays is None else replays.won_back
        return LossFigures(
            records=self.records,
            stranded=stranded.records,
            window_s=self.window_s,
            window_over_s=seconds(self.ledger.emptied_ns),
            stranded_window_s=self.stranded_window_s,
            bounds=self._bounds(won_back),
            bytes=self.records * self.ledger.setup.record_bytes,
            info_lost=len(self.info),
            info_stranded=stranded.info,
            diverged=sum(r.diverged for r in rows),
            avoidable=sum(r.avoidable for r in rows),
            salvageable=sum(r.salvageable for r in rows),
            diverged_stranded=stranded.diverged,
            destroyed=sum(r.records for r in rows if r.to is None),
            cause=LossCauses(**causes),
            named_cause=max(CAUSES, key=causes.__getitem__) if any(causes.values()) else None,
            recoveries=rows,
            where=stranded.where,
            records_after_replay=None if replays is None else self.records - won_back,
            replayable=None if replays is None else replays.replayable,
        )


def loss_of(ledger: Ledger, milestones: Sequence[Milestone], end_ns: int) -> Loss:
    """Return what was lost and stranded; ``end_ns``: the end of the run."""
    lost, info = judge(ledger)
    rows, gone, since_ns = list[CutFigures](), list[Gone](), 0
    for i, cut in enumerate(ledger.cuts):
        row, found = _recovery(ledger, i, milestones, since_ns=since_ns, lost=lost, info=info)
        rows.append(row)
        gone.append(found)
        since_ns = cut.at_ns if cut.promoted else since_ns
    settled = 0
    if ledger.emptied_ns is not None:
        settled = emptied_of(ledger)
        diverged = ledger.settled_since(failed_at_ns(ledger, ledger.cuts[-1], since_ns, milestones))
        rows[-1] = _emptied(ledger, rows[-1], settled, diverged)
    stranded = stranded_of(ledger, Standing.of(ledger.standing), milestones, end_ns)
    return Loss(ledger, lost, info, settled, tuple(rows), tuple(gone), stranded)


def _emptied(ledger: Ledger, last: CutFigures, settled: int, diverged: int) -> CutFigures:
    """Return the row of the destruction that emptied a store, with the writes that all nodes had held.

    ``diverged``: how many of the ``settled`` were.
    """
    held, cause = "node" if len(ledger.nodes) > 1 else "send_queue", last.cause
    more = {held: getattr(cause, held) + settled - diverged, "diverged": cause.diverged + diverged}
    return replace(
        last, records=last.records + settled, diverged=last.diverged + diverged,
        cause=replace(cause, **more), window_s=inf,
    )  # fmt: skip


def emptied_of(ledger: Ledger) -> int:
    """Return how many lost writes a store that was emptied had settled: all nodes had held them.

    A write of which an answer named an abandoned commit, too, is among those that ``judge`` finds.
    """
    rows = ledger.abandoned[ledger.abandoned[:, k.FLAGS] & k.ACKED_BY_RID != 0]
    again = rows[rows[:, k.RECOMMIT] > 0]
    twice = {
        rid for rid, version in again[:, [k.RID, k.RECOMMIT]].tolist() if ledger.settled_and_named(version)
    }
    return int(ledger.totals[k.ACKS_PRUNED]) - len(twice)


def judge(ledger: Ledger) -> tuple[np.ndarray, np.ndarray]:
    """Return the rids (sorted int64) of lost writes, and of those lost likewise that ended info."""
    rows = ledger.abandoned
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    saved = np.array([_survives(r, ledger) for r in rows[:, [k.VERSION, k.RECOMMIT]].tolist()], bool)
    rids = rows[:, k.RID]
    safe = np.unique(rids[saved])
    acked = np.unique(rids[rows[:, k.FLAGS] & (k.ACKED | k.ACKED_BY_RID) != 0])
    unknown = np.unique(rids[rows[:, k.FLAGS] & k.INFO != 0])
    return np.setdiff1d(acked, safe), np.setdiff1d(unknown, safe)


def _survives(versions: list[int], ledger: Ledger) -> bool:
    return any(v > 0 and on_timeline(v, ledger.timeline, ledger.lineage) for v in versions)


def _recovery(
    ledger: Ledger,
    which: int,
    milestones: Sequence[Milestone],
    *,
    since_ns: int,
    lost: np.ndarray,
    info: np.ndarray,
) -> tuple[CutFigures, Gone]:
    """Return the row of one promotion or destruction, and what it lost; a write that it abandoned twice once.

    ``since_ns``: the promotion before.
    """
    cut, rows = ledger.cuts[which], ledger.abandoned[ledger.abandoned[:, k.CUT_ID] == which]
    fault_ns = failed_at_ns(ledger, cut, since_ns, milestones)
    gone = rows[np.isin(rows[:, k.RID], lost)]
    gone = gone[np.unique(gone[:, k.RID], return_index=True)[1]]
    acked = rows[rows[:, k.FLAGS] & (k.ACKED | k.ACKED_BY_RID) != 0]
    diverged = gone[:, k.COMMIT_NS] >= fault_ns
    window = (
        max(fault_ns, int(acked[:, k.COMMIT_NS].max())) - int(gone[:, k.COMMIT_NS].min()) if len(gone) else 0
    )
    regions = ledger.setup.regions
    causes = _causes(gone, diverged, paused=_paused(ledger, cut, fault_ns, milestones))
    found = Gone(cut, gone, causes, _on_disk(ledger, gone, cut, milestones))
    figures = CutFigures(
        at_s=seconds(cut.at_ns),
        from_=regions[cut.old],
        to=regions[cut.node] if cut.promoted else None,
        timeline=cut.timeline,
        cut=cut.cut,
        failed_at_s=seconds(fault_ns),
        records=len(gone),
        window_s=seconds(window),
        info_lost=len(np.unique(rows[np.isin(rows[:, k.RID], info), k.RID])),
        diverged=int(diverged.sum()),
        avoidable=int((gone[:, k.FLAGS] & k.AVOIDABLE != 0).sum()),
        salvageable=int(found.on_disk.sum()),
        cause=LossCauses(**{name: int((causes == i).sum()) for i, name in enumerate(CAUSES)}),
    )
    return figures, found


def failed_at_ns(ledger: Ledger, cut: Cut, since_ns: int, milestones: Sequence[Milestone]) -> int:
    """Return when the primary stopped serving the majority side before ``cut``.

    Without that milestone, when the promotion began, or the destruction came.
    """
    domain = ledger.setup.domain
    promoting = f"{domain}/{ledger.setup.regions[cut.node]}" if cut.promoted else ""
    known = between(milestones, since_ns, cut.at_ns)
    for what, subject in ((PrimaryLost, domain), (PromotionBegun, promoting)):
        if times := times_of(known, what, subject):
            return times[-1]
    return cut.at_ns


def _on_disk(ledger: Ledger, gone: np.ndarray, cut: Cut, milestones: Sequence[Milestone]) -> np.ndarray:
    """Return which lost writes, (n,) bool, lie on the disk of a node that came back with its data.

    It rewound instead of copying.
    """
    came_back = []
    for node in np.unique(gone[:, k.NODE]).tolist():
        subject = f"{ledger.setup.domain}/{ledger.setup.regions[node]}"
        after = (m.what for m in milestones if m.subject == subject and m.at_ns >= cut.at_ns)
        first = next((what for what in after if isinstance(what, RewindBegun | RebuildBegun)), None)
        came_back += [node] if isinstance(first, RewindBegun) else []
    return np.isin(gone[:, k.NODE], came_back)


def _paused(ledger: Ledger, cut: Cut, at_ns: int, milestones: Sequence[Milestone]) -> bool:
    """Return whether a fault kept the old primary from sending to the promoted node, or any, at ``at_ns``."""
    region = ledger.setup.regions[cut.node] if cut.promoted else None
    faults = [fault for fault, replica in ledger.setup.pauses if region in (None, replica)]
    return any(_active(f"fault/{fault}", at_ns, milestones) for fault in faults)


def _causes(gone: np.ndarray, diverged: np.ndarray, *, paused: bool) -> np.ndarray:
    """Say of each lost write, (n,) int64 as places in CAUSES, where it was when the primary failed.

    On its way to the node that was promoted.
    """
    held = gone[:, k.FLAGS] & k.HELD != 0
    sent = (gone[:, k.FLAGS] & k.SENT != 0) & ~held
    waiting = "paused" if paused else "send_queue"
    found = np.select([diverged, held, sent], [CAUSES.index(c) for c in ("diverged", "node", "wire")], -1)
    return np.where(found < 0, CAUSES.index(waiting), found)


def _active(subject: str, at_ns: int, milestones: Sequence[Milestone]) -> bool:
    """Return whether a fault was in force at ``at_ns``.

    One that healed at that very time was, for what waited because of it.
    """
    begun = [
        isinstance(m.what, FaultStarted)
        for m in milestones
        if m.subject == subject
        and (m.at_ns < at_ns or (m.at_ns == at_ns and isinstance(m.what, FaultStarted)))
    ]
    return bool(begun) and begun[-1]
