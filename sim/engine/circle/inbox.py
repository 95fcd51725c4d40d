"""The inbox of a handler: which tags have a commit, so that a call that comes twice commits once.

Open addressing with linear steps. Tags that cannot come again are taken out, many at a time.
"""

from sim.engine.circle.handle import opened
from sim.engine.compiled import compiled, inner
from sim.engine.packing import pack_entry

PLACES = 4096  # at least
GONE = -1  # in place of a version


@inner
def place_of(inbox, key):
    """Return where an entry is, or the free place where it would be."""
    mask = inbox.shape[0] - 1
    place = (key ^ (key >> 29)) * 0x2545F4914F6CDD1D >> 20 & mask
    while inbox[place].key != 0 and inbox[place].key != key:
        place = place + 1 & mask
    return place


@inner
def remember(c, key, version):
    """Note the newest commit of an entry."""
    place = place_of(c.inbox, key)
    entry = c.inbox[place]
    if entry.key == 0:
        entry.key = key
        c.reg.entries += 1
    entry.older = entry.newest
    entry.newest = version


@compiled
def strike_out(handle, group, tags):
    """Mark the entries of these tags (n,) int64 as gone; ``enter_all`` leaves them out."""
    return _strike_out(opened(handle), group, tags)


@inner
def _strike_out(c, group, tags):
    inbox = c.inbox
    for i in range(tags.size):
        entry = inbox[place_of(inbox, pack_entry(group, tags[i]))]
        entry.newest = GONE if entry.key != 0 else 0


@compiled
def enter_all(handle, entries):
    """Put every entry that is not gone into the circle's inbox, which is empty; return their number."""
    return _enter_all(opened(handle), entries)


@inner
def _enter_all(c, entries):
    inbox = c.inbox
    n = 0
    for i in range(entries.shape[0]):
        if entries[i].key != 0 and entries[i].newest != GONE:
            place = place_of(inbox, entries[i].key)
            inbox[place] = entries[i]
            n += 1
    return n
