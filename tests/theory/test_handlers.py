"""Choreography by arithmetic: orders make stock reserve, stock's events complete the order."""

from typing import Any

import numpy as np

from sim.report.document import plain
from sim.spec.scenario import Scenario
from sim.trial import run, run_tables
from tests.theory.events import BUS, RELAY
from tests.theory.one_store import BASE, COMMIT, LSN, MS, Run, S, merge, run_of, scenario

STORE: dict[str, Any] = {
    **BASE["databases"]["orders"],
    "outbox": RELAY,
    "replication": {"record": "1kB", "share": 0.2, "apply": "50us"},
}
QUIET: dict[str, Any] = {**STORE, "workload": {**STORE["workload"], "writes": 0}}
RESERVE: dict[str, Any] = {
    "of": "orders",
    "region": "east",
    "work": "1ms",
    "commit": "5s",
    "restart": "2s",
    "writes": "stock",
}
RESERVED: dict[str, Any] = {**RESERVE, "of": "stock", "writes": "orders", "on": "reserve"}


def choreo(
    patch: dict[str, Any] | None = None, *, reserve: dict[str, Any] | None = None, **faults: Any
) -> Run:
    """Run ``choreo_scenario(patch, reserve=reserve, **faults)`` once."""
    return run_of(choreo_scenario(patch, reserve=reserve, **faults), 1)


def choreo_scenario(
    patch: dict[str, Any] | None = None, *, reserve: dict[str, Any] | None = None, **faults: Any
) -> Scenario:
    """Return the resolved scenario of the two stores with both handlers, ``reserve`` changed."""
    whole = {
        "bus": {**BUS, "mirror": {**BUS["mirror"], "share": 0.2}},
        "databases": {"orders": STORE, "stock": QUIET},
        "consumers": {"reserve": merge(RESERVE, reserve or {}), "reserved": RESERVED},
    }
    return scenario(merge(whole, patch or {}), **faults)


def of(run_: Run, domain: str, table: str, column: str) -> np.ndarray:
    """Return a column of a table of any domain; empty if the table has no rows."""
    return run_.tables[domain].get(table, {}).get(column, np.zeros(0, np.int64))


def clients(run_: Run) -> np.ndarray:
    """Return the rids of the clients' commits in orders."""
    rids = of(run_, "orders", "commits", "rid")
    return rids[~np.isin(rids, of(run_, "stock", "handled/reserved", "rid"))]


def test_an_order_goes_round_the_circle():
    """Each row takes 1 ms of work and makes a call at once; the call commits as a client's write does."""
    r = choreo({"duration": "3s"})
    at, tag = of(r, "orders", "handled/reserve", "at_ns"), of(r, "orders", "handled/reserve", "tag")
    np.testing.assert_array_equal(tag, clients(r)[: tag.size])
    np.testing.assert_array_equal(of(r, "orders", "handled/reserve", "rid") & LSN, np.arange(tag.size))
    commits = of(r, "stock", "commits", "commit_ns")
    np.testing.assert_array_equal(commits, at[: commits.size] + COMMIT)
    assert at[0] == 502 * MS
    # the events of the first round's calls are published by the tick at 1 s, and call orders in turn
    back = of(r, "stock", "handled/reserved", "tag")
    np.testing.assert_array_equal(back, of(r, "stock", "commits", "rid")[: back.size])
    assert of(r, "stock", "handled/reserved", "at_ns")[0] == 1002 * MS
    assert back.size > 90


def test_what_a_handler_does_not_react_to_takes_no_work():
    """The rows of its own circle's answers are passed: completed, at once, without a call."""
    r = choreo({"duration": "6s"})
    rows = of(r, "orders", "consumed/reserve", "position")
    np.testing.assert_array_equal(rows, np.arange(rows.size))
    calls = of(r, "orders", "handled/reserve", "position")
    versions = of(r, "orders", "bus/east", "version")
    rid = dict(
        zip(
            of(r, "orders", "commits", "version").tolist(),
            of(r, "orders", "commits", "rid").tolist(),
            strict=True,
        )
    )
    mine = set(clients(r).tolist())
    assert calls.tolist() == [p for p in rows.tolist() if rid[int(versions[p])] in mine]
    assert 0 < calls.size < rows.size


