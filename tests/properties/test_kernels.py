"""Properties of the pacing kernels: pulls do not matter, and changes that change nothing change nothing."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.distributions import constant, exponential
from sim.engine.kernels import DONE, NEXT, carry, change_speed, fifo, serve
from sim.engine.sampling import encode
from tests.pool import pool

FEW = settings(max_examples=60)
NEVER = 1 << 62

SMALL = st.integers(0, 40)  # small numbers make ties
GAPS = st.lists(SMALL, min_size=1, max_size=40)
SPEEDS = st.sampled_from([1.0, 0.0, 0.5, 2.0, 0.25, 3.0, 1 / 3, 0.7])


@dataclass
class Server:
    """A FIFO server with its work, driven by ``serve`` and ``change_speed``."""

    arrival: np.ndarray
    work: np.ndarray

    def __post_init__(self) -> None:
        self.state, self.speed = fifo(0)
        self.out = np.full(len(self.arrival), -1, np.int64)

    def advance(self, until: int) -> None:
        """Serve everything due strictly before ``until``."""
        serve(
            self.arrival, self.work, 0, self.state, self.speed, self.out, end=len(self.arrival), until=until
        )

    def change(self, at: int, to: float) -> None:
        """Change the speed at ``at``; the server has been advanced to it."""
        change_speed(self.arrival, self.work, 0, self.state, self.speed, end=len(self.arrival), at=at, to=to)


@st.composite
def queues(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Return (arrival, work) of a few records, with many ties."""
    gaps = draw(GAPS)
    work = draw(st.lists(SMALL.map(float) | st.floats(0, 30), min_size=len(gaps), max_size=len(gaps)))
    return np.cumsum(np.array(gaps, np.int64)), np.array(work)


@FEW
@given(queues(), st.lists(st.integers(0, 1500), max_size=30))
def test_any_pulls_equal_one_pull(queue, pulls):
    """``serve`` called at any times, in any number, writes what one call writes."""
    one, many = Server(*queue), Server(*queue)
    one.advance(NEVER)
    for at in sorted(pulls):
        many.advance(at)
        assert (many.out[: many.state[NEXT]] < at).all(), "nothing that is due at the pull or later"
        assert many.state[NEXT] == (one.out < at).sum(), "everything that is due before"
    many.advance(NEVER)
    assert (one.out == many.out).all()


@FEW
@given(queues())
def test_serve_is_lindley(queue):
    """At constant speed each completion is max(arrival, previous completion) + work, at least 1 ns."""
    server, previous = Server(*queue), 0
    server.advance(NEVER)
    for arrival, work, done in zip(*queue, server.out.tolist(), strict=True):
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
        server.advance(NEVER)
    assert (one.out == many.out).all()


@FEW
@given(queues(), st.integers(0, 800), st.sampled_from([0.0, 0.5, 1 / 3, 0.9, 0.01]), st.integers(1, 3))
def test_slower_and_back_at_once_changes_nothing(queue, at, to, times):
    """A server slowed down, or frozen, and healed at the same instant is as if it had not been touched."""
    plain, touched = Server(*queue), Server(*queue)
    plain.advance(NEVER)
    touched.advance(at)
    for _ in range(times):
        touched.change(at, to)
        touched.change(at, 1.0)
    touched.advance(NEVER)
    assert (plain.out == touched.out).all()


@FEW
@given(queues(), st.integers(0, 800), st.integers(0, 500))
def test_a_pause_shifts_what_it_delays(queue, at, length):
    """A pause of T delays no record by more than T, one that is being served by exactly T, and none that was
    done.
    """
    plain, paused = Server(*queue), Server(*queue)
    plain.advance(NEVER)
    paused.advance(at)
    paused.change(at, 0.0)
    paused.advance(at + length)
    assert paused.state[NEXT] == (plain.out < at).sum(), "a frozen server serves nothing"
    paused.change(at + length, 1.0)
    paused.advance(NEVER)
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
    arrival, work = queue
    server, done = Server(arrival, work), np.zeros(len(arrival), np.int64)
    server.advance(NEVER)
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
    n, table = len(gaps), encode([exponential(30.0), constant(0.0)])
    sent, version = np.cumsum(np.array(gaps, np.int64)), np.arange(n) + (1 << 40)
    link = (100.0, 0, loss, 50.0)

    def portions(edges: list[int]) -> tuple[np.ndarray, np.ndarray]:
        last, received, previous = np.zeros(n, np.int64), np.zeros(n, np.int64), 0
        for begin, end in pairwise(edges):
            carry(
                sent, version, 0, last, received,
                begin=begin, end=end, previous=previous, link=link, table=table, key=np.uint64(key),
            )  # fmt: skip
            previous = int(received[end - 1]) if end else 0
        return last, received

    whole, parts = portions([0, n]), portions(sorted({0, n, *(c for c in cuts if c < n)}))
    assert all((a == b).all() for a, b in zip(whole, parts, strict=True))
    last, received = whole
    assert (np.diff(received) >= 0).all()
    assert (received >= last + 100).all()
    assert ((last - sent) % 50 == 0).all()


def test_state_of_an_idle_server():
    """A server that has nothing to do starts a record when it arrives, however late."""
    server = Server(np.array([10_000], np.int64), np.array([5.0]))
    server.advance(10_005)
    assert server.state[NEXT] == 0, "due at 10,005 exactly: not yet"
    server.advance(10_006)
    assert (server.state[NEXT], server.state[DONE]) == (1, 10_005)
