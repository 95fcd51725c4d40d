"""The twin of the data path gives what arithmetic gives: relay, bus, mirrors, readers."""

from collections import Counter

from sim.journal.schema import LSN_MASK
from sim.spec.bus.bus import Cdc, Poll
from sim.spec.faults import kinds as f
from sim.spec.faults.kinds import RegionOutage, ReplicationPause

from .by_hand import MS, POLL, S, in_ms, ms, reader, run


def _kill(process: str, at: float, lasts: float) -> f.ProcessKill:
    return f.ProcessKill(kind="process_kill", process=process, at=ms(at), duration=ms(lasts))


def _outage(at: float, lasts: float, **more) -> RegionOutage:
    return RegionOutage(kind="region_outage", region="a", at=ms(at), duration=ms(lasts), **more)


def _positions(table: dict) -> list[int]:
    return table["position"].tolist()


def test_a_write_reaches_the_bus_the_other_regions_and_its_reader():
    """Write k is visible at 202 + 100 k ms, 10.004 ms later in b and c, and consumed after 3 ms of work."""
    tables = run(consumers={"view": reader(), "far": reader(region="b")}, duration=2 * S).tables["d"]
    times = [202.0 + 100 * k for k in range(18)]
    assert in_ms(tables["bus/a"]["at_ns"]) == times
    assert in_ms(tables["bus/b"]["at_ns"]) == [at + 10.004 for at in times]
    assert tables["bus/b"]["origin"].tolist() == [0] * 18
    assert in_ms(tables["consumed/view"]["at_ns"]) == [at + 3 for at in times]
    assert in_ms(tables["consumed/far"]["at_ns"]) == [at + 13.004 for at in times]


def test_a_batch_is_published_in_one_round_and_marked_once():
    """With rounds every 500 ms and a batch of 3, each takes three; of 19 commits ten are left."""
    outbox = Poll(**{**POLL, "interval": 500 * MS, "batch": 3})
    tables = run(outbox=outbox, duration=2 * S).tables["d"]
    assert in_ms(tables["bus/a"]["at_ns"]) == [502, 504, 506, 1002, 1004, 1006, 1502, 1504, 1506]
    assert len(tables["unsent/relay"]["version"]) == 10


def test_a_reader_that_dies_reads_again_what_it_had_not_saved():
    """Of the rows consumed until 2.55 s those since the save at 2 s, six, come again from 2.85 s on."""
    tables = run(consumers={"view": reader()}, faults={"k": _kill("d/view", 2550, 100)}).tables["d"]
    seen = Counter(_positions(tables["consumed/view"]))
    assert [position for position, times in seen.items() if times == 2] == list(range(18, 24))
    assert in_ms(tables["placed/view"]["at_ns"]) == [0, 2850]
    assert _positions(tables["placed/view"]) == [0, 18]


def test_a_relay_that_crashes_before_it_marks_publishes_the_round_again():
    """The crash falls on the round of 1 s, 1 ns after row 8; it runs again at 1302.000001 ms, and the round
    of 1400 ms begins with row 8."""
    crash = f.RelayCrash(kind="relay_crash", database="d", at=ms(950))
    result = run(faults={"crash": crash}, duration=2 * S)
    versions = (result.tables["d"]["bus/a"]["version"] & LSN_MASK).tolist()
    assert versions == [*range(1, 10), *range(9, 19)][: len(versions)]
    assert ("process.stopped", 1002 * MS + 1, "d/relay") in result.milestones
    assert ("process.started", 1302 * MS + 1, "d/relay") in result.milestones
    assert in_ms(result.tables["d"]["bus/a"]["at_ns"])[9] == 1402


def test_a_connector_publishes_again_what_came_since_its_position_was_saved():
    """Flushed at 1 s with nine rows published, killed at 1.95 s: rows 10 to 18 are on the bus twice."""
    rounds = {key: POLL[key] for key in ("interval", "batch", "publish", "restart")}
    outbox = Cdc(flush=1 * S, **rounds)
    tables = run(outbox=outbox, faults={"k": _kill("d/relay", 1950, 10)}, duration=4 * S).tables["d"]
    seen = Counter((tables["bus/a"]["version"] & LSN_MASK).tolist())
    assert [lsn for lsn, times in sorted(seen.items()) if times == 2] == list(range(9, 19))


