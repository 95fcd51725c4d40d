"""Queueing theory (published figures Q-1 to Q-7), each inside its own interval: batch means or independent
replications.

A store with one worker, Poisson writes and exponential service is an M/M/1 queue; its flow to a replica is a
queue with
constant service, M/D/1; the replica's apply is the second queue of a tandem; more workers make M/M/c and
Erlang-B.
"""

from functools import cache
from math import exp, log
from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest

from sim.core.distributions import exponential
from sim.core.draws import Purpose, key_of
from sim.engine.cursor import END_OF_TIME, Cursor, Queue, Work
from sim.engine.log import Log
from sim.engine.sampling import encode, uniform
from tests.pool import pool
from tests.theory.intervals import batch_means, share, student, variance
from tests.theory.one_store import LSN, MS, TO_NODE, Run, S, run, stage

LONG = 400  # simulated seconds
NOBODY_PROBES = {"interval": "1h", "offset": "50m"}
QUIET: dict[str, Any] = {"duration": f"{LONG}s", "gateway": {"check": NOBODY_PROBES}}
PATIENT = {"timeout": "10m", "attempts": 1}


def store(
    rate: float,
    *,
    workers: int = 1,
    service: Any = None,
    queue: int = 1_000_000,
    length: int = LONG,
    **replication: Any,
) -> Run:
    """Return a run of ``length`` s of Poisson writes at ``rate`` a second on a node that does only that."""
    service = {"write": service or {"exponential": "1ms"}, "workers": workers, "queue": queue}
    load = {"writes": f"{rate}/s", "arrivals": {"kind": "poisson"}, "retry": PATIENT}
    orders = {"service": service, "workload": load, "failover": NOBODY_PROBES, "replication": replication}
    return run({**QUIET, "duration": f"{length}s"}, orders=orders, seed=7)


@cache
def one_worker(rate: float) -> Run:
    """Return M/M/1 at the node (mean 1 ms) with M/D/1 at the flow (1 ms a record)."""
    return store(rate)


