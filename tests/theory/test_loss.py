"""What a failover loses, from arithmetic: what had not left the region, and what was on a wire that was cut
or still flying.

Write n is sent at n * 10 ms, committed 6.3 ms later, handed to the wire 1 ms after that and received after 30
ms more.
"""

import pytest

from tests.theory.one_store import COMMIT, EAST_WEST, MS, TRANSMIT, S, run

GAP = 10 * MS
T = 20 * S
COMMITTED = 1999  # writes committed before T: n * 10 ms + 6.3 ms < 20 s


def commit(n: int) -> int:
    """Return when write ``n`` (from 1) is committed."""
    return n * GAP + COMMIT


def outage(**more):
    """Return the loss of east at T, for the rest of the run."""
    return {"kind": "region_outage", "region": "east", "at": "20s", **more}


def test_a_lost_wire_loses_what_was_on_it():
    """With ``wire: lost`` the writes committed and not yet received are lost: three, and the window is the
    oldest's age.
    """
    r = run(power=outage(wire="lost"))
    expected = [n for n in range(1, COMMITTED + 1) if commit(n) + TRANSMIT + EAST_WEST >= T]
    loss = r.figures["loss"]["orders"]
    assert expected == [1997, 1998, 1999]
    assert r.lost() == expected
    assert (loss["records"], loss["cause"]["wire"], loss["named_cause"]) == (3, 3, "wire")
    assert round(loss["window_s"] * S) == T - commit(1997)


def test_propagation_alone_loses_nothing():
    """Sender dead, wire intact, nothing queued: the 30 ms of records in flight all arrive and nothing is
    lost.
    """
    r = run(power=outage(wire="delivered"))
    assert r.lost() == []
    assert r.figures["loss"]["orders"]["records"] == 0
    assert r.figures["loss"]["orders"]["window_s"] == 0.0
    assert int(r.table("cuts", "cut")[0]) == COMMITTED


@pytest.mark.parametrize(("late_ns", "lost"), [(-1, 1), (0, 1), (1, 0)])
def test_a_record_being_handed_to_the_wire_is_lost(late_ns, lost):
    """A record that leaves the sender at d is lost if the sender dies at d or before, and arrives if it dies
    1 ns later.
    """
    at = commit(COMMITTED) + TRANSMIT + late_ns
    r = run(power=outage(wire="delivered", at=f"{at}ns"))
    assert r.lost() == [COMMITTED][:lost]
    assert r.figures["loss"]["orders"]["records"] == lost
    assert r.figures["loss"]["orders"]["cause"]["send_queue"] == lost


def queue(share: float, **more):
    """Return a run whose flow gets ``share`` of the link: 1 ms / share a record."""
    return run(orders={"replication": {"share": share}}, power=outage(**more))


def test_a_share_of_the_link_below_the_load_loses_its_queue():
    """At 20 ms a record and a write every 10 ms, half of what was committed has not left when the region
    dies.
    """
    sent = [n for n in range(1, COMMITTED + 1) if commit(1) + n * 20 * MS < T]
    r = queue(0.05, wire="delivered")
    assert r.lost() == list(range(len(sent) + 1, COMMITTED + 1))
    loss = r.figures["loss"]["orders"]
    assert (len(sent), loss["records"], loss["cause"]["send_queue"]) == (999, 1000, 1000)
    assert round(loss["window_s"] * S) == T - commit(1000)


def test_a_lost_wire_adds_to_the_queue():
    """The same queue with the wire lost: 1000 records that had not left and the two that were on the way."""
    r = queue(0.05, wire="lost")
    received = [n for n in range(1, COMMITTED + 1) if commit(1) + n * 20 * MS + EAST_WEST < T]
    loss = r.figures["loss"]["orders"]
    assert r.lost() == list(range(len(received) + 1, COMMITTED + 1))
    assert (loss["records"], loss["cause"]["send_queue"], loss["cause"]["wire"]) == (1002, 1000, 2)


