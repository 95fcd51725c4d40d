"""Clients: arrivals, sessions, DNS, attempts, time-outs, retries and outcomes."""

import math

import numpy as np

from sim.core.draws import Purpose
from sim.engine.circle.heap import push
from sim.engine.circle.layout import (
    ATTEMPTS,
    ENDED_BY_TIMEOUT,
    EPOCH,
    EPOCH_END,
    EVEN,
    FREE,
    O_ATTEMPTS,
    O_CLIENT,
    O_END,
    O_KEY,
    O_KIND,
    O_NODE,
    O_OUTCOME,
    O_READ_INDEX,
    O_RID,
    O_SEND,
    O_SESSION,
    O_VERSION,
    OPS_OUT,
    RANDOM,
    RESULT_OK,
    RETRY,
    S_ATTEMPT,
    S_EVENTS,
    S_FIRST,
    S_KEY,
    S_OLDER,
    S_OPEN,
    S_REFUSED,
    S_RESOLVER,
    S_SENT,
    S_SEQ,
    S_SESSION,
    S_STREAM,
    S_TIMED,
    S_VERSION,
    SESSION_KEYS,
    SESSION_LENGTH,
    SESSIONS,
    STREAM,
    T_ARRIVAL,
    T_CLIENT,
    T_FROM,
    T_HITS,
    T_KIND,
    T_NEXT,
    T_SEQ,
    T_START,
    T_TOUCHED,
    T_TRACE,
    T_TRACE_END,
    TIMEOUT_NS,
    TRACED,
    TTL,
    WRITE,
)
from sim.engine.circle.messages import LOST, await_timeout, depart, tie_of
from sim.engine.compiled import compiled, inlined, inner
from sim.engine.sampling import ZipfTable, ns, raw, uniform, zipf

_ARRIVAL, _SESSION, _KEY, _BACKOFF = Purpose.ARRIVAL, Purpose.SESSION, Purpose.KEY, Purpose.BACKOFF
NEVER = (1 << 62) - 1
_OK, _FAIL, _INFO = 0, 1, 2
_AWAITING, _BACKING_OFF = 1, 2


@inlined
def _gap(c, s, seq):
    """Return the ns from one arrival to arrival ``seq`` at the present rate."""
    work = 1.0
    if c.stream[s, T_ARRIVAL] == RANDOM:
        work = -math.log(uniform(c.stream_key[s], seq, 0, _ARRIVAL))
    return ns(work * c.rate[s, 0] / c.rate[s, 1])


@inlined
def schedule_arrival(c, s, at):
    """Schedule arrival T_SEQ of stream ``s``, the one before having been at ``at``."""
    row = c.stream[s]
    row[T_START] = at
    kind = row[T_ARRIVAL]
    if kind in (RANDOM, EVEN):
        row[T_NEXT] = at + _gap(c, s, row[T_SEQ])
    elif kind == TRACED and row[T_TRACE] < row[T_TRACE_END]:
        row[T_NEXT] = c.trace[row[T_TRACE]]
        row[T_TRACE] += 1
    else:
        row[T_NEXT] = NEVER


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
    if row[T_START] < at:
        row[T_NEXT] = at + np.int64(math.floor((row[T_NEXT] - at) * now / to + 0.5))
        row[T_START] = at - 1
    else:
        row[T_NEXT] = row[T_START] + _gap(c, s, row[T_SEQ])
    find_stream(c)


@inlined
def find_stream(c):
    """Find the load stream that sends first (the least number among equals)."""
    best = np.int64(-1)
    for i in range(c.load.size):
        s = c.load[i]
        if best < 0 or c.stream[s, T_NEXT] < c.stream[best, T_NEXT]:
            best = s
    c.reg[STREAM] = best


@inlined
def first_send(c, s, at):
    """Begin the next operation of stream ``s``."""
    row = c.stream[s]
    seq = row[T_SEQ]
    row[T_SEQ] = seq + 1
    if row[T_TOUCHED]:
        row[T_HITS] += 1
    schedule_arrival(c, s, at)
    find_stream(c)
    c.reg[FREE] -= 1
    slot = c.free[c.reg[FREE]]
    op = c.slot[slot]
    op[S_STREAM] = s
    op[S_SEQ] = seq
    op[S_ATTEMPT] = 1
    op[S_FIRST] = at
    op[S_EVENTS] = 0
    op[S_REFUSED] = 0
    op[S_VERSION] = 0
    op[S_OLDER] = 0
    op[S_TIMED] = 0
    _choose_key(c, op, row, at)
    _send(c, slot, at)


