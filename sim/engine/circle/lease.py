"""The lease of the primary: how long it may commit, from what its observers have heard of it."""

from sim.engine.circle.layout import (
    LEASE,
    LEASE_NS,
    MAJORITY,
    N_LEASE_UNTIL,
    PRIMARY,
    REGIONS,
    S_RENEWS,
    S_SENT,
    T_FROM,
)
from sim.engine.compiled import compiled, inner


@inner
def renew(c, node, slot, stream):
    """An observer's probe was served: renew its contact with the primary, if it was sent to do so."""
    if not (c.reg[LEASE] and node == c.reg[PRIMARY] and c.slot[slot, S_RENEWS]):
        return
    observer = c.stream[stream, T_FROM]
    sent = c.slot[slot, S_SENT]
    if sent > c.contact[observer]:
        c.contact[observer] = sent
        c.node[node, N_LEASE_UNTIL] = majority_contact(c) + c.reg[LEASE_NS]


@compiled
def majority_contact(c):
    """Return the newest time at or after which a majority of observers had contact."""
    best = 0
    for v in range(c.reg[REGIONS]):
        later = 0
        for w in range(c.reg[REGIONS]):
            later += c.contact[w] >= c.contact[v]
        if later >= c.reg[MAJORITY] and c.contact[v] > best:
            best = c.contact[v]
    return best
