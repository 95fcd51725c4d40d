"""Staleness of reads and the four session guarantees.

Judged for each (session, key) on versions really returned, against the session's own highest version at the
time it sent the operation. A write counts for the session once it is acknowledged. Definitions: Terry et al.,
"Session guarantees for weakly consistent replicated data", 1994.
"""

from collections.abc import Sequence

import numpy as np

from sim.core.identity import seat_of
from sim.core.quantity import seconds
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.compiled import grow_lineage
from sim.measure.store import sessions as s
from sim.measure.store.figures import ConsistencyFigures, GuaranteeFigures, Violation
from sim.measure.store.metrics import GUARANTEES
from sim.measure.store.setup import DomainSetup
from sim.stats.histogram import BUCKETS, quantile


class Consistency:
    """Reducer of ``ops`` and ``cuts`` of one domain."""

    def __init__(self, setup: DomainSetup, *, room: int = 2**13) -> None:
        self._setup = setup
        self._marks = s.Marks(
            ids=np.full(room, -1, np.int64),
            marks=_no_marks(room),
            ring=_no_values(room),
            slots=np.full(s.PLACE * 1024, -1, np.int64),
        )
        self._found = s.Findings(
            totals=np.zeros(s.TOTALS, np.int64),
            counts=np.zeros(4, np.int64),
            witness=np.zeros((4, 3), np.int64),
            histogram=np.zeros(BUCKETS, np.int64),
        )
        self._lineage = np.zeros((8, 2), np.int64)
        self._witness: dict[str, Violation] = {}

    def fold(self, part: Slice) -> None:
        """Take in one slice. Its cuts come first: no version on a timeline is older than the timeline."""
        cuts = part.table("cuts")
        for timeline, parent, cut in zip(
            *(cuts[c].tolist() for c in ("timeline", "parent", "cut")), strict=True
        ):
            self._lineage = grow_lineage(self._lineage, timeline, parent, cut)
        if not part.rows("ops"):
            return
        ops, at, n = part.table("ops"), 0, part.rows("ops")
        rows = s.SessionColumns(*(ops[c] for c in s.SessionColumns._fields))
        before = self._found.counts.copy()
        while True:
            at = s.fold_sessions(
                rows,
                at,
                self._marks,
                self._found,
                self._lineage,
                self._setup.op_life_ns,
                self._setup.warmup_ns,
            )
            if at == n:
                break
            self._make_room(seat_of(int(ops["session"][at])), int(ops["end_ns"][at]))
        for g in np.flatnonzero((before == 0) & (self._found.counts > 0)).tolist():
            self._witness[GUARANTEES[g]] = _witness(ops, *self._found.witness[g].tolist())

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Nothing to do: each row is judged when it comes."""

    def figures(self) -> ConsistencyFigures:
        """Return the counts, staleness in seconds and in versions, and what broke each guarantee first."""
        totals = self._found.totals.tolist()
        reads, stale_ns = totals[s.READS], totals[s.STALE_CARRY] * s.CARRY + totals[s.STALE_SUM]

        def stalest_of(share: float) -> float | None:
            return seconds(quantile(self._found.histogram, share, least=0, greatest=totals[s.STALE_MAX]))

        return ConsistencyFigures(
            reads=reads,
            stale_reads=totals[s.STALE],
            stale_fraction=totals[s.STALE] / reads if reads else None,
            staleness_max_s=seconds(totals[s.STALE_MAX]) if reads else None,
            staleness_mean_s=seconds(stale_ns / reads) if reads else None,
            staleness_p50_s=stalest_of(0.5),
            staleness_p99_s=stalest_of(0.99),
            staleness_p999_s=stalest_of(0.999),
            versions_behind_max=totals[s.BEHIND_MAX] if reads else None,
            versions_behind_mean=totals[s.BEHIND_SUM] / reads if reads else None,
            read_your_writes=self._guarantee(0, totals[s.READS]),
            monotonic_reads=self._guarantee(1, totals[s.READS]),
            monotonic_writes=self._guarantee(2, totals[s.WRITES]),
            writes_follow_reads=self._guarantee(3, totals[s.WRITES]),
        )

    def _guarantee(self, which: int, judged: int) -> GuaranteeFigures:
        violations, witness = int(self._found.counts[which]), self._witness.get(GUARANTEES[which])
        return GuaranteeFigures(violations=violations, judged=judged, witness=witness)

    def _make_room(self, slot: int, now: int) -> None:
        """Enlarge whatever is full; entries of sessions that are over go first."""
        old, totals = self._marks, self._found.totals
        ring, slots = old.ring, old.slots
        if slot >= len(slots) // s.PLACE:
            more = max(len(slots), (slot + 1) * s.PLACE - len(slots))
            slots = np.concatenate([slots, np.full(more, -1, np.int64)])
        head, room = int(totals[s.HEAD]), len(ring) // s.VALUE
        if ring[head % room * s.VALUE + s.UNTIL] > now - self._setup.op_life_ns:
            ring = _no_values(2 * room)
            numbers = np.arange(max(0, head - room), head)
            values = old.ring.reshape(room, s.VALUE)[numbers % room]
            ring.reshape(2 * room, s.VALUE)[numbers % (2 * room)] = values
        self._marks = old._replace(ring=ring, slots=slots)
        if totals[s.USED] * 4 > (len(old.ids) - 1) * 3:
            self._move(len(old.ids), now)
            if totals[s.USED] * 2 > len(old.ids):
                self._move(2 * len(old.ids), now)

    def _move(self, room: int, now: int) -> None:
        new = self._marks._replace(ids=np.full(room, -1, np.int64), marks=_no_marks(room))
        s.move_live(self._marks, new, self._found.totals, now, self._setup.op_life_ns)
        self._marks = new


def _no_marks(room: int) -> np.ndarray:
    mark = [-(2**62), -1, -1, -1]
    return np.tile(np.array(mark + mark, np.int64), room)


def _no_values(count: int) -> np.ndarray:
    return np.full(count * s.VALUE, -(2**62), np.int64)


def _witness(ops: dict[str, np.ndarray], row: int, rid: int, mark: int) -> Violation:
    """Return the first violation.

    The operation, what it returned or wrote, and the earlier operation of the session it contradicts.
    """
    own = {
        name: int(ops[name][row])
        for name in ("rid", "session", "key", "send_ns", "end_ns", "version", "client", "node")
    }
    return Violation(**own, earlier_rid=rid, earlier_version=mark)
