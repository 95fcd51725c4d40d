"""Recovery point of one store: which acknowledged writes are lost or stranded, and why.

The definitions are in docs/measures.md, "loss".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from sim.journal.milestones import Milestone, between
from sim.measure.bounds import Bounds
from sim.measure.compiled import on_timeline
from sim.measure.store import ledger_kernels as k
from sim.measure.store.ledger import Cut, Ledger
from sim.measure.store.standing import Standing
from sim.measure.store.stranded import Stranded, stranded_of

SECOND = 1e9
CAUSES = ("diverged", "paused", "send_queue", "wire", "node")


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost and stranded of one store. ``replayed``: of the lost, what replays won back."""

    ledger: Ledger
    recoveries: list[dict[str, Any]]
    records: int
    info: int
    stranded: Stranded
    replayed: int = 0

    @property
    def emptied(self) -> bool:
        """Whether no node held anything at some moment: what lay before the run is lost, too."""
        return self.ledger.emptied_ns is not None

    @property
    def window_s(self) -> float:
        """Return the largest window of a recovery; inf if the store was emptied."""
        return inf if self.emptied else max((r["window_s"] for r in self.recoveries), default=0.0)

    def bounds(self) -> dict[str, Bounds]:
        """Return the bounds of the figures that objectives are about, durations in seconds."""
        diverged = sum(r["diverged"] for r in self.recoveries)
        after, all_of_it = (
            self.records - self.replayed,
            inf if self.stranded.unbounded else self.stranded.records,
        )
        windows = max(self.window_s, inf if self.stranded.unbounded else self.stranded.window_ns / SECOND)
        return {
            "records": self._bounds(self.records, self.records + all_of_it),
            "window_s": self._bounds(self.window_s, windows),
            "diverged": Bounds.between(diverged, diverged + self.stranded.diverged, self.stranded.reason),
            "records_after_replay": self._bounds(after, after + all_of_it),
        }

    def _bounds(self, low: float, high: float) -> Bounds:
        return Bounds(inf, inf) if self.emptied else Bounds.between(low, high, self.stranded.reason)

    def figures(self) -> dict[str, Any]:
        """Return the loss of the store as docs/measures.md defines it, ``replayable`` left out."""
        rows, stranded, emptied_ns = self.recoveries, self.stranded, self.ledger.emptied_ns
        sums = {name: sum(r[name] for r in rows) for name in ("diverged", "avoidable", "salvageable")}
        cause = {name: sum(r["cause"][name] for r in rows) for name in CAUSES}
        return {
            "records": self.records,
            "stranded": stranded.records,
            "window_s": None if self.emptied else self.window_s,
            "window_over_s": None if emptied_ns is None else emptied_ns / SECOND,
            "stranded_window_s": None if stranded.unbounded else stranded.window_ns / SECOND,
            "bounds": {name: bounds.figures() for name, bounds in self.bounds().items()},
            "bytes": self.records * self.ledger.setup.record_bytes,
            "info_lost": self.info,
            "info_stranded": stranded.info,
            **sums,
            "diverged_stranded": stranded.diverged,
            "destroyed": sum(r["records"] for r in rows if r["to"] is None),
            "cause": cause,
            "named_cause": max(CAUSES, key=lambda name: cause[name]) if any(cause.values()) else None,
            "recoveries": rows,
            "where": list(stranded.where),
        }