def test_a_paused_flow_loses_the_pause():
    """What was committed since the replica's flow was paused is lost, whatever the bandwidth."""
    pause = {
        "kind": "replication_pause",
        "database": "orders",
        "region": "west",
        "at": "12s",
        "duration": "18s",
    }
    r = run(pause=pause, power=outage())
    kept = max(n for n in range(1, COMMITTED + 1) if commit(n) + TRANSMIT < 12 * S)
    loss = r.figures["loss"]["orders"]
    assert r.lost() == list(range(kept + 1, COMMITTED + 1))
    assert (loss["records"], loss["cause"]["paused"], loss["named_cause"]) == (800, 800, "paused")
    assert round(loss["window_s"] * S) == T - commit(1200)


def test_what_still_flies_at_promotion_is_lost():
    """With 25 s of latency the standby begins its promotion at 40 s; what was sent from 15 s on has not
    arrived.
    """
    links = {"network": {"links": {"east/west": {"latency": "25s"}, "west/east": {"latency": "30ms"}}}}
    r = run(links, power=outage(wire="delivered"))
    assert r.when("promoting") == [40 * S]
    arrived = [n for n in range(1, COMMITTED + 1) if commit(n) + TRANSMIT + 25 * S < 40 * S]
    assert r.lost() == list(range(len(arrived) + 1, COMMITTED + 1))
    assert r.figures["loss"]["orders"]["cause"]["wire"] == 500


def test_a_cut_that_heals_in_time_loses_nothing():
    """What was on the wire when the link was cut is late, not lost: it is sent again after healing."""
    cut = {"kind": "region_isolation", "region": "east", "at": "20s", "duration": "5s"}
    r = run(cut=cut)
    assert r.lost() == []
    again = r.table("sent/west", "version").tolist()
    assert {v & 0xFFFFFFFFFF for v in again if again.count(v) == 2} == {1997, 1998, 1999}
    assert r.figures["loss"]["orders"]["records"] == 0


def test_split_brain_diverges_until_the_old_primary_stops_writing():
    """Isolated and not fenced, the old primary goes on committing until it rejoins: those writes diverge, and
    are lost.
    """
    isolated = {"kind": "region_isolation", "region": "east", "at": "20s", "duration": "40s"}
    r = run({"duration": "120s"}, isolated=isolated)
    rejoin = 63 * S  # promoted at 43 s; rejoin polls every 5 s; healed at 60 s
    assert r.when("promoted") == [43 * S]
    assert r.when("rewinding") == [rejoin]
    last = max(n for n in range(1, 12_000) if commit(n) < rejoin)
    loss = r.figures["loss"]["orders"]
    assert r.lost() == list(range(1997, last + 1))
    assert (loss["records"], loss["diverged"], loss["cause"]["wire"]) == (last - 1996, last - 1999, 3)
    assert loss["salvageable"] == loss["records"], "all of it is on the disk of the node that came back"
    assert round(loss["window_s"] * S) == commit(last) - commit(1997)


def test_a_lease_ends_divergence():
    """With a lease, the isolated primary refuses from the majority's last contact (16 s) + 30 s on, before
    the other may write.
    """
    isolated = {"kind": "region_isolation", "region": "east", "at": "20s"}
    r = run({"duration": "90s"}, orders={"failover": {"fencing": "lease", "lease": "30s"}}, isolated=isolated)
    until = 16 * S + 30 * S
    at_east = r.table("commits", "commit_ns")[r.table("commits", "node") == 0]
    last = max(n for n in range(1, 9_000) if commit(n) < until)
    assert at_east[-1] == commit(last)
    assert r.when("fenced") == [31 * S + 30 * S], (
        "the voters' last probes that may have renewed it were sent at 31 s"
    )
    assert r.when("promoted") == [64 * S]
    assert r.figures["loss"]["orders"]["diverged"] == last - 1999
    refused = [j for j in r.journeys(until).values() if j[2] == 1]
    assert len(refused) == len([n for n in range(1, 9_000) if n * GAP >= until]) - 1, (
        "the last is still open at the end"
    )
    assert {end - send for send, end, *_ in refused} == {2 * (COMMIT - 1 * MS)}, "refused on arrival"


