"""What each consumer and zone got twice, late, not at all, or of transactions that no longer exist."""

from collections.abc import Collection, Iterator

import numpy as np

from sim.core.stages import ZONES
from sim.measure.compiled import on_timeline
from sim.measure.platform.figures import DeadLetterFigures, DeliveryFigures
from sim.measure.platform.spans import Spans
from sim.measure.platform.stage import StageProgress
from sim.measure.platform.tally import CommitTally, Witness
from sim.measure.platform.waterfall import Waterfall
from sim.measure.store import ledger_kernels as k
from sim.measure.store.ledger import Ledger
from sim.measure.store.line import Line
from sim.measure.store.settled import emptied_spans


class Ghosts:
    """Abandoned commits whose write did not commit again; ``redone``: rids that replays committed again.

    Those that a store had when it was destroyed as a whole are *burnt*: of most of them, which all its nodes
    had held, there is no row in the ledger.
    """

    def __init__(self, ledger: Ledger, line: Line, redone: Collection[int] = ()) -> None:
        self._line, self._emptied_ns, rows = line, ledger.emptied_ns, ledger.abandoned
        self._burnt = emptied_spans(ledger)
        if self._emptied_ns is not None:
            last = rows[:, k.CUT_ID] == len(ledger.cuts) - 1
            for version in rows[last, k.VERSION].tolist():
                self._burnt.add(version, version + 1)
            rows = rows[~last]
        again = rows[:, k.RECOMMIT].tolist()
        saved = np.array([v > 0 and on_timeline(v, ledger.timeline, ledger.lineage) for v in again], bool)
        rows = rows[~np.isin(rows[:, k.RID], [*rows[saved, k.RID].tolist(), *redone])]
        cuts = [ledger.cuts[i].at_ns for i in rows[:, k.CUT_ID].tolist()]
        versions = rows[:, k.VERSION].tolist()
        self._commits = dict(zip(versions, rows[:, [k.COMMIT_NS, k.RID]].tolist(), strict=True))
        self._abandoned_ns = dict(zip(versions, cuts, strict=True))
        self._others = Spans((version, version + 1) for version in sorted(versions))

    @property
    def versions(self) -> Spans:
        """Return all of them."""
        return self._others.copy().update(self._burnt)

    def at(self, stage: StageProgress) -> Iterator[tuple[Spans, int, bool]]:
        """Yield those that arrived at a stage: versions, when they were abandoned, whether destroyed."""
        found = stage.delivered.meet(self._others)
        for at_ns in sorted(set(self._abandoned_ns.values())):
            yield (
                Spans(
                    (v, v + 1)
                    for low, high in found
                    for v in range(low, high)
                    if self._abandoned_ns[v] == at_ns
                ),
                at_ns,
                False,
            )
        if self._emptied_ns is not None:
            yield stage.delivered.meet(self._burnt), self._emptied_ns, True

    def among(self, stage: StageProgress, but: Spans | None = None) -> CommitTally:
        """Return those that arrived at a stage, from then on when they were there and abandoned.

        ``but``: versions that do not count.
        """
        late, found = dict((v, at) for at, v in reversed(stage.off_line)), CommitTally()
        for low, high in stage.delivered.meet(self._others.minus(but or Spans())):
            for version in range(low, high):
                at_ns = max(self._abandoned_ns[version], late.get(version, 0))
                found.add(1, Witness(at_ns, version, self._commits[version][1]))
        burnt = stage.delivered.meet(self._burnt.minus(but or Spans()))
        after = sorted((at_ns, v) for v, at_ns in late.items() if v in burnt)
        first = burnt.minus(Spans((v, v + 1) for _, v in after)).least()
        if first is not None and self._emptied_ns is not None:
            after = [(self._emptied_ns, first), *after]
        if after:
            at_ns, first = after[0]
            found.add(len(burnt), Witness(at_ns, first, self._line.rid(first, at_ns)))
        return found

    def oldest(self, held: Spans) -> tuple[int, int, int, int] | None:
        """Return (commit time, version, rid, when abandoned) of the oldest ghost among ``held``, or None.

        Of a store that was destroyed as a whole nobody asks.
        """
        found = [
            (self._commits[v][0], v, self._commits[v][1], self._abandoned_ns[v])
            for low, high in held.meet(self._others)
            for v in range(low, high)
        ]
        return min(found, default=None)


def delivery(
    waterfall: Waterfall, ghosts: Ghosts, before: Ghosts
) -> dict[str, DeliveryFigures | DeadLetterFigures]:
    """Return ``<domain>.<consumer or zone>`` -> figures of one domain.

    ``before``: the ghosts that there would be if no replay had committed their writes again.
    """
    path, tables = waterfall.path, waterfall.path.tables
    domain = path.setup.domain
    terms = {terms.name: terms for terms in waterfall.stages}
    orphans = _orphans(waterfall).figures()
    stages = {name: watch.stage for name, watch in path.consumers.items()}
    if tables.region is not None:
        stages |= {zone: tables.held[zone, tables.region].watch.stage for zone in ZONES}
    out: dict[str, DeliveryFigures | DeadLetterFigures] = {}
    for name, stage in stages.items():
        assert stage.lateness is not None, "consumers and tables have one"
        dropped = terms[name].dropped.minus(stage.delivered).minus(terms[name].coming)
        missing = waterfall.lost(terms[name]).minus(terms[name].won).update(waterfall.committed.meet(dropped))
        clean = path.setup.deduplicate and name in ZONES[1:]
        out[f"{domain}.{name}"] = DeliveryFigures(
            arrivals=stage.arrivals,
            duplicates=(CommitTally() if clean else stage.duplicates).figures(),
            gaps=stage.gaps(missing, waterfall.end_ns).figures(),
            reorderings=stage.reorderings.figures(),
            late=stage.lateness.figures(),
            late_max_s=stage.lateness.greatest_s(),
            ghosts=ghosts.among(stage).figures(),
            ghosts_ended=before.among(stage, but=ghosts.versions).figures(),
            orphans=orphans,
        )
    if tables.region is not None:
        out[f"{domain}.stream"] = DeadLetterFigures(dead_letters=tables.dead_letters.figures())
    return out


def _orphans(waterfall: Waterfall) -> CommitTally:
    """Return the acknowledged surviving records that no relay published or will publish."""
    path, found = waterfall.path, CommitTally()
    never = path.unpublished.covered.minus(path.published).minus(path.remains.unsent).minus(path.never_sent)
    for low, high in waterfall.acknowledged.line.meet(never):
        by = next(p for p in path.unpublished.passed if p.low <= low < p.high)
        found.add(high - low, Witness(by.at_ns, low, by.rid if by.low == low else None))
    return found
