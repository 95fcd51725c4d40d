"""When a commit is answered that replicas must have, from arithmetic: order statistics of ways there and
back.

Write n is sent at n * 10 ms and committed 6.3 ms later. North has it on disk after 1 + 20 + 2 ms and has said
so 20 ms later, west after 1 + 30 + 2 and 30 ms; the answer takes 5.3 ms more.
"""

import pytest

from sim.trial import run as judged
from tests.theory.one_store import ACCESS, EAST_NORTH, EAST_WEST, LOCAL, LSN, MS, TRANSMIT, S, run, scenario

OK, INFO = 0, 2
T = 20 * S
FLUSH = 2 * MS
NORTH = TRANSMIT + EAST_NORTH + FLUSH + EAST_NORTH
WEST = TRANSMIT + EAST_WEST + FLUSH + EAST_WEST
BACK = LOCAL + ACCESS


def store(count=1, *, timeout="2s", of=None, attempts=1, **failover):
    """Return a store with two replicas, of which ``count`` must have a commit."""
    rule = {"kind": "any", "count": count, "flush": "2ms", **({"of": of} if of else {})}
    return {
        "replicas": ["west", "north"],
        "replication": {"share": 0.5, "record": "500B", "acknowledgement": rule},
        "workload": {"retry": {"timeout": timeout, "attempts": attempts}},
        "failover": failover,
    }


def writes(r, since=0):
    """Return (send, commit, end, outcome) of the writes sent from then on, commits of before the end."""
    found = r.journeys(since).values()
    return [(send, commit, end, outcome) for send, end, outcome, commit, *_ in found]


def cut(*links, until=None):
    """Return faults that cut one-way links from T on."""
    ways = {link.replace("->", "-to-"): link.split("->") for link in links}
    rest = {} if until is None else {"duration": f"{until - T}ns"}
    return {
        name: {"kind": "network_partition", "groups": [[a], [b]], "one_way": True, "at": "20s", **rest}
        for name, (a, b) in ways.items()
    }


@pytest.mark.parametrize(
    ("count", "of", "wait"),
    [(1, None, NORTH), (2, None, WEST), (1, ["west"], WEST), (1, ["east", "north"], NORTH)],
)
def test_the_answer_departs_with_the_kth_acknowledgement(count, of, wait):
    """It takes the k-th smallest of there, flush and back among those named; the primary is not counted."""
    r = run({"duration": "5s"}, orders=store(count, of=of))
    found = writes(r)
    assert len(found) > 400
    assert {end - commit for _, commit, end, _ in found} == {wait + BACK}
    assert {outcome for *_, outcome in found} == {OK}


ONE_WAY_MS = {"west": 32.1, "eu": 34.8, "apart": 10, "north": 20}


@pytest.mark.parametrize(
    ("replicas", "count", "answer_ms"),
    [
        (["west", "eu"], 1, 65.7),
        (["west", "eu"], 2, 71.1),
        (["west", "eu", "apart", "north"], 2, 41.5),  # a majority of five
        (["west", "eu"], None, 1.0),
    ],
)
def test_published_round_trips(replicas, count, answer_ms):
    """Work 1 ms, flush 0.5 ms: 65.7 ms for one of two, 71.1 for both, 41.5 for a majority of five; 1 ms."""
    regions = ["east", *replicas]
    links = {
        f"east/{name}": {"latency": f"{ONE_WAY_MS[name]}ms", "bandwidth": "1000TB/s"} for name in replicas
    }
    links |= {f"{a}/{b}": {"latency": "9ms"} for a in replicas for b in replicas if a < b}
    rule = {"kind": "asynchronous"} if count is None else {"kind": "any", "count": count, "flush": "500us"}
    patch = {
        "duration": "2s",
        "regions": {"north": None, "west": None} | {name: {} for name in regions},
        "network": {"links": {"east/west": None, "east/north": None, "north/west": None} | links}
        | {"local": "0s", "access": {"latency": "0s"}},
    }
    r = run(patch, orders={"replicas": replicas, "replication": {"record": "1B", "acknowledgement": rule}})
    sends_and_legs = 4 + (count is not None)  # none takes less than 1 ns
    assert {end - send for send, _, end, _ in writes(r)} == {round(answer_ms * MS) + sends_and_legs}
    assert count != 1 or round(S / (answer_ms * MS), 1) == 15.2  # writes/s of a session that waits for each


