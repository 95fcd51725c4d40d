"""Lanes: the requests on their way of each load stream, by arrival.

A stream's requests arrive nearly in the order in which they were sent, so putting one in its place is a step
or two from the end, and taking the first is none. A heap would cost several times that. A request that would
overtake more than REACH others goes into the heap after all.

A lane is a ring of slots, linked both ways. Slot i, which no operation ever has, closes the ring of lane i:
so an empty lane needs no branch, which would be mispredicted as often as not.
"""

from sim.engine.compiled import inlined
from sim.engine.packing import node_of

REACH = 32


@inlined
def least(times):
    """Return (index, time) of the least of ``times``, the first among equals."""
    best, time = 0, times[0]
    for i in range(1, times.size):
        if times[i] < time:
            best, time = i, times[i]
    return best, time


@inlined
def join(c, i, slot, due):
    """Put a request that arrives at ``due`` into lane ``i``; return False if its place is too far away."""
    op = c.slot[slot]
    place = node_of(op.event)  # the node: at equal times it decides, then the sequence
    ahead = c.slot[i].ahead
    steps = 0
    while (ahead != i) & _overtakes(c, due, place, ahead):
        steps += 1
        if steps > REACH:
            return False
        ahead = c.slot[ahead].ahead
    behind = c.slot[ahead].behind
    op.due = due
    op.ahead = ahead
    op.behind = behind
    c.slot[ahead].behind = slot
    c.slot[behind].ahead = slot
    c.lane_due[i] = min(c.lane_due[i], due)
    return True


@inlined
def _overtakes(c, due, place, other):
    """Return whether a request for node ``place``, sent after ``other``, arrives before it."""
    op = c.slot[other]
    return (due < op.due) | ((due == op.due) & (place < node_of(op.event)))


@inlined
def leave(c, i):
    """Take the first request out of lane ``i``; return its slot."""
    slot = c.slot[i].behind
    behind = c.slot[slot].behind
    c.slot[i].behind = behind
    c.slot[behind].ahead = i
    c.lane_due[i] = c.slot[behind].due
    return slot
