"""Pacing kernels: how a cursor moves along a log.

A kernel advances everything that is due strictly before ``until`` and leaves the rest; between two changes
the world is constant, so what it computes is exact. FIFO servers keep their state in an int64 array (fields
below) and their speed in a float64 array ``[speed, last speed above 0]``.
"""

import numpy as np

from sim.core.draws import Purpose
from sim.engine.compiled import compiled, typed
from sim.engine.packing import timeline_of
from sim.engine.sampling import FOREVER, ns, rescaled, sample, uniform, waits

_APPLY, _WIRE, _WIRELOSS = typed(Purpose.APPLY, Purpose.WIRE, Purpose.WIRELOSS)

# Fields of a FIFO server's state.
NEXT = 0  # index of the record to serve next
DONE = 1  # when the previous record was done, ns
FLOOR = 2  # nothing starts before this, ns (the moment of the last resume or connection)
FROM = 3  # since when REMAINING counts, ns
REMAINING = 4  # ns of work left at the present speed, -1 if the record in service was never interrupted
FIELDS = 5


def fifo(first: int = 0, *, speed: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return (state, speed) of an idle FIFO server whose next record is ``first``."""
    state = np.zeros(FIELDS, np.int64)
    state[NEXT] = first
    state[REMAINING] = -1
    return state, np.array([speed, speed], np.float64)


@compiled
def _completion(arrival, work, state, speed):
    """Return (start, completion) of the record at the head of the queue at constant speed."""
    if state[REMAINING] >= 0:
        return state[FROM], state[FROM] + state[REMAINING]
    start = max(arrival, state[DONE], state[FLOOR])
    return start, start + ns(work / speed)


@compiled
def serve(arrival, work, base, state, speed, out, *, end, until):
    """Serve records ``[state[NEXT], end)`` in order and write each completion before ``until``.

    arrival: int64 ns; work: float64 nominal ns; out: int64 ns; all indexed by record - base, and beyond the
    end of ``work`` all have its last. Completions follow Lindley's recursion. Returns the number served.
    """
    i = state[NEXT]
    first = i
    if speed[0] <= 0.0:
        return 0
    while i < end:
        _, done = _completion(arrival[i - base], work[min(i - base, work.size - 1)], state, speed[0])
        if done >= until:
            break
        out[i - base] = done
        state[DONE] = done
        state[REMAINING] = -1
        i += 1
    state[NEXT] = i
    return i - first


@compiled
def change_speed(arrival, work, base, state, speed, *, end, at, to):
    """Change a FIFO server's speed at time ``at`` and rescale the work in service.

    The server must have been advanced to ``at``.
    """
    now = speed[0]
    if now == to:
        return
    left = np.int64(-1)
    if now <= 0.0:
        left = state[REMAINING]
        state[FLOOR] = at
    elif state[NEXT] < end:
        i = state[NEXT] - base
        start, done = _completion(arrival[i], work[min(i, work.size - 1)], state, now)
        if done - start >= FOREVER:
            left = FOREVER
        elif start < at or state[REMAINING] >= 0:
            left = done - at
    if to > 0.0:
        if left >= FOREVER:  # taken up anew
            left = np.int64(-1)
            state[FLOOR] = at
        elif left >= 0 and speed[1] != to:
            left = rescaled(left, speed[1], to)
        speed[1] = to
    state[FROM] = at
    state[REMAINING] = left
    speed[0] = to


@compiled
def carry(sent, version, base, last, received, *, begin, end, previous, link, table, key):
    """Put records ``[begin, end)`` on an ordered wire.

    sent, version, last, received: int64 by record - base. Written: ``last``, when a record's last
    transmission leaves, and ``received``, when the record arrives. ``previous`` is when the record before
    ``begin`` was received. ``link`` is (latency ns, jitter distribution index, loss, retransmission delay
    ns). A loss costs one retransmission delay; the number of losses is geometric.
    """
    latency, jitter, loss, retransmit = link
    for i in range(begin, end):
        k = i - base
        timeline = timeline_of(version[k])
        wait = 0.0
        if loss > 0.0:
            wait = waits(uniform(key, i, timeline, _WIRELOSS), loss, retransmit)
        extra = sample(table, jitter, key, i, timeline, _WIRE)
        last[k] = sent[k] + np.int64(min(wait, float(FOREVER)))
        arrival = sent[k] + ns((latency + extra) + wait)
        previous = max(previous, arrival)
        received[k] = previous


@compiled
def works(table, index, key, version, out, *, base, begin, end):
    """Draw the apply work of records ``[begin, end)`` into ``out``.

    out: float64 ns; version: int64; both by record - base.
    """
    for i in range(begin, end):
        out[i - base] = sample(table, index, key, i, timeline_of(version[i - base]), _APPLY)


@compiled
def first_at_or_after(column, begin, end, at):
    """Return the first index in [begin, end) whose value is >= ``at`` (values ascend), or ``end``."""
    low = begin
    high = end
    while low < high:
        mid = (low + high) >> 1
        if column[mid] < at:
            low = mid + 1
        else:
            high = mid
    return low
