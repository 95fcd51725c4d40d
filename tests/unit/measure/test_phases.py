"""Phases partition the recovery time, and follow the chain of causes."""

from dataclasses import replace

import pytest

from sim.measure.capability.phases import phases
from sim.measure.capability.recovery import Episode
from tests.histories.builder import History, S, setup

EPISODE = Episode(10 * S - 5, 90 * S, 80 * S, 1, True)


def failover(history: History) -> None:
    """A region dies at 10 s; observers give up at 25 s; decided at 27; fenced at 40; promoted at 55.

    Rerouted at 57.
    """
    start = history.milestone(10 * S, "fault.started", "fault/power")
    seen = history.milestone(25 * S, "observer.unhealthy", "orders/observer/b", start)
    checked = history.milestone(30 * S, "checker.unhealthy", "orders/check/a/a", start)
    history.milestone(30 * S, "answer", "orders/dns/a", checked)
    declared = history.milestone(26 * S, "declared", "orders", seen)
    decided = history.milestone(27 * S, "decided", "orders", declared)
    fenced = history.milestone(40 * S, "fenced", "orders", decided)
    promoting = history.milestone(40 * S, "promoting", "orders/b", fenced)
    promoted = history.milestone(55 * S, "promoted", "orders/b", promoting)
    history.milestone(57 * S, "rerouted", "orders/route/b", promoted)


def test_a_failover_is_split_along_its_chain():
    """Detect 16 s, decide 1, fence 13, promote 15, reroute 2; then 33 s until the first good operation."""
    history = History()
    failover(history)
    spent, chain = phases(setup(), "write", EPISODE, history.milestones)
    want = {
        "detect": 16 * S + 5,
        "decide": S,
        "fence": 13 * S,
        "promote": 15 * S,
        "reroute": 2 * S,
        "catch_up": 33 * S,
    }
    assert {name: ns for name, ns in spent.items() if ns} == want
    assert history.milestones[chain[0]].kind == "fault.started"
    assert [history.milestones[i].kind for i in chain][-3:] == ["promoting", "promoted", "rerouted"]


def test_old_dns_answers_count_as_rerouting_only_after_the_promotion():
    """With a time to live of 50 s the answer of 30 s decays until 80 s.

    23 s of rerouting more, and 10 s to catch up.
    """
    history = History()
    failover(history)
    spent, _ = phases(setup(ttl_ns=50 * S), "write", EPISODE, history.milestones)
    assert (spent["reroute"], spent["catch_up"]) == (25 * S, 10 * S)


def test_local_reads_do_not_wait_for_the_failover():
    """Reads recover by the new answer: detected at 30 s, then decay; the failover is not in their chain."""
    history = History()
    failover(history)
    spent, chain = phases(setup(ttl_ns=60 * S), "read", EPISODE, history.milestones)
    assert {name: ns for name, ns in spent.items() if ns} == {"detect": 20 * S + 5, "reroute": 60 * S}
    assert [history.milestones[i].kind for i in chain] == ["fault.started", "checker.unhealthy", "answer"]
    spent, _ = phases(setup(ttl_ns=60 * S, failover_reads=True), "read", EPISODE, history.milestones)
    assert spent["promote"] == 15 * S


def test_healing_is_repair():
    """A fault that heals at 70 s, and a node that is up at 80 s because of it."""
    history = History()
    start = history.milestone(10 * S, "fault.started", "fault/crash")
    healed = history.milestone(70 * S, "fault.healed", "fault/crash", start)
    history.milestone(80 * S, "node.up", "orders/a", healed)
    history.milestone(85 * S, "node.up", "payments/a", healed)
    spent, _ = phases(setup(), "write", EPISODE, history.milestones)
    assert {name: ns for name, ns in spent.items() if ns} == {
        "detect": 5,
        "repair": 70 * S,
        "catch_up": 10 * S,
    }


def test_a_fault_that_came_and_went_beside_it_explains_nothing():
    """A spike that ends at 80 s did not cause the failover; where nothing else happened, its end did."""
    history = History()
    failover(history)
    want = phases(setup(), "write", EPISODE, history.milestones)
    spike = history.milestone(5 * S, "fault.started", "fault/spike")
    history.milestone(80 * S, "fault.healed", "fault/spike", spike)
    assert phases(setup(), "write", EPISODE, history.milestones) == want
    spent, _ = phases(setup(), "write", EPISODE, history.milestones[-2:])
    assert (spent["repair"], spent["catch_up"]) == (70 * S + 5, 10 * S)


def slow_link(history: History) -> None:
    """A link is slow from 10 to 70 s; a pause beside it, from 20 to 30 s."""
    slow = history.milestone(10 * S, "fault.started", "fault/slow")
    beside = history.milestone(20 * S, "fault.started", "fault/beside")
    history.milestone(30 * S, "fault.healed", "fault/beside", beside)
    history.milestone(70 * S, "fault.healed", "fault/slow", slow)


