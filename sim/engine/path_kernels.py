"""Pacing kernels of the data path: rows that can be skipped or blocked, rounds of a relay, an ordered wire.

As in ``kernels``: a kernel advances everything that is due strictly before ``until`` and leaves the rest; in
between the world is constant. A server's state has the fields of ``kernels.fifo`` and those below.
"""

from typing import NamedTuple

import numpy as np

from sim.core import identity
from sim.core.draws import Purpose
from sim.engine.compiled import compiled, typed
from sim.engine.kernels import DONE, FIELDS, FLOOR, FROM, NEXT, REMAINING
from sim.engine.packing import lsn_of, timeline_of
from sim.engine.sampling import FOREVER, DistTable, ns, rescaled, sample, uniform, waits

_WIRE, _WIRELOSS = typed(Purpose.WIRE, Purpose.WIRELOSS)

# More fields of a server's state.
TAKEN = FIELDS  # when the record at the head was taken up, -1 if it was not
EARLY = FIELDS + 1  # rows skipped so far that the base retention would have kept
ROUND_END = FIELDS + 2  # of a relay: where its round ends, -1 if none is under way
ROUND_AT = FIELDS + 3  # the tick at which that round began
OPEN = FIELDS + 4  # no round begins before this
PATH_FIELDS = FIELDS + 5


ALL = (np.zeros(0, np.bool_), 0)  # no row is passed by


class Work(NamedTuple):
    """The work of a record: ``row`` of a table of distributions, drawn by ``key`` and ``purpose``."""

    table: DistTable
    row: int
    key: np.uint64
    purpose: int


class Rules(NamedTuple):
    """How a relay works: ns between ticks, commits a round at most, ns to mark (0: none), partitions."""

    interval: int
    batch: int
    mark: float
    partitions: int