def test_a_connector_without_its_slot_skips_or_snapshots():
    """The relay starts at 2.26 s: with skip it goes on behind commit 22, with a snapshot the newest version
    of the one key comes first."""
    for gap, first in (("skip", 23), ("snapshot", 22)):
        slot = f.SlotLost(kind="slot_lost", database="d", gap=gap, at=ms(1000))
        faults = {"slot": slot, "k": _kill("d/relay", 1950, 10)}
        tables = run(faults=faults, duration=4 * S).tables["d"]
        lsns = (tables["bus/a"]["version"] & LSN_MASK).tolist()
        assert lsns[18] == first, (gap, lsns)
        assert _positions(tables["placed/relay"])[-1] == 22


def test_events_that_were_not_replicated_are_ghosts_and_the_rest_comes_again():
    """Replication stands still from 3 s on and a goes at 4 s: what the old region published beyond the cut
    stays on its bus; the new relay begins behind what was known to be marked."""
    failover = {
        "interval": 100 * MS,
        "timeout": 50 * MS,
        "failures": 2,
        "offset": 50 * MS,
        "lease": 1 * S,
        "promotion": ms(500),
        "decision": ms(100),
    }
    pauses = {
        f"pause-{region}": ReplicationPause(
            kind="replication_pause", database="d", region=region, at=ms(3000)
        )
        for region in ("b", "c")
    }
    result = run(faults={**pauses, "out": _outage(4000, 60_000)}, failover=failover, duration=8 * S)
    tables = result.tables["d"]
    cut = int(tables["cuts"]["cut"][0])
    assert cut == 29
    published = (tables["bus/a"]["version"] & LSN_MASK).tolist()
    assert published == list(range(1, 39))
    region, start = tables["placed/relay"]["region"][-1], tables["placed/relay"]["position"][-1]
    assert (region, start) == (1, 27)  # 28 was marked at 3.009 s, after commit 29 (3.007 s)
    assert ("relay.resumed", int(tables["cuts"]["at_ns"][0]), "d/relay") in result.milestones
    again = tables["bus/b"]["version"][tables["bus/b"]["origin"] == 1]
    assert (again & LSN_MASK).tolist()[:2] == [28, 29]


def test_an_unavailable_partition_holds_up_what_is_behind_it():
    """The one key's partition has no leader from 1.001 s for 450 ms: row 8 starts anew at 1451 ms."""
    crash = f.BrokerCrash(kind="broker_crash", region="a", broker=0, at=ms(1001))
    bus = {"partitions": 1, "brokers": 2, "election": ms(450)}
    result = run(bus=bus, faults={"crash": crash}, duration=2 * S)
    at = in_ms(result.tables["d"]["bus/a"]["at_ns"])
    assert at[7:14] == [902, 1453, 1502, 1504, 1506, 1508, 1510]
    assert ("partitions.up", 1451 * MS, "bus/a") in result.milestones


def test_an_unclean_leader_loses_the_newest_rows():
    """Rows 6 to 8, visible in the last 250 ms before 1050 ms, are gone; the reader in b never gets them from
    a mirror that stood still."""
    lost = f.UncleanLeaderElection(
        kind="unclean_leader_election", region="a", broker=0, lost=250 * MS, at=ms(1050)
    )
    pause = {"from": "a", "to": "b", "database": "d", "at": ms(790), "duration": ms(500)}
    faults = {"lost": lost, "pause": f.MirrorPause(kind="mirror_pause", **pause)}
    bus = {"partitions": 1, "brokers": 2, "election": ms(100)}
    tables = run(bus=bus, faults=faults, duration=2 * S).tables["d"]
    assert _positions(tables["gone/a"]) == [6, 7, 8]
    assert _positions(tables["skipped/mirror/a/b"]) == [6, 7, 8]
    assert in_ms(tables["skipped/mirror/a/b"]["at_ns"]) == [1290] * 3