def test_replicas_that_tie_count_as_two():
    """Two acknowledgements that arrive at the same time are enough for an answer that needs two."""
    links = {"network": {"links": {"east/west": {"latency": "20ms"}}}, "duration": "5s"}
    r = run(links, orders=store(2))
    assert {end - commit for _, commit, end, _ in writes(r)} == {NORTH + BACK}


NORTH_OF_ORDERS = {"database": "orders", "region": "north", "at": "20s"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (cut("east->north"), TRANSMIT + EAST_NORTH),  # what it has received it still acknowledges
        (cut("north->east"), NORTH),
        ({"stop": {"kind": "replication_pause", "stage": "send", **NORTH_OF_ORDERS}}, TRANSMIT),
        ({"crash": {"kind": "db_crash", **NORTH_OF_ORDERS}}, NORTH),
        ({"loss": {"kind": "region_outage", "region": "north", "data": "lost", "at": "20s"}}, NORTH),
    ],
    ids=["cut", "cut back", "paused", "crashed", "lost"],
)
def test_the_next_fastest_stands_in(fault, said):
    """What the fastest replica has not said when it is cut, paused or dies, west says: nothing is blocked."""
    r = run({"duration": "24s"}, orders=store(), **fault)
    for _, commit, end, outcome in writes(r):
        wait = NORTH if commit + said < T else WEST
        assert (end - commit, outcome) == (wait + BACK, OK)


def test_a_replica_that_does_not_apply_acknowledges():
    """It is on disk that counts, not what reads see."""
    pause = {
        "kind": "replication_pause",
        "database": "orders",
        "region": "north",
        "stage": "apply",
        "at": "2s",
    }
    r = run({"duration": "5s"}, orders=store(), pause=pause)
    assert {end - commit for _, commit, end, _ in writes(r)} == {NORTH + BACK}


def test_without_a_way_back_nothing_is_answered_until_it_opens():
    """What was flushed meanwhile is acknowledged as the way back opens; else it is *info*."""
    opens = T + 9 * S
    r = run({"duration": "35s"}, orders=store(), **cut("north->east", "west->east", until=opens))
    blocked = [one for one in writes(r) if T <= one[1] + NORTH < opens + EAST_NORTH]
    assert len(blocked) > 800
    for send, commit, end, outcome in blocked:
        answered = max(commit + NORTH, opens + EAST_NORTH) + BACK
        late = answered > send + 2 * S
        assert (end, outcome) == ((send + 2 * S, INFO) if late else (answered, OK))
    assert r.figures["loss"]["orders"]["records"] == 0


@pytest.mark.parametrize(("kind", "lost"), [("any", 0), ("asynchronous", 100)])
def test_a_primary_that_dies_with_its_disk_has_answered_nothing_that_is_lost(kind, lost):
    """Ways to both replicas cut for a second, then the primary's disk is gone: acknowledged lost 0, all that
    waited *info*; asynchronous, as many as were committed.
    """
    gone = {"kind": "region_outage", "region": "east", "data": "lost", "wire": "lost", "at": "21s"}
    one = store() if kind == "any" else {**store(), "replication": {"share": 0.5, "record": "500B"}}
    r = run(orders=one, gone=gone, **cut("east->north", "east->west"))
    outcomes = {rid & LSN: outcome for rid, outcome in r.by_rid("ops", "outcome").items()}
    assert len(r.when("promoted")) == 1
    assert len(r.lost()) >= 100
    answered = [n for n in r.lost() if outcomes[n - 1] == OK]
    assert r.figures["loss"]["orders"]["records"] == len(answered)
    assert len(answered) >= lost and bool(answered) == bool(lost)


@pytest.mark.parametrize(("fencing", "outcome"), [("lease", INFO), ("none", OK)])
def test_a_primary_without_a_lease_answers_nothing(fencing, outcome):
    """The lease runs out while commits wait for a way back: when it opens, they stay unanswered."""
    opens = T + 9 * S  # observers probe at 16, 21, 26 and 31 s: the lease has run out, nobody fails over
    one = store(timeout="15s", fencing=fencing, lease="6s")
    r = run({"duration": "50s"}, orders=one, **cut("north->east", "west->east", until=opens))
    waited = [one for one in writes(r) if T - NORTH <= one[1] < 22 * S]
    assert len(waited) > 150
    assert {found for *_, found in waited} == {outcome}


