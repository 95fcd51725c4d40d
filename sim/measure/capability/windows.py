"""Good and bad windows: the compiled core of the recovery measure.

An operation belongs to the window of its first send. Rows come in order of their end, so a window is closed
once no operation sent in it can still end; until then it lies in a ring. A *series* is one capability as seen
by all clients or by one client region.
"""

import numpy as np

from sim.engine.compiled import compiled, inlined, inner
from sim.journal.schema import OK

N, GOOD, FAILED, FIRST_BAD, FIRST_GOOD, CELLS = range(6)  # one window of one series
(
    CARRIED_BAD,  # what an empty window inherits
    IN_EPISODE,
    STARTED,  # send time of the first bad operation of the episode
    LAST_BAD_END,  # end of its last bad window
    RECOVERED,  # send time of the first good operation after that, -1 if none
    EPISODE_BAD_NS,
    EPISODE_FAILED,
    FAILED_SINCE,  # failures in good windows since the last bad one: part of the episode only if it relapses
    BAD_NS,
    TOTAL,
    TOTAL_FAILED,
    TOTAL_SLOW,
    STATES,
) = range(13)
E_SERIES, E_STARTED, E_RECOVERED, E_BAD_NS, E_FAILED, E_HELD, EPISODE = range(7)
P_WINDOW, P_LATENCY, P_HOLD, P_LIFE, P_NUM, P_DEN, P_WARMUP, P_CLIENTS = range(8)
U = np.uint64  # of places in arrays: a signed number is looked at for being negative
LOW, EPISODES = range(2)  # cursor: first open window, episodes written


@inner
def _judge(cell, s, start, stop, held_until, state, p, episodes, cursor):
    """Close one window [start, stop) of series ``s``; the good time of a hold counts up to ``held_until``."""
    row = state[s]
    row[TOTAL] += cell[N]
    row[TOTAL_FAILED] += cell[FAILED]
    row[TOTAL_SLOW] += cell[N] - cell[GOOD] - cell[FAILED]
    bad = row[CARRIED_BAD] == 1 if cell[N] == 0 else cell[GOOD] * p[P_DEN] < p[P_NUM] * cell[N]
    row[CARRIED_BAD] = 1 if bad else 0
    if bad:
        if row[IN_EPISODE] == 0:
            row[IN_EPISODE] = 1
            row[STARTED] = cell[FIRST_BAD] - 1
            row[EPISODE_BAD_NS] = 0
            row[EPISODE_FAILED] = 0
            row[FAILED_SINCE] = 0
        row[LAST_BAD_END] = stop
        row[RECOVERED] = -1
        row[BAD_NS] += stop - start
        row[EPISODE_BAD_NS] += stop - start
        row[EPISODE_FAILED] += row[FAILED_SINCE] + cell[FAILED]
        row[FAILED_SINCE] = 0
    elif row[IN_EPISODE] == 1:
        row[FAILED_SINCE] += cell[FAILED]
        if row[RECOVERED] < 0:
            row[RECOVERED] = cell[FIRST_GOOD] - 1
        if min(stop, held_until) - row[LAST_BAD_END] >= p[P_HOLD]:
            _end_episode(s, row, 1, episodes, cursor)


@inner
def _end_episode(s, row, held, episodes, cursor):
    out = episodes[cursor[EPISODES]]
    out[E_SERIES] = s
    out[E_STARTED] = row[STARTED]
    out[E_RECOVERED] = row[RECOVERED]
    out[E_BAD_NS] = row[EPISODE_BAD_NS]
    out[E_FAILED] = row[EPISODE_FAILED]
    out[E_HELD] = held
    cursor[EPISODES] += 1
    row[IN_EPISODE] = 0


@inner
def _close(ring, state, p, episodes, cursor, horizon, end_ns):
    """Close the lowest open window in every series. ``horizon`` (S,): no good time counts beyond it."""
    low = cursor[LOW]
    cells = ring[low % ring.shape[0]]
    start = max(low * p[P_WINDOW], p[P_WARMUP])
    stop = min((low + 1) * p[P_WINDOW], end_ns)
    width = p[P_CLIENTS] + 1
    for base in range(0, state.shape[0], width):
        for s in range(base + 1, base + width):
            _add(cells[base], cells[s])
        for s in range(base, base + width):
            _judge(cells[s], s, start, stop, horizon[s], state, p, episodes, cursor)
    cells[:, :] = 0
    cursor[LOW] = low + 1


