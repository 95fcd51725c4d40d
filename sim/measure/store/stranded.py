"""What of a store is there when the run ends, and out of reach: how much, how old, and where it lies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.core.identity import lsn_of
from sim.core.milestones.store import PrimaryLost
from sim.journal.milestones import Milestone, times_of
from sim.measure.store import ledger_kernels as k
from sim.measure.store.figures import StrandedPlace
from sim.measure.store.ledger import Ledger
from sim.measure.store.standing import NOTHING, Standing


@dataclass(frozen=True, slots=True)
class Stranded:
    """Acknowledged writes that are stranded; ``window_ns``: how far back they reach.

    ``unbounded``: so is what lay before the run. ``info``: likewise, their clients do not know. ``diverged``:
    of the records, committed after the primary was lost. ``since_ns``: when that was, else the end.
    ``oldest_ns``: commit time of the oldest, ``since_ns`` if there is none. ``where``: as in the figures.
    """

    records: int
    info: int
    diverged: int
    window_ns: int
    oldest_ns: int
    since_ns: int
    unbounded: bool
    where: tuple[StrandedPlace, ...]

    @property
    def reason(self) -> str:
        """Say where they are and why they can not be had, "" if nothing is stranded."""
        found = [place for place in self.where if place.records or self.unbounded]
        if not found:
            return "no node that runs has its data" if self.unbounded or self.records else ""
        if self.unbounded and not self.records:
            return f"all that the store has is only in {found[0].region}, {found[0].why}"
        return f"{self.records:,} {'records are' if self.records != 1 else 'record is'} only in " + "; ".join(
            f"{place.region}, {place.why}" for place in found
        )


def stranded_of(ledger: Ledger, standing: Standing, milestones: Sequence[Milestone], end_ns: int) -> Stranded:
    """Return what is stranded of a store. A store that was emptied has nothing left to strand."""
    reach = standing.reach
    lost_ns = times_of(milestones, PrimaryLost, ledger.setup.domain)
    since_ns = max(lost_ns, default=end_ns)
    if ledger.emptied_ns is not None or reach >= ledger.line.end - 1:
        return Stranded(0, 0, 0, 0, since_ns, since_ns, False, ())
    saved = saved_beyond(ledger, max(reach, 0), ledger.line.end)[:, k.COMMIT_NS]
    times = np.sort(np.concatenate([_pending(ledger, reach), saved]))
    diverged = int((times >= since_ns).sum()) + ledger.settled_since(since_ns, max(reach, 0))
    settled = ledger.acknowledged_between(reach, ledger.line.base - 1)
    if settled:  # all nodes had them: their times are long forgotten, but for the first one's
        times = np.concatenate([[ledger.first_ns], times])
    oldest = int(times[0]) if len(times) else since_ns
    return Stranded(
        records=len(times) + settled - bool(settled),
        info=_info(ledger, reach),
        diverged=diverged if lost_ns else 0,
        window_ns=max(since_ns, int(times[-1])) - oldest if len(times) else 0,
        oldest_ns=oldest,
        since_ns=since_ns,
        unbounded=reach == NOTHING,
        where=tuple(_where(ledger, standing, reach)),
    )


def _beyond(ledger: Ledger, reach: int) -> slice:
    """Return the pending part of the line beyond ``reach``."""
    return slice(max(reach + 1 - ledger.line.base, 0), None)


def _pending(ledger: Ledger, reach: int) -> np.ndarray:
    """Return the commit times (n,) of acknowledged commits beyond ``reach`` that are not settled."""
    line, part = ledger.line, _beyond(ledger, reach)
    return np.compress(line.all("flags")[part] & k.ACKED != 0, line.all("commit_ns")[part])


def saved_beyond(ledger: Ledger, after: int, last: int) -> np.ndarray:
    """Return abandoned writes, (n, COLUMNS), that a commit of log sequence numbers (after, last] saved.

    Those whose saving commit was acknowledged itself are among the others already.
    """
    rows, lsn = ledger.abandoned, lsn_of(ledger.abandoned[:, k.RECOMMIT])
    rows = rows[(rows[:, k.FLAGS] & k.ACKED != 0) & (lsn > after) & (lsn <= last)]
    saved = [ledger.on_line(v) and not ledger.named(v) for v in rows[:, k.RECOMMIT].tolist()]
    rows = rows[np.array(saved, bool)]
    return np.take(rows, np.unique(rows[:, k.RID], return_index=True)[1], axis=0)


def _info(ledger: Ledger, reach: int) -> int:
    flags = ledger.line.all("flags")[_beyond(ledger, reach)]
    settled = int(ledger.totals[k.INFO_PRUNED]) if reach == NOTHING else 0
    return int((flags & (k.INFO | k.ACKED) == k.INFO).sum()) + settled


def _where(ledger: Ledger, standing: Standing, reach: int) -> Iterator[StrandedPlace]:
    """Yield the nodes that hold what is stranded, those with the most first: region, records, why."""
    holders = [h for h in standing.holders if h.copy > reach]
    for holder in sorted(holders, key=lambda h: (-h.copy, h.region)):
        records = ledger.acknowledged_between(reach, holder.copy)
        region = ledger.setup.regions[holder.region]
        yield StrandedPlace(region=region, records=records, why=standing.why(holder))
