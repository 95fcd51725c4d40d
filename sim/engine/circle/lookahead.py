"""Before when it is sure that no checker changes its mind: what other circles may be told meanwhile."""

from sim.engine.circle.handle import opened
from sim.engine.circle.kinds import CHECK, NEVER, OBSERVE, REPLY, TIMEOUT
from sim.engine.circle.lanes import least
from sim.engine.compiled import compiled, inner
from sim.engine.packing import rank_of, slot_of


@compiled
def sure_until(handle, position):
    """Return the earliest time at which a checker could change its mind; all before ``position`` is done.

    Operations that are fed meanwhile cannot make it earlier: they come later than what is under way, and
    services are first come first served.
    """
    return _sure_until(opened(handle), position)


@inner
def _sure_until(c, position):
    sure = NEVER
    for s in range(c.stream.shape[0]):
        row = c.stream[s]
        if row.kind < OBSERVE:
            continue
        needed = row.failures - row.failed if row.healthy else row.successes - row.passed
        if row.outstanding:
            needed -= 1
        if needed == 0:
            sure = min(sure, _answered(c, s, position))
        else:
            sure = min(sure, row.next + (needed - 1) * row.interval)
    return sure


@inner
def _answered(c, s, position):
    """Return the earliest time at which the outstanding probe of stream ``s`` can be answered or time out."""
    row = c.stream[s]
    end = NEVER
    on_its_way = False
    for i in range(c.reg.heaped):
        rank, slot = rank_of(c.heap[i].tie), slot_of(c.heap[i].event)
        if rank != REPLY and rank != TIMEOUT:
            continue
        if c.slot[slot].stream == s and c.slot[slot].seq + 1 == row.outstanding:
            end = min(end, c.heap[i].time)
            on_its_way |= rank == REPLY
    return end if on_its_way else min(end, max(position, _next(c)) + _way_back(c, s))


@inner
def _next(c):
    """Return the time of the next record: no reply departs before it."""
    first = min(c.reg.next_send, least(c.lane_due)[1])
    if c.reg.heaped > 0:
        first = min(first, c.heap[0].time)
    for node in range(c.reg.regions):
        first = min(first, c.node[node].next)
    return first


@inner
def _way_back(c, s):
    """Return the least time that a reply to a probe of stream ``s`` takes, ns."""
    row, regions = c.stream[s], c.reg.regions
    link = row.target * regions + row.source
    if row.kind == CHECK:
        link = regions * (2 * regions + row.target) + row.source
    return max(1, int(c.link[link].latency))
