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
from sim.engine.circle.lanes import join, least
from sim.engine.circle.layout import (
    C_AT,
    C_KEY,
    C_LANE,
    C_LASTS,
    C_RESOLVER,
    C_SEQ,
    C_SESSION,
    C_TAG,
    COMING,
    COMING_END,
    EPOCH,
    EPOCH_END,
    EVEN,
    F_AT,
    F_END,
    F_TAG,
    FED,
    FREE,
    HORIZON,
    LANE_KIND,
    NEVER,
    NEXT_SEND,
    RANDOM,
    S_ATTEMPT,
    S_EVENT,
    S_EVENTS,
    S_FIRST,
    S_KEY,
    S_LASTS,
    S_OLDER,
    S_OPEN,
    S_REFUSED,
    S_RESOLVER,
    S_SENT,
    S_SEQ,
    S_SESSION,
    S_STREAM,
    S_TAG,
    S_TIMED,
    S_VERSION,
    SESSION_KEYS,
    SESSION_LENGTH,
    SESSIONS,
    T_ARRIVAL,
    T_CLIENT,
    T_FED,
    T_FROM,
    T_HITS,
    T_NEXT,
    T_SEQ,
    T_START,
    T_TOUCHED,
    T_TRACE,
    T_TRACE_END,
    TIMEOUT_NS,
    TRACED,
    TTL,
)
from sim.engine.circle.messages import LOST, await_timeout, depart, push_request
from sim.engine.compiled import compiled, inlined, inner, merged, typed
from sim.engine.packing import pack_session
from sim.engine.sampling import FOREVER, DistTable, halves, ns, raw, rescaled, sample, uniform, zipf

_ARRIVAL, _SESSION, _KEY, _SERVICE = typed(Purpose.ARRIVAL, Purpose.SESSION, Purpose.KEY, Purpose.SERVICE)
_NONE, _FIRST = typed(0, 1)  # attempts
AWAITING, BACKING_OFF = 1, 2  # S_OPEN of an operation that has not ended
_DUE, _GAP = range(2)  # rows of Circle.due


@inlined
def _gap(c, s, seq):
    """Return the ns from one arrival to arrival ``seq`` at the present rate."""
    work = 1.0
    if c.stream[s, T_ARRIVAL] == RANDOM:
        work = -math.log(uniform(c.stream_key[s], seq, _NONE, _ARRIVAL))
    return ns(work * c.rate[s, 0] / c.rate[s, 1])


@inner
def _after(c, s, at, seq):
    """Return when arrival ``seq`` of stream ``s`` comes, the one before it being at ``at``."""
    row = c.stream[s]
    if row[T_ARRIVAL] <= EVEN:
        return at + _gap(c, s, seq)
    if row[T_ARRIVAL] == TRACED and row[T_TRACE] < row[T_TRACE_END]:
        row[T_TRACE] += 1
        return c.trace[row[T_TRACE] - 1]
    if row[T_ARRIVAL] == FED and seq < row[T_TRACE_END]:
        return c.fed[row[T_FED], seq % c.fed.shape[1], F_AT]
    return NEVER


@compiled
def feed(c, s, at, tag):
    """Let operations of fed stream ``s`` arrive at the times ``at`` (ns, ascending), each with its tag.

    No record at or after the first of them may have been processed; the ring must have room for them.
    """
    row = c.stream[s]
    ring = c.fed[row[T_FED]]
    for k in range(at.size):
        place = (row[T_TRACE_END] + k) % ring.shape[0]
        ring[place, F_AT] = at[k]
        ring[place, F_TAG] = tag[k]
        ring[place, F_END] = 0
    row[T_TRACE_END] += at.size
    if row[T_NEXT] == NEVER:
        row[T_NEXT] = _after(c, s, 0, row[T_SEQ])
    _find_send(c)


