"""What each session wrote and read: the compiled core of the consistency measure.

Rows come in order of their end, but an operation is judged against what its session knew when it was sent. So
each (session, key) has two *marks*, the highest version its own acknowledged writes had (W) and the highest
its own reads returned (R). When a mark is raised its earlier value goes to a ring; an operation sent before
may still need it, so a value is overwritten only when any such operation has ended. Values are superseded in
order of time, so they also expire in the order of the ring, and following earlier values from an operation
under way never leads to one that was overwritten.

Marks live in an open-addressing table, a cache line each. When it fills up, the entries of sessions that are
over are dropped: a newer epoch in the same place began longer ago than an operation can last.
"""

from typing import NamedTuple

import numpy as np

from sim.engine.compiled import compiled, inlined, inner
from sim.engine.packing import epoch_of, pack_mark, seat_of, session_of, timeline_of
from sim.journal.schema import OK, WRITE
from sim.measure.compiled import bucket_of, on_timeline, place_of

# A mark: since when, the version, the operation that set it, and its earlier value in the ring. An earlier
# value also: until when.
SINCE, VERSION, RID, EARLIER, MARK = range(5)
UNTIL, VALUE = MARK, MARK + 1
READ_YOUR_WRITES, MONOTONIC_READS, MONOTONIC_WRITES, WRITES_FOLLOW_READS = range(4)
READS, STALE, BEHIND_MAX, BEHIND_SUM, STALE_MAX, STALE_SUM, STALE_CARRY, WRITES, USED, HEAD, TOTALS = range(
    11
)
EPOCH, BEGAN, PRIOR, PRIOR_BEGAN, PLACE = range(5)
U = np.uint64  # of places in arrays; a literal would have a function compiled for each value
CARRY = 10**18  # ns; a sum of stalenesses may exceed an int64


class SessionColumns(NamedTuple):
    """The columns of ``ops`` that this measure reads."""

    rid: np.ndarray
    send_ns: np.ndarray
    end_ns: np.ndarray
    kind: np.ndarray
    outcome: np.ndarray
    session: np.ndarray
    key: np.ndarray
    version: np.ndarray
    stale_ns: np.ndarray
    behind: np.ndarray


class Marks(NamedTuple):
    """The state. All int64; -1 is nothing.

    ``ids`` (n,): as packed by ``pack_mark``. ``marks`` (n * 8,): W and R of each. ``ring`` (m * 5,): earlier
    values; value number h is at h modulo m. ``slots`` (k * 4,): newest epoch of each seat and a time at which
    it had begun, and the same of the one before. n and m are powers of two.
    """

    ids: np.ndarray
    marks: np.ndarray
    ring: np.ndarray
    slots: np.ndarray


class Findings(NamedTuple):
    """What was found.

    ``counts`` (4,), ``witness`` (4, 3): row of the first violation, the operation and version of the
    mark.
    """

    totals: np.ndarray
    counts: np.ndarray
    witness: np.ndarray
    histogram: np.ndarray


