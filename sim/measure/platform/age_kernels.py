"""Compiled core of freshness: the age of the oldest record that is missing, as it falls again and again."""

import numpy as np

from sim.engine.compiled import allocating
from sim.measure.compiled import bucket_of

SINCE, GREATEST, AGED, STARTED, LAST_BAD_END, BAD_NS, IN_EPISODE, EPISODES, STATES = range(9)
P_WARMUP, P_LEVEL, P_HOLD, P_STEP, PARAMETERS = range(5)
E_STARTED, E_ENDED, E_BAD_NS, EPISODE = range(4)


@allocating
def ages(at, commit, first, state, p, counts, sums, squares, series, episodes):
    """Take in that the oldest missing record stopped missing at ``at`` (n,) int64 ns, in order.

    ``commit``: its commit time; the next one is the oldest from then on. ``counts`` and ``sums`` (BUCKETS,):
    number and sum of the ages at which stretches of rising age begin, minus those at which they end. Return
    the row at which to go on: it stops early when ``episodes`` is full.
    """
    for i in range(first, len(at)):
        if state[EPISODES] == len(episodes):
            return i
        start = max(state[SINCE], commit[i], p[P_WARMUP])
        state[SINCE] = max(state[SINCE], at[i])
        if at[i] <= start:
            continue
        low, high = start - commit[i], at[i] - commit[i]
        a, b = bucket_of(low), bucket_of(high)
        counts[a] += 1
        sums[a] += low
        counts[b] -= 1
        sums[b] -= high
        squares[0] += np.float64(high - low) * (np.float64(high) + np.float64(low)) / 2.0
        state[AGED] += high - low
        state[GREATEST] = max(state[GREATEST], high)
        if high > p[P_LEVEL]:
            _bad(max(start, commit[i] + p[P_LEVEL]), at[i], state, p, episodes)
        _draw(start, at[i], commit[i], p[P_STEP], series)
    return len(at)


@allocating
def _draw(start, stop, commit, step, series):
    for s in range(start // step, (stop - 1) // step + 1):
        series[s] = max(series[s], min(stop, (s + 1) * step) - commit)


@allocating
def _bad(start, stop, state, p, episodes):
    """Add a bad stretch [start, stop) to the episode, or begin another one."""
    if state[IN_EPISODE] == 1 and start - state[LAST_BAD_END] >= max(p[P_HOLD], 1):
        close_episode(state, episodes)
    if state[IN_EPISODE] == 0:
        state[IN_EPISODE] = 1
        state[STARTED] = start
        state[BAD_NS] = 0
    state[BAD_NS] += stop - start
    state[LAST_BAD_END] = stop


@allocating
def close_episode(state, episodes):
    """Write down the episode."""
    row = episodes[state[EPISODES]]
    row[E_STARTED] = state[STARTED]
    row[E_ENDED] = state[LAST_BAD_END]
    row[E_BAD_NS] = state[BAD_NS]
    state[EPISODES] += 1
    state[IN_EPISODE] = 0
