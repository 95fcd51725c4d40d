"""Failures at random instants (published figures Q-10 to Q-12 and TM-1): many small runs, one seed each.

A trial here is a whole run: load, probes, outage, failover, judgement. Seeds 1, 2, 3... are the trials.
"""

from functools import cache
from math import exp
from typing import Any

import numpy as np
import pytest

from sim.spec.scenario import Scenario
from tests.theory.intervals import looks_uniform, poisson_mean, share, student, variance
from tests.theory.one_store import (
    EAST_NORTH,
    EAST_WEST,
    MS,
    PROBE,
    TO_NODE,
    Run,
    S,
    run_of,
    scenario,
)

OK, FAIL, INFO = 0, 1, 2
T = 3 * S

# --- what an asynchronous replica lacks at a random instant


def drill(rate: float, latency: str, wire: str, loss: str) -> Scenario:
    """Return: Poisson writes, a write's service exponential on 64 workers, no queue anywhere, east lost at 3
    s.
    """
    fast = {
        "interval": "500ms",
        "timeout": "450ms",
        "failures": 1,
        "decision": "0s",
        "promotion": "1ms",
        "offset": None,
    }
    orders = {
        "service": {"write": {"exponential": "20ms"}, "workers": 64},
        "replication": {"record": "1B"},
        "failover": fast,
        "workload": {"writes": f"{rate}/s", "arrivals": {"kind": "poisson"}, "retry": {"timeout": "1s"}},
    }
    links = {"east/west": {"latency": latency, "bandwidth": "1GB/s", "loss": loss}}
    patch = {"duration": "5s", "network": {"links": links}, "gateway": {"route": "1ms"}}
    power = {"kind": "region_outage", "region": "east", "at": "3s", "wire": wire}
    return scenario(patch, orders=orders, power=power)


@cache
def trials(rate: float, latency: str, wire: str, n: int, loss: str = "0%") -> list[Run]:
    """Return ``n`` runs of the drill."""
    built = drill(rate, latency, wire, loss)
    return [run_of(built, seed) for seed in range(1, n + 1)]


def test_q10_the_loss_is_poisson():
    """Q-10, lambda = 100/s and D = 200 ms: the records lost with the wire are Poisson with mean 20 (variance
    20).
    """
    runs = trials(100, "200ms", "lost", 300)
    counts = np.array([len(r.lost()) for r in runs])
    assert poisson_mean(int(counts.sum()), len(counts)).has(20.0)
    assert variance(counts).has(20.0), variance(counts)
    for r in runs[:10]:
        loss = r.figures["loss"]["orders"]
        assert (loss["records"] + loss["info_lost"], loss["cause"]["wire"]) == (
            len(r.lost()),
            loss["records"],
        )


def test_q10_no_loss_with_probability_exp():
    """Q-10, lambda E[D] = 1: nothing is lost in a share e^-1 of the trials, one record in as many."""
    counts = np.array([len(r.lost()) for r in trials(10, "100ms", "lost", 400)])
    assert share(int((counts == 0).sum()), len(counts)).has(exp(-1))
    assert share(int((counts == 1).sum()), len(counts)).has(exp(-1))
    assert poisson_mean(int(counts.sum()), len(counts)).has(1.0)


def test_q10_sender_death_alone_loses_nothing():
    """The same outage with the wire delivered: a loss-free link brings all of it, 0 records lost in every
    trial.
    """
    runs = trials(100, "200ms", "delivered", 60)
    assert [len(r.lost()) for r in runs] == [0] * 60
    lacking = [int((r.table("received/west", "at_ns") >= T).sum()) for r in runs]
    assert poisson_mean(sum(lacking), 60).has(20.0), "there was something to lose"


def test_sender_death_loses_from_the_first_hole_on():
    """With 1 % loss and 200 ms to retransmit, nothing is lost where no retransmission is pending: e^(-lambda
    R p / (1 - p)).
    """
    counts = []
    for r in trials(100, "50ms", "delivered", 300, "1%"):
        lost, committed = r.lost(), int((r.table("commits", "commit_ns") < T).sum())
        assert int(r.table("cuts", "cut")[0]) + len(lost) == committed, "a suffix of the log"
        counts.append(len(lost))
    none = share(counts.count(0), len(counts))
    assert none.has(exp(-100 * 0.2 * 0.01 / 0.99)), none
    assert 2 < max(counts) < 60


def test_q10_whatever_the_law():
    """M/G/infinity: the writes in service when the node dies are Poisson with mean lambda E[S] = 2, S
    exponential; none is acknowledged.
    """
    inside = []
    for r in trials(100, "200ms", "lost", 300):
        sends, rids = r.table("ops", "send_ns"), r.table("ops", "rid")
        there = (sends + TO_NODE < T) & ~np.isin(rids, r.table("commits", "rid"))
        assert set(r.table("ops", "outcome")[there].tolist()) <= {INFO}
        inside.append(int(there.sum()))
    counts = np.array(inside)
    assert poisson_mean(int(counts.sum()), len(counts)).has(2.0)
    assert variance(counts).has(2.0)