def test_after_a_promotion_the_new_primary_answers_for_what_it_has():
    """Both replicas have a commit and could not say so; the primary dies; who tries again is answered by the
    new one, which commits nothing twice.
    """
    crash = {"kind": "db_crash", "database": "orders", "at": "21s"}
    one = store(timeout="1s", attempts=60)
    r = run({"duration": "55s"}, orders=one, crash=crash, **cut("north->east", "west->east", until=T + 3 * S))
    waited = [one for one in writes(r) if T - NORTH <= one[1] < 20900 * MS]
    promoted = r.when("promoted")[0]
    assert len(waited) > 80
    assert all(outcome == OK and end > promoted for _, _, end, outcome in waited)
    assert len(set(r.table("commits", "rid").tolist())) == r.table("commits", "rid").size
    assert r.figures["loss"]["orders"]["records"] == 0


def test_a_replica_that_catches_up_acknowledges_the_old_ones_too():
    """Both must have it, one is away for 15 s: what waited is answered one by one as that one catches up."""
    crash = {"kind": "db_crash", "database": "orders", "region": "north", "at": "20s", "duration": "5s"}
    r = run({"duration": "45s"}, orders=store(2, timeout="60s"), crash=crash)
    back = T + 15 * S
    waited = [one for one in writes(r) if T - TRANSMIT - EAST_NORTH <= one[1] < back]
    assert len(waited) > 1400
    for k, (_, _, end, outcome) in enumerate(sorted(waited)):
        assert outcome == OK
        assert end == back + (k + 1) * TRANSMIT + EAST_NORTH + FLUSH + EAST_NORTH + BACK


PAUSED = {"kind": "replication_pause", "database": "orders", "stage": "send", "at": "20s", "duration": "4s"}
CRASH = {"kind": "db_crash", "database": "orders", "at": "21s"}
PAUSES = {region: {**PAUSED, "region": region} for region in ("west", "north")}


@pytest.mark.parametrize(
    ("count", "faults", "spans_s"),
    [
        (1, {}, []),
        (1, cut("north->east"), []),
        (2, cut("north->east"), [(20, 30)]),
        (1, cut("north->east", "west->east", until=T + 9 * S), [(20, 29)]),
        (1, cut("east->north", "west->east", until=T + 9 * S), [(20, 29)]),
        (1, PAUSES, [(20, 24)]),
        (2, {"west": PAUSES["west"]}, [(20, 24)]),
        (2, {"crash": {**NORTH_OF_ORDERS, "kind": "db_crash", "duration": "2s"}}, [(20, 30)]),
        (1, {"crash": CRASH} | cut("north->east", "west->east"), [(20, 21)]),
    ],
    ids=["well", "one", "one of two", "ways back", "there", "paused", "one paused", "restarts", "dies"],
)  # fmt: skip
def test_writes_are_blocked_while_too_few_replicas_can_acknowledge(count, faults, spans_s):
    """From the change after which too few can to the one after which enough can, or nothing is committed."""
    r = run({"duration": "30s"}, orders=store(count), **faults)
    assert [at / S for at in r.when("writes.blocked")] == [since for since, _ in spans_s]
    assert [at / S for at in r.when("writes.unblocked")] == [until for _, until in spans_s if until < 30]
    lengths = [until - since for since, until in spans_s]
    found = r.figures["blocked"]["orders"]
    assert (found["times"], found["total_s"], found["longest_s"]) == (
        len(lengths), sum(lengths), max(lengths, default=0),
    )  # fmt: skip
    assert found["at_end"] == any(until == 30 for _, until in spans_s)


def test_a_wait_that_goes_on_is_not_judged_kindly():
    """Blocked for ten seconds when the run ends: five are exceeded, of fifteen nobody can say."""
    limits = {str(most): {"metric": "blocked_max", "of": "orders", "must": f"<= {most}s"} for most in (5, 15)}
    found = judged(scenario({"duration": "30s", "sla": limits}, orders=store(2), **cut("north->east")))
    assert {one.id: one.verdict for one in found.objectives} == {"5": "missed", "15": "undecided"}
