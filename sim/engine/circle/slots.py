"""Operation slots: taken at the first send, free again when the operation and all its records are gone."""

from sim.engine.circle.kinds import ENDED
from sim.engine.compiled import inlined


@inlined
def release(c, slot):
    """One record of the slot is gone; free the slot if nothing is left of the operation."""
    events = c.slot[slot].events - 1
    c.slot[slot].events = events
    if events == 0 and c.slot[slot].open == ENDED:
        c.free[c.reg.free] = slot
        c.reg.free += 1