def at_node(r: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return (arrival, completion) at the primary of every committed write, ns, in order of completion."""
    sends = r.by_rid("ops", "send_ns")
    rids, done = r.table("commits", "rid").tolist(), r.table("commits", "commit_ns")
    known = np.array([rid in sends for rid in rids])
    arrival = np.array([sends[rid] for rid in rids if rid in sends]) + TO_NODE
    return arrival, done[known]


def waits(arrival: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Return for each arrival how many are in the system, itself not counted (FIFO, one worker)."""
    return np.arange(len(arrival)) - np.searchsorted(done, arrival, side="right")


@pytest.mark.parametrize("rate", [300, 500, 700, 900])
def test_q1_mm1(rate):
    """Q-1: mean sojourn 1 / (mu - lambda), sojourn exponential, number found by an arrival geometric."""
    arrival, done = at_node(one_worker(rate))
    rho, sojourn = rate / 1000, (done - arrival) / S
    mean = batch_means(sojourn)
    assert mean.has(1 / (1000 - rate)), mean
    assert mean.within(0.25 if rate == 900 else 0.1), mean
    for times in (0.5, 1, 2):
        late = batch_means((sojourn > times / (1000 - rate)).astype(float))
        assert late.has(exp(-times)), (times, late)
    found = waits(arrival, done)
    for n in range(4):
        p = batch_means((found == n).astype(float))
        assert p.has((1 - rho) * rho**n), (n, p)


@pytest.mark.parametrize(("rate", "published"), [(300, 0.2143), (500, 0.5), (700, 1.1667)])
def test_q2_md1(rate, published):
    """Q-2, Pollaczek-Khinchine with constant service: waiting in the send queue, whose arrivals are Poisson
    (Q-5).
    """
    r = one_worker(rate)
    sent = stage(r, "sent")
    waiting = batch_means((sent - r.table("commits", "commit_ns")[: len(sent)] - 1 * MS) / MS)
    assert waiting.has(rate / 1000 / (2 * (1 - rate / 1000))), waiting
    assert waiting.has(published), waiting
    assert waiting.within(0.1), waiting


def test_q2_mg1():
    """Q-2 with lognormal service: waiting = lambda E[S^2] / (2 (1 - rho))."""
    median, p99, rate = 0.5, 4.0, 1000
    mu, sigma = log(median), log(p99 / median) / 2.3263478740408408
    first, second = exp(mu + sigma**2 / 2), exp(2 * mu + 2 * sigma**2)  # ms, ms^2
    arrival, done = at_node(store(rate, service={"lognormal": {"median": "500us", "p99": "4ms"}}))
    waiting = batch_means((done - arrival) / MS)
    rho = rate / 1000 * first
    assert 0.6 < rho < 0.8
    assert waiting.has(rate / 1000 * second / (2 * (1 - rho)) + first), waiting
    assert waiting.within(0.12), waiting


@pytest.mark.parametrize(
    ("c", "a", "waits_published", "wait_published"),
    [(2, 1.5, 0.642857, 1.285714), (3, 2.4, 0.647191, 1.078652), (5, 4.0, 0.554113, 0.554113)],
)
def test_q3_mmc(c, a, waits_published, wait_published):
    """Q-3: mean waiting and the share that waits (Erlang C) at a node with c workers."""
    r = store(1000 * a, workers=c, share=1.0, record="1B")
    sends, done = r.table("ops", "send_ns") + TO_NODE, r.table("ops", "end_ns") - TO_NODE
    order = np.argsort(sends, kind="stable")
    sojourn = (done - sends)[order] / MS
    mean = batch_means(sojourn)
    assert mean.has(wait_published + 1), mean
    assert mean.within(0.08), mean
    busy = np.arange(len(order)) - np.searchsorted(np.sort(done), sends[order], side="right")
    late = batch_means((busy >= c).astype(float))
    assert late.has(waits_published), late


@pytest.mark.parametrize(
    ("c", "a", "published"), [(2, 1.5, 0.310345), (5, 4.0, 0.199067), (10, 9.0, 0.167963)]
)
def test_q4_erlang_b(c, a, published):
    """Q-4: without waiting places, the share of writes refused."""
    r = store(200 * a, workers=c, queue=0, service={"exponential": "5ms"})
    refused = batch_means((r.table("ops", "outcome") == 1).astype(float))
    assert refused.has(published), refused
    assert refused.within(0.05), refused
    assert r.figures["operations"]["orders.write"]["fail"] == (r.table("ops", "outcome") == 1).sum()


@pytest.mark.parametrize(("c", "queue"), [(1, -1), (3, -1), (4, 0), (4, 2)])
def test_the_pool_kernel_is_the_node(c, queue):
    """The pool kernel and the node give each write the same time, or refuse it alike, from the same draws."""
    n = 20_000
    r = store(900.0 * c, workers=c, queue=1_000_000 if queue < 0 else queue, length=n // (900 * c) + 2)
    order = np.argsort(r.table("ops", "rid"))[:n]
    sends, ends, outcome = (r.table("ops", column)[order] for column in ("send_ns", "end_ns", "outcome"))
    assert (r.table("ops", "rid")[order] & LSN == np.arange(n)).all()
    arrival = sends + TO_NODE
    key = key_of(7, 0, "orders/east/write")
    work = np.array([-log(uniform(np.uint64(key), i, 1, Purpose.SERVICE)) * MS for i in range(n)])
    done = np.zeros(n, np.int64)
    pool(arrival, work, np.zeros(c, np.int64), queue, done=done)
    assert ((done >= 0) == (outcome == 0)).all()
    assert (done[done >= 0] == ends[done >= 0] - TO_NODE).all()


def test_q5_burke():
    """Q-5: the output of M/M/1 is Poisson, and sojourns in a tandem add up and are independent."""
    rate = 500
    r = store(rate, record="1B", apply={"exponential": "500us"})
    arrival, done = at_node(r)
    gaps = np.diff(r.table("commits", "commit_ns"))[20_000:]
    assert kstest(gaps / S * rate, "expon").pvalue > 1e-6
    received, applied = stage(r, "received"), stage(r, "applied")
    n = min(len(applied), len(done))
    first, second = (done - arrival)[:n] / MS, (applied[:n] - received[:n]) / MS
    assert batch_means(first).has(2.0)
    assert batch_means(second).has(2 / 3)
    assert batch_means(first + second).has(2 + 2 / 3)
    together = batch_means((first - first.mean()) * (second - second.mean()) / first.std() / second.std())
    assert together.has(0.0), together
    assert together.high - together.low < 0.1


def drained(arrival: np.ndarray, work: Work, *, resumed: int) -> int:
    """Return when a server that stood still until ``resumed`` first has nothing left to do."""
    cursor, out = Cursor(), Log(at=np.int64, skipped=np.bool_)
    queue, n = Queue(lambda row: arrival[row:], lambda row: np.arange(row, n)), len(arrival)
    cursor.change_speed(at=0, to=0.0)
    cursor.serve(queue, work, out, end=n, until=resumed)
    cursor.change_speed(at=resumed, to=1.0)
    cursor.serve(queue, work, out, end=n, until=END_OF_TIME)
    done = out.all("at")
    idle = np.flatnonzero((done[:-1] <= arrival[1:]) & (done[:-1] >= resumed))
    assert idle.size, "the horizon is too short"
    return int(done[idle[0]])


def test_q6_outage_drain():
    """Q-6: after an outage T, M/M/1 is empty after T rho / (1 - rho) on average, with the published variance;
    the peak is lambda T.
    """
    rng = np.random.default_rng(6)
    rate, service, outage, n, reps = 8.0, 10.0, 60, 5_000, 2_000
    times, peaks, table = np.empty(reps), np.empty(reps), encode([exponential(S / service)])
    for i in range(reps):
        arrival = np.cumsum(rng.exponential(S / rate, n)).astype(np.int64)
        work = Work(table, 0, np.uint64(i), Purpose.APPLY)
        times[i] = (drained(arrival, work, resumed=outage * S) - outage * S) / S
        peaks[i] = np.searchsorted(arrival, outage * S)
    mean, spread = student(times), variance(times)
    assert mean.has(240.0), mean
    assert mean.within(0.02), mean
    expected = (
        rate * outage * (rate + service) / (service - rate) ** 3 + rate * outage / (service - rate) ** 2
    )
    assert expected == pytest.approx(1200)
    assert spread.has(expected), spread
    assert student(peaks).has(rate * outage)


def test_q6_consumer_lag():
    """Q-6: in the fluid limit a record applied t after the outage is T - t (1 / rho - 1) old: exact with
    constant times.
    """
    pause = {
        "kind": "replication_pause",
        "database": "orders",
        "region": "west",
        "stage": "apply",
        "at": "10037300us",
        "duration": "12s",
    }
    r = run(orders={"replication": {"apply": "5ms"}}, fault=pause)
    received, applied = stage(r, "received"), stage(r, "applied")
    first = int(np.searchsorted(received, 10_037_300_000))
    t = applied[first : first + 2400] - (10_037_300_000 + 12 * S)
    age = applied[first : first + 2400] - received[first : first + 2400]
    assert (age == 12 * S - t * (2 - 1) + 10 * MS).all(), "10 ms: the grid of arrivals, one interval"


@pytest.mark.parametrize("rate", [300, 500, 700])
def test_q7_busy_period(rate):
    """Q-7: a busy period lasts E[S] / (1 - rho) on average."""
    arrival, done = at_node(one_worker(rate))
    begins = np.flatnonzero(np.concatenate([[True], arrival[1:] >= done[:-1]]))
    lengths = done[begins[1:] - 1] - arrival[begins[:-1]]
    mean = student(lengths / MS)
    assert mean.has(1 / (1 - rate / 1000)), mean
    assert mean.within(0.06), mean


def test_q7_busy_period_from_work():
    """Q-7: started by work x, the server is busy for x / (1 - rho) on average."""
    rng = np.random.default_rng(7)
    n, reps, x = 4_000, 1_500, 20.0
    lengths, table = np.empty(reps), encode([exponential(S / 10.0)])
    for i in range(reps):
        arrival = np.cumsum(rng.exponential(S / 6.0, n)).astype(np.int64)
        work = Work(table, 0, np.uint64(i), Purpose.SERVICE)
        lengths[i] = drained(arrival, work, resumed=int(x) * S) / S
    mean = student(lengths)
    assert mean.has(x / (1 - 0.6)), mean
    assert mean.within(0.03), mean


def test_arrivals_are_poisson():
    """Counts of a Poisson stream over disjoint seconds have the rate as mean and as variance; gaps are
    exponential.
    """
    r = one_worker(500)
    sends = np.sort(r.table("ops", "send_ns"))
    counts = np.bincount(sends // S, minlength=LONG)[: LONG - 1]
    assert student(counts).has(500)
    assert variance(counts).has(500)
    assert kstest(np.diff(sends) / S * 500, "expon").pvalue > 1e-6
    half = share(int((np.diff(sends) > log(2) / 500 * S).sum()), len(sends) - 1)
    assert half.has(0.5), half