def server(first: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return (state, speed) of an idle server at speed 1 whose next record is ``first``."""
    state = np.zeros(PATH_FIELDS, np.int64)
    state[NEXT] = first
    state[REMAINING] = state[TAKEN] = state[ROUND_END] = -1
    return state, np.array([1.0, 1.0])


def work_of(work: Work, version: int) -> float:
    """Return the work of the record with this version, ns."""
    lsn, timeline = identity.lsn_of(version), identity.timeline_of(version)
    return float(sample(work.table, work.row, work.key, lsn, timeline, work.purpose))


def change_pace(state: np.ndarray, speed: np.ndarray, work: float, *, at: int, to: float) -> None:
    """Change a server's speed at ``at``, to which it has been advanced, and rescale the work in service.

    ``work``: that of the record at the head, ns at speed 1; read only if it was taken up.
    """
    now = float(speed[0])
    if now == to:
        return
    left = -1
    if now <= 0.0:
        left = int(state[REMAINING])
        state[FLOOR] = at
    elif state[TAKEN] >= 0:
        left = _left(state, work, now, at)
    if to > 0.0:
        if left >= FOREVER:  # taken up anew
            left, state[TAKEN] = -1, at
        elif left >= 0 and speed[1] != to:
            left = int(rescaled(left, float(speed[1]), to))
        speed[1] = to
    state[FROM], state[REMAINING] = at, left
    speed[0] = to


def _left(state: np.ndarray, work: float, speed: float, at: int) -> int:
    """Return the ns left at ``at`` of what is in service; FOREVER if it would never be done at this speed."""
    whole = state[REMAINING] < 0
    since, lasts = (state[TAKEN], ns(work / speed)) if whole else (state[FROM], state[REMAINING])
    return int(lasts if lasts >= FOREVER else since + lasts - at)


def interrupt(state: np.ndarray) -> None:
    """Forget the record in service: it starts anew."""
    state[REMAINING] = state[TAKEN] = -1


@compiled
def _due(state, work, speed):
    """Return when the record in service, taken up, is done."""
    if state[REMAINING] >= 0:
        return state[FROM] + state[REMAINING]
    return state[TAKEN] + ns(work / speed)


@compiled
def _done_at(state, work, version, speed):
    """Return when the record in service, of this version, is done; work not rescaled is drawn."""
    nominal = 0.0
    if state[REMAINING] < 0:
        lsn, timeline = lsn_of(version), timeline_of(version)
        nominal = sample(work.table, work.row, work.key, lsn, timeline, work.purpose)
    return _due(state, nominal, speed)


@compiled
def _complete(state, done):
    state[DONE] = done
    state[REMAINING] = -1
    state[TAKEN] = -1


@compiled
def read_rows(
    rows, base, closed, retention, work, state, speed, out, skipped, out_base, reacting, end, until
):
    """Serve rows ``[state[NEXT], end)`` of a bus in order, as far as they are done before ``until``.

    rows: (at int64 ns, version int64, partition int16, gone bool), by row - base; closed: bool by partition;
    retention: (in force, base) ns; out: int64 ns, when each was done or skipped, and skipped: bool, by row -
    out_base. A row of a closed partition blocks; one that is gone or has expired when it would be taken up is
    skipped. reacting: (bool by row - base, base), or of no length: a row not reacted to takes no work.
    Semantics: The bus, Readers, Choreography.
    """
    at, version, partition, gone = rows
    kept, nominal = retention
    reacts, reacts_base = reacting
    if speed[0] <= 0.0:
        return
    i = state[NEXT]
    while i < end:
        k = i - base
        if state[TAKEN] < 0:
            start = max(at[k], state[DONE], state[FLOOR])
            if start >= until or closed[partition[k]]:
                break
            age = start - at[k]
            if gone[k] or age >= kept:
                if not gone[k] and age < nominal:
                    state[EARLY] += 1
                out[i - out_base] = start
                skipped[i - out_base] = True
                state[DONE] = start
                i += 1
                continue
            if reacts.size > 0 and not reacts[i - reacts_base]:
                out[i - out_base] = start
                skipped[i - out_base] = False
                state[DONE] = start
                i += 1
                continue
            state[TAKEN] = start
        done = _done_at(state, work, version[k], speed[0])
        if done >= until:
            break
        out[i - out_base] = done
        skipped[i - out_base] = False
        _complete(state, done)
        i += 1
    state[NEXT] = i


@compiled
def carry_rows(version, base, way, way_base, *, begin, end, previous, link, table, key):
    """Put the rows ``[begin, end)`` that were not skipped on an ordered wire.

    version: int64 by row - base; way: (sent, skipped, last, received) by row - way_base; written are
    ``last``, when a row's last transmission leaves (-1: skipped), and ``received``; of a skipped row: that of
    the row before it. ``previous``: when the row before ``begin`` was received. ``link`` as in
    ``kernels.carry``. Returns when the last one is received.
    """
    sent, skipped, last, received = way
    latency, jitter, loss, retransmit = link
    for i in range(begin, end):
        k = i - way_base
        if skipped[k]:
            last[k] = -1
            received[k] = previous
            continue
        lsn, timeline = lsn_of(version[i - base]), timeline_of(version[i - base])
        wait = 0.0
        if loss > 0.0:
            wait = waits(uniform(key, lsn, timeline, _WIRELOSS), loss, retransmit)
        extra = sample(table, jitter, key, lsn, timeline, _WIRE)
        last[k] = sent[k] + np.int64(min(wait, float(FOREVER)))
        previous = max(previous, sent[k] + ns((latency + extra) + wait))
        received[k] = previous
    return previous


@compiled
def relay_rounds(rows, base, closed, rules, work, state, speed, out, ends, end, until, rounds):
    """Work through a relay's rounds as far as they are due before ``until``, ``rounds`` of them at most.

    rows: (commit int64 ns, version int64, key int64) by lsn - base, known up to lsn ``end`` (exclusively)
    and at least all before ``until``; out: int64, when each row from ``state[NEXT]`` on was published; ends:
    int64 (n, 2), of each round that ended: when, and the lsn behind its last record. Returns how many ended.
    Semantics: The relay.
    """
    first = state[NEXT]
    ended = 0
    if speed[0] <= 0.0:
        return ended
    while ended < rounds:
        if state[ROUND_END] < 0 and not _begin_round(rows[0], base, rules, state, end, until):
            break
        if not _publish_round(rows, base, closed, rules, work, state, speed, out, first, until):
            break
        if rules.mark > 0.0 and not _mark_round(rules.mark, state, speed, until):
            break
        ends[ended, 0] = state[DONE]
        ends[ended, 1] = state[NEXT]
        ended += 1
        state[OPEN] = max(state[OPEN], state[DONE])
        state[ROUND_END] = -1
    return ended


@compiled
def _publish_round(rows, base, closed, rules, work, state, speed, out, first, until):
    """Publish the records of the round under way; return whether all were done before ``until``."""
    _, version, key = rows
    while state[NEXT] < state[ROUND_END]:
        k = state[NEXT] - base
        if state[TAKEN] < 0:
            start = max(state[ROUND_AT], state[DONE], state[FLOOR])
            if start >= until or closed[key[k] % rules.partitions]:
                return False
            state[TAKEN] = start
        done = _done_at(state, work, version[k], speed[0])
        if done >= until:
            return False
        out[state[NEXT] - first] = done
        _complete(state, done)
        state[NEXT] += 1
    return True


@compiled
def _mark_round(mark, state, speed, until):
    """Mark what was published; return whether that was done before ``until``."""
    if state[TAKEN] < 0:
        start = max(state[DONE], state[FLOOR])
        if start >= until:
            return False
        state[TAKEN] = start
    done = _due(state, mark, speed[0])
    if done >= until:
        return False
    _complete(state, done)
    return True


@compiled
def _begin_round(commit, base, rules, state, end, until):
    """Begin a round at the first tick that finds a commit; return whether one began before ``until``."""
    first = state[NEXT]
    if first >= end:
        return False
    earliest = max(state[OPEN], commit[first - base] + 1)
    tick = (earliest + rules.interval - 1) // rules.interval * rules.interval
    if tick >= until:
        return False
    last = min(end, first + rules.batch)
    stop = first
    while stop < last and commit[stop - base] < tick:
        stop += 1
    state[ROUND_END] = stop
    state[ROUND_AT] = tick
    return True
