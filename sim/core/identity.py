"""Identity: what is packed into one int64, how wide each part of it is, and the limits that follow.

The packing functions take Python integers, int64 arrays or, compiled (``sim.engine.packing``), the scalars of
kernels. They check nothing: what they pack is bounded by LIMITS, which a scenario is held to when it is
resolved (``sim.spec.limits``), and which ``within`` asserts where something is made or grows.
"""

from typing import Any

from sim.core.errors import LimitReached

Int = Any  # an int, a numpy.int64 or an int64 array

BITS = 63  # of an int64 that is never negative

# Widths. One that is not told is what the others leave.
LSN_BITS = 40
SEQ_BITS = 32
STREAM_BITS = 15
REGION_BITS = 7
ATTEMPT_BITS = 6
RANK_BITS = 3
SLOT_BITS = 32
KIND_BITS = 1
OUTCOME_BITS = 2
SESSION_BITS = 16
EPOCH_BITS = 20
KEY_BITS = 20

LIMITS = {
    "regions": 2**REGION_BITS,  # of a scenario
    "streams": 2**STREAM_BITS,  # of a store: loads, calls, observers, checkers
    "callers": 2**8 - 1,  # consumers and replays that write to one store
    "operations": 2**SEQ_BITS,  # of a stream, and probes of one
    "attempts": min(60, 2**ATTEMPT_BITS - 1),  # of an operation
    "in_flight": 2**SLOT_BITS,  # operations and probes of a store at a time
    "commits": 2**LSN_BITS - 1,  # of a store: log sequence numbers
    "timelines": 2 ** (BITS - LSN_BITS) - 1,  # of a store: promotions, and one
    "sessions": 2**SESSION_BITS,  # of a client in a store
    "epochs": 2**EPOCH_BITS,  # of a session
    "keys": 2**KEY_BITS,  # of a store
    "partitions": 1024,  # of a domain's topic
    "patience_ns": 2**62,  # failures or successes in a row times the interval of the probes
    "seed": 2**63 - 1,  # the greatest
    "trials": 1_000_000,  # of a study
    "name": 200,  # letters of a scenario's name, which is a folder's too
}

# A version is (timeline, log sequence number), both from 1 on.
LSN_MASK = 2**LSN_BITS - 1

# The rid of an operation is (stream of its store, sequence number in that). The journal shows it, and has
# always had forty bits for the sequence number.
_RID_BITS = 40
_SEQ_MASK = 2**_RID_BITS - 1

# What decides between records at equal time: (rank, place, stream, sequence number, attempt).
_SEQ_AT = ATTEMPT_BITS
_STREAM_AT = _SEQ_AT + SEQ_BITS
_PLACE_AT = _STREAM_AT + STREAM_BITS
_RANK_AT = _PLACE_AT + REGION_BITS

# A request, probe or reply on its way: slot, attempt, gateway, node and, of a reply, the result.
_SLOT_MASK = 2**SLOT_BITS - 1
_ATTEMPT_MASK = 2**ATTEMPT_BITS - 1
_REGION_MASK = 2**REGION_BITS - 1
_GATEWAY_AT = SLOT_BITS + ATTEMPT_BITS
_NODE_AT = _GATEWAY_AT + REGION_BITS
_RESULT_AT = _NODE_AT + REGION_BITS

# How an operation ended: kind, outcome, whether by a time-out, attempts, node + 1 (0: none), client.
_KIND_MASK = 2**KIND_BITS - 1
_OUTCOME_MASK = 2**OUTCOME_BITS - 1
_OUTCOME_AT = KIND_BITS
_LATE_AT = _OUTCOME_AT + OUTCOME_BITS
_ATTEMPTS_AT = _LATE_AT + 1
_ANSWERER_AT = _ATTEMPTS_AT + ATTEMPT_BITS
_ANSWERER_MASK = 2 ** (REGION_BITS + 1) - 1
_CLIENT_AT = _ANSWERER_AT + REGION_BITS + 1

# A session is (seat = client index * sessions of a client + number, epoch); what it knows of a key is a mark.
EPOCH_MASK = 2**EPOCH_BITS - 1

# What a handler's inbox remembers: (whose calls they are, the rid that each is tagged with).
_TAG_BITS = STREAM_BITS + _RID_BITS

assert SEQ_BITS <= _RID_BITS
assert _RANK_AT + RANK_BITS <= BITS
assert _RESULT_AT + 1 <= BITS
assert _CLIENT_AT + REGION_BITS <= BITS
assert REGION_BITS + SESSION_BITS + EPOCH_BITS + KEY_BITS <= BITS
assert LIMITS["callers"] < 2 ** (BITS - _TAG_BITS)
assert LIMITS["attempts"] < 2**ATTEMPT_BITS
assert LIMITS["regions"] * LIMITS["operations"] <= LIMITS["commits"]  # of clients; calls are counted


