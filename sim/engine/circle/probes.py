"""Probes: sent on a schedule, counted towards health, tripping the loop when a checker changes its mind."""

from sim.engine.circle.heap import push
from sim.engine.circle.kinds import CHECK, OBSERVE, RESULT_OK, SEND, TIMEOUT
from sim.engine.circle.messages import LOST, depart, push_request
from sim.engine.compiled import inner
from sim.engine.packing import pack_tie


@inner
def send_probe(c, s, at):
    """Send the probe of stream ``s`` that is due at ``at`` and schedule the next."""
    row = c.stream[s]
    seq = row.seq
    row.seq = seq + 1
    row.next = at + row.interval
    push(c, row.next, pack_tie(SEND, 0, s, seq + 1, 1), -1 - s, 0)
    observes = row.kind == OBSERVE
    if observes and not c.node[row.source].region_up:
        return
    c.reg.free -= 1
    slot = c.free[c.reg.free]
    op = c.slot[slot]
    op.stream, op.seq, op.attempt, op.sent, op.open = s, seq, 1, at, 0
    op.renews = observes and row.healthy and c.reg.renewing and c.reg.lease
    if op.renews:
        row.renewed = at
    op.events = 1
    push(c, at + row.timeout, pack_tie(TIMEOUT, 0, s, seq, 1), slot, 0)
    row.outstanding = seq + 1
    delay, event = depart(c, slot, row.target if row.kind == CHECK else row.source)
    if delay != LOST:
        push_request(c, event, at + delay)


@inner
def probe_replied(c, slot, result, extra):
    """Count a probe's reply: ok or refused."""
    s = c.slot[slot].stream
    row = c.stream[s]
    if row.outstanding != c.slot[slot].seq + 1:
        return
    row.outstanding = 0
    if result == RESULT_OK:
        row.known = max(row.known, extra)
        _passed(c, s)
    else:
        _failed(c, s)


@inner
def probe_timed_out(c, slot):
    """Count a probe that was not answered in time."""
    s = c.slot[slot].stream
    if c.stream[s].outstanding == c.slot[slot].seq + 1:
        c.stream[s].outstanding = 0
        _failed(c, s)


@inner
def _passed(c, s):
    row = c.stream[s]
    row.failed = 0
    if row.healthy:
        return
    row.passed += 1
    if row.passed >= row.successes:
        row.healthy = 1
        c.reg.tripped = s


@inner
def _failed(c, s):
    row = c.stream[s]
    row.passed = 0
    if not row.healthy:
        return
    row.failed += 1
    if row.failed >= row.failures:
        row.healthy = 0
        row.failed = 0
        c.reg.tripped = s


@inner
def look_ahead(c, until):
    """Set the horizon: the earliest time, at most ``until``, at which a checker could change its mind."""
    horizon = until
    for s in range(c.stream.shape[0]):
        row = c.stream[s]
        if row.kind < OBSERVE:
            continue
        if row.healthy:
            needed = row.failures - row.failed
        else:
            needed = row.successes - row.passed
        if row.outstanding:
            needed -= 1
        if needed == 0:
            horizon = 0
        else:
            horizon = min(horizon, row.next + (needed - 1) * row.interval)
    c.reg.horizon = horizon
