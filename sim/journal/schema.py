"""The tables of the journal: column, dtype, unit.

Per domain and slice: ``ops``, ``commits``, ``cuts`` and, per node, ``sent``, ``received``, ``applied``. A
slice holds every row with a time strictly before the slice's ``until_ns`` that earlier slices did not hold;
slices of one domain follow each other without gaps. Where slices end depends on buffers, so a measure must
not.
"""

from collections.abc import Mapping

import numpy as np

from sim.core.identity import LSN_BITS as LSN_BITS
from sim.core.identity import LSN_MASK as LSN_MASK
from sim.journal.flow_schema import PATH_TABLES

OK, FAIL, INFO = 0, 1, 2
READ, WRITE = 0, 1
OUTCOMES, KINDS = ("ok", "fail", "info"), ("read", "write")  # what these are called, in order

# One row an operation that has ended, in the order in which they ended (time, then rank and content).
OPS = {
    "rid": np.int64,  # stream of the domain and sequence number, packed as in sim.core.identity
    "send_ns": np.int64,  # first send
    "end_ns": np.int64,  # when the client knew
    "kind": np.int8,  # READ or WRITE
    "outcome": np.int8,  # OK, FAIL or INFO
    "client": np.int16,  # index of the client region (sorted names)
    "attempts": np.int16,
    "session": np.int64,  # client index * count + session, and epoch, packed likewise
    "key": np.int32,
    "node": np.int16,  # region index of the node that gave the ok, -1 if none
    "version": np.int64,  # read: version returned (0: never written); write: version committed; 0 if not ok
    # read ok: service time - commit time of the oldest newer version; 0 if newest; -1 otherwise
    "stale_ns": np.int64,
    "behind": np.int64,  # read ok: newer versions of the key; 0 otherwise
}

# One row a commit, on any timeline, in commit order.
COMMITS = {
    "commit_ns": np.int64,
    "version": np.int64,  # timeline and log sequence number, packed likewise
    "rid": np.int64,
    "key": np.int32,
    "node": np.int16,
}

# Handed to the wire / received / applied at a node; a record sent again has another row in ``sent``.
POSITION = {"at_ns": np.int64, "version": np.int64}

# A timeline abandoned at a position by a promotion.
# ``node`` -1: a destruction; ``cut`` is what is still held then, ``timeline`` that of the next promotion.
CUTS = {"at_ns": np.int64, "timeline": np.int64, "parent": np.int64, "cut": np.int64, "node": np.int16}

# Tables of the last slice of a domain: what had not ended when the run ended.
OPEN = {"rid": np.int64, "send_ns": np.int64, "kind": np.int8, "client": np.int16}  # operations still open
ISSUED = {
    "client": np.int16,
    "kind": np.int8,
    "count": np.int64,
}  # first sends strictly before the end, warm-up included
VERSIONS = {"version": np.int64}
ROLES = ("primary", "following", "promoting", "stale", "restoring")  # of nodes, in the order of their codes
NODES = {
    "node": np.int16,  # region index
    "role": np.int8,
    "up": np.int8,
    "data": np.int8,  # its data is there
    "held": np.int64,  # lsn up to which it holds the newest timeline, what will still arrive included; or -1
}
SIDES = {"region": np.int16, "side": np.int16, "quorate": np.int8}  # side: least region of it, -1: down

# Per node: ``flight`` (sent, not received), ``backlog`` (received, not applied), ``waiting`` (committed on
# the surviving timeline, neither received nor in flight, whether the flow is connected or not). ``copied``
# has a row whenever a full copy or a rewind put the node at a position; version 0: it lost its data.
NODE_TABLES = {
    "sent": POSITION,
    "received": POSITION,
    "applied": POSITION,
    "copied": POSITION,
    "flight": VERSIONS,
    "backlog": VERSIONS,
    "waiting": VERSIONS,
    "void": POSITION,
}
DOMAIN_TABLES = {
    "ops": OPS,
    "commits": COMMITS,
    "cuts": CUTS,
    "open": OPEN,
    "issued": ISSUED,
    "nodes": NODES,
    "sides": SIDES,
}

# Unit of each column that has one; a column that is not here is a number without a unit.
UNITS = {
    name: "ns"
    for name in ("send_ns", "end_ns", "stale_ns", "commit_ns", "at_ns", "until_ns", "from_ns", "to_ns")
}


def columns_of(table: str) -> Mapping[str, type]:
    """Return column -> dtype of a table by its name (``ops``, ``sent/us-west``).

    KeyError if there is no such table.
    """
    head, _, region = table.partition("/")
    if head in PATH_TABLES:
        return PATH_TABLES[head]
    return NODE_TABLES[head] if region else DOMAIN_TABLES[head]


def empty(table: str) -> dict[str, np.ndarray]:
    """Return the table with no rows."""
    return {name: np.zeros(0, dtype) for name, dtype in columns_of(table).items()}
