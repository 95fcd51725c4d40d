"""Probes: sent on a schedule, counted towards health, tripping the loop when a checker changes its mind."""

from sim.engine.circle.heap import push
from sim.engine.circle.layout import (
    CHECK,
    FREE,
    HORIZON,
    LEASE,
    N_REGION_UP,
    OBSERVE,
    RENEW,
    RESULT_OK,
    S_ATTEMPT,
    S_EVENTS,
    S_OPEN,
    S_RENEWS,
    S_SENT,
    S_SEQ,
    S_STREAM,
    SEND,
    T_FAILED,
    T_FAILURES,
    T_FROM,
    T_HEALTHY,
    T_INTERVAL,
    T_KIND,
    T_KNOWN,
    T_NEXT,
    T_OUTSTANDING,
    T_PASSED,
    T_RENEWED,
    T_SEQ,
    T_SUCCESSES,
    T_TIMEOUT,
    T_TO,
    TIMEOUT,
    TRIP,
)
from sim.engine.circle.messages import LOST, depart, push_request
from sim.engine.compiled import compiled, inner
from sim.engine.packing import pack_tie


@inner
def send_probe(c, s, at):
    """Send the probe of stream ``s`` that is due at ``at`` and schedule the next."""
    row = c.stream[s]
    seq = row[T_SEQ]
    row[T_SEQ] = seq + 1
    row[T_NEXT] = at + row[T_INTERVAL]
    push(c.reg, c.heap, row[T_NEXT], pack_tie(SEND, 0, s, seq + 1, 1), -1 - s, 0)
    observes = row[T_KIND] == OBSERVE
    if observes and not c.node[row[T_FROM], N_REGION_UP]:
        return
    c.reg[FREE] -= 1
    slot = c.free[c.reg[FREE]]
    op = c.slot[slot]
    op[S_STREAM], op[S_SEQ], op[S_ATTEMPT], op[S_SENT], op[S_OPEN] = s, seq, 1, at, 0
    op[S_RENEWS] = observes and row[T_HEALTHY] and c.reg[RENEW] and c.reg[LEASE]
    if op[S_RENEWS]:
        row[T_RENEWED] = at
    op[S_EVENTS] = 1
    push(c.reg, c.heap, at + row[T_TIMEOUT], pack_tie(TIMEOUT, 0, s, seq, 1), slot, 0)
    row[T_OUTSTANDING] = seq + 1
    delay, event = depart(c, slot, row[T_TO] if row[T_KIND] == CHECK else row[T_FROM])
    if delay != LOST:
        push_request(c, event, at + delay)


@inner
def probe_replied(c, slot, result, extra):
    """Count a probe's reply: ok or refused."""
    s = c.slot[slot, S_STREAM]
    row = c.stream[s]
    if row[T_OUTSTANDING] != c.slot[slot, S_SEQ] + 1:
        return
    row[T_OUTSTANDING] = 0
    if result == RESULT_OK:
        row[T_KNOWN] = max(row[T_KNOWN], extra)
        _passed(c, s)
    else:
        _failed(c, s)


@inner
def probe_timed_out(c, slot):
    """Count a probe that was not answered in time."""
    s = c.slot[slot, S_STREAM]
    if c.stream[s, T_OUTSTANDING] == c.slot[slot, S_SEQ] + 1:
        c.stream[s, T_OUTSTANDING] = 0
        _failed(c, s)


@inner
def _passed(c, s):
    row = c.stream[s]
    row[T_FAILED] = 0
    if row[T_HEALTHY]:
        return
    row[T_PASSED] += 1
    if row[T_PASSED] >= row[T_SUCCESSES]:
        row[T_HEALTHY] = 1
        c.reg[TRIP] = s


@inner
def _failed(c, s):
    row = c.stream[s]
    row[T_PASSED] = 0
    if not row[T_HEALTHY]:
        return
    row[T_FAILED] += 1
    if row[T_FAILED] >= row[T_FAILURES]:
        row[T_HEALTHY] = 0
        row[T_FAILED] = 0
        c.reg[TRIP] = s


@compiled
def watch_anew(c, s):
    """Forget what a checker has seen: healthy, nothing counted, nothing outstanding."""
    row = c.stream[s]
    row[T_HEALTHY], row[T_FAILED], row[T_PASSED], row[T_OUTSTANDING] = 1, 0, 0, 0


@inner
def look_ahead(c, until):
    """Set the horizon: the earliest time, at most ``until``, at which a checker could change its mind."""
    horizon = until
    for s in range(c.stream.shape[0]):
        row = c.stream[s]
        if row[T_KIND] < OBSERVE:
            continue
        if row[T_HEALTHY]:
            needed = row[T_FAILURES] - row[T_FAILED]
        else:
            needed = row[T_SUCCESSES] - row[T_PASSED]
        if row[T_OUTSTANDING]:
            needed -= 1
        if needed == 0:
            horizon = 0
        else:
            horizon = min(horizon, row[T_NEXT] + (needed - 1) * row[T_INTERVAL])
    c.reg[HORIZON] = horizon
