"""The rounds of a relay: a cursor that takes up what it finds at each tick, and then marks it."""

from typing import NamedTuple

from sim.engine.compiled import compiled, inlined
from sim.engine.cursor import FIELDS, FREE, FROM, NEXT, REMAINING, TAKEN, Cursor, lasts
from sim.engine.sampling import ns

# More fields of a relay's state.
ROUND_END = FIELDS  # where its round ends, -1 if none is under way
ROUND_AT = FIELDS + 1  # the tick at which that round began
OPEN = FIELDS + 2  # no round begins before this


class Rules(NamedTuple):
    """How a relay works: ns between ticks, commits a round at most, ns to mark (0: none), partitions."""

    interval: int
    batch: int
    mark: float
    partitions: int


def relay_cursor() -> Cursor:
    """Return the cursor of a relay that has not begun."""
    cursor = Cursor(1, fields=FIELDS + 3)
    cursor.state[ROUND_END], cursor.state[OPEN] = -1, 1
    return cursor


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
    if speed[0] <= 0.0 or state[TAKEN] >= until:
        return ended
    while ended < rounds:
        if state[ROUND_END] < 0 and not _begin_round(rows[0], base, rules, state, end, until):
            break
        if not _publish_round(rows, base, closed, rules, work, state, speed, out, first, until):
            break
        if rules.mark > 0.0 and not _mark_round(rules.mark, state, speed, until):
            break
        ends[ended, 0] = state[FREE]
        ends[ended, 1] = state[NEXT]
        ended += 1
        state[OPEN] = max(state[OPEN], state[FREE])
        state[ROUND_END] = -1
    return ended


@compiled
def _publish_round(rows, base, closed, rules, work, state, speed, out, first, until):
    """Publish the records of the round under way; return whether all were done before ``until``."""
    _, version, key = rows
    while state[NEXT] < state[ROUND_END]:
        k = state[NEXT] - base
        if state[TAKEN] < 0:
            start = max(state[ROUND_AT], state[FREE])
            if start >= until or closed[key[k] % rules.partitions]:
                return False
            state[TAKEN] = start
        if state[REMAINING] < 0:
            state[FROM], state[REMAINING] = state[TAKEN], lasts(work, version[k], speed[0])
        if not _complete(state, until):
            return False
        out[state[NEXT] - first] = state[FREE]
        state[NEXT] += 1
    return True


@compiled
def _mark_round(mark, state, speed, until):
    """Mark what was published; return whether that was done before ``until``."""
    if state[TAKEN] < 0:
        start = state[FREE]
        if start >= until:
            return False
        state[TAKEN] = start
    if state[REMAINING] < 0:
        state[FROM], state[REMAINING] = state[TAKEN], ns(mark / speed[0])
    return _complete(state, until)


@inlined
def _complete(state, until):
    """Complete what is in service; return whether that was done before ``until``."""
    done = state[FROM] + state[REMAINING]
    if done >= until:
        return False
    state[FREE] = done
    state[TAKEN] = state[REMAINING] = -1
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
