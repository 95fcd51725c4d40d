"""What reads return: a node's reads merged with what it had applied and with what the newest timeline held.

A node's memory is an int64 array (keys, 4): the version it would return, how many versions of the newest
timeline it includes, how many there are, and the commit time of the oldest that it misses (0 if none). Reads
are those of a circle (``records.READ_ROW``), answered in their place.
"""

from typing import NamedTuple

import numpy as np

from sim.engine.circle.handle import opened
from sim.engine.compiled import compiled, inner
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
def append(handle, part, log, origin, place, newest):
    """Append commits of a circle to a write-ahead log, and tell each row of the next version of its key.

    ``part``: (begin, end, node): those of a node among these; ``origin``: lsn of the first element of the
    log's columns; ``place``: of those, the first that is kept and the first that is free; newest: int64
    (keys,), the newest version of each key, 0 if there is none.
    """
    _append(opened(handle), part, log, origin, place, newest)


@inner
def _append(c, part, log, origin, place, newest):
    begin, stop, node = part
    kept, k = place
    for i in range(begin, stop):
        commit = c.commits[i]
        if commit.node != node:
            continue
        previous = newest[commit.key]
        log.at[k] = commit.at
        log.key[k] = commit.key
        log.version[k] = commit.version
        log.next_ns[k] = 0
        log.previous[k] = previous
        newest[commit.key] = commit.version
        row = lsn_of(previous) - origin
        if previous != 0 and kept <= row < k and log.version[row] == previous:
            log.next_ns[row] = commit.at
        k += 1


@compiled
def read_primary(handle, node, memory, log, base, commit, end, first, last, until):
    """Answer reads [first, last) served before ``until`` by the primary of the newest timeline.

    Returns (next commit lsn, next read).
    """
    reads, i = opened(handle).reads[node], first
    while i < last and reads[i].at < until:
        while commit < end and commit <= reads[i].lsn:
            _own(memory, log, commit - base)
            commit += 1
        reads[i].version = memory[reads[i].key, VERSION]
        reads[i].stale = 0
        reads[i].behind = 0
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
def read_follower(handle, node, memory, log, applied, base, commit, apply, end, first, last, until):
    """Answer reads [first, last) served before ``until`` by a node that applies.

    ``apply``: next lsn to apply; applied: int64 ns from that one on, valid before ``end[1]``; commits are
    there before ``end[0]``. Returns (next commit lsn, next applied lsn, next read).
    """
    reads, i, start = opened(handle).reads[node], first, apply
    while i < last and reads[i].at < until:
        at = reads[i].at
        commit, apply = _catch_up(memory, log, applied, base, start, commit, apply, end, at)
        cell = memory[reads[i].key]
        reads[i].stale = at - cell[MISSING] if cell[MISSING] != 0 else 0
        reads[i].version = cell[VERSION]
        reads[i].behind = cell[THERE] - cell[INCLUDED]
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
def read_diverged(handle, node, memory, log, base, commit, end, own, done, first, last, until):
    """Answer reads of an old primary that goes on alone.

    own: int64 (n, 4): lsn, version, key, and out: the version the key had before. Returns (next commit lsn,
    next own row, next read).
    """
    reads, i = opened(handle).reads[node], first
    while i < last and reads[i].at < until:
        while done < own.shape[0] and own[done, 0] <= reads[i].lsn:
            _diverge(memory, own, done)
            done += 1
        commit = _miss(memory, log, base, commit, end, reads[i].at)
        cell = memory[reads[i].key]
        reads[i].stale = reads[i].at - cell[MISSING] if cell[MISSING] != 0 else 0
        reads[i].version = cell[VERSION]
        reads[i].behind = cell[THERE] - cell[INCLUDED]
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
def split(handle, order, n, columns8, columns16, columns32, columns64):
    """Copy the first ``n`` of a circle's ops in ``order`` into typed columns, reads completed.

    int8: kind, outcome; int16: client, attempts, node; int32: key; int64: rid, send, end, session, version,
    staleness, behind.
    """
    c = opened(handle)
    for i in range(n):
        row = c.ops[order[i]]
        what = row.what
        outcome, node = outcome_of(what), answerer_of(what)
        columns64[0, i] = row.rid
        columns64[1, i] = row.send
        columns64[2, i] = row.end
        columns64[3, i] = row.session
        columns8[0, i] = np.int8(kind_of(what))
        columns8[1, i] = np.int8(outcome)
        columns16[0, i] = np.int16(client_of(what))
        columns16[1, i] = np.int16(attempts_of(what))
        columns16[2, i] = np.int16(node)
        columns32[0, i] = np.int32(row.key)
        if kind_of(what) or outcome > 0:
            columns64[4, i] = row.result
            columns64[5, i] = -1
            columns64[6, i] = 0
        else:
            read = c.reads[node, row.result - c.node[node].reads_dropped]
            columns64[4, i] = read.version
            columns64[5, i] = read.stale
            columns64[6, i] = read.behind
