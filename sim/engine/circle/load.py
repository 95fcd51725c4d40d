"""Load: when operations arrive, whose they are, and their first sends.

Load is open-loop: nothing that happens to an operation changes the next one. So operations are drawn many
at a time, in passes over short columns, and sent ahead of the records in between. Two things limit that.
Before the horizon no checker trips, so no control comes in between. And a send that finds its resolver's
answer expired waits for its turn, because a retry before it may ask the same resolver; where a send finds it
valid, a retry before it does too.
"""

import math

import numpy as np

from sim.core.draws import Purpose
from sim.engine.circle.handle import opened
from sim.engine.circle.kinds import AWAITING, EVEN, FED, NEVER, RANDOM, RECORDED
from sim.engine.circle.lanes import join, least
from sim.engine.circle.messages import LOST, await_timeout, depart, push_request
from sim.engine.compiled import compiled, inlined, inner, merged, typed
from sim.engine.cursor import left_at, remaining
from sim.engine.packing import pack_session
from sim.engine.sampling import DistTable, halves, ns, raw, sample, uniform, zipf

_ARRIVAL, _SESSION, _KEY, _SERVICE = typed(Purpose.ARRIVAL, Purpose.SESSION, Purpose.KEY, Purpose.SERVICE)
_NONE, _FIRST = typed(0, 1)  # attempts


@inlined
def _gap(c, s, seq):
    """Return the ns from one arrival to arrival ``seq`` at the present rate."""
    row = c.stream[s]
    work = 1.0
    if row.arrival == RANDOM:
        work = -math.log(uniform(row.key, seq, _NONE, _ARRIVAL))
    return ns(work * row.gap / row.factor)


@inner
def _after(c, s, at, seq):
    """Return when arrival ``seq`` of stream ``s`` comes, the one before it being at ``at``."""
    row = c.stream[s]
    if row.arrival <= EVEN:
        return at + _gap(c, s, seq)
    if row.arrival == RECORDED and row.recorded < row.recorded_end:
        row.recorded += 1
        return c.recorded[row.recorded - 1]
    if row.arrival == FED and seq < row.fed_count:
        return c.fed[row.ring, seq % c.fed.shape[1]].at
    return NEVER


@compiled
def feed(handle, s, at, tag):
    """Let operations of fed stream ``s`` arrive at the times ``at`` (ns, ascending), each with its tag.

    No record at or after the first of them may have been processed; the ring must have room for them.
    """
    return enter_feed(opened(handle), s, at, tag)


@inner
def enter_feed(c, s, at, tag):
    """As ``feed``."""
    row = c.stream[s]
    for k in range(at.size):
        place = c.fed[row.ring, (row.fed_count + k) % c.fed.shape[1]]
        place.at, place.tag, place.end = at[k], tag[k], 0
    row.fed_count += at.size
    if row.next == NEVER:
        row.next = _after(c, s, 0, row.seq)
    _find_send(c)


@inner
def begin_load(c):
    """Schedule the first arrival of every load stream."""
    for i in range(c.load.size):
        s = c.load[i]
        c.stream[s].start = 0
        c.stream[s].next = _after(c, s, 0, c.stream[s].seq)
    _find_send(c)


@compiled
def change_rate(handle, s, at, to):
    """Set the rate factor of stream ``s`` at time ``at``; the gap in progress is rescaled."""
    return _change_rate(opened(handle), s, at, to)


@inner
def _change_rate(c, s, at, to):
    row = c.stream[s]
    now = row.factor
    if now == to:
        return
    row.factor = to
    if row.arrival > EVEN:
        return
    left = remaining(left_at(row.start, row.next, at), now, to)
    if left >= 0:
        row.next = at + left
        row.start = at - 1
    else:  # not begun, or never to end: taken up anew
        row.start = max(row.start, at)
        row.next = row.start + _gap(c, s, row.seq)
    _find_send(c)


@inlined
def _find_send(c):
    """Find when the next operation is sent (reg.next_send): one foreseen, or else the next arrival."""
    if c.reg.coming < c.reg.coming_end:
        c.reg.next_send = c.coming[c.reg.coming].at
        return
    first = NEVER
    for i in range(c.load.size):
        first = min(first, c.stream[c.load[i]].next)
    c.reg.next_send = first


@inner
def send_ahead(c, now, most):
    """Send the operation that arrives at ``now``, and as many of the next as can be, at most ``most``.

    Returns how many.
    """
    reg, coming = c.reg, c.coming
    if reg.coming == reg.coming_end:
        _foresee(c, max(now + 1, reg.horizon))
    first = reg.coming
    end = min(reg.coming_end, first + most)
    k = first
    while k < end:
        next_one = coming[k]
        client = c.stream[c.load[next_one.lane]].source
        resolver, at = next_one.resolver, next_one.at
        if k > first and at >= c.dns[client, resolver].expires:
            break
        _send_first(c, next_one.lane, _open(c, next_one), asked(c, client, resolver, at), at)
        k += 1
    reg.coming = k
    _find_send(c)
    return k - first