@inlined
def _choose_key(c, op, stream, at):
    """Draw the session; its key follows from (session, epoch, slot of key)."""
    reg = c.reg
    bits = raw(c.stream_key[op[S_STREAM]], op[S_SEQ], 0, _SESSION)
    session = np.int64(bits >> np.uint64(32)) * reg[SESSIONS] >> 32
    place = np.int64(bits & np.uint64(0xFFFFFFFF)) * reg[SESSION_KEYS] >> 32
    while at >= reg[EPOCH_END]:
        reg[EPOCH] += 1
        reg[EPOCH_END] += reg[SESSION_LENGTH]
    epoch = reg[EPOCH] + (at + c.session[session, 0] >= reg[EPOCH_END])
    op[S_RESOLVER] = c.session[session, 1]
    op[S_SESSION] = ((stream[T_CLIENT] * reg[SESSIONS] + session) << 20) | epoch
    u = uniform(c.session_key[stream[T_FROM]], (session << 20) | epoch, place, _KEY)
    op[S_KEY] = zipf(ZipfTable(c.key_accept, c.key_alias), u)


@inlined
def _send(c, slot, at):
    """Send the current attempt: ask DNS, depart; a request that cannot arrive in time will time out."""
    reg = c.reg
    op = c.slot[slot]
    op[S_OPEN] = _AWAITING
    op[S_SENT] = at
    s = op[S_STREAM]
    client = c.stream[s, T_FROM]
    cache = c.dns[client, op[S_RESOLVER]]
    if at >= cache[1]:
        cache[0] = c.answer[client]
        cache[1] = at + reg[TTL]
    arrives = depart(c, slot, cache[0], at)
    if arrives == LOST or arrives >= at + reg[TIMEOUT_NS]:
        await_timeout(c, slot)


@inner
def timed_out(c, event, at):
    """The time-out of an attempt is due; it counts if that attempt is still the one the client waits for."""
    slot = event & 0xFFFFFF
    op = c.slot[slot]
    if op[S_OPEN] == _AWAITING and op[S_ATTEMPT] == event >> 24:
        _attempt_failed(c, slot, at, ENDED_BY_TIMEOUT)


@inlined
def acknowledged(c, slot, node, extra, at):
    """An ok from ``node`` reached the client: the operation ends.

    ``extra``: index of the read it answers.
    """
    _end(c, slot, _OK, at)
    row = c.ops[c.reg[OPS_OUT] - 1]
    row[O_NODE] = node
    row[O_VERSION] = c.slot[slot, S_VERSION]
    row[O_READ_INDEX] = extra


@inlined
def replied(c, event, extra, at):
    """A reply reached its client."""
    slot = event & 0xFFFFFF
    op = c.slot[slot]
    if not op[S_OPEN]:
        return
    if (event >> 42) == RESULT_OK:
        acknowledged(c, slot, (event >> 36) & 63, extra, at)
    elif op[S_OPEN] == _AWAITING and op[S_ATTEMPT] == (event >> 24) & 63:
        op[S_REFUSED] += 1
        _attempt_failed(c, slot, at, 0)


@inner
def _attempt_failed(c, slot, at, mark):
    """Try again, or end the operation.

    ``mark``: ENDED_BY_TIMEOUT or 0, for the order of rows at equal times.
    """
    op = c.slot[slot]
    s, seq, attempt = op[S_STREAM], op[S_SEQ], op[S_ATTEMPT]
    if attempt < c.reg[ATTEMPTS]:
        wait = min(c.backoff[1], c.backoff[0] * 2.0 ** (attempt - 1))
        wait *= 1.0 - c.backoff[2] * uniform(c.stream_key[s], seq, attempt, _BACKOFF)
        op[S_OPEN] = _BACKING_OFF
        op[S_EVENTS] += 1
        push(c.reg, c.heap, at + ns(wait), tie_of(RETRY, 0, s, seq, attempt + 1), slot, 0)
        return
    known = c.stream[s, T_KIND] != WRITE or op[S_REFUSED] == attempt
    _end(c, slot, _FAIL if known else _INFO, at)
    c.ops[c.reg[OPS_OUT] - 1, O_KIND] += mark


@inner
def retry(c, slot, at):
    """The back-off is over: send again, unless the operation ended meanwhile."""
    op = c.slot[slot]
    if op[S_OPEN]:
        op[S_ATTEMPT] += 1
        _send(c, slot, at)


@inlined
def _end(c, slot, outcome, at):
    """Write the operation's row; the slot is freed with its last record."""
    op = c.slot[slot]
    op[S_OPEN] = 0
    s = op[S_STREAM]
    row = c.ops[c.reg[OPS_OUT]]
    row[O_RID] = (s << 40) | op[S_SEQ]
    row[O_SEND] = op[S_FIRST]
    row[O_END] = at
    row[O_KIND] = c.stream[s, T_KIND]
    row[O_OUTCOME] = outcome
    row[O_CLIENT] = c.stream[s, T_CLIENT]
    row[O_ATTEMPTS] = op[S_ATTEMPT]
    row[O_SESSION] = op[S_SESSION]
    row[O_KEY] = op[S_KEY]
    row[O_NODE] = -1
    row[O_VERSION] = 0
    row[O_READ_INDEX] = -1
    c.reg[OPS_OUT] += 1
