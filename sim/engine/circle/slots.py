"""Operation slots: taken at the first send, free again when the operation and all its records are gone."""

from sim.engine.circle.layout import FREE, S_EVENTS, S_OPEN
from sim.engine.compiled import inlined


@inlined
def release(c, slot):
    """One record of the slot is gone; free the slot if nothing is left of the operation."""
    events = c.slot[slot, S_EVENTS] - 1
    c.slot[slot, S_EVENTS] = events
    if events == 0 and not c.slot[slot, S_OPEN]:
        c.free[c.reg[FREE]] = slot
        c.reg[FREE] += 1
