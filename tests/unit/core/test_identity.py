"""What is packed comes back, up to the limits and at them, compiled and not; and nothing is made beyond."""

import random

import numpy as np
import pytest

from sim.core import identity
from sim.core.errors import LimitReached
from sim.core.identity import LIMITS, within
from sim.engine import packing
from sim.engine.compiled import compiled
from sim.journal.flow_schema import PATH_TABLES
from sim.journal.schema import COMMITS, CUTS, OPS
from sim.models.bus.bus import COLUMNS as BUS_COLUMNS

R, A, S = LIMITS["regions"], LIMITS["attempts"], LIMITS["streams"]
SEATS = LIMITS["regions"] * LIMITS["sessions"]
# what packs -> its parts: what unpacks each, the least, and the greatest
PACKINGS = {
    "pack_version": [("timeline_of", 1, LIMITS["timelines"]), ("lsn_of", 1, LIMITS["commits"])],
    "pack_rid": [("stream_of", 0, S - 1), ("seq_of", 0, LIMITS["operations"] - 1)],
    "pack_event": [
        ("slot_of", 0, LIMITS["in_flight"] - 1), ("attempt_of", 1, A), ("gateway_of", 0, R - 1),
        ("node_of", 0, R - 1),
    ],
    "pack_ending": [
        ("kind_of", 0, 1), ("outcome_of", 0, 2), ("late_of", 0, 1), ("attempts_of", 1, A),
        ("answerer_of", -1, R - 1), ("client_of", 0, R - 1),
    ],
    "pack_session": [("seat_of", 0, SEATS - 1), ("epoch_of", 0, LIMITS["epochs"] - 1)],
    "pack_mark": [("session_of", 0, SEATS * LIMITS["epochs"] - 1), (None, 0, LIMITS["keys"] - 1)],
    "pack_tie": [
        ("rank_of", 0, 5), (None, 0, R - 1), (None, 0, S - 1), (None, 0, LIMITS["operations"] - 1),
        (None, 1, A),
    ],
    "pack_entry": [
        (None, 0, LIMITS["callers"] - 1), (None, 0, identity.pack_rid(S - 1, LIMITS["operations"] - 1)),
    ],
}  # fmt: skip
COLUMNS = {
    "ops.client": (OPS["client"], R - 1),
    "ops.node": (OPS["node"], R - 1),
    "ops.attempts": (OPS["attempts"], A),
    "ops.key": (OPS["key"], LIMITS["keys"] - 1),
    "ops.behind": (OPS["behind"], LIMITS["commits"]),
    "commits.node": (COMMITS["node"], R - 1),
    "commits.key": (COMMITS["key"], LIMITS["keys"] - 1),
    "cuts.node": (CUTS["node"], R - 1),
    "bus.origin": (PATH_TABLES["bus"]["origin"], R - 1),
    "consumed.region": (PATH_TABLES["consumed"]["region"], R - 1),
}


def corners(parts):
    """Values at and beside the ends of each part, the others at their least and at their greatest."""
    ends = [sorted({low, min(low + 1, high), max(low, high - 1), high}) for _, low, high in parts]
    for others in (min, max):
        base = [others(e) for e in ends]
        for i, values in enumerate(ends):
            yield from ([*base[:i], value, *base[i + 1 :]] for value in values)


@pytest.mark.parametrize("name", PACKINGS)
def test_what_is_packed_comes_back_at_the_limits(name):
    """Every part is the same again, of ints and of arrays; no whole is negative, or there twice."""
    parts, pack, seen = PACKINGS[name], getattr(identity, name), {}
    for values in corners(parts):
        packed = pack(*values)
        assert 0 <= packed < 2**identity.BITS
        assert seen.setdefault(packed, values) == values
        assert int(pack(*(np.array([v]) for v in values))[0]) == packed
        for (unpack, _, _), value in zip(parts, values, strict=True):
            assert unpack is None or getattr(identity, unpack)(packed) == value


