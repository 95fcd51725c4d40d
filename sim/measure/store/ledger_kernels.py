"""Compiled parts of the ledger.

What acknowledgements, later commits and positions say about pending and abandoned commits.
"""

from typing import NamedTuple

import numpy as np

from sim.engine.compiled import allocating, compiled, inner
from sim.engine.packing import lsn_of
from sim.journal.schema import INFO as OUTCOME_INFO
from sim.journal.schema import OK, WRITE
from sim.measure.compiled import on_timeline, place_of

# Flags of a commit. ACKED: an answer named this very version; HELD: a node had received it, and lost it.
ACKED, ACKED_BY_RID, INFO, SENT, AVOIDABLE, HELD = (1, 2, 4, 8, 16, 32)
# Of an abandoned commit; SESSION: of the operation that was answered with it, NOBODY's: none was.
VERSION, RID, COMMIT_NS, NODE, FLAGS, CUT_ID, RECOMMIT, NEXT, KEY, SESSION, COLUMNS = range(11)
NOBODY = -1
COMMITS, PRUNED, ACKS, ACKS_PRUNED, ACKS_AGAIN, ACKS_UNKNOWN, INFO_PRUNED, TOTALS = range(8)


class AnswerColumns(NamedTuple):
    """The columns of ``ops`` that tell what clients learned of their writes."""

    rid: np.ndarray
    send_ns: np.ndarray
    kind: np.ndarray
    outcome: np.ndarray
    version: np.ndarray
    session: np.ndarray


class PendingCommits(NamedTuple):
    """The pending part of the line; ``base``: log sequence number of its first commit."""

    version: np.ndarray
    flags: np.ndarray
    session: np.ndarray
    base: int


@allocating
def answer(rows, pending, abandoned, places, n_abandoned, totals, warmup_ns):
    """Flag acknowledged commits; return rows (int64): writes that ended info, and ok ones left to look up.

    Left are answers that name a commit that is neither pending nor an abandoned one of their own operation.
    """
    info, n_info = np.empty(64, np.int64), 0
    other, n_other = np.empty(64, np.int64), 0
    for i in range(len(rows.rid)):
        if rows.kind[i] != WRITE or rows.send_ns[i] < warmup_ns:
            continue
        if rows.outcome[i] == OK:
            totals[ACKS] += 1
            known = _acknowledge(rows.version[i], rows.session[i], pending, totals)
            if n_abandoned:
                known |= _mark(rows, i, abandoned, places, totals)
            if not known:
                if n_other == len(other):
                    other = np.concatenate((other, other))
                other[n_other] = i
                n_other += 1
        elif rows.outcome[i] == OUTCOME_INFO:
            if n_info == len(info):
                info = np.concatenate((info, info))
            info[n_info] = i
            n_info += 1
            if n_abandoned:
                _give_up(rows.rid[i], abandoned, places)
    return info[:n_info], other[:n_other]


@inner
def _acknowledge(version, session, pending, totals):
    at = lsn_of(version) - pending.base
    if not 0 <= at < len(pending.version) or pending.version[at] != version:
        return False
    if pending.flags[at] & ACKED:
        totals[ACKS_AGAIN] += 1
    pending.flags[at] |= ACKED
    pending.session[at] = session
    return True


@inner
def _mark(rows, i, abandoned, places, totals):
    """Set ACKED_BY_RID on every abandoned commit of the answer's operation, and ACKED on that it names.

    Return whether that was there.
    """
    version = rows.version[i]
    row, known = _first(rows.rid[i], abandoned, places), False
    while row >= 0:
        if abandoned[row, VERSION] == version:
            if abandoned[row, FLAGS] & ACKED:
                totals[ACKS_AGAIN] += 1
            abandoned[row, FLAGS] |= ACKED
            known = True
        abandoned[row, FLAGS] |= ACKED_BY_RID
        abandoned[row, SESSION] = rows.session[i]
        row = abandoned[row, NEXT]
    return known


@inner
def _give_up(rid, abandoned, places):
    """Set INFO on every abandoned commit of ``rid``."""
    row = _first(rid, abandoned, places)
    while row >= 0:
        abandoned[row, FLAGS] |= INFO
        row = abandoned[row, NEXT]


@inner
def _first(rid, abandoned, places):
    mask = len(places) - 1
    at = place_of(rid, mask)
    while places[at] >= 0:
        if abandoned[places[at], RID] == rid:
            return places[at]
        at = (at + 1) & mask
    return np.int64(-1)


@compiled
def of_others(rows, pending, rids, abandoned, places, n_abandoned, out):
    """Note in ``out`` (bool, by row) which acknowledged writes were answered with a commit of another.

    ``rids`` (int64): of the pending commits. An operation's own commit is pending or abandoned when its
    answer is taken in: the line is pruned of what is older than an operation lasts.
    """
    for i in range(len(rows.rid)):
        out[i] = False
        if rows.kind[i] != WRITE or rows.outcome[i] != OK:
            continue
        at = lsn_of(rows.version[i]) - pending.base
        if 0 <= at < len(rids) and pending.version[at] == rows.version[i]:
            out[i] = rids[at] != rows.rid[i]
        else:
            out[i] = not n_abandoned or not _has(rows.rid[i], rows.version[i], abandoned, places)


@inner
def _has(rid, version, abandoned, places):
    """Return whether ``version`` is an abandoned commit of ``rid``."""
    row = _first(rid, abandoned, places)
    while row >= 0 and abandoned[row, VERSION] != version:
        row = abandoned[row, NEXT]
    return row >= 0


@compiled
def index(abandoned, first, stop, places):
    """Enter rows ``first``... into the table ``places`` (n,) by rid; rows of one rid are chained by NEXT."""
    mask = len(places) - 1
    for row in range(first, stop):
        at = place_of(abandoned[row, RID], mask)
        while places[at] >= 0 and abandoned[places[at], RID] != abandoned[row, RID]:
            at = (at + 1) & mask
        abandoned[row, NEXT] = places[at]
        if places[at] >= 0:
            abandoned[row, FLAGS] |= abandoned[places[at], FLAGS] & (ACKED_BY_RID | INFO)
        places[at] = row


@compiled
def recommit(rids, versions, abandoned, places):
    """Note which abandoned commits were committed again, by rows that are on the line."""
    for i in range(len(rids)):
        row = _first(rids[i], abandoned, places)
        while row >= 0:
            abandoned[row, RECOMMIT] = versions[i]
            row = abandoned[row, NEXT]


@allocating
def find(needles, hay):
    """Return for each needle its index in ``hay`` (the last one there), or -1; all int64, not negative."""
    out = np.full(len(needles), -1, np.int64)
    size = 16
    while size < 2 * len(hay):
        size *= 2
    places = np.full(size, -1, np.int64)
    for i in range(len(hay)):
        at = place_of(hay[i], size - 1)
        while places[at] >= 0 and hay[places[at]] != hay[i]:
            at = (at + 1) & (size - 1)
        places[at] = i
    for i in range(len(needles)):
        at = place_of(needles[i], size - 1)
        while places[at] >= 0:
            if hay[places[at]] == needles[i]:
                out[i] = places[at]
                break
            at = (at + 1) & (size - 1)
    return out


@compiled
def greatest_on_line(versions, timeline, lineage):
    """Return the greatest log sequence number among the versions that are on the line, 0 if none."""
    greatest = np.int64(0)
    for i in range(len(versions)):
        if lsn_of(versions[i]) > greatest and on_timeline(versions[i], timeline, lineage):
            greatest = lsn_of(versions[i])
    return greatest