@compiled
def begin_load(c):
    """Schedule the first arrival of every load stream."""
    for i in range(c.load.size):
        s = c.load[i]
        c.stream[s, T_START] = 0
        c.stream[s, T_NEXT] = _after(c, s, 0, c.stream[s, T_SEQ])
    _find_send(c)


@compiled
def change_rate(c, s, at, to):
    """Set the rate factor of stream ``s`` at time ``at``; the gap in progress is rescaled."""
    row = c.stream[s]
    now = c.rate[s, 1]
    if now == to:
        return
    c.rate[s, 1] = to
    if row[T_ARRIVAL] > EVEN:
        return
    if row[T_START] < at and row[T_NEXT] - row[T_START] < FOREVER:
        row[T_NEXT] = at + rescaled(row[T_NEXT] - at, now, to)
        row[T_START] = at - 1
    else:  # not begun, or never to end: taken up anew
        row[T_START] = max(row[T_START], at)
        row[T_NEXT] = row[T_START] + _gap(c, s, row[T_SEQ])
    _find_send(c)


@inlined
def _find_send(c):
    """Find when the next operation is sent (reg[NEXT_SEND]): one foreseen, or else the next arrival."""
    if c.reg[COMING] < c.reg[COMING_END]:
        c.reg[NEXT_SEND] = c.coming[C_AT, c.reg[COMING]]
        return
    first = NEVER
    for i in range(c.load.size):
        first = min(first, c.stream[c.load[i], T_NEXT])
    c.reg[NEXT_SEND] = first


@inner
def send_ahead(c, now, most):
    """Send the operation that arrives at ``now``, and as many of the next as can be, at most ``most``.

    Returns how many.
    """
    reg, coming = c.reg, c.coming
    if reg[COMING] == reg[COMING_END]:
        _foresee(c, max(now + 1, reg[HORIZON]))
    first = reg[COMING]
    end = min(reg[COMING_END], first + most)
    k = first
    while k < end:
        i, at = coming[C_LANE, k], coming[C_AT, k]
        client = c.stream[c.load[i], T_FROM]
        resolver = coming[C_RESOLVER, k]
        if k > first and at >= c.dns[client, resolver, 1]:
            break
        _send_first(c, i, _open(c, i, k), asked(c, client, resolver, at), at)
        k += 1
    reg[COMING] = k
    _find_send(c)
    return k - first


@merged
def _foresee(c, bound):
    """Write the next operations that arrive before ``bound``, and whose they are, into Circle.coming."""
    for i in range(c.load.size):
        s = c.load[i]
        row = c.stream[s]
        c.due[_DUE, i] = row[T_NEXT]
        # known an arrival early, so that finding the next stream never waits for a draw
        c.due[_GAP, i] = _gap(c, s, row[T_SEQ] + 1) if row[T_ARRIVAL] <= EVEN else 0
    n = _list_arrivals(c, bound)
    for i in range(c.load.size):
        c.stream[c.load[i], T_NEXT] = c.due[_DUE, i]
    _list_sessions(c, n)
    _list_keys(c, n)
    _list_work(c, n)
    c.reg[COMING] = 0
    c.reg[COMING_END] = n


@merged
def _list_arrivals(c, bound):
    n = 0
    while n < c.coming.shape[1]:
        i, at = least(c.due[_DUE])
        if at >= bound:
            break
        s = c.load[i]
        row = c.stream[s]
        seq = row[T_SEQ]
        c.coming[C_LANE, n] = i
        c.coming[C_SEQ, n] = seq
        c.coming[C_AT, n] = at
        c.coming[C_TAG, n] = 0
        if row[T_ARRIVAL] == FED:
            c.coming[C_TAG, n] = c.fed[row[T_FED], seq % c.fed.shape[1], F_TAG]
        n += 1
        row[T_SEQ] = seq + 1
        row[T_START] = at
        if row[T_TOUCHED]:
            row[T_HITS] += 1
        if row[T_ARRIVAL] <= EVEN:
            c.due[_DUE, i] = at + c.due[_GAP, i]
            c.due[_GAP, i] = _gap(c, s, seq + 2)
        else:
            c.due[_DUE, i] = _after(c, s, at, seq + 1)
    return n