@merged
def _foresee(c, bound):
    """Write the next operations that arrive before ``bound``, and whose they are, into ``coming``."""
    for i in range(c.load.size):
        s = c.load[i]
        row = c.stream[s]
        c.next_due[i] = row.next
        # known an arrival early, so that finding the next stream never waits for a draw
        c.next_gap[i] = _gap(c, s, row.seq + 1) if row.arrival <= EVEN else 0
    n = _list_arrivals(c, bound)
    for i in range(c.load.size):
        c.stream[c.load[i]].next = c.next_due[i]
    _list_sessions(c, n)
    _list_keys(c, n)
    _list_work(c, n)
    c.reg.coming = 0
    c.reg.coming_end = n


@merged
def _list_arrivals(c, bound):
    n = 0
    while n < c.coming.size:
        i, at = least(c.next_due)
        if at >= bound:
            break
        s = c.load[i]
        row = c.stream[s]
        seq = row.seq
        op = c.coming[n]
        op.lane, op.seq, op.at, op.tag = i, seq, at, 0
        if row.arrival == FED:
            op.tag = c.fed[row.ring, seq % c.fed.shape[1]].tag
        n += 1
        row.seq = seq + 1
        row.start = at
        if row.touched:
            row.hits += 1
        if row.arrival <= EVEN:
            c.next_due[i] = at + c.next_gap[i]
            c.next_gap[i] = _gap(c, s, seq + 2)
        else:
            c.next_due[i] = _after(c, s, at, seq + 1)
    return n


@merged
def _list_sessions(c, n):
    """Draw the session and the place of the key among the keys of its user."""
    reg = c.reg
    for k in range(n):
        op = c.coming[k]
        # as plain Python the 64 bits come as an int, which is no argument for what is compiled
        bits = np.uint64(raw(c.stream[c.load[op.lane]].key, op.seq, _NONE, _SESSION))
        session, place = halves(bits, reg.sessions, reg.session_keys)
        while op.at >= reg.epoch_end:
            reg.epoch += 1
            reg.epoch_end += reg.session_length_ns
        epoch = reg.epoch + (op.at + c.session[session].shift >= reg.epoch_end)
        op.session = pack_session(session, epoch)
        op.resolver = c.session[session].resolver
        op.key = place


@merged
def _list_keys(c, n):
    """Draw the keys, which follow from (session, epoch, place)."""
    for k in range(n):
        op = c.coming[k]
        stream = c.stream[c.load[op.lane]]
        u = uniform(c.session_key[stream.source], op.session, op.key, _KEY)
        op.key = zipf(c.keys, u)
        op.session += pack_session(stream.client * c.reg.sessions, _NONE)


@merged
def _list_work(c, n):
    """Draw how long the service of the first attempt lasts at a speed of 1."""
    table = DistTable(c.rows, c.values)
    for k in range(n):
        op = c.coming[k]
        dist = c.work[c.lane_kind[op.lane]]
        work = sample(table, dist, c.stream[c.load[op.lane]].key, op.seq, _FIRST, _SERVICE)
        op.lasts = ns(work)


@merged
def _open(c, foreseen):
    """Return a slot for an operation foreseen."""
    free = c.reg.free - 1
    c.reg.free = free
    slot = c.free[free]
    op = c.slot[slot]
    op.stream = c.load[foreseen.lane]
    op.seq = foreseen.seq
    op.attempt = 1
    op.first = foreseen.at
    op.sent = foreseen.at
    op.session = foreseen.session
    op.key = foreseen.key
    op.events = 0
    op.open = AWAITING
    op.refused = 0
    op.version = 0
    op.older = 0
    op.resolver = foreseen.resolver
    op.timed = 0
    op.lasts = foreseen.lasts
    op.tag = foreseen.tag
    return slot


@inlined
def asked(c, client, resolver, at):
    """Return the gateway that a resolver of client group ``client`` names at ``at``."""
    cache = c.dns[client, resolver]
    if at >= cache.expires:
        cache.gateway = c.answer[client]
        cache.expires = at + c.reg.ttl_ns
    return cache.gateway


@merged
def _send_first(c, i, slot, gateway, at):
    """Send the first attempt of an operation of load stream ``i``."""
    op = c.slot[slot]
    delay, event = depart(c, slot, gateway)
    op.event = event
    if delay == LOST or delay >= c.reg.timeout_ns:
        if delay != LOST:
            push_request(c, event, at + delay)
        await_timeout(c, slot)
    elif join(c, i, slot, at + delay):
        op.events = 1
    else:
        push_request(c, event, at + delay)
