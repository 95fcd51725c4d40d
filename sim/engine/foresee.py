"""What handlers will call, worked out before the rows of their bus are there: kernels.

They do to copies of the servers' states what the path's own cursors do later, and feed the calls at once. So
circles that call each other go on from tick to tick, while everything else on the path waits for somebody to
ask.
"""

from typing import NamedTuple

import numpy as np

from sim.engine.circle.handle import opened
from sim.engine.circle.load import enter_feed
from sim.engine.compiled import compiled
from sim.engine.cursor import NEXT, Gate, serve
from sim.engine.packing import stream_of
from sim.engine.rounds import relay_rounds

# Registers of ComingRows.reg.
BASE = 0  # position on the bus of the first row
END = 1  # rows there are
VISIBLE = 2  # of those, rows that are on the bus
FIRST_LSN = 3  # what a relay's position would be at the first row
SEEN = 4  # commits of the circle taken in, of all there ever were
REGISTERS = 5
ROUNDS = 8  # of a relay, worked through at a time


class ComingRows(NamedTuple):
    """The rows of one bus from a position on: those that are on it, then commits that are on their way."""

    reg: np.ndarray  # int64 (REGISTERS,)
    at: np.ndarray  # int64 (n,) ns, when it became visible
    commit: np.ndarray  # int64 (n,) ns; of rows that are on the bus already: not told
    version: np.ndarray  # int64 (n,)
    key: np.ndarray  # int64 (n,)
    partition: np.ndarray  # int16 (n,)
    gone: np.ndarray  # bool (n,)
    rid: np.ndarray  # int64 (n,) the operation that it was committed for
    ends: np.ndarray  # int64 (ROUNDS, 2) room for the ends of rounds


class Reads(NamedTuple):
    """What a handler makes of the rows of ComingRows, by the same index."""

    done: np.ndarray  # int64 (n,) ns
    skipped: np.ndarray  # bool (n,)
    reacts: np.ndarray  # bool (n,)
    known: np.ndarray  # int64 (1,) of so many rows it is known whether it reacts to them
    wanted: np.ndarray  # bool by stream of the domain: whether it reacts to its writes
    at: np.ndarray  # int64 (n,) room for the calls: when, and their tags
    tag: np.ndarray  # int64 (n,)


def coming(rows: int) -> ComingRows:
    """Return room for ``rows``, none of them there yet."""
    words = (np.zeros(rows, np.int64) for _ in range(5))
    at, commit, version, key, rid = words
    return ComingRows(
        np.zeros(REGISTERS, np.int64), at, commit, version, key, np.zeros(rows, np.int16),
        np.zeros(rows, np.bool_), rid, np.zeros((ROUNDS, 2), np.int64),
    )  # fmt: skip


def reads(rows: int, wanted: np.ndarray) -> Reads:
    """Return what a handler makes of ``rows``: nothing yet."""
    done, at, tag = (np.zeros(rows, np.int64) for _ in range(3))
    skipped, reacts = (np.zeros(rows, np.bool_) for _ in range(2))
    return Reads(done, skipped, reacts, np.zeros(1, np.int64), wanted, at, tag)


@compiled
def foresee_rows(rows, handle, node, closed, rules, work, state, speed, until):
    """Publish what a relay will have published strictly before ``until``; return False if there is no room.

    ``handle``: of the circle, advanced to the relay's last tick before that; ``node``: the primary.
    The others are as those of ``relay_rounds``.
    """
    c = opened(handle)
    mark, end = rows.reg, c.reg.commits_out
    first = mark[SEEN] - (c.reg.commits - end)
    if mark[END] + end - first > rows.at.shape[0]:
        return False
    for i in range(first, end):
        commit = c.commits[i]
        if commit.node == node:
            k = mark[END]
            rows.commit[k] = commit.at
            rows.version[k] = commit.version
            rows.rid[k] = commit.rid
            rows.key[k] = commit.key
            rows.partition[k] = commit.key % rules.partitions
            rows.gone[k] = False
            mark[END] = k + 1
    mark[SEEN] = c.reg.commits
    base, ended = mark[FIRST_LSN], ROUNDS
    columns = (rows.commit, rows.version, rows.key)
    while ended == ROUNDS:
        out = rows.at[state[NEXT] - base :]
        ended = relay_rounds(
            columns, base, closed, rules, work, state, speed, out, rows.ends,
            base + mark[END], until, ROUNDS,
        )  # fmt: skip
    mark[VISIBLE] = state[NEXT] - base
    return True


@compiled
def foresee_calls(rows, mine, gate, work, state, speed, handle, stream, low, until):
    """Feed the calls that a handler makes strictly before ``until``; return whether the ring has room.

    Without room nothing is done. ``handle``, ``stream``: of the circle that it calls; ``low``: the first of
    the stream's operations that must stay in the ring. The others are as those of ``serve``;
    ``gate`` begins with the first row.
    """
    c = opened(handle)
    mark = rows.reg
    base, end = mark[BASE], mark[BASE] + mark[VISIBLE]
    begin = state[NEXT]
    if c.stream[stream].fed_count + end - begin - low > c.fed.shape[1]:
        return False
    for k in range(mine.known[0], mark[END]):
        mine.reacts[k] = mine.wanted[stream_of(rows.rid[k])]
    mine.known[0] = mark[END]
    first = begin - base
    rest = Gate(
        gate.partition[first:], gate.gone[first:], gate.closed, gate.kept, gate.nominal, gate.reacts[first:]
    )
    serve(
        rows.at[first:], rows.version[first:], rest, work, state, speed,
        mine.done[first:], mine.skipped[first:], end, until,
    )  # fmt: skip
    n = 0
    for k in range(first, state[NEXT] - base):
        if mine.reacts[k] and not mine.skipped[k]:
            mine.at[n] = mine.done[k]
            mine.tag[n] = rows.rid[k]
            n += 1
    if n > 0:
        enter_feed(c, stream, mine.at[:n], mine.tag[:n])
    return True
