"""What is dropped to keep memory flat is never needed again: tables that start tiny give the same figures."""

from random import Random

import pytest

from sim.measure.measures import DomainMeasures
from sim.measure.store.consistency import GUARANTEES, Consistency
from sim.report.document import plain
from tests.histories import bad, naive
from tests.histories.builder import MS, OK, READ, WRITE, History, S, setup, v

LENGTH = 9 * S  # of a session's epoch, hardly longer than an operation


def busy(seed: int, *, rate: int) -> History:
    """Sessions of 12 places with short epochs, operations of up to 8 s, versions out of order."""
    draw = Random(seed)
    history = History(setup())
    for rid in range(52 * rate):
        send = draw.randrange(52 * S)
        place = draw.randrange(12)
        session = place << 20 | (send + place * LENGTH // 12) // LENGTH
        end = send + draw.choice((MS, S, draw.randrange(1, 8 * S)))
        version = v(1, send // (100 * MS) + draw.randrange(-10, 11) + 20)
        key = draw.randrange(3)
        history.op(rid, send, end, draw.choice((READ, WRITE)), OK, session=session, key=key, version=version)
    return history


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [5, 60])
def test_tiny_tables_judge_like_the_naive_judge(seed, rate):
    """Marks, rings and places that start with 16 rows grow and drop what is over, and miss nothing."""
    history = busy(seed, rate=rate)
    measure = Consistency(history.setup, room=16)
    for part in history.slices(at=(20 * S, 21 * S)):
        measure.fold(part)
    got = plain(measure.figures())
    want = naive.guarantees(history)
    assert [got[name]["violations"] for name in GUARANTEES] == want
    assert sum(want) > (10 if rate > 5 else 0)


def test_sessions_that_are_over_leave_the_table():
    """An hour of ten-second sessions needs no more room than a minute of them."""
    history = History(setup(duration_ns=3600 * S))
    for i in range(7200):
        history.op(i, i * S // 2, i * S // 2 + MS, session=i // 20, key=i % 4)
    measure = Consistency(history.setup, room=64)
    for part in history.slices(at=tuple(range(60 * S, 3600 * S, 60 * S))):
        measure.fold(part)
    assert len(measure._marks.ids) == 64


def test_the_ledger_keeps_what_a_standby_lacks_and_little_else():
    """With both standbys close behind, the line holds the last seconds; with one silent, everything."""
    for silent, want in ((False, range(9)), (True, range(50, 59))):
        history = bad.paused_standby()
        history.rows.clear()
        for i in range(1, 59):
            history.commit(i * S, v(1, i), i)
            for region in "b" if silent else "bc":
                history.position("sent", region, i * S + MS, v(1, i))
                history.position("received", region, i * S + 2 * MS, v(1, i))
        measures = DomainMeasures(history.setup)
        for part in history.slices(at=tuple(range(5 * S, 60 * S, 5 * S))):
            measures.fold(part)
        assert len(measures.ledger.line) in want
