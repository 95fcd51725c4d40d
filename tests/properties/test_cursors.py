"""Properties of cursors and wires: pulls do not matter, and changes that change nothing change nothing."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.distributions import constant, empirical, exponential
from sim.core.draws import Purpose
from sim.engine.cursor import END_OF_TIME, Cursor, Queue, Work
from sim.engine.flow import Flow, received_at
from sim.engine.log import Log
from sim.engine.sampling import encode, sample
from sim.engine.wire import Luck, Transit, carry
from tests.pool import pool

FEW = settings(max_examples=60)

SMALL = st.integers(0, 40)  # small numbers make ties
GAPS = st.lists(SMALL, min_size=1, max_size=40)
SPEEDS = st.sampled_from([1.0, 0.0, 0.5, 2.0, 0.25, 3.0, 1 / 3, 0.7])


@dataclass
class Server:
    """A cursor on a log of its own, with records of version 0, 1, ... and work drawn by these."""

    arrival: np.ndarray
    work: Work

    def __post_init__(self) -> None:
        self.cursor, self.log = Cursor(), Log(at=np.int64, version=np.int64)
        self.served = Log(at=np.int64, skipped=np.bool_)
        self.log.append(at=self.arrival, version=np.arange(len(self.arrival)))

    def advance(self, until: int) -> None:
        """Serve everything due strictly before ``until``."""
        queue = Queue(self.log.column("at"), self.log.column("version"))
        self.cursor.serve(queue, self.work, self.served, end=self.log.end, until=until)

    def change(self, at: int, to: float) -> None:
        """Change the speed at ``at``; the server has been advanced to it."""
        self.cursor.change_speed(at=at, to=to)

    @property
    def out(self) -> np.ndarray:
        """When each record was done, as far as it has been."""
        return self.served.all("at")

    @property
    def works(self) -> list[float]:
        """The work of each record, ns."""
        work = self.work
        return [
            float(sample(work.table, work.row, work.key, lsn, 0, work.purpose))
            for lsn in range(len(self.arrival))
        ]


@st.composite
def queues(draw: st.DrawFn) -> tuple[np.ndarray, Work]:
    """Return (arrival, work) of a few records, with many ties."""
    gaps = draw(GAPS)
    works = draw(st.lists(SMALL.map(float) | st.floats(0, 30), min_size=1, max_size=10))
    key = np.uint64(draw(st.integers(0, 2**63)))
    return np.cumsum(np.array(gaps, np.int64)), Work(encode([empirical(works)]), 0, key, Purpose.APPLY)


@FEW
@given(queues(), st.lists(st.integers(0, 1500), max_size=30))
def test_any_pulls_equal_one_pull(queue, pulls):
    """``serve`` called at any times, in any number, writes what one call writes."""
    one, many = Server(*queue), Server(*queue)
    one.advance(END_OF_TIME)
    for at in sorted(pulls):
        many.advance(at)
        assert (many.out < at).all(), "nothing that is due at the pull or later"
        assert many.cursor.next == (one.out < at).sum(), "everything that is due before"
    many.advance(END_OF_TIME)
    assert (one.out == many.out).all()


@FEW
@given(queues())
def test_serve_is_lindley(queue):
    """At constant speed each completion is max(arrival, previous completion) + work, at least 1 ns."""
    server, previous = Server(*queue), 0
    server.advance(END_OF_TIME)
    for arrival, work, done in zip(server.arrival, server.works, server.out.tolist(), strict=True):
        previous = max(int(arrival), previous) + max(1, int(np.floor(work + 0.5)))
        assert done == previous


@FEW
@given(
    queues(),
    st.lists(st.tuples(st.integers(0, 800), SPEEDS), max_size=6),
    st.lists(st.integers(0, 1500), max_size=20),
)
def test_pulls_between_changes_do_not_matter(queue, changes, pulls):
    """With changes of speed on the way, extra pulls still change nothing."""
    one, many = Server(*queue), Server(*queue)
    changes = sorted(changes, key=lambda change: change[0])
    for at, to in changes:
        one.advance(at)
        one.change(at, to)
    steps = sorted(
        [(at, 1, to) for at, to in changes] + [(at, 0, 0.0) for at in pulls], key=lambda step: step[:2]
    )
    for at, is_change, to in steps:
        many.advance(at)
        if is_change:
            many.change(at, to)
    for server in (one, many):
        server.advance(10_000)
        server.change(10_000, 1.0)
        server.advance(END_OF_TIME)
    assert (one.out == many.out).all()


@FEW
@given(queues(), st.integers(0, 800), st.sampled_from([0.0, 0.5, 1 / 3, 0.9, 0.01]), st.integers(1, 3))
def test_slower_and_back_at_once_changes_nothing(queue, at, to, times):
    """A server slowed down, or frozen, and healed at the same instant is as if it had not been touched."""
    plain, touched = Server(*queue), Server(*queue)
    plain.advance(END_OF_TIME)
    touched.advance(at)
    for _ in range(times):
        touched.change(at, to)
        touched.change(at, 1.0)
    touched.advance(END_OF_TIME)
    assert (plain.out == touched.out).all()


@FEW
@given(queues(), st.integers(0, 800), st.integers(0, 500))
def test_a_pause_shifts_what_it_delays(queue, at, length):
    """A pause of T delays no record by more than T, one that is being served by exactly T, and none that was
    done.
    """
    plain, paused = Server(*queue), Server(*queue)
    plain.advance(END_OF_TIME)
    paused.advance(at)
    paused.change(at, 0.0)
    paused.advance(at + length)
    assert paused.cursor.next == (plain.out < at).sum(), "a frozen server serves nothing"
    paused.change(at + length, 1.0)
    paused.advance(END_OF_TIME)
    delay = paused.out - plain.out
    assert (delay[plain.out < at] == 0).all()
    assert ((delay >= 0) & (delay <= length)).all()
    start = np.maximum(plain.arrival, np.concatenate([[0], plain.out[:-1]]))
    assert (delay[(start < at) & (plain.out >= at)] == length).all()


@FEW
@given(queues(), st.integers(1, 5), st.integers(-1, 4))
def test_pool_of_one_is_serve_and_more_help(queue, workers, places):
    """One worker with no limit is ``serve``; completions of c workers never come later; refusals only when
    all are taken.
    """
    server, arrival = Server(*queue), queue[0]
    work, done = np.array(server.works), np.zeros(len(arrival), np.int64)
    server.advance(END_OF_TIME)
    pool(arrival, work, np.zeros(1, np.int64), -1, done=done)
    assert (done == server.out).all()
    many, limited = done.copy(), done.copy()
    pool(arrival, work, np.zeros(workers, np.int64), -1, done=many)
    assert (many <= done).all()
    pool(arrival, work, np.zeros(workers, np.int64), places, done=limited)
    for i in np.flatnonzero(limited < 0).tolist():
        inside = (limited[:i] > arrival[i]).sum()
        assert places >= 0
        assert inside >= workers + places


@FEW
@given(GAPS, st.lists(st.integers(0, 40), max_size=5), st.floats(0, 0.6), st.integers(0, 2**63))
def test_the_wire_keeps_order_in_any_portions(gaps, cuts, loss, key):
    """``carry`` in portions writes what one call writes; order is kept, and nothing is faster than light."""
    n, luck = len(gaps), Luck(encode([exponential(30.0), constant(0.0)]), np.uint64(key))
    sent, version = np.cumsum(np.array(gaps, np.int64)), np.arange(n) + (1 << 40)
    skipped, transit = np.zeros(n, np.bool_), Transit(100.0, 0, loss, 50.0)

    def portions(edges: list[int]) -> tuple[np.ndarray, np.ndarray]:
        last, received, previous = np.zeros(n, np.int64), np.zeros(n, np.int64), 0
        for begin, end in pairwise(edges):
            columns = (column[begin:end] for column in (version, sent, skipped, last, received))
            previous = carry(*columns, transit, luck, previous)
        return last, received

    whole, parts = portions([0, n]), portions(sorted({0, n, *(c for c in cuts if c < n)}))
    assert all((a == b).all() for a, b in zip(whole, parts, strict=True))
    last, received = whole
    assert (np.diff(received) >= 0).all()
    assert (received >= last + 100).all()
    assert ((last - sent) % 50 == 0).all()


def flow(loss: float, key: int) -> tuple[Flow, Log]:
    """Return a connected flow of 7 ns a record, and its log without records."""
    log = Log(1, at=np.int64, version=np.int64)
    luck = Luck(encode([exponential(30.0)]), np.uint64(key))
    one = Flow(Queue(log.column("at"), log.column("version")), luck, 1)
    one.carries(7.0)
    one.wire.transit = Transit(100.0, 0, loss, 50.0)
    one.connect(0)
    return one, log


@FEW
@given(GAPS, st.floats(0, 0.6), st.integers(0, 2**63), st.integers(0, 1500), SPEEDS, st.integers(-1, 50))
def test_a_forecast_is_what_comes(gaps, loss, key, at, speed, window):
    """What a flow at any moment is expected to receive, record by record, is what it receives; what it may
    not send, or not at this speed, never comes.
    """
    one, log = flow(loss, key)
    times = np.cumsum(np.array(gaps, np.int64))
    known = int((times < at).sum())
    log.append(at=times[:known], version=1 + np.arange(known))
    one.send(log.end, at)
    one.wire.receive(at)
    one.sender.change_speed(at=at, to=speed)
    if window >= 0:
        one.hold(window)
    coming = one.forecast(log.end)
    log.append(at=times[known:], version=1 + known + np.arange(len(times) - known))
    expected = [received_at(coming, lsn, log.since("at", lsn)[0]) for lsn in range(1 + known, log.end)]
    one.send(log.end, END_OF_TIME)
    sent = one.wire.rows.part("received", 1 + known, max(1 + known, one.next)).tolist()
    assert expected == sent + [END_OF_TIME] * (len(expected) - len(sent))


def test_a_flow_that_is_cut_promises_nothing():
    """What is committed while it is not connected is received never, as far as is known."""
    one, log = flow(0.0, 1)
    one.disconnect()
    assert received_at(one.forecast(log.end), 1, 10) == END_OF_TIME


def test_state_of_an_idle_server():
    """A server that has nothing to do starts a record when it arrives, however late."""
    work = Work(encode([constant(5.0)]), 0, np.uint64(1), Purpose.APPLY)
    server = Server(np.array([10_000], np.int64), work)
    server.advance(10_005)
    assert server.cursor.next == 0, "due at 10,005 exactly: not yet"
    server.advance(10_006)
    assert (server.cursor.next, server.out.tolist()) == (1, [10_005])
