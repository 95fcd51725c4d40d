"""Recovery point of one store: which acknowledged writes each promotion lost, why, and whether they could
have been had.

Lost: acknowledged at any time, with a commit on an abandoned timeline and none on the surviving one when the
run is judged. The definition is design §6.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.journal.milestones import Milestone
from sim.measure import ledger_kernels as k
from sim.measure.bounds import Bounds
from sim.measure.compiled import on_timeline
from sim.measure.ledger import Cut, Ledger

SECOND = 1e9
CAUSES = ("diverged", "paused", "send_queue", "wire")


def loss_figures(ledger: Ledger, milestones: Sequence[Milestone]) -> dict[str, Any]:
    """Return the loss of the store: a row for each recovery, the union of records, the largest window."""
    lost, info = judge(ledger)
    recoveries = [_recovery(ledger, i, milestones, lost=lost, info=info) for i in range(len(ledger.cuts))]
    cause = {name: sum(r["cause"][name] for r in recoveries) for name in CAUSES}
    records = len(lost)
    return {
        "records": records,
        "window_s": max((r["window_s"] for r in recoveries), default=0.0),
        "bounds": _bounds(recoveries, records),
        "bytes": records * ledger.setup.record_bytes,
        "info": len(info),
        "diverged": sum(r["diverged"] for r in recoveries),
        "avoidable": sum(r["avoidable"] for r in recoveries),
        "salvageable": sum(r["salvageable"] for r in recoveries),
        "cause": cause,
        "named_cause": max(CAUSES, key=lambda name: cause[name]) if records else None,
        "recoveries": recoveries,
    }


def _bounds(recoveries: Sequence[dict[str, Any]], records: int) -> dict[str, Any]:
    """Return the bounds of the figures that objectives are about."""
    found = {
        "records": Bounds.exactly(records),
        "window_s": Bounds.exactly(max((r["window_s"] for r in recoveries), default=0.0)),
        "diverged": Bounds.exactly(sum(r["diverged"] for r in recoveries)),
        "records_after_replay": Bounds.exactly(records),
    }
    return {name: bounds.figures() for name, bounds in found.items()}


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
    lost: np.ndarray,
    info: np.ndarray,
) -> dict[str, Any]:
    """Return the row of one promotion. A write committed twice on the abandoned side counts once."""
    cut, rows = ledger.cuts[which], ledger.abandoned[ledger.abandoned[:, k.CUT_ID] == which]
    since_ns = ledger.cuts[which - 1].at_ns if which else 0
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
        "to": regions[cut.node],
        "timeline": cut.timeline,
        "cut": cut.cut,
        "failed_at_s": fault_ns / SECOND,
        "records": len(gone),
        "window_s": window / SECOND,
        "info": len(np.unique(rows[np.isin(rows[:, k.RID], info), k.RID])),
        "diverged": int(diverged.sum()),
        "avoidable": int((gone[:, k.FLAGS] & k.AVOIDABLE != 0).sum()),
        "salvageable": _salvageable(ledger, gone, cut, milestones),
        "cause": _causes(gone, diverged, paused=_paused(ledger, cut, fault_ns, milestones)),
    }


def failed_at_ns(ledger: Ledger, cut: Cut, since_ns: int, milestones: Sequence[Milestone]) -> int:
    """Return when the primary stopped serving the majority side before ``cut``.

    Without that milestone, when the promotion began.
    """
    domain = ledger.setup.domain
    promoting = f"{domain}/{ledger.setup.regions[cut.node]}"
    for kind, subject in (("primary.lost", domain), ("promoting", promoting)):
        times = [
            m.at_ns
            for m in milestones
            if m.kind == kind and m.subject == subject and since_ns <= m.at_ns <= cut.at_ns
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
    """Return whether a fault kept the old primary from sending to the promoted node at ``at_ns``."""
    region = ledger.setup.regions[cut.node]
    faults = [fault for fault, replica in ledger.setup.pauses if replica == region]
    return any(_active(f"fault/{fault}", at_ns, milestones) for fault in faults)


def _causes(gone: np.ndarray, diverged: np.ndarray, *, paused: bool) -> dict[str, int]:
    """Say where the lost writes were when the primary failed, on their way to the node that was promoted."""
    sent = gone[:, k.FLAGS] & k.SENT != 0
    waiting = int((~diverged & ~sent).sum())
    return {
        "diverged": int(diverged.sum()),
        "paused": waiting if paused else 0,
        "send_queue": 0 if paused else waiting,
        "wire": int((~diverged & sent).sum()),
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
