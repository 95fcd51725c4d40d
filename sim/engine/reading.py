"""What reads return: a node's reads merged with what it had applied and with what the newest timeline held.

A node's memory is an int64 array (keys, 4): the version it would return, how many versions of the newest
timeline it includes, how many there are, and the commit time of the oldest that it misses (0 if none). Reads
are rows (service time, key, own lsn, nothing), once answered (service time, staleness, version, versions
behind).
"""

from typing import NamedTuple

import numpy as np

from sim.engine.circle.layout import O_END, O_KEY, O_RESULT, O_RID, O_SEND, O_SESSION, O_WHAT
from sim.engine.compiled import compiled
from sim.engine.packing import answerer_of, attempts_of, client_of, kind_of, lsn_of, outcome_of

VERSION, INCLUDED, THERE, MISSING = range(4)


class Commits(NamedTuple):
    """The columns of a write-ahead log, int64 by lsn."""

    at: np.ndarray  # ns
    key: np.ndarray
    version: np.ndarray
    next_ns: np.ndarray  # commit of the key's next version, 0 if there is none yet
    previous: np.ndarray  # version the key had before, 0 if there was none


@compiled
def append(commits, log, begin, newest):
    """Append commit rows to a write-ahead log, the first at ``begin`` of its columns.

    commits: int64 (n, 5): time, version, rid, key, node; newest: int64 (keys,), the newest version of each
    key, 0 if there is none.
    """
    for i in range(commits.shape[0]):
        key, version = commits[i, 3], commits[i, 1]
        log.at[begin + i] = commits[i, 0]
        log.key[begin + i] = key
        log.version[begin + i] = version
        log.next_ns[begin + i] = 0
        log.previous[begin + i] = newest[key]
        newest[key] = version


@compiled
def link_next(log, base, kept, begin, end):
    """Write each new row's commit time into the row of the version before it, if that is still kept.

    ``base``: lsn of the columns' first element; ``kept``: of those, the first that is kept.
    """
    for k in range(begin, end):
        row = lsn_of(log.previous[k]) - base
        if log.previous[k] != 0 and kept <= row < k and log.version[row] == log.previous[k]:
            log.next_ns[row] = log.at[k]


@compiled
def read_primary(memory, log, base, commit, end, reads, first, last, until):
    """Answer reads [first, last) served before ``until`` by the primary of the newest timeline.

    Returns (next commit lsn, next read).
    """
    i = first
    while i < last and reads[i, 0] < until:
        while commit < end and commit <= reads[i, 2]:
            _own(memory, log, commit - base)
            commit += 1
        reads[i, 2] = memory[reads[i, 1], VERSION]
        reads[i, 1] = 0
        reads[i, 3] = 0
        i += 1
    while commit < end and log.at[commit - base] < until:
        _own(memory, log, commit - base)
        commit += 1
    return commit, i


@compiled
def _own(memory, log, k):
    cell = memory[log.key[k]]
    cell[VERSION] = log.version[k]
    cell[THERE] += 1
    cell[INCLUDED] += 1


@compiled
def read_follower(memory, log, applied, base, commit, apply, end, reads, first, last, until):
    """Answer reads [first, last) served before ``until`` by a node that applies.

    ``apply``: next lsn to apply; applied: int64 ns from that one on, valid before ``end[1]``; commits are
    there before ``end[0]``. Returns (next commit lsn, next applied lsn, next read).
    """
    i, start = first, apply
    while i < last and reads[i, 0] < until:
        at = reads[i, 0]
        commit, apply = _catch_up(memory, log, applied, base, start, commit, apply, end, at)
        cell = memory[reads[i, 1]]
        reads[i, 1] = at - cell[MISSING] if cell[MISSING] != 0 else 0
        reads[i, 2] = cell[VERSION]
        reads[i, 3] = cell[THERE] - cell[INCLUDED]
        i += 1
    commit, apply = _catch_up(memory, log, applied, base, start, commit, apply, end, until)
    return commit, apply, i


