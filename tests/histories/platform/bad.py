"""Journeys on which one thing goes wrong, with answers known by hand. Each starts as the quiet one does."""

from tests.histories.builder import MS, WRITE, S, v
from tests.histories.platform.builder import A, B, Journey, path_setup
from tests.histories.platform.good import lake, quiet


def without_lake() -> Journey:
    """A journey on which there is no lake."""
    return Journey(path_setup(lake=None, zones_fresh_ns={}, insights={}))


def short(journey: Journey, table: str, drop: set[int]) -> None:
    """Take records of some lsn (timeline 1) or positions out of a table, as if they had never been there."""
    rows = journey.history.rows[table]
    journey.history.rows[table] = [
        row for row in rows if row.get("position", row.get("version", 0) & 0xFFFFFFFF) not in drop
    ]


def without(*tables: str, drop: set[int]) -> Journey:
    """The quiet journey without some rows."""
    journey = quiet()
    for table in tables:
        short(journey, table, drop)
    return journey


def relay_skips() -> Journey:
    """The relay stops after 10 and lost its position: at 15.5 s it begins behind 15: no event of 11 to 15."""
    journey = Journey()
    journey.place("relay", 0, 0)
    journey.place("search", 0, 0)
    journey.place("stream", 0, 0)
    journey.write(1, 40)
    journey.relay(1, 10)
    journey.place("relay", 15 * S + 500 * MS, 15)
    journey.relay(16, 40)
    for position in range(35):
        lsn = position + 1 if position < 10 else position + 6
        journey.consume(position, position + 1, at=lsn * S + 300 * MS)
    lake(journey, 0, 35, 40 * S + 500 * MS)
    return journey


def consumer_skips() -> Journey:
    """Positions 10 to 12 (lsn 11 to 13) expired before the consumer took them up, at 20 s."""
    journey = without("consumed/search", drop={10, 11, 12})
    for position in (10, 11, 12):
        journey.history.add("skipped/search", at_ns=20 * S, region=A, position=position)
    return journey


def consumer_starts_behind() -> Journey:
    """The consumer stops after 10 records and starts again at 20.5 s from position 15, beyond 11 to 15."""
    journey = without("consumed/search", drop=set(range(10, 20)))
    journey.place("search", 20 * S + 500 * MS, 15)
    journey.consume(15, 20, at=20 * S + 600 * MS)
    return journey


def consumer_repeats() -> Journey:
    """The consumer stops after 10 records, goes back to position 6 at 10.4 s and completes 7 to 10 again."""
    journey = quiet()
    journey.place("search", 10 * S + 400 * MS, 6)
    journey.consume(6, 10, at=10 * S + 450 * MS)
    return journey


def consumer_waits() -> Journey:
    """The consumer stops for good after 10 records; the others are unread when the run ends."""
    journey = without("consumed/search", drop=set(range(10, 40)))
    journey.history.add("unread/search", region=A, begin=10, end=40)
    return journey


def faults_in_turn() -> Journey:
    """The same, and a fault began at 12.05 s and again at 20 s, another at 30.05 s."""
    journey = consumer_waits()
    for start, stop, fault in (
        (12_050, 13_000, "first"),
        (20_000, 21_000, "first"),
        (30_050, 31_000, "second"),
    ):
        begun = journey.history.milestone(start * MS, "fault.started", f"fault/{fault}")
        journey.history.milestone(stop * MS, "fault.healed", f"fault/{fault}", begun)
    return journey


def unclean() -> Journey:
    """At 40.7 s the rows of lsn 39 and 40 are gone from the bus of a; all others have had them by then."""
    journey = quiet()
    for position in (38, 39):
        journey.history.add("gone/a", at_ns=40 * S + 700 * MS, position=position)
    return journey


def mirror_skips() -> Journey:
    """The mirror to b skips lsn 5 and 6 at 9 s: b never has them."""
    journey = without("bus/b", drop={5, 6})
    journey.rows[B] = [version for version in journey.rows[B] if version & 0xFFFF not in (5, 6)]
    for position in (4, 5):
        journey.history.add("skipped/mirror/a/b", at_ns=9 * S, region=A, position=position)
    return journey


