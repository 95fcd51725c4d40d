"""Clients: attempts, time-outs, retries and outcomes."""

from sim.core.draws import Purpose
from sim.engine.circle.heap import push
from sim.engine.circle.kinds import AWAITING, BACKING_OFF, ENDED, RESULT_OK, RETRY, WRITE
from sim.engine.circle.load import asked
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
    op.open = AWAITING
    op.sent = at
    delay, event = depart(c, slot, asked(c, c.stream[op.stream].source, op.resolver, at))
    if delay != LOST:
        push_request(c, event, at + delay)
    if delay == LOST or delay >= c.reg.timeout_ns:
        await_timeout(c, slot)


@inner
def timed_out(c, event, at):
    """The time-out of an attempt is due; it counts if that attempt is still the one the client waits for."""
    slot = slot_of(event)
    op = c.slot[slot]
    if op.open == AWAITING and op.attempt == attempt_of(event):
        _attempt_failed(c, slot, at, _LATE)


@inlined
def acknowledged(c, slot, node, extra, at):
    """An ok from ``node`` reached the client: the operation ends.

    ``extra``: index of the read it answers; of a write: the version of another operation that it relies on,
    or 0.
    """
    s = c.slot[slot].stream
    result = c.slot[slot].version if c.stream[s].kind == WRITE and extra == 0 else extra
    _end(c, slot, _OK, _IN_TIME, node, result, at)


@inlined
def replied(c, event, extra, at):
    """A reply reached its client."""
    slot = slot_of(event)
    op = c.slot[slot]
    if not op.open:
        return
    if result_of(event) == RESULT_OK:
        acknowledged(c, slot, node_of(event), extra, at)
    elif op.open == AWAITING and op.attempt == attempt_of(event):
        op.refused += 1
        _attempt_failed(c, slot, at, _IN_TIME)


@inner
def _attempt_failed(c, slot, at, late):
    """Try again, or end the operation.

    ``late``: 1 if by a time-out, for the order of rows at equal times.
    """
    op = c.slot[slot]
    s, seq, attempt = op.stream, op.seq, op.attempt
    if attempt < c.reg.attempts:
        wait = min(c.reg.backoff_ns_max, c.reg.backoff_ns * 2.0 ** (attempt - 1))
        wait *= 1.0 - c.reg.backoff_jitter * uniform(c.stream[s].key, seq, attempt, _BACKOFF)
        op.open = BACKING_OFF
        op.events += 1
        push(c, at + ns(wait), pack_tie(RETRY, 0, s, seq, attempt + 1), slot, 0)
        return
    known = c.stream[s].kind != WRITE or op.refused == attempt
    _end(c, slot, _FAIL if known else _INFO, late, -1, 0, at)


@inner
def retry(c, slot, at):
    """The back-off is over: send again, unless the operation ended meanwhile."""
    op = c.slot[slot]
    if op.open:
        op.attempt += 1
        _send_again(c, slot, at)


@inlined
def _end(c, slot, outcome, late, node, result, at):
    """Write the operation's row; the slot is freed with its last record. ``node``: -1 if none answered."""
    op = c.slot[slot]
    op.open = ENDED
    s = op.stream
    stream = c.stream[s]
    if stream.ring >= 0:
        told = c.fed[stream.ring, op.seq % c.fed.shape[1]]
        if told.at == op.first:  # the place is still its own
            told.end = at
    i = c.reg.ops_out
    row = c.ops[i]
    row.rid = pack_rid(s, op.seq)
    row.send = op.first
    row.end = at
    row.session = op.session
    row.key = op.key
    row.result = result
    row.what = pack_ending(stream.kind, outcome, late, op.attempt, node, stream.client)
    c.reg.ops_out = i + 1