def test_the_standby_that_has_most_is_promoted():
    """Of what one paused standby lacks, the other has all: the controller chooses that one and nothing is
    lost.
    """
    pause = {"kind": "replication_pause", "database": "orders", "region": "west", "at": "12s"}
    r = run(orders={"replicas": ["west", "north"]}, pause=pause, power=outage())
    assert [m.subject for m in r.milestones if m.kind == "promoted"] == ["orders/north"]
    assert r.lost() == []


def test_a_replica_that_lost_its_data_is_copied_anew():
    """A replica whose data is gone is copied from the position of the primary at the start of the copy."""
    crash = {
        "kind": "db_crash",
        "database": "orders",
        "region": "west",
        "data": "lost",
        "at": "20s",
        "duration": "1s",
    }
    r = run({"duration": "120s"}, crash=crash)
    begun = r.when("rebuilding", "orders/west")[0]
    assert r.when("node.up", "orders/west") == [31 * S]
    assert begun == 35 * S, "polls every 5 s from the crash on; the node is up from 31 s"
    assert r.when("rejoined", "orders/west") == [begun + 40 * S]
    copied = r.table("copied/west", "version").tolist()
    last = max(n for n in range(1, 12_000) if commit(n) < begun)
    assert [v & 0xFFFFFFFFFF for v in copied] == [0, last]
    assert r.table("copied/west", "at_ns").tolist() == [20 * S, begun + 40 * S], "emptied, then filled"
    assert r.figures["conservation"]["orders"]["problems"] == []


def test_a_primary_that_lost_its_data_comes_back_as_a_copy():
    """The dead primary's data is gone: after the failover it is a copy of the new primary and follows it."""
    r = run({"duration": "150s"}, power=outage(data="lost", duration="30s"))
    begun = r.when("rebuilding", "orders/east")[0]
    assert (r.when("node.up", "orders/east"), begun) == ([60 * S], 63 * S)
    assert r.when("rejoined", "orders/east") == [begun + 40 * S]
    assert r.figures["loss"]["orders"]["salvageable"] == 0
    assert int(r.table("applied/east", "at_ns").min()) > begun + 40 * S


@pytest.mark.parametrize("end", ["25s", "33s", "50s", "80s"])
@pytest.mark.parametrize("region", ["west", "east"])
def test_sums_close_while_a_copy_is_being_made(end, region):
    """A run that ends while a node without its data is down, waits for its copy, or is being copied: every
    sum still closes.
    """
    crash = {
        "kind": "db_crash",
        "database": "orders",
        "region": region,
        "data": "lost",
        "at": "20s",
        "duration": "1s",
    }
    r = run({"duration": end}, crash=crash)
    assert r.figures["conservation"]["orders"]["problems"] == []


def test_what_is_being_copied_when_the_primary_burns_is_there_and_out_of_reach():
    """West copies all that east has when east burns: it is in west, and nobody has it before that is done."""
    empty = {"kind": "db_crash", "database": "orders", "data": "lost"}
    west = {**empty, "region": "west", "at": "10s", "duration": "1s"}
    r = run(west=west, east={**empty, "region": "east", "at": "40s"})
    begun = r.when("rebuilding", "orders/west")[0]
    assert (begun, r.when("rejoined", "orders/west")) == (25 * S, [])
    copied = max(n for n in range(1, 6_000) if commit(n) < begun)
    loss = r.figures["loss"]["orders"]
    why = "where the full copy is not done at the end"
    assert loss["where"] == [{"region": "west", "records": copied, "why": why}]
    assert (loss["stranded"], loss["stranded_window_s"]) == (copied, None)
    assert loss["records"] > 0
    assert loss["bounds"]["records"]["reason"] == f"{copied:,} records are only in west, {why}"
