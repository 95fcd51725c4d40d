"""The inbox of a handler: which tags have a commit, so that a call that comes twice commits once.

Open addressing with linear steps. Tags that cannot come again are taken out, many at a time.
"""

from sim.engine.circle.layout import I_KEY, I_NEWEST, I_OLDER, INBOX
from sim.engine.compiled import compiled, inner
from sim.engine.packing import pack_entry

PLACES = 4096  # at least
GONE = -1  # in place of a version


@inner
def place_of(inbox, key):
    """Return where an entry is, or the free place where it would be."""
    mask = inbox.shape[0] - 1
    place = (key ^ (key >> 29)) * 0x2545F4914F6CDD1D >> 20 & mask
    while inbox[place, I_KEY] != 0 and inbox[place, I_KEY] != key:
        place = place + 1 & mask
    return place


@inner
def remember(c, key, version):
    """Note the newest commit of an entry."""
    place = place_of(c.inbox, key)
    entry = c.inbox[place]
    if entry[I_KEY] == 0:
        entry[I_KEY] = key
        c.reg[INBOX] += 1
    entry[I_OLDER] = entry[I_NEWEST]
    entry[I_NEWEST] = version


@compiled
def strike_out(inbox, group, tags):
    """Mark the entries of these tags (n,) int64 as gone; ``enter_all`` leaves them out."""
    for i in range(tags.size):
        entry = inbox[place_of(inbox, pack_entry(group, tags[i]))]
        entry[I_NEWEST] = GONE if entry[I_KEY] != 0 else 0


@compiled
def enter_all(inbox, entries):
    """Put every entry of another inbox that is not gone into one that is empty; return their number."""
    n = 0
    for i in range(entries.shape[0]):
        if entries[i, I_KEY] != 0 and entries[i, I_NEWEST] != GONE:
            place = place_of(inbox, entries[i, I_KEY])
            for k in (I_KEY, I_NEWEST, I_OLDER):
                inbox[place, k] = entries[i, k]
            n += 1
    return n
