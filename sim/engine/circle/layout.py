"""Where the circle keeps things: plain arrays, with the columns named here.

Everything is int64 unless said otherwise; times in ns.
"""

from typing import NamedTuple

import numpy as np

# Ranks of records at equal time (see docs/semantics.md, "Record ties").
REPLY, DONE, ARRIVE, TIMEOUT, RETRY, SEND = range(6)
# What a stream sends.
READ, WRITE, OBSERVE, CHECK = range(4)

# Registers (Circle.reg).
NOW = 0  # time of the last record processed
HEAP = 1  # records in the heap
FREE = 2  # free operation slots left (a stack)
OPS_OUT = 3  # rows in the output columns
COMMITS_OUT = 4
TRIP = 5  # stream that tripped, -1 if none
NEXT_SEND = 6  # when a load stream sends next
LEASE = 7  # 1 if the domain fences by lease
RENEW = 8  # 1 while probes renew the lease
LEASE_NS = 9
MAJORITY = 10
PRIMARY = 11  # node that observers watch
TIMEOUT_NS = 12
ATTEMPTS = 13
LOCAL_READS = 14  # 1 if reads go to the local node
TTL = 15
SESSIONS = 16
SESSION_KEYS = 17
SESSION_LENGTH = 18
GROWTH = 19  # which array has no room left (see loop.py)
RETRANSMIT = 20
EVENTS = 21  # records processed
REGIONS = 22
COMMITS = 23  # commits in all
HORIZON = 24  # before this nothing can make the control plane act
SOLE = 25  # 1 if one node alone can commit
EPOCH = 26  # whole session lengths that have passed, and when the next has
EPOCH_END = 27
COMING = 28  # of Circle.coming, the first operation that has not been sent, and the end
COMING_END = 29
INBOX = 30  # entries of Circle.inbox
REGISTERS = 31

# Operation slots (Circle.slot).
(
    S_STREAM,
    S_SEQ,
    S_ATTEMPT,
    S_FIRST,
    S_SENT,
    S_SESSION,
    S_KEY,
    S_EVENTS,
    S_OPEN,
    S_REFUSED,
    S_VERSION,
    S_OLDER,
    S_RESOLVER,
    S_TIMED,
    S_EVENT,
    S_DUE,
    S_AHEAD,
    S_BEHIND,
    S_LASTS,
    S_TAG,
) = range(20)
S_RENEWS = S_REFUSED  # of an observer's probe: 1 if it renews the lease
SLOT_FIELDS = 20

# Streams (Circle.stream), indexed by number within the domain.
(
    T_KIND,
    T_FROM,
    T_TO,
    T_NEXT,
    T_SEQ,
    T_HEALTHY,
    T_FAILED,
    T_PASSED,
    T_OUTSTANDING,
    T_KNOWN,
    T_TRACE,
    T_TRACE_END,
) = range(12)
T_INTERVAL, T_TIMEOUT, T_FAILURES, T_SUCCESSES, T_TOUCHED, T_HITS, T_ARRIVAL, T_START, T_RENEWED, T_CLIENT = (
    range(12, 22)
)
# Of a fed stream: its row of Circle.fed (-1: it is none), and whose inbox it looks into (-1: nobody's).
T_FED, T_GROUP = 22, 23
STREAM_FIELDS = 24

# Lanes (Circle.lane), one a load stream: when the first of its requests arrives, and what it sends.
LANE_DUE, LANE_KIND = range(2)
NEVER = 2**62 - 1

# Operations foreseen (Circle.coming), by time.
C_AT, C_LANE, C_SEQ, C_SESSION, C_RESOLVER, C_KEY, C_LASTS, C_TAG = range(8)
COMING_FIELDS = 8

# Arrivals (T_ARRIVAL).
RANDOM, EVEN, TRACED, SILENT, FED = range(5)
# What a fed stream is told and tells of operation seq, at seq % n of its row (Circle.fed).
F_AT, F_TAG, F_END = range(3)
# An entry of Circle.inbox: its key (``pack_entry``; 0: none), and the newest two commits with that tag.
I_KEY, I_NEWEST, I_OLDER = range(3)