def test_a_handler_that_repeats_calls_twice_and_an_idempotent_one_commits_once():
    """Killed between two commits of its position, it calls again for what lay in between."""
    kill = {"kind": "process_kill", "process": "orders/reserve", "at": "8200ms", "duration": "1s"}
    once, twice = (
        choreo({"duration": "20s"}, kill=kill),
        choreo({"duration": "20s"}, reserve={"idempotent": False}, kill=kill),
    )
    for r in (once, twice):
        _, counts = np.unique(of(r, "orders", "handled/reserve", "tag"), return_counts=True)
        assert set(counts.tolist()) == {1, 2}
        rid = of(r, "orders", "handled/reserve", "rid").tolist()
        tag = dict(zip(rid, of(r, "orders", "handled/reserve", "tag").tolist(), strict=True))
        committed = [tag[i] for i in of(r, "stock", "commits", "rid").tolist()]
        assert (len(committed) == len(set(committed))) == (r is once)
        ok = of(r, "stock", "ops", "version")[of(r, "stock", "ops", "outcome") == 0]
        assert (ok > 0).all()
        if r is twice:
            assert len(committed) - len(set(committed)) == int((counts == 2).sum())


def test_a_position_is_saved_behind_operations_that_have_ended():
    """From 4.52 s on stock takes seconds: calls stay open for 2 s, so that 5 s saves what ended before."""
    slow = {"kind": "node_slow", "factor": 5000, "database": "stock", "at": "4520ms", "duration": "40s"}
    slow["region"] = "east"
    kill = {"kind": "process_kill", "process": "orders/reserve", "at": "5400ms", "duration": "1s"}
    r = choreo({"duration": "15s"}, slow=slow, kill=kill)
    at, position = (of(r, "orders", "handled/reserve", name) for name in ("at_ns", "position"))
    # a call that was not served when stock became slow is not answered in time
    unanswered = position[(at + COMMIT >= 4520 * MS) & (at < 5 * S)]
    assert unanswered.size > 0
    saved = of(r, "orders", "placed/reserve", "position").tolist()
    assert saved == [0, int(unanswered[0])]
    # what it did since it does again; before that it did everything
    again, counts = np.unique(of(r, "orders", "consumed/reserve", "position"), return_counts=True)
    assert again[counts > 1].tolist()[0] == saved[1]


def test_the_journal_does_not_depend_on_when_cursors_are_pulled():
    """Pulling everything, or one cursor, at odd times changes no row of a choreography."""
    kill = {"kind": "process_kill", "process": "orders/reserve", "at": "8200ms", "duration": "1s"}
    built = choreo_scenario({"duration": "12s"}, kill=kill)
    plain = run_tables(built, 1)
    pulls = ((1_234_567_890, "*"), (3_000_000_001, "orders/circle"), (7_777_777_777, "stock/west/apply"))
    pulled = run_tables(built, 1, pulls=pulls)
    assert plain["milestones"] == pulled["milestones"]
    for domain, tables in plain["tables"].items():
        assert tables.keys() == pulled["tables"][domain].keys()
        for name, table in tables.items():
            for column, values in table.items():
                np.testing.assert_array_equal(values, pulled["tables"][domain][name][column])


def test_a_run_counts_its_orders_and_closes_every_sum():
    """A handler that dies calls again, and is told of the commits that are there: none is doubled.

    A handler that is not idempotent doubles exactly those.
    """
    kill = {"kind": "process_kill", "process": "orders/reserve", "at": "8200ms", "duration": "1s"}
    for idempotent in (True, False):
        built = choreo_scenario({"duration": "20s"}, reserve={"idempotent": idempotent}, kill=kill)
        figures = plain(run(built, seed=1).figures)
        r = run_of(built, 1)
        _, counts = np.unique(of(r, "orders", "handled/reserve", "tag"), return_counts=True)
        orders, twice = figures["choreography"]["orders"], int((counts == 2).sum())
        ok = np.isin(of(r, "orders", "ops", "rid"), clients(r)) & (of(r, "orders", "ops", "outcome") == 0)
        assert orders["orders"] == ok.sum() > 1000
        assert orders["orders"] == orders["complete"] + orders["under_way"]
        doubled = orders["handlers"]["reserve"]["doubled"]
        assert doubled == orders["doubled"]["count"] == twice * (not idempotent)
        assert figures["conservation"]["stock"]["acks"]["again"] == twice * idempotent
        assert twice > 100