@compiled
def _catch_up(memory, log, applied, base, start, commit, apply, end, at):
    """Take in every commit and every applied row strictly before ``at``."""
    while commit < end[0] and log.at[commit - base] < at:
        cell = memory[log.key[commit - base]]
        cell[THERE] += 1
        if cell[MISSING] == 0:
            cell[MISSING] = log.at[commit - base]
        commit += 1
    while apply < end[1] and applied[apply - start] < at:
        k = apply - base
        cell = memory[log.key[k]]
        cell[VERSION] = log.version[k]
        cell[INCLUDED] += 1
        cell[MISSING] = 0 if cell[INCLUDED] == cell[THERE] else log.next_ns[k]
        apply += 1
    return commit, apply


@compiled
def read_diverged(memory, log, base, commit, end, own, done, reads, first, last, until):
    """Answer reads of an old primary that goes on alone.

    own: int64 (n, 4): lsn, version, key, and out: the version the key had before. Returns (next commit lsn,
    next own row, next read).
    """
    i = first
    while i < last and reads[i, 0] < until:
        while done < own.shape[0] and own[done, 0] <= reads[i, 2]:
            _diverge(memory, own, done)
            done += 1
        commit = _miss(memory, log, base, commit, end, reads[i, 0])
        cell = memory[reads[i, 1]]
        reads[i, 1] = reads[i, 0] - cell[MISSING] if cell[MISSING] != 0 else 0
        reads[i, 2] = cell[VERSION]
        reads[i, 3] = cell[THERE] - cell[INCLUDED]
        i += 1
    return _miss(memory, log, base, commit, end, until), done, i


@compiled
def _diverge(memory, own, row):
    own[row, 3] = memory[own[row, 2], VERSION]
    memory[own[row, 2], VERSION] = own[row, 1]


@compiled
def _miss(memory, log, base, commit, end, at):
    while commit < end and log.at[commit - base] < at:
        cell = memory[log.key[commit - base]]
        cell[THERE] += 1
        if cell[MISSING] == 0:
            cell[MISSING] = log.at[commit - base]
        commit += 1
    return commit


@compiled
def abandon(memory, keys, included):
    """Forget the versions of rows that the newest timeline has lost.

    keys: int64 (n,), the rows' keys; ``included``: this node had applied the first so many of them.
    """
    for i in range(keys.size):
        cell = memory[keys[i]]
        cell[THERE] -= 1
        if i < included:
            cell[INCLUDED] -= 1
    for i in range(keys.size):
        cell = memory[keys[i]]
        if cell[INCLUDED] == cell[THERE]:
            cell[MISSING] = 0


@compiled
def restore(memory, keys, previous):
    """Undo rows, newest first: each key gets back the version it had before."""
    for i in range(keys.size - 1, -1, -1):
        memory[keys[i], VERSION] = previous[i]


@compiled
def split(ops, order, n, columns8, columns16, columns32, columns64, reads, dropped):
    """Copy the first ``n`` rows in ``order`` into typed columns, reads completed.

    int8: kind, outcome; int16: client, attempts, node; int32: key; int64: rid, send, end, session, version,
    staleness, behind.
    """
    for i in range(n):
        row = ops[order[i]]
        what = row[O_WHAT]
        outcome, node = outcome_of(what), answerer_of(what)
        columns64[0, i] = row[O_RID]
        columns64[1, i] = row[O_SEND]
        columns64[2, i] = row[O_END]
        columns64[3, i] = row[O_SESSION]
        columns8[0, i] = np.int8(kind_of(what))
        columns8[1, i] = np.int8(outcome)
        columns16[0, i] = np.int16(client_of(what))
        columns16[1, i] = np.int16(attempts_of(what))
        columns16[2, i] = np.int16(node)
        columns32[0, i] = np.int32(row[O_KEY])
        if kind_of(what) or outcome > 0:
            columns64[4, i] = row[O_RESULT]
            columns64[5, i] = -1
            columns64[6, i] = 0
        else:
            read = reads[node, row[O_RESULT] - dropped[node]]
            columns64[4, i] = read[2]
            columns64[5, i] = read[1]
            columns64[6, i] = read[3]