@inner
def _add(total, cell):
    total[N] += cell[N]
    total[GOOD] += cell[GOOD]
    total[FAILED] += cell[FAILED]
    for c in (FIRST_BAD, FIRST_GOOD):
        if cell[c] != 0 and (total[c] == 0 or cell[c] < total[c]):
            total[c] = cell[c]


@inlined
def _place(ring, slot, series, send, c):
    """Keep the earliest send time in column ``c``. Zero means none, so times are kept plus one."""
    if ring[slot, series, c] == 0 or send + 1 < ring[slot, series, c]:
        ring[slot, series, c] = send + 1


@compiled
def fold_windows(send, end, kind, outcome, client, first, ring, state, p, episodes, cursor, horizon):
    """Put rows ``first``... into their windows.

    Return the row at which to go on, or -1 - row of one that outlived its bound. It stops early when
    ``episodes`` is nearly full, so that the caller can empty it.
    """
    window, size, never = p[P_WINDOW], ring.shape[0], np.int64(2**62)
    life, latency, warmup, width = p[P_LIFE], p[P_LATENCY], p[P_WARMUP], U(p[P_CLIENTS] + 1)
    close_at = (cursor[LOW] + 1) * window + life
    w_start, slot = -window, U(0)  # the window of the row before: divisions are slow
    for i in range(first, len(send)):
        sent, took = send[i], end[i] - send[i]
        if sent < warmup:
            continue
        while end[i] >= close_at:
            if cursor[EPISODES] + state.shape[0] > len(episodes):
                return i
            _close(ring, state, p, episodes, cursor, horizon, never)
            close_at += window
        if sent < w_start or sent >= w_start + window:
            w = sent // window
            if w < cursor[LOW] or w >= cursor[LOW] + size:
                return -1 - i
            w_start, slot = w * window, U(w % size)
        s = U(kind[i]) * width + U(client[i]) + U(1)
        ring[slot, s, U(N)] += 1
        if outcome[i] == OK and took <= latency:
            ring[slot, s, U(GOOD)] += 1
            _place(ring, slot, s, sent, U(FIRST_GOOD))
        else:
            ring[slot, s, U(FAILED)] += outcome[i] != OK
            _place(ring, slot, s, sent, U(FIRST_BAD))
    return len(send)


@compiled
def close_windows(ring, state, p, episodes, cursor, horizon, until_ns):
    """Close the windows in which no operation that ends at ``until_ns`` or later can have been sent.

    Return False if ``episodes`` must be emptied first.
    """
    while (cursor[LOW] + 1) * p[P_WINDOW] + p[P_LIFE] <= until_ns:
        if cursor[EPISODES] + state.shape[0] > len(episodes):
            return False
        _close(ring, state, p, episodes, cursor, horizon, np.int64(2**62))
    return True


@compiled
def count_unanswered(send, series, ring, p, cursor):
    """Count operations that were open too long when the run ended as bad, in their windows.

    Return whether every window was still open.
    """
    for i in range(len(send)):
        w = send[i] // p[P_WINDOW]
        if w < cursor[LOW] or w >= cursor[LOW] + ring.shape[0]:
            return False
        slot = w % ring.shape[0]
        ring[slot, series[i], N] += 1
        _place(ring, slot, series[i], send[i], FIRST_BAD)
    return True


@compiled
def finish_windows(ring, state, p, episodes, cursor, horizon, end_ns):
    """Close every window up to ``end_ns`` and every episode.

    Return False if ``episodes`` must be emptied first.
    """
    while cursor[LOW] * p[P_WINDOW] < end_ns:
        if cursor[EPISODES] + state.shape[0] > len(episodes):
            return False
        _close(ring, state, p, episodes, cursor, horizon, end_ns)
    if cursor[EPISODES] + state.shape[0] > len(episodes):
        return False
    for s in range(state.shape[0]):
        if state[s, IN_EPISODE] == 1:
            _end_episode(s, state[s], 0, episodes, cursor)
    return True
