"""What the circle keeps: records with named fields, of 8 bytes each. Times are in ns."""

from typing import Any

import numpy as np

_INT, _FLOAT, _BITS = np.int64, np.float64, np.uint64


def _record(**fields: Any) -> np.dtype:
    """Return the type of records with these fields, in order. A name that numpy uses itself is refused."""
    assert not [name for name in fields if hasattr(np.recarray, name) or hasattr(np.record, name)]
    dtype = np.dtype({"names": list(fields), "formats": list(fields.values())}, align=True)
    assert dtype.itemsize == 8 * len(fields), "no padding"
    return dtype


def _ints(*names: str) -> dict[str, type[np.int64]]:
    return dict.fromkeys(names, _INT)


REGISTERS = _record(
    now=_INT,  # time of the last record processed
    heaped=_INT,  # records in the heap
    free=_INT,  # free operation slots left (a stack)
    ops_out=_INT,  # rows in the outputs
    commits_out=_INT,
    tripped=_INT,  # the stream whose checker changed its mind, -1 if none
    next_send=_INT,  # when a load stream sends next
    lease=_INT,  # 1 if the domain fences by lease
    renewing=_INT,  # 1 while probes renew the lease
    lease_ns=_INT,
    majority=_INT,
    primary=_INT,  # node that observers watch
    timeout_ns=_INT,
    attempts=_INT,
    local_reads=_INT,  # 1 if reads go to the local node
    ttl_ns=_INT,
    sessions=_INT,
    session_keys=_INT,
    session_length_ns=_INT,
    growth=_INT,  # which array has no room left (see ``loop``)
    retransmit_ns=_INT,
    events=_INT,  # records processed
    regions=_INT,
    commits=_INT,  # in all
    horizon=_INT,  # before this nothing can make the control plane act
    sole=_INT,  # 1 if one node alone can commit
    epoch=_INT,  # whole session lengths that have passed, and when the next has
    epoch_end=_INT,
    coming=_INT,  # of the operations foreseen, the first that has not been sent, and the end
    coming_end=_INT,
    entries=_INT,  # of the inbox
    needed=_INT,  # acknowledgements that an answer to a write needs, 0: none
    flush_ns=_INT,
    ack_base=_INT,  # lsn of the first of ``State.acks``, and 1 if enough have acknowledged all before it
    acks_dropped=_INT,
    wait_first=_INT,  # of ``State.waiting``, the first that waits, and the end
    wait_end=_INT,
    next_answer=_INT,  # when the first is answered
    end_ns=_INT,  # of the run
    backoff_ns=_FLOAT,
    backoff_ns_max=_FLOAT,
    backoff_jitter=_FLOAT,
)

# A record of the heap; what it is about is packed (``pack_event``), or -1 - the stream that sends a probe.
HEAPED = _record(time=_INT, tie=_INT, event=_INT, extra=_INT)

# An operation in flight.
SLOT = _record(
    stream=_INT,
    seq=_INT,
    attempt=_INT,
    first=_INT,  # when the first attempt was sent, and the present one
    sent=_INT,
    session=_INT,
    key=_INT,
    events=_INT,  # records of it that are somewhere; without any, and ended, the slot is free
    open=_INT,  # ENDED, AWAITING, BACKING_OFF
    refused=_INT,  # attempts
    version=_INT,  # of its newest two commits, 0 if none
    older=_INT,
    resolver=_INT,
    timed=_INT,  # the attempt whose time-out is arranged
    event=_INT,  # of a request in a lane: itself, when it arrives, and the slots before and behind it
    due=_INT,
    ahead=_INT,
    behind=_INT,
    lasts=_INT,  # service of the first attempt at a speed of 1, ns
    tag=_INT,
    renews=_INT,  # of an observer's probe: 1 if it renews the lease
)

# A stream of operations or probes, indexed by number within the domain.
STREAM = _record(
    key=_BITS,  # of its draws
    kind=_INT,
    source=_INT,  # regions
    target=_INT,
    next=_INT,  # when it sends next
    seq=_INT,  # of the next
    start=_INT,  # when the gap in progress began
    arrival=_INT,  # RANDOM to FED
    gap=_FLOAT,  # ns, mean at factor 1
    factor=_FLOAT,
    client=_INT,
    touched=_INT,  # 1 while a fault changes its rate, and how many it sent then
    hits=_INT,
    recorded=_INT,  # RECORDED: the next of the times recorded, and the end of its own
    recorded_end=_INT,
    ring=_INT,  # FED: its row of ``fed`` (-1: it is none), how many it was fed, whose inbox it looks into
    fed_count=_INT,
    group=_INT,  # (-1: nobody's)
    # Of probes:
    interval=_INT,
    timeout=_INT,
    failures=_INT,  # in a row that make the target unhealthy, and successes that make it healthy
    successes=_INT,
    healthy=_INT,
    failed=_INT,  # in a row
    passed=_INT,
    outstanding=_INT,  # 1 + seq of the probe that is not answered yet, 0 if there is none
    known=_INT,  # the last lsn that the target told
    renewed=_INT,  # when the last probe was sent that renews the lease
)