@pytest.mark.parametrize("name", [n for n in PACKINGS if n not in ("pack_mark", "pack_entry")])
def test_a_part_beyond_its_width_does_not_come_back(name):
    """Beyond a limit that fills its width something else is read: so it must never be packed."""
    filled = 0
    for i, (_, _, high) in enumerate(PACKINGS[name]):
        values = [low for _, low, _ in PACKINGS[name]]
        values[i] = high + 1
        whole = getattr(identity, name)(*values)
        read = [getattr(identity, u)(whole) for u, _, _ in PACKINGS[name] if u]
        filled += read != [v for (u, _, _), v in zip(PACKINGS[name], values, strict=True) if u]
    assert filled or name == "pack_rid"


def test_ties_are_in_the_order_of_their_parts():
    """At equal time records go by (rank, place, stream, seq, attempt), at the limits too."""
    draw = random.Random(9)
    parts = PACKINGS["pack_tie"]
    tuples = [tuple(values) for values in corners(parts)]
    tuples += [tuple(draw.randint(low, high) for _, low, high in parts) for _ in range(3000)]
    assert sorted(tuples) == sorted(tuples, key=lambda values: identity.pack_tie(*values))


@compiled
def _pack_all(tie, event, result, ending, version, rid, session, key, group):
    e = packing.with_result(packing.pack_event(*event), result)
    n, v, r, s = (
        packing.pack_ending(*ending), packing.pack_version(*version), packing.pack_rid(*rid),
        packing.pack_session(*session),
    )  # fmt: skip
    m = packing.pack_mark(s, key)
    return (
        packing.pack_tie(*tie), packing.rank_of(packing.pack_tie(*tie)), packing.pack_entry(group, r),
        packing.slot_of(e), packing.attempt_of(e), packing.gateway_of(e), packing.node_of(e),
        packing.result_of(e),
        packing.kind_of(n), packing.outcome_of(n), packing.late_of(n), packing.attempts_of(n),
        packing.answerer_of(n), packing.client_of(n), packing.timeline_of(v), packing.lsn_of(v),
        packing.stream_of(r), packing.seat_of(s), packing.epoch_of(s), m, packing.session_of(m),
    )  # fmt: skip


@pytest.mark.parametrize("end", [1, 2], ids=["least", "greatest"])
def test_kernels_pack_the_same(end):
    """Compiled, every packing and unpacking gives what it gives in Python, at both ends of every part."""
    tie, event, ending, version, rid, session = (
        tuple(part[end] for part in PACKINGS[f"pack_{name}"])
        for name in ("tie", "event", "ending", "version", "rid", "session")
    )
    key, group = PACKINGS["pack_mark"][1][end], PACKINGS["pack_entry"][0][end]
    given = (tie, event, end - 1, ending, version, rid, session, key, group)
    tie_, rank, entry, *rest, mark, of = _pack_all(*given)
    assert (tie_, rank) == (identity.pack_tie(*tie), tie[0])
    assert rest == [*event, end - 1, *ending, *version, rid[0], *session]
    assert entry == identity.pack_entry(group, identity.pack_rid(*rid))
    assert (mark, of) == (
        identity.pack_mark(identity.pack_session(*session), key), identity.pack_session(*session),
    )  # fmt: skip


@pytest.mark.parametrize("what", LIMITS)
def test_nothing_is_made_beyond_a_limit(what):
    """One less than a limit and the limit itself may be; one more ends the run with the limit's name."""
    within(what, LIMITS[what] - 1)
    within(what, LIMITS[what])
    with pytest.raises(LimitReached, match=f"{LIMITS[what]:,} {what.replace('_', ' ')}"):
        within(what, LIMITS[what] + 1)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_journal_has_columns_wide_enough(column):
    """What a column of the journal holds fits its type at the limit."""
    dtype, greatest = COLUMNS[column]
    assert np.iinfo(dtype).max >= greatest


def test_a_bus_has_columns_wide_enough():
    """So does what a bus keeps of a row."""
    assert np.iinfo(BUS_COLUMNS["origin"]).max >= R - 1
    assert np.iinfo(BUS_COLUMNS["partition"]).max >= LIMITS["partitions"] - 1