@compiled
def fold_sessions(rows, first, m, found, lineage, life_ns, warmup_ns):  # noqa: C901  (one pass, in scalars)
    """Judge rows ``first``...; return the row at which to go on.

    It stops early when the table, the ring or the places must grow first. Arrays are flat, indexed whole and
    never cut into views, by unsigned numbers: a signed one is looked at for being negative.
    """
    ids, marks, ring, slots, totals = m.ids, m.marks, m.ring, m.slots, found.totals
    outcomes, sessions, sends, keys, kinds = rows.outcome, rows.session, rows.send_ns, rows.key, rows.kind
    versions, stales, behinds, ends, rids = rows.version, rows.stale_ns, rows.behind, rows.end_ns, rows.rid
    mask, last, full = U(len(ids) - 1), U(len(ring) // VALUE - 1), len(ids) * 3 // 4
    used, head, reads, writes, n = totals[USED], U(totals[HEAD]), 0, 0, len(rids)
    for i in range(first, len(rids)):
        if outcomes[i] != OK:
            continue
        session, send, end, version = sessions[i], sends[i], ends[i], versions[i]
        slot, at = U(seat_of(session)) * U(PLACE), (head & last) * U(VALUE)
        if used >= full or slot >= U(len(slots)) or ring[at + U(UNTIL)] > end - life_ns:
            n = i
            break
        if epoch_of(session) > slots[slot + U(EPOCH)]:
            _turn_epoch(slots, slot, epoch_of(session), send)
        wanted = pack_mark(session, np.int64(keys[i]))
        e = _find(wanted, ids, mask)
        if ids[e] < 0:
            ids[e] = wanted
            used += 1
        w, r, write = e * U(2 * MARK), e * U(2 * MARK) + U(MARK), kinds[i] == WRITE
        if send >= warmup_ns:
            wrote, read = marks[w + U(VERSION)], marks[r + U(VERSION)]
            if marks[w + U(SINCE)] > send:
                wrote = ring[_earlier(marks[w + U(EARLIER)], send, ring) + U(VERSION)]
            if marks[r + U(SINCE)] > send:
                read = ring[_earlier(marks[r + U(EARLIER)], send, ring) + U(VERSION)]
            if write:
                writes += 1
                timeline = timeline_of(version)
                if wrote > 0 and timeline_of(wrote) != timeline and not on_timeline(wrote, timeline, lineage):
                    _violated(U(MONOTONIC_WRITES), i, w, send, marks, ring, found)
                if read > 0 and timeline_of(read) != timeline and not on_timeline(read, timeline, lineage):
                    _violated(U(WRITES_FOLLOW_READS), i, r, send, marks, ring, found)
            else:
                reads += 1
                if version < wrote:
                    _violated(U(READ_YOUR_WRITES), i, w, send, marks, ring, found)
                if version < read:
                    _violated(U(MONOTONIC_READS), i, r, send, marks, ring, found)
                found.histogram[U(bucket_of(stales[i]))] += 1
                if behinds[i] > 0:
                    _count_stale(stales[i], behinds[i], totals)
        mark = w if write else r
        if version > marks[mark + U(VERSION)]:
            _raise(mark, end, version, rids[i], head, marks, ring, at)
            head += U(1)
    totals[USED], totals[HEAD] = used, head
    totals[READS] += reads
    totals[WRITES] += writes
    return n


@inlined
def _raise(mark, now, version, rid, head, marks, ring, at):
    """Set a mark to a higher version; its former value becomes number ``head`` of the ring, at ``at``."""
    for c in range(U(MARK)):
        ring[at + c] = marks[mark + c]
    ring[at + U(UNTIL)] = now
    marks[mark + U(SINCE)] = now
    marks[mark + U(VERSION)] = version
    marks[mark + U(RID)] = rid
    marks[mark + U(EARLIER)] = head


@inlined
def _turn_epoch(slots, slot, epoch, send):
    slots[slot + U(PRIOR)] = slots[slot + U(EPOCH)]
    slots[slot + U(EPOCH)] = epoch
    slots[slot + U(PRIOR_BEGAN)] = slots[slot + U(BEGAN)]
    slots[slot + U(BEGAN)] = send


@inlined
def _find(wanted, ids, mask):
    """Return where an entry is, or the free place where it belongs."""
    e = U(place_of(wanted, mask))
    while ids[e] != wanted and ids[e] >= 0:
        e = (e + U(1)) & mask
    return e


@inner
def _earlier(number, send, ring):
    """Return where in the ring the mark lies as it was at ``send``.

    The first value on the way back that was there by then.
    """
    last = U(len(ring) // VALUE - 1)
    at = (U(number) & last) * U(VALUE)
    while ring[at + U(SINCE)] > send:
        at = (U(ring[at + U(EARLIER)]) & last) * U(VALUE)
    return at


@inner
def _violated(guarantee, i, mark, send, marks, ring, found):
    """Count a violation by row ``i``; the first one is kept, with the operation that had set the mark."""
    if found.counts[guarantee] == 0:
        found.witness[guarantee, 0] = i
        found.witness[guarantee, 1], found.witness[guarantee, 2] = (
            marks[mark + U(RID)],
            marks[mark + U(VERSION)],
        )
        if marks[mark + U(SINCE)] > send:
            at = _earlier(marks[mark + U(EARLIER)], send, ring)
            found.witness[guarantee, 1], found.witness[guarantee, 2] = (
                ring[at + U(RID)],
                ring[at + U(VERSION)],
            )
    found.counts[guarantee] += 1


@inlined
def _count_stale(stale, behind, totals):
    totals[STALE] += 1
    totals[BEHIND_SUM] += behind
    totals[BEHIND_MAX] = max(totals[BEHIND_MAX], behind)
    totals[STALE_MAX] = max(totals[STALE_MAX], stale)
    totals[STALE_SUM] += stale
    if totals[STALE_SUM] >= CARRY:
        totals[STALE_SUM] -= CARRY
        totals[STALE_CARRY] += 1


@compiled
def move_live(old, new, totals, now, life_ns):
    """Copy the entries of sessions that may still go on from ``old`` to ``new``."""
    mask = U(len(new.ids) - 1)
    totals[USED] = 0
    for e in range(U(len(old.ids))):
        if old.ids[e] >= 0:
            session = session_of(old.ids[e])
            if not _is_over(epoch_of(session), seat_of(session), old.slots, now - life_ns):
                to = _find(old.ids[e], new.ids, mask)
                new.ids[to] = old.ids[e]
                totals[USED] += 1
                for c in range(U(2 * MARK)):
                    new.marks[to * U(2 * MARK) + c] = old.marks[e * U(2 * MARK) + c]


@inner
def _is_over(epoch, slot, slots, oldest_send):
    """Return whether the session of ``epoch`` had been followed by another before ``oldest_send``.

    Between the epochs that are known lie only sessions that sent nothing.
    """
    at = slot * PLACE
    if epoch >= slots[at + EPOCH]:
        return False
    return slots[at + BEGAN] <= oldest_send or (
        epoch < slots[at + PRIOR] and slots[at + PRIOR_BEGAN] <= oldest_send
    )
