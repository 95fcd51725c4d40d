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
from numba import njit

from sim.journal.schema import LSN_BITS, OK, WRITE
from sim.measure.compiled import bucket_of, on_timeline, place_of

# A mark: since when, the version, the operation that set it, and its earlier value in the ring. An earlier
# value also: until when.
SINCE, VERSION, RID, EARLIER, MARK = range(5)
UNTIL, EARLIER_VALUE = MARK, MARK + 1
W, R = 0, MARK
KEY_BITS, EPOCH_BITS = 20, 20
READ_YOUR_WRITES, MONOTONIC_READS, MONOTONIC_WRITES, WRITES_FOLLOW_READS = range(4)
READS, STALE, BEHIND_MAX, BEHIND_SUM, STALE_MAX, STALE_SUM, STALE_CARRY, WRITES, USED, HEAD, TOTALS = range(
    11
)
EPOCH, BEGAN, PRIOR, PRIOR_BEGAN, PLACE = range(5)
EPOCH_MASK = (1 << EPOCH_BITS) - 1
CARRY = 10**18  # ns; a sum of stalenesses may exceed an int64


class Rows(NamedTuple):
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

    ``ids`` (n,): session << 20 | key. ``marks`` (n, 8): W and R. ``ring`` (m, 5): earlier values; value
    number h is at h modulo m. ``slots`` (k, 4): newest epoch of each place and a time at which it had begun.
    n and m are powers of two.
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


@njit(cache=True)
def fold_sessions(rows, first, m, found, lineage, life_ns, warmup_ns):  # noqa: C901  (one pass, in scalars)
    """Judge rows ``first``...; return the row at which to go on.

    It stops early when the table, the ring or the places must grow first. Arrays are indexed whole and never
    cut into views: a view costs an atomic count of references.
    """
    ids, marks, ring, slots = m.ids, m.marks, m.ring, m.slots
    totals, counts, witness, histogram = found.totals, found.counts, found.witness, found.histogram
    outcomes, sessions, sends, keys, kinds = rows.outcome, rows.session, rows.send_ns, rows.key, rows.kind
    versions, stales, behinds, ends, rids = rows.version, rows.stale_ns, rows.behind, rows.end_ns, rows.rid
    mask, last = len(ids) - 1, len(ring) - 1
    for i in range(first, len(rids)):
        if outcomes[i] != OK:
            continue
        session, send, version = sessions[i], sends[i], versions[i]
        slot = session >> EPOCH_BITS
        if (
            totals[USED] * 4 > mask * 3
            or slot >= len(slots)
            or ring[totals[HEAD] & last, UNTIL] > ends[i] - life_ns
        ):
            return i
        if session & EPOCH_MASK > slots[slot, EPOCH]:
            slots[slot, PRIOR] = slots[slot, EPOCH]
            slots[slot, EPOCH] = session & EPOCH_MASK
            slots[slot, PRIOR_BEGAN] = slots[slot, BEGAN]
            slots[slot, BEGAN] = send
        e = _entry(session << KEY_BITS | np.int64(keys[i]), ids, mask, totals)
        write = kinds[i] == WRITE
        if send >= warmup_ns:
            wrote, by = marks[e, W + VERSION], marks[e, W + RID]
            if marks[e, W + SINCE] > send:
                wrote, by = _earlier(marks[e, W + EARLIER], send, ring)
            read, read_by = marks[e, R + VERSION], marks[e, R + RID]
            if marks[e, R + SINCE] > send:
                read, read_by = _earlier(marks[e, R + EARLIER], send, ring)
            if write:
                totals[WRITES] += 1
                timeline = version >> LSN_BITS
                if wrote > 0 and wrote >> LSN_BITS != timeline and not on_timeline(wrote, timeline, lineage):
                    _violated(MONOTONIC_WRITES, i, by, wrote, counts, witness)
                if read > 0 and read >> LSN_BITS != timeline and not on_timeline(read, timeline, lineage):
                    _violated(WRITES_FOLLOW_READS, i, read_by, read, counts, witness)
            else:
                if version < wrote:
                    _violated(READ_YOUR_WRITES, i, by, wrote, counts, witness)
                if version < read:
                    _violated(MONOTONIC_READS, i, read_by, read, counts, witness)
                totals[READS] += 1
                histogram[bucket_of(stales[i])] += 1
                if behinds[i] > 0:
                    _count_stale(stales[i], np.int64(behinds[i]), totals)
        which = W if write else R
        if version > marks[e, which + VERSION]:
            _raise(e, which, version, ends[i], rids[i], marks, ring, totals)
    return len(rids)


@njit(cache=True, inline="always")
def _entry(wanted, ids, mask, totals):
    e = place_of(wanted, mask)
    while ids[e] != wanted:
        if ids[e] < 0:
            ids[e] = wanted
            totals[USED] += 1
            break
        e = (e + 1) & mask
    return e


@njit(cache=True)
def _earlier(number, send, ring):
    """Return (version, rid) of the mark as it was at ``send``.

    The first value on the way back that was there by then.
    """
    last = len(ring) - 1
    while ring[number & last, SINCE] > send:
        number = ring[number & last, EARLIER]
    return ring[number & last, VERSION], ring[number & last, RID]


@njit(cache=True)
def _violated(guarantee, i, rid, mark, counts, witness):
    if counts[guarantee] == 0:
        witness[guarantee, 0] = i
        witness[guarantee, 1] = rid
        witness[guarantee, 2] = mark
    counts[guarantee] += 1


@njit(cache=True)
def _count_stale(stale, behind, totals):
    totals[STALE] += 1
    totals[BEHIND_SUM] += behind
    totals[BEHIND_MAX] = max(totals[BEHIND_MAX], behind)
    totals[STALE_MAX] = max(totals[STALE_MAX], stale)
    totals[STALE_SUM] += stale
    if totals[STALE_SUM] >= CARRY:
        totals[STALE_SUM] -= CARRY
        totals[STALE_CARRY] += 1


@njit(cache=True)
def _raise(e, which, version, now, rid, marks, ring, totals):
    """Set a mark to a higher version and put its former value into the ring."""
    at = totals[HEAD] & (len(ring) - 1)
    for c in range(MARK):
        ring[at, c] = marks[e, which + c]
    ring[at, UNTIL] = now
    marks[e, which + SINCE] = now
    marks[e, which + VERSION] = version
    marks[e, which + RID] = rid
    marks[e, which + EARLIER] = totals[HEAD]
    totals[HEAD] += 1


@njit(cache=True)
def move_live(old, new, totals, now, life_ns):
    """Copy the entries of sessions that may still go on from ``old`` to ``new``."""
    mask = len(new.ids) - 1
    totals[USED] = 0
    for e in range(len(old.ids)):
        if old.ids[e] >= 0:
            session = old.ids[e] >> KEY_BITS
            if not _is_over(session & EPOCH_MASK, session >> EPOCH_BITS, old.slots, now - life_ns):
                new.marks[_entry(old.ids[e], new.ids, mask, totals)] = old.marks[e]


@njit(cache=True)
def _is_over(epoch, slot, slots, oldest_send):
    """Return whether the session of ``epoch`` had been followed by another before ``oldest_send``.

    Between the epochs that are known lie only sessions that sent nothing.
    """
    if epoch >= slots[slot, EPOCH]:
        return False
    return slots[slot, BEGAN] <= oldest_send or (
        epoch < slots[slot, PRIOR] and slots[slot, PRIOR_BEGAN] <= oldest_send
    )