@merged
def _list_sessions(c, n):
    """Draw the session and the place of the key among the keys of its user."""
    reg, coming = c.reg, c.coming
    for k in range(n):
        at = coming[C_AT, k]
        # as plain Python the 64 bits come as an int, which is no argument for what is compiled
        bits = np.uint64(raw(c.stream_key[c.load[coming[C_LANE, k]]], coming[C_SEQ, k], _NONE, _SESSION))
        session, place = halves(bits, reg[SESSIONS], reg[SESSION_KEYS])
        while at >= reg[EPOCH_END]:
            reg[EPOCH] += 1
            reg[EPOCH_END] += reg[SESSION_LENGTH]
        epoch = reg[EPOCH] + (at + c.session[session, 0] >= reg[EPOCH_END])
        coming[C_SESSION, k] = pack_session(session, epoch)
        coming[C_RESOLVER, k] = c.session[session, 1]
        coming[C_KEY, k] = place


@merged
def _list_keys(c, n):
    """Draw the keys, which follow from (session, epoch, place)."""
    coming = c.coming
    for k in range(n):
        stream = c.stream[c.load[coming[C_LANE, k]]]
        u = uniform(c.session_key[stream[T_FROM]], coming[C_SESSION, k], coming[C_KEY, k], _KEY)
        coming[C_KEY, k] = zipf(c.keys, u)
        coming[C_SESSION, k] += pack_session(stream[T_CLIENT] * c.reg[SESSIONS], _NONE)


@merged
def _list_work(c, n):
    """Draw how long the service of the first attempt lasts at a speed of 1."""
    coming, table = c.coming, DistTable(c.rows, c.values)
    for k in range(n):
        i = coming[C_LANE, k]
        dist = c.work[c.lane[LANE_KIND, i]]
        work = sample(table, dist, c.stream_key[c.load[i]], coming[C_SEQ, k], _FIRST, _SERVICE)
        coming[C_LASTS, k] = ns(work)


@merged
def _open(c, i, k):
    """Return a slot for operation ``k`` of those coming."""
    free = c.reg[FREE] - 1
    c.reg[FREE] = free
    slot = c.free[free]
    op, coming = c.slot[slot], c.coming
    op[S_STREAM] = c.load[i]
    op[S_SEQ] = coming[C_SEQ, k]
    op[S_ATTEMPT] = 1
    op[S_FIRST] = coming[C_AT, k]
    op[S_SENT] = coming[C_AT, k]
    op[S_SESSION] = coming[C_SESSION, k]
    op[S_KEY] = coming[C_KEY, k]
    op[S_EVENTS] = 0
    op[S_OPEN] = AWAITING
    op[S_REFUSED] = 0
    op[S_VERSION] = 0
    op[S_OLDER] = 0
    op[S_RESOLVER] = coming[C_RESOLVER, k]
    op[S_TIMED] = 0
    op[S_LASTS] = coming[C_LASTS, k]
    op[S_TAG] = coming[C_TAG, k]
    return slot


@inlined
def asked(c, client, resolver, at):
    """Return the gateway that a resolver of client group ``client`` names at ``at``."""
    cache = c.dns[client, resolver]
    if at >= cache[1]:
        cache[0] = c.answer[client]
        cache[1] = at + c.reg[TTL]
    return cache[0]


@merged
def _send_first(c, i, slot, gateway, at):
    """Send the first attempt of an operation of load stream ``i``."""
    op = c.slot[slot]
    delay, event = depart(c, slot, gateway)
    op[S_EVENT] = event
    if delay == LOST or delay >= c.reg[TIMEOUT_NS]:
        if delay != LOST:
            push_request(c, event, at + delay)
        await_timeout(c, slot)
    elif join(c, i, slot, at + delay):
        op[S_EVENTS] = 1
    else:
        push_request(c, event, at + delay)
