"""The digest of a journal: equal for equal journals, however they were cut into slices.

Each row becomes one 64-bit word: its columns, each as a 64-bit word (narrow ones side by side), times odd
constants, summed modulo 2**64. Two different finalizers turn that word into two lanes, and each lane is
summed over the rows modulo 2**64. A sum depends neither on slices nor on the order of rows (times are
columns, so a row that moved is another row). SHA-256 over the sums, the row counts and the milestones is the
digest.

Safe enough: this guards against bugs, not forgers. A changed row goes unseen only if its word stays the same
(chance 2**-64), several changed rows also if the changes of both lanes cancel (2**-128).
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from sim.engine.compiled import compiled, inlined
from sim.journal import schema
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice, Table

# Odd constants: the first are those of the 64-bit finalizers of MurmurHash3 and SplitMix64, and the golden
# ratio (public domain).
_K = tuple(
    np.uint64(k)
    for k in (
        0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xFF51AFD7ED558CCD,
        0xC4CEB9FE1A85EC53, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7, 0xABC98388FB8FAC03,
    )
)  # fmt: skip
_K0, _K1, _K2, _K3, _K4, _K5, _K6, _K7 = _K
_S27, _S30, _S31, _S33 = (np.uint64(s) for s in (27, 30, 31, 33))


class Digest:
    """Reducer of every table and of the milestones."""

    def __init__(self) -> None:
        self._sums: dict[str, np.ndarray] = {}
        self._milestones = sha256()

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        for name in part.tables:
            if part.rows(name):
                sums = self._sums.setdefault(f"{part.domain}/{name}", np.zeros(3, np.uint64))
                _add(name, part.tables[name], sums)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run."""
        for m in milestones:
            self._milestones.update(f"{m.id}|{m.at_ns}|{m.kind}|{m.subject}|{m.why}|{m.cause}\n".encode())
        self._milestones.update(str(end_ns).encode())

    def tables(self) -> dict[str, str]:
        """Return ``domain/table`` -> fingerprint of every table that has rows.

        Shows which part of two journals differs.
        """
        return {name: "-".join(f"{int(v):x}" for v in sums) for name, sums in sorted(self._sums.items())}

    def hexdigest(self) -> str:
        """Return the digest of the journal, after ``finish``."""
        whole = sha256()
        for name, fingerprint in self.tables().items():
            whole.update(f"{name}={fingerprint}\n".encode())
        whole.update(self._milestones.digest())
        return whole.hexdigest()


def _add(name: str, table: Table, sums: np.ndarray) -> None:
    columns = schema.columns_of(name)
    arrays = [table[column] for column in columns]
    if columns is schema.OPS:
        _add_ops(*arrays, sums)
    elif columns is schema.COMMITS:
        _add_commits(*arrays, sums)
    elif columns is schema.POSITION:
        _add_positions(*arrays, sums)
    else:
        _add_words(np.stack([a.astype(np.int64) for a in arrays]), sums)


@inlined
def _lane(h, s0, k0, s1, k1, s2):
    """Return a row's word as one lane counts it."""
    a = (h ^ (h >> s0)) * k0
    a = (a ^ (a >> s1)) * k1
    return a ^ (a >> s2)


@inlined
def _first(h):
    return _lane(h, _S33, _K3, _S33, _K4, _S33)


@inlined
def _second(h):
    return _lane(h, _S30, _K1, _S27, _K2, _S31)


@inlined
def _count_rows(a, b, n, sums):
    """Add sums over ``n`` rows to the lanes (lane, lane, rows)."""
    sums[0] += a
    sums[1] += b
    sums[2] += np.uint64(n)


@compiled
def _add_ops(
    rid, send, end, kind, outcome, client, attempts, session, key, node, version, stale, behind, sums
):
    a = b = np.uint64(0)
    for i in range(len(rid)):
        narrow = (
            np.int64(kind[i])
            | np.int64(outcome[i]) << 8
            | np.int64(client[i]) << 16
            | np.int64(attempts[i]) << 32
        )
        narrow ^= np.int64(node[i]) << 48
        pair = np.int64(key[i]) ^ np.int64(behind[i]) << 32
        h = (
            np.uint64(rid[i]) * _K0
            + np.uint64(send[i]) * _K1
            + np.uint64(end[i]) * _K2
            + np.uint64(narrow) * _K3
        )
        h += (
            np.uint64(session[i]) * _K4
            + np.uint64(pair) * _K5
            + np.uint64(version[i]) * _K6
            + np.uint64(stale[i]) * _K7
        )
        a += _first(h)
        b += _second(h)
    _count_rows(a, b, len(rid), sums)


@compiled
def _add_commits(at, version, rid, key, node, sums):
    a = b = np.uint64(0)
    for i in range(len(at)):
        pair = np.int64(key[i]) ^ np.int64(node[i]) << 32
        h = np.uint64(at[i]) * _K0 + np.uint64(version[i]) * _K1
        h += np.uint64(rid[i]) * _K2 + np.uint64(pair) * _K3
        a += _first(h)
        b += _second(h)
    _count_rows(a, b, len(at), sums)


@compiled
def _add_positions(at, version, sums):
    a = b = np.uint64(0)
    for i in range(len(at)):
        h = np.uint64(at[i]) * _K0 + np.uint64(version[i]) * _K1
        a += _first(h)
        b += _second(h)
    _count_rows(a, b, len(at), sums)


@compiled
def _add_words(words, sums):
    """Add rows given as (columns, rows) int64."""
    a = b = np.uint64(0)
    for i in range(words.shape[1]):
        h = np.uint64(0)
        for c in range(words.shape[0]):
            h += np.uint64(words[c, i]) * (_K0 + np.uint64(2 * c) * _K1)
        a += _first(h)
        b += _second(h)
    _count_rows(a, b, words.shape[1], sums)