# Nodes (Circle.node), indexed by region.
(
    N_UP,
    N_SERVING,
    N_WRITABLE,
    N_TIMELINE,
    N_LSN,
    N_QUEUE,
    N_HEAD,
    N_BUSY,
    N_NEXT,
    N_NEXT_TIE,
    N_NEXT_WORKER,
    N_READS,
) = range(12)
(
    N_EXISTS,
    N_REGION_UP,
    N_TOUCHED,
    N_HITS,
    N_LEASE_UNTIL,
    N_READS_DROPPED,
    N_SILENT,
    N_FREE,
    N_FIRST_START,
    N_LAST_START,
    N_HAS_DATA,
    N_PASSES,
) = range(12, 24)
NODE_FIELDS = 24
STARTS = 64  # a node remembers when the last so many records completed ahead of time started

# Workers (Circle.worker[node, worker]).
W_BUSY, W_START, W_DONE, W_TIE, W_EVENT = range(5)
WORKER_FIELDS = 5

# What a reply says.
RESULT_OK, RESULT_REFUSED = np.int64(0), np.int64(1)

# Links (Circle.link float64, Circle.link_state int64), by row: region to region a * R + b, client to gateway
# R * R + c * R + g, gateway to client 2 * R * R + g * R + c. LS_FIXED: ns that every
# message takes, 0 if they differ.
L_LATENCY, L_JITTER, L_LOSS = range(3)
LS_CUT, LS_TOUCHED, LS_HITS, LS_FIXED = range(4)
LINK_STATES = 4


class Circle(NamedTuple):
    """All state of one domain's circle."""

    reg: np.ndarray  # (REGISTERS,)
    heap: np.ndarray  # (n, 4) binary heap by (time, tie)
    slot: np.ndarray  # (n, SLOT_FIELDS) operations in flight
    free: np.ndarray  # (n,) stack of free slots
    stream: np.ndarray  # (streams, STREAM_FIELDS)
    load: np.ndarray  # (operations' streams,) their numbers
    lane: np.ndarray  # (2, operations' streams)
    due: np.ndarray  # (2, operations' streams) to foresee: next arrival, and the gap behind it
    coming: np.ndarray  # (COMING_FIELDS, n) operations foreseen
    limit: np.ndarray  # (R, 2) for serve_ahead: before this a node's reads and writes are sure to be served
    stream_key: np.ndarray  # (streams,) uint64
    rate: np.ndarray  # (streams, 2) float64: mean gap ns at factor 1, factor
    node: np.ndarray  # (R, NODE_FIELDS)
    speed: np.ndarray  # (R,) float64
    worker: np.ndarray  # (R, workers, WORKER_FIELDS)
    queue: np.ndarray  # (R, queue + 1, 3) ring: event, tie, work kind
    starts: np.ndarray  # (R, STARTS) ring: when records completed ahead of time start
    contact: np.ndarray  # (R,) send time of the newest renewing probe of each observer
    cuts: np.ndarray  # (timelines, 2): parent timeline, cut lsn; row t is timeline t
    link: np.ndarray  # (3 R R, 3) float64
    link_state: np.ndarray  # (3 R R, LINK_STATES)
    route: np.ndarray  # (R,) the node each gateway takes for the primary
    answer: np.ndarray  # (R,) the region each client group is sent to
    dns: np.ndarray  # (R, resolvers, 2): cached answer, expiry
    session_key: np.ndarray  # (R,) uint64
    session: np.ndarray  # (sessions, 2): shift of its epochs ns, resolver
    keys: np.ndarray  # float64, alias table of the keys
    rows: np.ndarray  # float64, distributions
    values: np.ndarray  # float64, empirical values
    work: np.ndarray  # (4,) distribution of work by kind of stream
    backoff: np.ndarray  # (3,) float64: base ns, cap ns, jitter
    trace: np.ndarray  # arrival times of trace streams, one after the other
    fed: np.ndarray  # (fed streams, n, 3) rings: arrivals of operations, tags, ends (0: not yet)
    inbox: np.ndarray  # (a power of 2, 3) open addressing by (group, tag)
    ops: np.ndarray  # (rows, OP_FIELDS) output: operations that ended
    commits: np.ndarray  # (rows, 5) output: time, version, rid, key, node
    # (R, rows, 4) output: service time, key, own lsn; in place of these: staleness, version; versions behind
    reads: np.ndarray


# Output columns of ops. O_RESULT: an ok read's index among the node's reads, an ok write's version, else 0.
# O_WHAT: ``pack_ending``.
O_RID, O_SEND, O_END, O_SESSION, O_KEY, O_RESULT, O_WHAT = range(7)
OP_FIELDS = 7
