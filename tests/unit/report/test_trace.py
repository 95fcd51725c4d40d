"""A run as trace events: by the rules of the format, exact, and the same bytes for the same run."""

import json
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import pytest

from sim.report.roles import Role, roles
from sim.report.span import windows
from sim.report.trace.trace import of_document

PHASES_OF_EVENTS = {"M", "X", "i", "C"}


@pytest.fixture(scope="module")
def events(ghosts):
    """All events of a run, numbers as decimals."""
    return json.loads(of_document(ghosts.document), parse_float=Decimal)["traceEvents"]


def test_every_event_has_what_the_format_asks_for(events):
    """Name, kind, place and a time from 0 on; slices a length, instants a scope, counters numbers."""
    for event in events:
        assert event["ph"] in PHASES_OF_EVENTS
        assert event["name"]
        assert event["ts"] >= 0
        assert event["pid"] > 0
        assert event["tid"] >= 0
        if event["ph"] == "X":
            assert event["dur"] >= 0
        if event["ph"] == "i":
            assert event["s"] == "t"
        if event["ph"] == "C":
            assert event["args"]
            assert all(isinstance(value, int | Decimal) for value in event["args"].values())


def test_every_process_and_thread_is_named_once_before_it_is_used(events):
    """No two processes share a number or a name, and no two threads of one process."""
    named = [e for e in events if e["name"] in ("process_name", "thread_name")]
    places = [(e["name"], e["pid"], e["tid"]) for e in named]
    assert len(set(places)) == len(places)
    names = [(e["name"], e["pid"] if e["name"] == "thread_name" else 0, e["args"]["name"]) for e in named]
    assert len(set(names)) == len(names)
    used = {("process_name", e["pid"], 0) for e in events}
    used |= {("thread_name", e["pid"], e["tid"]) for e in events if e["ph"] in "Xi"}
    assert used == set(places)


def test_slices_of_one_thread_nest_or_are_apart(events):
    """A viewer drops a slice that crosses another; phases lie within their episode, to the nanosecond."""
    threads = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            threads[event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    for slices in threads.values():
        open_until = []
        for began, ended in slices:
            while open_until and open_until[-1] <= began:
                open_until.pop()
            assert not open_until or ended <= open_until[-1]
            open_until.append(ended)


def test_times_are_those_of_the_journal_to_the_nanosecond(ghosts, events):
    """Every milestone is an instant at its own time."""
    told = {e["args"]["id"]: (e["name"], e["ts"] * 1000) for e in events if e["ph"] == "i"}
    assert told == {m["id"]: (m["kind"], round(m["at_s"] * 1e9)) for m in ghosts.document["milestones"]}


def test_counters_tell_the_series_of_the_document(ghosts, events):
    """The greatest value of a counter is that of its series, and it changes from one event to the next."""
    at_risk = [e for e in events if e["ph"] == "C" and e["name"] == "orders: records at risk"]
    assert at_risk
    most = max(max(one["cut"]["series"]["records"]) for one in ghosts.document["exposure"]["orders"].values())
    assert max(e["args"]["cut"] for e in at_risk) == most
    for pid in {e["pid"] for e in at_risk}:
        own = [e for e in at_risk if e["pid"] == pid]
        assert all(before["args"] != after["args"] for before, after in pairwise(own))


def test_monitors_are_counters_beside_the_truth(ghosts, events):
    """A standby's monitor is in its region, a consumer's backlog beside the capabilities."""
    processes = {e["args"]["name"]: e["pid"] for e in events if e["name"] == "process_name"}
    for name, what, place, figure in (
        ("orders/replica/us-west", "true age (s)", "region us-west", "true_age_s"),
        ("orders/search", "rows behind", "capabilities", "shown"),
    ):
        own = [e for e in events if e["ph"] == "C" and e["name"] == f"{name}: {what}"]
        values = {
            value for value in ghosts.document["monitoring"][name]["series"][figure] if value is not None
        }
        assert {float(e["args"]["value"]) for e in own} == values
        assert {e["pid"] for e in own} == {processes[place]}


def test_a_standby_that_was_promoted_lags_no_more(ghosts, events):
    """A counter keeps its last value: that of us-west is 0 from the first look at it as the primary on."""
    for what in ("shown (s)", "true age (s)"):
        own = [e for e in events if e["ph"] == "C" and e["name"] == f"orders/replica/us-west: {what}"]
        assert own[-1]["args"]["value"] == 0.0


def test_the_same_run_gives_the_same_bytes(ghosts):
    """Nothing in a trace depends on when or where it was made."""
    again = json.loads((ghosts.folder / "run.json").read_text())
    assert of_document(ghosts.document) == of_document(again)


def test_names_of_others_stay_text(ghosts):
    """Quotes, markup and right-to-left marks in a name leave a document that reads back."""
    hostile = 'x"</script>\u202e' + "é" * 300
    document = {**ghosts.document, "scenario": hostile}
    text = of_document(document)
    assert "\u202e" not in text
    assert json.loads(text)["otherData"]["scenario"] == hostile


def _document(*happened):
    """A document of two nodes with milestones at 1 s, 2 s, and so on."""
    resolved = "duration: 10s\ndatabases: {orders: {primary: east, replicas: [west]}}\n"
    milestones = [
        {"at_s": float(n), "kind": kind, "subject": subject} for n, (kind, subject) in enumerate(happened, 1)
    ]
    return {"resolved": resolved, "milestones": milestones}


def test_an_old_primary_that_is_back_is_no_primary():
    """Down, replaced, up again, rewound: each role from its milestone to the next."""
    found = roles(
        _document(
            ("node.down", "orders/east"),
            ("promoted", "orders/west"),
            ("node.up", "orders/east"),
            ("rewinding", "orders/east"),
            ("rejoined", "orders/east"),
        )
    )
    east = [(role.role, role.began_s) for role in found if role.region == "east"]
    assert east == [
        ("primary", 0.0), ("down", 1.0), ("former primary", 3.0), ("rewinding", 4.0), ("standby", 5.0)
    ]  # fmt: skip
    assert found[-1] == Role("orders", "west", "primary", 2.0, 10.0)


def test_a_primary_that_is_back_before_it_was_replaced_goes_on():
    """Without a promotion it has the role that it had."""
    found = roles(_document(("node.down", "orders/east"), ("node.up", "orders/east")))
    assert [role.role for role in found if role.region == "east"] == ["primary", "down", "primary"]


def test_a_fault_that_comes_and_goes_has_a_window_for_each_time():
    """A flapping link is not one long fault; what never heals has no end."""
    flap = [("fault.started", "fault/flap"), ("fault.healed", "fault/flap")] * 2
    found = windows(_document(*flap, ("fault.started", "fault/cut")))
    assert found == [("flap", 1.0, 2.0), ("flap", 3.0, 4.0), ("cut", 5.0, None)]