@pytest.mark.parametrize("trip", ["observer.unhealthy", "checker.unhealthy", "declared", None])
def test_trips_do_not_hide_the_fault_that_they_saw(trip):
    """What an observer or a checker saw is not known: it names no fault; the newest that healed explains."""
    history = History()
    slow_link(history)
    if trip is not None:
        cause = 1 if trip == "checker.unhealthy" else None  # the latest misfortune, which it need not be
        seen = history.milestone(25 * S, trip, "orders/observer/b", cause)
        history.milestone(40 * S, "cancelled", "orders", seen)
    spent, chain = phases(setup(), "write", EPISODE, history.milestones)
    assert {name: ns for name, ns in spent.items() if ns} == {
        "detect": 5, "repair": 60 * S, "catch_up": 20 * S,
    }  # fmt: skip
    assert [history.milestones[i].subject for i in chain] == ["fault/slow", "fault/slow"]


def test_a_link_that_flaps_is_one_fault():
    """The first cut made the primary lose its majority; the last restoration, of another cut, ends it."""
    history = History()
    for start, stop in ((10, 20), (30, 70)):
        cut = history.milestone(start * S, "fault.started", "fault/flap")
        if start == 10:
            history.milestone(start * S, "primary.lost", "orders", cut)
        history.milestone(stop * S, "fault.healed", "fault/flap", cut)
    history.milestone(80 * S, "fault.healed", "fault/spike", None)
    spent, _ = phases(setup(), "write", EPISODE, history.milestones)
    assert (spent["repair"], spent["catch_up"]) == (40 * S, 20 * S)


def test_waiting_for_a_candidate_is_deciding():
    """Nobody may take over at 27 s, b may at 50 s: all of that is decision, and its promotion takes 5 s."""
    history = History()
    start = history.milestone(10 * S, "fault.started", "fault/power")
    decided = history.milestone(27 * S, "decided", "orders", start)
    none = history.milestone(27 * S, "no_candidate", "orders", decided)
    promoting = history.milestone(50 * S, "promoting", "orders/b", none)
    history.milestone(55 * S, "promoted", "orders/b", promoting)
    spent, _ = phases(setup(), "write", EPISODE, history.milestones)
    assert {name: ns for name, ns in spent.items() if ns} == {
        "detect": 5, "decide": 40 * S, "promote": 5 * S, "catch_up": 35 * S,
    }  # fmt: skip


@pytest.mark.parametrize("recovered", [10 * S, 26 * S, 40 * S, 56 * S, 57 * S + 1])
def test_phases_sum_to_the_recovery_time_wherever_it_ends(recovered):
    """The sum is exact to the nanosecond, also when the recovery comes in the middle of a chain."""
    history = History()
    failover(history)
    spent, _ = phases(setup(ttl_ns=S), "write", replace(EPISODE, recovered_ns=recovered), history.milestones)
    assert sum(spent.values()) == recovered - EPISODE.started_ns
    assert all(ns >= 0 for ns in spent.values())


def test_a_censored_episode_has_no_phases():
    """What is not over cannot be split."""
    assert phases(setup(), "write", replace(EPISODE, held=False), []) == ({}, [])


def replicas_return(history: History, *, serves: bool = True) -> None:
    """A region dies at 10 s and a standby takes over at 55 s; its replicas can acknowledge from 75 s on."""
    failover(history)
    history.milestone(55 * S, "writes.blocked", "orders")
    history.milestone(75 * S, "writes.unblocked", "orders", 1, primary_serves=serves)


def test_writes_that_wait_for_replicas_after_a_failover_are_repaired_when_these_return():
    """Rerouted at 57 s, answered again from 75 s on: 18 s of repair, and 15 s to catch up; all else stays."""
    plain, history = History(), History()
    failover(plain)
    replicas_return(history)
    before, short = phases(setup(), "write", EPISODE, plain.milestones)
    spent, chain = phases(setup(), "write", EPISODE, history.milestones)
    assert spent == {**before, "repair": 18 * S, "catch_up": 15 * S}
    assert [history.milestones[i].kind for i in chain] == [
        *(plain.milestones[i].kind for i in short), "writes.unblocked",
    ]  # fmt: skip


def test_writes_that_nothing_else_explains_recover_when_replicas_return():
    """Blocked from 10 s on, unblocked at 70 s: all until then is repair."""
    history = History()
    history.milestone(10 * S, "writes.blocked", "orders")
    history.milestone(70 * S, "writes.unblocked", "orders", primary_serves=True)
    spent, chain = phases(setup(), "write", EPISODE, history.milestones)
    assert {name: ns for name, ns in spent.items() if ns} == {"repair": 60 * S + 5, "catch_up": 20 * S}
    assert [history.milestones[i].kind for i in chain] == ["writes.unblocked"]


def test_reads_do_not_wait_for_replicas_and_a_primary_that_is_gone_answers_nothing():
    """Neither the reads' phases nor those of writes whose primary stopped have anything of it."""
    for serves, kind in ((True, "read"), (False, "write")):
        plain, history = History(), History()
        failover(plain)
        replicas_return(history, serves=serves)
        assert (
            phases(setup(), kind, EPISODE, history.milestones)[0]
            == (phases(setup(), kind, EPISODE, plain.milestones)[0])
        )


def test_replicas_that_return_with_the_fault_or_before_the_last_milestone_add_nothing():
    """Unblocked at 56 s, before the gateway learned of the primary, or at that moment."""
    for at in (56 * S, 57 * S):
        plain, history = History(), History()
        failover(plain)
        failover(history)
        history.milestone(at, "writes.unblocked", "orders", primary_serves=True)
        assert phases(setup(), "write", EPISODE, history.milestones) == (
            phases(setup(), "write", EPISODE, plain.milestones)
        )
