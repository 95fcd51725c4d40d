"""Clients: attempts, time-outs, retries and outcomes."""

from sim.core.draws import Purpose
from sim.engine.circle.heap import push
from sim.engine.circle.layout import (
    ATTEMPTS,
    F_AT,
    F_END,
    O_END,
    O_KEY,
    O_RESULT,
    O_RID,
    O_SEND,
    O_SESSION,
    O_WHAT,
    OPS_OUT,
    RESULT_OK,
    RETRY,
    S_ATTEMPT,
    S_EVENTS,
    S_FIRST,
    S_KEY,
    S_OPEN,
    S_REFUSED,
    S_RESOLVER,
    S_SENT,
    S_SEQ,
    S_SESSION,
    S_STREAM,
    S_VERSION,
    T_CLIENT,
    T_FED,
    T_FROM,
    T_KIND,
    TIMEOUT_NS,
    WRITE,
)
from sim.engine.circle.load import AWAITING, BACKING_OFF, asked
from sim.engine.circle.messages import LOST, await_timeout, depart, push_request
from sim.engine.compiled import inlined, inner, typed
from sim.engine.packing import (
    attempt_of,
    node_of,
    pack_ending,
    pack_rid,
    pack_tie,
    result_of,
    slot_of,
)
from sim.engine.sampling import ns, uniform

(_BACKOFF,) = typed(Purpose.BACKOFF)
_OK, _FAIL, _INFO = 0, 1, 2
_IN_TIME, _LATE = typed(0, 1)


@inlined
def _send_again(c, slot, at):
    """Send the current attempt: ask DNS, depart; a request that cannot arrive in time will time out."""
    op = c.slot[slot]
    op[S_OPEN] = AWAITING
    op[S_SENT] = at
    delay, event = depart(c, slot, asked(c, c.stream[op[S_STREAM], T_FROM], op[S_RESOLVER], at))
    if delay != LOST:
        push_request(c, event, at + delay)
    if delay == LOST or delay >= c.reg[TIMEOUT_NS]:
        await_timeout(c, slot)


@inner
def timed_out(c, event, at):
    """The time-out of an attempt is due; it counts if that attempt is still the one the client waits for."""
    slot = slot_of(event)
    op = c.slot[slot]
    if op[S_OPEN] == AWAITING and op[S_ATTEMPT] == attempt_of(event):
        _attempt_failed(c, slot, at, _LATE)


@inlined
def acknowledged(c, slot, node, extra, at):
    """An ok from ``node`` reached the client: the operation ends.

    ``extra``: index of the read it answers; of a write: the version of another operation that it relies on,
    or 0.
    """
    s = c.slot[slot, S_STREAM]
    result = c.slot[slot, S_VERSION] if c.stream[s, T_KIND] == WRITE and extra == 0 else extra
    _end(c, slot, _OK, _IN_TIME, node, result, at)


@inlined
def replied(c, event, extra, at):
    """A reply reached its client."""
    slot = slot_of(event)
    op = c.slot[slot]
    if not op[S_OPEN]:
        return
    if result_of(event) == RESULT_OK:
        acknowledged(c, slot, node_of(event), extra, at)
    elif op[S_OPEN] == AWAITING and op[S_ATTEMPT] == attempt_of(event):
        op[S_REFUSED] += 1
        _attempt_failed(c, slot, at, _IN_TIME)


@inner
def _attempt_failed(c, slot, at, late):
    """Try again, or end the operation.

    ``late``: 1 if by a time-out, for the order of rows at equal times.
    """
    op = c.slot[slot]
    s, seq, attempt = op[S_STREAM], op[S_SEQ], op[S_ATTEMPT]
    if attempt < c.reg[ATTEMPTS]:
        wait = min(c.backoff[1], c.backoff[0] * 2.0 ** (attempt - 1))
        wait *= 1.0 - c.backoff[2] * uniform(c.stream_key[s], seq, attempt, _BACKOFF)
        op[S_OPEN] = BACKING_OFF
        op[S_EVENTS] += 1
        push(c.reg, c.heap, at + ns(wait), pack_tie(RETRY, 0, s, seq, attempt + 1), slot, 0)
        return
    known = c.stream[s, T_KIND] != WRITE or op[S_REFUSED] == attempt
    _end(c, slot, _FAIL if known else _INFO, late, -1, 0, at)


@inner
def retry(c, slot, at):
    """The back-off is over: send again, unless the operation ended meanwhile."""
    op = c.slot[slot]
    if op[S_OPEN]:
        op[S_ATTEMPT] += 1
        _send_again(c, slot, at)


@inlined
def _end(c, slot, outcome, late, node, result, at):
    """Write the operation's row; the slot is freed with its last record. ``node``: -1 if none answered."""
    op = c.slot[slot]
    op[S_OPEN] = 0
    s = op[S_STREAM]
    stream = c.stream[s]
    if stream[T_FED] >= 0:
        told = c.fed[stream[T_FED], op[S_SEQ] % c.fed.shape[1]]
        if told[F_AT] == op[S_FIRST]:  # the place is still its own
            told[F_END] = at
    i = c.reg[OPS_OUT]
    row = c.ops[i]
    row[O_RID] = pack_rid(s, op[S_SEQ])
    row[O_SEND] = op[S_FIRST]
    row[O_END] = at
    row[O_SESSION] = op[S_SESSION]
    row[O_KEY] = op[S_KEY]
    row[O_RESULT] = result
    row[O_WHAT] = pack_ending(stream[T_KIND], outcome, late, op[S_ATTEMPT], node, stream[T_CLIENT])
    c.reg[OPS_OUT] = i + 1
