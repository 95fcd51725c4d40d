"""Before when it is sure that no checker changes its mind: what other circles may be told meanwhile."""

from sim.engine.circle.lanes import least
from sim.engine.circle.layout import (
    CHECK,
    HEAP,
    L_LATENCY,
    LANE_DUE,
    N_NEXT,
    NEVER,
    NEXT_SEND,
    OBSERVE,
    REGIONS,
    REPLY,
    S_SEQ,
    S_STREAM,
    T_FAILED,
    T_FAILURES,
    T_FROM,
    T_HEALTHY,
    T_INTERVAL,
    T_KIND,
    T_NEXT,
    T_OUTSTANDING,
    T_PASSED,
    T_SUCCESSES,
    T_TO,
    TIMEOUT,
)
from sim.engine.compiled import compiled, inner
from sim.engine.packing import rank_of, slot_of


@compiled
def sure_until(c, position):
    """Return the earliest time at which a checker could change its mind; all before ``position`` is done.

    Operations that are fed meanwhile cannot make it earlier: they come later than what is under way, and
    services are first come first served.
    """
    sure = NEVER
    for s in range(c.stream.shape[0]):
        row = c.stream[s]
        if row[T_KIND] < OBSERVE:
            continue
        needed = row[T_FAILURES] - row[T_FAILED] if row[T_HEALTHY] else row[T_SUCCESSES] - row[T_PASSED]
        if row[T_OUTSTANDING]:
            needed -= 1
        if needed == 0:
            sure = min(sure, _answered(c, s, position))
        else:
            sure = min(sure, row[T_NEXT] + (needed - 1) * row[T_INTERVAL])
    return sure


@inner
def _answered(c, s, position):
    """Return the earliest time at which the outstanding probe of stream ``s`` can be answered or time out."""
    row = c.stream[s]
    end = NEVER
    on_its_way = False
    for i in range(c.reg[HEAP]):
        rank, slot = rank_of(c.heap[i, 1]), slot_of(c.heap[i, 2])
        if rank != REPLY and rank != TIMEOUT:
            continue
        if c.slot[slot, S_STREAM] == s and c.slot[slot, S_SEQ] + 1 == row[T_OUTSTANDING]:
            end = min(end, c.heap[i, 0])
            on_its_way |= rank == REPLY
    return end if on_its_way else min(end, max(position, _next(c)) + _way_back(c, s))


@inner
def _next(c):
    """Return the time of the next record: no reply departs before it."""
    first = min(c.reg[NEXT_SEND], least(c.lane[LANE_DUE])[1])
    if c.reg[HEAP] > 0:
        first = min(first, c.heap[0, 0])
    for node in range(c.reg[REGIONS]):
        first = min(first, c.node[node, N_NEXT])
    return first


@inner
def _way_back(c, s):
    """Return the least time that a reply to a probe of stream ``s`` takes, ns."""
    row, regions = c.stream[s], c.reg[REGIONS]
    link = row[T_TO] * regions + row[T_FROM]
    if row[T_KIND] == CHECK:
        link = regions * (2 * regions + row[T_TO]) + row[T_FROM]
    return max(1, int(c.link[link, L_LATENCY]))