def loss_of(ledger: Ledger, milestones: Sequence[Milestone], end_ns: int, *, replayed: int = 0) -> Loss:
    """Return what was lost and stranded; ``end_ns``: the end of the run."""
    lost, info = judge(ledger)
    settled = emptied_of(ledger) if ledger.emptied_ns is not None else 0
    rows, since_ns = [], 0
    for i, cut in enumerate(ledger.cuts):
        rows.append(_recovery(ledger, i, milestones, since_ns=since_ns, lost=lost, info=info))
        since_ns = cut.at_ns if cut.promoted else since_ns
    if settled:
        diverged = ledger.settled_since(failed_at_ns(ledger, ledger.cuts[-1], since_ns, milestones))
        rows[-1]["records"] += settled
        rows[-1]["diverged"] += diverged
        rows[-1]["cause"]["diverged"] += diverged
        rows[-1]["cause"]["node" if len(ledger.nodes) > 1 else "send_queue"] += settled - diverged
    if ledger.emptied_ns is not None:
        rows[-1]["window_s"] = None
    stranded = stranded_of(ledger, Standing.of(ledger.standing), milestones, end_ns)
    return Loss(ledger, rows, len(lost) + settled, len(info), stranded, replayed)


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
) -> dict[str, Any]:
    """Return the row of one promotion or destruction. A write committed twice beyond the cut counts once.

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
    return {
        "at_s": cut.at_ns / SECOND,
        "from": regions[cut.old],
        "to": regions[cut.node] if cut.promoted else None,
        "timeline": cut.timeline,
        "cut": cut.cut,
        "failed_at_s": fault_ns / SECOND,
        "records": len(gone),
        "window_s": window / SECOND,
        "info_lost": len(np.unique(rows[np.isin(rows[:, k.RID], info), k.RID])),
        "diverged": int(diverged.sum()),
        "avoidable": int((gone[:, k.FLAGS] & k.AVOIDABLE != 0).sum()),
        "salvageable": _salvageable(ledger, gone, cut, milestones),
        "cause": _causes(gone, diverged, paused=_paused(ledger, cut, fault_ns, milestones)),
    }


def failed_at_ns(ledger: Ledger, cut: Cut, since_ns: int, milestones: Sequence[Milestone]) -> int:
    """Return when the primary stopped serving the majority side before ``cut``.

    Without that milestone, when the promotion began, or the destruction came.
    """
    domain = ledger.setup.domain
    promoting = f"{domain}/{ledger.setup.regions[cut.node]}" if cut.promoted else ""
    for kind, subject in (("primary.lost", domain), ("promoting", promoting)):
        times = [
            m.at_ns
            for m in between(milestones, since_ns, cut.at_ns)
            if m.kind == kind and m.subject == subject
        ]
        if times:
            return times[-1]
    return cut.at_ns


def _salvageable(ledger: Ledger, gone: np.ndarray, cut: Cut, milestones: Sequence[Milestone]) -> int:
    """Count the lost writes that lie on the disk of a node that came back with its data.

    It rewound instead of copying.
    """
    came_back = []
    for node in np.unique(gone[:, k.NODE]).tolist():
        subject = f"{ledger.setup.domain}/{ledger.setup.regions[node]}"
        kinds = [m.kind for m in milestones if m.subject == subject and m.at_ns >= cut.at_ns]
        first = next((kind for kind in kinds if kind in ("rewinding", "rebuilding")), None)
        came_back += [node] if first == "rewinding" else []
    return int(np.isin(gone[:, k.NODE], came_back).sum())


def _paused(ledger: Ledger, cut: Cut, at_ns: int, milestones: Sequence[Milestone]) -> bool:
    """Return whether a fault kept the old primary from sending to the promoted node, or any, at ``at_ns``."""
    region = ledger.setup.regions[cut.node] if cut.promoted else None
    faults = [fault for fault, replica in ledger.setup.pauses if region in (None, replica)]
    return any(_active(f"fault/{fault}", at_ns, milestones) for fault in faults)


def _causes(gone: np.ndarray, diverged: np.ndarray, *, paused: bool) -> dict[str, int]:
    """Say where the lost writes were when the primary failed, on their way to the node that was promoted."""
    held = gone[:, k.FLAGS] & k.HELD != 0
    sent = (gone[:, k.FLAGS] & k.SENT != 0) & ~held
    waiting = int((~diverged & ~sent & ~held).sum())
    return {
        "diverged": int(diverged.sum()),
        "paused": waiting if paused else 0,
        "send_queue": 0 if paused else waiting,
        "wire": int((~diverged & sent).sum()),
        "node": int((~diverged & held).sum()),
    }


def _active(subject: str, at_ns: int, milestones: Sequence[Milestone]) -> bool:
    """Return whether a fault was in force at ``at_ns``.

    One that healed at that very time was, for what waited because of it.
    """
    kinds = [
        m.kind
        for m in milestones
        if m.subject == subject and (m.at_ns < at_ns or (m.at_ns == at_ns and m.kind == "fault.started"))
    ]
    return bool(kinds) and kinds[-1] == "fault.started"