# --- a lease that is no longer renewed

LEASE, HEARTBEAT = 10 * S, 2 * S


def isolation() -> Scenario:
    """Return two regions, a lease of 10 s renewed every 2 s at a drawn phase, and the primary cut off at 13
    s.
    """
    rules = {"interval": "2s", "timeout": "1s", "fencing": "lease", "lease": "10s", "offset": None}
    patch = {
        "duration": "26s",
        "regions": {"north": None},
        "network": {"links": {"east/north": None, "north/west": None}},
    }
    cut = {"kind": "region_isolation", "region": "east", "at": "13s"}
    return scenario(patch, orders={"failover": rules, "workload": {"writes": "200/s"}}, cut=cut)


def test_q11_a_lease_runs_out_uniformly():
    """Q-11, timeout 10, heartbeat 2: from the cut to the first refused write U(8, 10) s, mean 9 s (what was
    under way still arrives).
    """
    built, times = isolation(), []
    for seed in range(1, 201):
        r = run_of(built, seed)
        refused = r.table("ops", "send_ns")[r.table("ops", "outcome") == FAIL]
        times.append(int(refused.min()) + TO_NODE - 13 * S)
    grid = 5 * MS  # the first refused write comes that much after the lease at most
    low, high = LEASE - HEARTBEAT, LEASE
    seconds = np.array(times)
    assert seconds.min() >= low
    assert seconds.max() <= high + grid
    assert looks_uniform(np.clip(seconds - grid // 2, low, high), low, high)
    mean = student(seconds / S)
    assert mean.has((low + high) / 2 / S), mean
    assert mean.within(0.03)


# --- Q-12 and TM-1: k probes in a row


def watched(failover: dict[str, Any], gateway: dict[str, Any], at: str, duration: str) -> Scenario:
    """Return the loss of east with hardly any load, observers and checkers at drawn phases."""
    patch = {
        "duration": duration,
        "clients": {"north": {"share": 1}, "west": {"share": 1}},
        "gateway": gateway,
    }
    orders = {"failover": {**failover, "offset": None}, "workload": {"writes": "1/s"}}
    return scenario(patch, orders=orders, power={"kind": "region_outage", "region": "east", "at": at})


PROBES = [
    (10, 3, 1, "Kubernetes: 21 to 31 s"),
    (5, 2, 3, "another"),
]


@pytest.mark.parametrize(("interval", "k", "timeout", "name"), PROBES)
def test_q12_k_probes_in_a_row(interval, k, timeout, name):
    """Q-12: from the outage to an observer's trip U(0, p) + (k - 1) p + w, less the way of a probe; both ends
    are sharp.
    """
    rules = {"interval": f"{interval}s", "timeout": f"{timeout}s", "failures": k}
    built = watched(rules, {}, "40s", "90s")
    found: dict[str, list[int]] = {"north": [], "west": []}
    for seed in range(1, 151):
        r = run_of(built, seed)
        for region, times in found.items():
            times.append(r.when("observer.unhealthy", f"orders/observer/{region}")[0] - 40 * S)
    for region, way in (("north", EAST_NORTH), ("west", EAST_WEST)):
        low = ((k - 1) * interval + timeout) * S - way - PROBE
        times = np.array(found[region])
        assert low <= times.min(), name
        assert times.max() <= low + interval * S, name
        assert looks_uniform(times, low, low + interval * S), name
        assert student(times / S).has((low + interval * S / 2) / S)
    assert abs(np.corrcoef(found["north"], found["west"])[0, 1]) < 0.45, (
        "each observer has a phase of its own"
    )


def test_tm1_traffic_manager():
    """TM-1: probes every 30 s, timeout 10 s, 3 failures tolerated, TTL 30 s: detection U(100, 130) s, all
    clients moved by 160 s.
    """
    check = {"interval": "30s", "timeout": "10s", "failures": 4, "offset": None}
    built = watched({}, {"ttl": "30s", "resolvers": 16, "check": check}, "60s", "230s")
    detected, moved = [], []
    for seed in range(1, 151):
        r = run_of(built, seed)
        answer = r.when("answer", "orders/dns/east")[0]
        detected.append(answer - 60 * S)
        dead = r.table("ops", "send_ns")[
            (r.table("ops", "client") == 0) & (r.table("ops", "outcome") == INFO)
        ]
        moved.append(int(dead.max()) - 60 * S)
    way = TO_NODE + PROBE
    times = np.array(detected)
    low, high = 100 * S - way, 130 * S - way
    assert low <= times.min()
    assert times.max() <= high
    assert looks_uniform(times, low, high)
    assert student(times / S).has(115.0 - way / S)
    assert max(moved) <= 160 * S
    assert max(moved) > 140 * S