def within(what: str, count: int) -> None:
    """Let nothing be made, or grow, beyond a limit. LimitReached if there would be more of it."""
    if count > LIMITS[what]:
        raise LimitReached(what, LIMITS[what])


def pack_version(timeline: Int, lsn: Int) -> Int:
    """Return the version of a log sequence number on a timeline."""
    return timeline << LSN_BITS | lsn


def timeline_of(version: Int) -> Int:
    """Return the timeline of a version."""
    return version >> LSN_BITS


def lsn_of(version: Int) -> Int:
    """Return the log sequence number of a version."""
    return version & LSN_MASK


def pack_rid(stream: Int, seq: Int) -> Int:
    """Return the identity of an operation: its stream, and which one of it."""
    return stream << _RID_BITS | seq


def stream_of(rid: Int) -> Int:
    """Return the number of an operation's stream."""
    return rid >> _RID_BITS


def seq_of(rid: Int) -> Int:
    """Return which operation of its stream it is."""
    return rid & _SEQ_MASK


def pack_tie(rank: Int, place: Int, stream: Int, seq: Int, attempt: Int) -> Int:
    """Return what decides at equal time."""
    return rank << _RANK_AT | place << _PLACE_AT | stream << _STREAM_AT | seq << _SEQ_AT | attempt


def rank_of(tie: Int) -> Int:
    """Return the rank of a record."""
    return tie >> _RANK_AT


def pack_event(slot: Int, attempt: Int, gateway: Int, node: Int) -> Int:
    """Return a request on its way."""
    return slot | attempt << SLOT_BITS | gateway << _GATEWAY_AT | node << _NODE_AT


def with_result(event: Int, result: Int) -> Int:
    """Return the reply to a request."""
    return event | result << _RESULT_AT


def slot_of(event: Int) -> Int:
    """Return the slot of the operation or probe."""
    return event & _SLOT_MASK


def attempt_of(event: Int) -> Int:
    """Return which attempt it is, from 1 on."""
    return event >> SLOT_BITS & _ATTEMPT_MASK


def gateway_of(event: Int) -> Int:
    """Return the region of the gateway that it takes."""
    return event >> _GATEWAY_AT & _REGION_MASK


def node_of(event: Int) -> Int:
    """Return the region of the node that it is for, or from."""
    return event >> _NODE_AT & _REGION_MASK


def result_of(event: Int) -> Int:
    """Return the result that a reply brings."""
    return event >> _RESULT_AT


def pack_ending(kind: Int, outcome: Int, late: Int, attempts: Int, node: Int, client: Int) -> Int:
    """Return how an operation ended; ``late``: 1 if by a time-out, ``node``: -1 if none answered."""
    told = kind | outcome << _OUTCOME_AT | late << _LATE_AT | attempts << _ATTEMPTS_AT
    return told | (node + 1) << _ANSWERER_AT | client << _CLIENT_AT


def kind_of(ending: Int) -> Int:
    """Return the kind of an operation that ended."""
    return ending & _KIND_MASK


def outcome_of(ending: Int) -> Int:
    """Return its outcome."""
    return ending >> _OUTCOME_AT & _OUTCOME_MASK


def late_of(ending: Int) -> Int:
    """Return 1 if a time-out ended it, else 0."""
    return ending >> _LATE_AT & 1


def attempts_of(ending: Int) -> Int:
    """Return how many attempts it took."""
    return ending >> _ATTEMPTS_AT & _ATTEMPT_MASK


def answerer_of(ending: Int) -> Int:
    """Return the region of the node that answered ok, -1 if none did."""
    return (ending >> _ANSWERER_AT & _ANSWERER_MASK) - 1


def client_of(ending: Int) -> Int:
    """Return the index of its client."""
    return ending >> _CLIENT_AT


def pack_session(seat: Int, epoch: Int) -> Int:
    """Return the identity of a session: its seat among those of all clients, and whose turn it is there."""
    return seat << EPOCH_BITS | epoch


def seat_of(session: Int) -> Int:
    """Return the seat of a session."""
    return session >> EPOCH_BITS


def epoch_of(session: Int) -> Int:
    """Return the epoch of a session."""
    return session & EPOCH_MASK


def pack_mark(session: Int, key: Int) -> Int:
    """Return the identity of what a session knows of a key."""
    return session << KEY_BITS | key


def session_of(mark: Int) -> Int:
    """Return whose mark it is."""
    return mark >> KEY_BITS


def pack_entry(group: Int, tag: Int) -> Int:
    """Return the key of an entry of an inbox, never 0."""
    return (group + 1) << _TAG_BITS | tag