# A database node, or a region without one, indexed by region.
NODE = _record(
    exists=_INT,
    region_up=_INT,
    up=_INT,
    silent=_INT,
    serving=_INT,
    writable=_INT,
    has_data=_INT,
    timeline=_INT,
    lsn=_INT,  # last of its own log
    lease_until=_INT,
    speed=_FLOAT,
    queued=_INT,  # requests in the queue, and the place of the first
    head=_INT,
    busy=_INT,  # workers
    next=_INT,  # when the first of them is done, the tie of what it does, and which it is
    next_tie=_INT,
    next_worker=_INT,
    free_at=_INT,  # when what was completed ahead of time leaves the worker
    first_start=_INT,  # of ``State.starts``: the first that may not have started, and the end
    last_start=_INT,
    reads=_INT,  # rows of its reads, and how many were before those
    reads_dropped=_INT,
    touched=_INT,  # 1 while a fault changes something here; arrivals, services and passages then
    hits=_INT,
    passes=_INT,
)

# A copy of the flow to a replica, ahead of it, and its way back.
FLOW = _record(
    key=_BITS,  # of its draws
    free=_INT,  # the sender's state, as in ``engine.cursor``
    taken=_INT,
    since=_INT,
    remaining=_INT,
    speed=_FLOAT,
    nominal=_FLOAT,  # work of a record, ns
    previous=_INT,  # when the last record sent is received
    limit=_INT,  # the last lsn that may be sent, -1: none
    counts=_INT,  # 1 if an answer may need its acknowledgements
    open=_INT,  # 1 while the way back is, and since when
    opened=_INT,
    last_ack=_INT,  # when the last acknowledgement arrives
    begin=_INT,  # the lsn from which it follows, when that counts as flushed, when it is acknowledged
    begin_flushed=_INT,
    begin_acked=_INT,
)
# Of a record at a replica: when it is flushed, and when its acknowledgement arrives.
ACKNOWLEDGEMENT = _record(**_ints("flushed", "acked"))
# A write that waits for acknowledgements of a commit.
WAITING = _record(**_ints("lsn", "event", "extra"))

WORKER = _record(**_ints("busy", "start", "done", "tie", "event"))
QUEUED = _record(**_ints("event", "tie"))

# A link: region to region a * R + b, client to gateway R * R + c * R + g, back 2 * R * R + g * R + c.
LINK = _record(
    latency=_FLOAT,  # ns
    jitter=_INT,  # its distribution
    loss=_FLOAT,
    fixed=_INT,  # ns that every message takes, 0 if they differ
    cut=_INT,
    touched=_INT,  # 1 while a fault changes it, and messages then
    hits=_INT,
)

# Of a timeline: what it was cut from, and after which record.
CUT = _record(parent=_INT, lsn=_INT)
# What a resolver has cached.
ANSWER = _record(gateway=_INT, expires=_INT)
SESSION = _record(shift=_INT, resolver=_INT)  # shift of its epochs, ns
# An operation foreseen.
COMING = _record(**_ints("at", "lane", "seq", "session", "resolver", "key", "lasts", "tag"))
# What a fed stream is told and tells of an operation: when it arrives, its tag, when it ended (0: not yet).
FED_OPERATION = _record(**_ints("at", "tag", "end"))
# Whose inbox and tag (``pack_entry``; 0: none), and the newest two commits with it.
ENTRY = _record(**_ints("key", "newest", "older"))

# An operation that ended. ``result``: an ok read's index among the node's reads, an ok write's version,
# else 0; ``what``: ``pack_ending``.
OP = _record(**_ints("rid", "send", "end", "session", "key", "result", "what"))
COMMIT = _record(**_ints("at", "version", "rid", "key", "node"))
# A read. When it is answered, staleness (ns) takes the place of the key, the version that of the node's
# own lsn.
READ_ROW = np.dtype(
    {
        "names": ["at", "key", "lsn", "stale", "version", "behind"],
        "formats": [_INT] * 6,
        "offsets": [0, 8, 16, 8, 16, 24],
    },
    align=True,
)