def test_a_reader_that_sleeps_past_retention_has_a_gap():
    """Down from 1.05 s to 3.2 s with 1 s of retention: of the rows from 8 on those visible until 2.2 s, up to
    19, are skipped."""
    kill = _kill("d/view", 1050, 1950)
    consumers = {"view": reader(commit=100 * MS)}
    tables = run(consumers=consumers, bus={"retention": 1 * S}, faults={"k": kill}).tables["d"]
    assert _positions(tables["skipped/view"]) == list(range(8, 20))
    assert 20 in _positions(tables["consumed/view"])


def test_a_member_that_dies_stops_its_group_twice():
    """Session and rebalance when it dies, a rebalance when it is back; in between one member works."""
    group = reader(members=2, session=400 * MS, rebalance=100 * MS, commit=100 * MS)
    result = run(consumers={"view": group}, faults={"k": _kill("d/view", 1050, 950)}, duration=4 * S)
    changes = [(kind, at / MS) for kind, at, subject in result.milestones if subject == "d/view"]
    assert changes == [
        ("process.stopped", 1050),
        ("process.started", 1550),
        ("process.stopped", 2000),
        ("process.started", 2100),
    ]
    consumed = in_ms(result.tables["d"]["consumed/view"]["at_ns"])
    assert 903.5 in consumed and 1605.0 in consumed and 2203.5 in consumed


def test_a_storm_strikes_until_its_end():
    """Every 400 ms from 1 s to before 2.2 s, 100 ms each: three stops."""
    storm = f.RebalanceStorm(
        kind="rebalance_storm", reader="d/view", every=400 * MS, at=ms(1000), duration=ms(1200)
    )
    group = reader(members=2, session=1 * S, rebalance=100 * MS)
    result = run(consumers={"view": group}, faults={"storm": storm}, duration=4 * S)
    stops = [at / MS for kind, at, _ in result.milestones if kind == "process.stopped"]
    assert stops == [1000, 1400, 1800]


def test_a_mirror_that_dies_carries_again_what_it_had_not_saved():
    """Saved at 1 s (row 7, received at 912 ms), killed at 1.95 s: rows 8 to 17 are in b twice."""
    tables = run(faults={"k": _kill("d/mirror/a/b", 1950, 10)}, duration=4 * S).tables["d"]
    seen = Counter((tables["bus/b"]["version"] & LSN_MASK).tolist())
    assert [lsn for lsn, times in sorted(seen.items()) if times == 2] == list(range(9, 19))
    assert set(Counter((tables["bus/c"]["version"] & LSN_MASK).tolist()).values()) == {1}


def test_a_reader_moves_to_the_newest_checkpoint():
    """The reader in a saved 28 at 3 s, which the mirror's checkpoint of 3 s does not see; what it saved at
    2 s, 18, is rounded down to 15."""
    consumers = {"view": reader(standby=["b"], takeover=ms(300))}
    faults = {"out": _outage(3050, 1000)}
    result = run(consumers=consumers, mirror={"granularity": 5}, faults=faults, duration=5 * S)
    assert ("reader.moved", 3350 * MS, "d/view") in result.milestones
    placed = result.tables["d"]["placed/view"]
    assert (placed["region"].tolist(), _positions(placed)) == ([0, 1], [0, 15])


def test_a_skew_moves_the_start_and_stays_within_the_log():
    """-7 from the checkpoint 18; -1000 from it is 0; 1000 beyond it is the end of the log."""
    for skew, start in ((-7, 11), (-1000, 0), (1000, 29)):
        error = f.OffsetTranslationError(
            kind="offset_translation_error", reader="d/view", skew=skew, at=ms(1)
        )
        consumers = {"view": reader(standby=["b"], takeover=ms(300))}
        tables = run(consumers=consumers, faults={"out": _outage(3050, 1000), "e": error}).tables["d"]
        assert _positions(tables["placed/view"])[:2] == [0, start], skew


def test_an_outage_with_a_lost_wire_takes_rows_back_and_they_are_carried_later():
    """Row 18 (visible at 2.002 s) flies when a goes at 2.005 s: with wire delivered it arrives, with lost it
    comes after a is back."""
    for wire, arrived in (("delivered", 2012.004), ("lost", 3010.004)):
        tables = run(faults={"out": _outage(2005, 995, wire=wire)}, duration=4 * S).tables["d"]
        assert in_ms(tables["bus/b"]["at_ns"])[18] == arrived
