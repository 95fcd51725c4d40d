"""The lease of the primary: how long it may commit, from what its observers have heard of it."""

from sim.engine.compiled import inner


@inner
def renew(c, node, slot, stream):
    """An observer's probe was served: renew its contact with the primary, if it was sent to do so."""
    if not (c.reg.lease and node == c.reg.primary and c.slot[slot].renews):
        return
    observer = c.stream[stream].source
    sent = c.slot[slot].sent
    if sent > c.contact[observer]:
        c.contact[observer] = sent
        c.node[node].lease_until = majority_contact(c) + c.reg.lease_ns


@inner
def majority_contact(c):
    """Return the newest time at or after which a majority of observers had contact."""
    best = 0
    for v in range(c.reg.regions):
        later = 0
        for w in range(c.reg.regions):
            later += c.contact[w] >= c.contact[v]
        if later >= c.reg.majority and c.contact[v] > best:
            best = c.contact[v]
    return best