def dead_letters() -> Journey:
    """Records 13 and 14 become dead letters at 14.4 s; raw, curated and analytics never hold them."""
    journey = Journey()
    for process in ("relay", "search", "stream"):
        journey.place(process, 0, 0)
    journey.write(1, 20)
    journey.relay(1, 20)
    for lsn in range(1, 21):
        journey.consume(lsn - 1, lsn, at=lsn * S + 300 * MS)
    for position in (12, 13):
        journey.history.add("dead/stream", at_ns=14 * S + 400 * MS, region=A, position=position)
    at = 20 * S + 500 * MS
    for i, zone in enumerate(("raw", "curated", "analytics")):
        journey.commit(zone, at + i * S, (0, 12), (14, 20))
        for region in (1, 2):
            journey.commit(zone, at + 3 * S, (0, 12), (14, 20), region=region)
    return journey


def shows_dead_letters() -> Journey:
    """The same, looked at at 30 s."""
    journey = dead_letters()
    journey.refresh(30 * S)
    return journey


def refresh_fails() -> Journey:
    """Nothing is wrong but the last refresh, at 54.5 s."""
    journey = quiet()
    journey.refresh(54 * S + 500 * MS, ok=False)
    return journey


def half_way() -> Journey:
    """At the end the tables hold: raw 1 to 30, curated to 20, analytics to 10, the copy in b nothing.

    The stream has completed 31 to 35 and not committed them; 36 to 40 are unread.
    """
    journey = Journey()
    for process in ("relay", "search", "stream"):
        journey.place(process, 0, 0)
    journey.write(1, 40)
    journey.relay(1, 40)
    for lsn in range(1, 41):
        journey.consume(lsn - 1, lsn, at=lsn * S + 300 * MS)
    for tens, zones in ((0, 3), (10, 2), (20, 1)):
        for i, zone in enumerate(("raw", "curated", "analytics")[:zones]):
            journey.commit(zone, (50 + i) * S + tens * MS, (tens, tens + 10))
    journey.commit("analytics", 55 * S, (0, 10), region=2)
    journey.history.add("unread/stream", region=A, begin=35, end=40)
    return journey


def raw_twice() -> Journey:
    """At least once: raw holds 1 to 10, then, after a restart at 12 s, 6 to 20 once more."""
    journey = Journey()
    for process in ("relay", "search", "stream"):
        journey.place(process, 0, 0)
    journey.write(1, 20)
    journey.relay(1, 20)
    for lsn in range(1, 21):
        journey.consume(lsn - 1, lsn, at=lsn * S + 300 * MS)
    journey.commit("raw", 11 * S, (0, 10))
    journey.place("stream", 12 * S, 5)
    journey.commit("raw", 21 * S, (5, 20))
    journey.commit("curated", 25 * S, (0, 10), (5, 20))
    journey.commit("analytics", 26 * S, (0, 10), (5, 20))
    for region in (1, 2):
        journey.commit("analytics", 27 * S, (0, 10), (5, 20), region=region)
    return journey


def reordered() -> Journey:
    """The bus of a has 1, 2, 5, 3, 4, 6: 3 (key 1) comes after 5 (key 1), 4 (key 0) after no newer one."""
    journey = without_lake()
    for process in ("relay", "search"):
        journey.place(process, 0, 0)
    journey.write(1, 6)
    for i, lsn in enumerate((1, 2, 5, 3, 4, 6)):
        for region in range(3):
            journey.publish(region, 7 * S + i * MS, v(1, lsn), A)
    journey.consume(0, 6, at=8 * S)
    return journey


def failover() -> Journey:
    """Ten writes in a; b is promoted at 20 s with 1 to 7 only, 8 is written again there, 9 and 10 are lost.

    All ten were on the bus of a, 1 to 9 on that of b before the promotion, 10 arrives there at 25 s. The
    relay in b begins behind 5, so 6 and 7 are published twice; then 8, and 11 to 13, which are 8 to 11 on
    timeline 2. The consumer moved to b at 15 s, from the position behind 5.
    """
    journey = without_lake()
    history = journey.history
    for process in ("relay", "search"):
        journey.place(process, 0, 0)
    journey.write(1, 7)
    for lsn in (8, 9, 10):
        history.commit(lsn * S, v(1, lsn), lsn, key=lsn % 2)
        history.op(lsn, lsn * S - MS, lsn * S + MS, WRITE, version=v(1, lsn), key=lsn % 2)
    for lsn in range(1, 11):
        journey.publish(A, lsn * S + 100 * MS, v(1, lsn), A)
        journey.publish(B, (lsn if lsn < 10 else 25) * S + 200 * MS, v(1, lsn), A)
    journey.consume(0, 10, at=10 * S + 300 * MS)
    journey.place("search", 15 * S, 5, region=B)
    journey.consume(5, 9, region=B, at=15 * S + 100 * MS)
    history.milestone(20 * S, "promoted", "orders/b", history.milestone(12 * S, "primary.lost", "orders"))
    history.add("cuts", at_ns=20 * S, timeline=2, parent=1, cut=7, node=B)
    history.position("copied", "c", 20 * S, v(1, 7))
    history.position("copied", "a", 20 * S, v(1, 7))
    journey.place("relay", 20 * S, 5, region=B)
    history.commit(21 * S, v(2, 8), 8, node=B, key=0)
    for lsn in (9, 10, 11):
        history.commit((lsn + 13) * S, v(2, lsn), 100 + lsn, node=B, key=lsn % 2)
    for i, version in enumerate((v(1, 6), v(1, 7), v(2, 8), v(2, 9), v(2, 10))):
        journey.publish(B, (20 + i) * S + 500 * MS, version)
    journey.rows[B].sort()
    history.rows["bus/b"].sort(key=lambda row: row["at_ns"])
    journey.publish(B, 25 * S, v(2, 11))
    journey.consume(9, 16, region=B, at=26 * S)
    for region in "ac":
        for lsn in (8, 9, 10, 11):
            history.add(f"waiting/{region}", version=v(2, lsn))
    history.add("unread/mirror/a/c", region=A, begin=0, end=10)
    for region in "ac":
        history.add(f"unread/mirror/b/{region}", region=B, begin=9, end=16)
    return journey


def late_for_a_consumer() -> Journey:
    """The bus of a has 1, 2, 6, 3, 4, 5, 7, all of different keys: 3 comes 3 s behind 6, and 4 just 2 s."""
    journey = without_lake()
    for process in ("relay", "search"):
        journey.place(process, 0, 0)
    journey.write(1, 7, keys=8)
    for i, lsn in enumerate((1, 2, 6, 3, 4, 5, 7)):
        for region in range(3):
            journey.publish(region, 8 * S + i * MS, v(1, lsn), A)
    journey.consume(0, 7, at=9 * S)
    return journey


def late_in_raw() -> Journey:
    """Raw gets 1 to 3 and 8 to 10, then 4 to 7, three of them more than 3 s behind 10; then 20 and 11 to 19.

    These ten come together, so none is late among them. Curated takes the first ten together, too. The
    consumer, which takes one after the other and allows 2 s, is late with 4 to 7, and with 11 to 17.
    """
    journey = Journey()
    for process in ("relay", "search", "stream"):
        journey.place(process, 0, 0)
    journey.write(1, 20, keys=32)
    for i, lsn in enumerate((1, 2, 3, 8, 9, 10, 4, 5, 6, 7, 20, *range(11, 20))):
        for region in range(3):
            journey.publish(region, (10 if i < 10 else 20) * S + (100 + i) * MS, v(1, lsn), A)
    journey.consume(0, 10, at=10 * S + 300 * MS)
    journey.consume(10, 20, at=20 * S + 300 * MS)
    journey.commit("raw", 11 * S, (0, 6))
    journey.commit("raw", 12 * S, (6, 10))
    journey.commit("raw", 21 * S, (10, 20))
    for region in range(3):
        for i, zone in enumerate(("raw", "curated", "analytics")):
            if region != A or zone != "raw":
                at = (13 + 4 * (region != A) + i) * S
                journey.commit(zone, at, (0, 6), (6, 10), region=region)
                journey.commit(zone, at + 10 * S, (10, 20), region=region)
    return journey
