"""Journeys with replays, with answers known by hand."""

from sim.measure.platform.setup import ReplaySetup
from tests.histories.builder import MS, WRITE, S, v
from tests.histories.platform import bad
from tests.histories.platform.builder import A, B, Journey, path_setup
from tests.histories.platform.good import quiet

HEAL = 5 << 40  # the first operation of the replay's write stream


def replay(journey: Journey, begin: int, end: int, *, into: str, idempotent: bool = True) -> Journey:
    """Replay positions [begin, end) of the bus of a into a consumer from 50 s on, one each 100 ms."""
    journey.path = path_setup(replays={"heal": ReplaySetup(into, idempotent)})
    cause = journey.history.milestone(50 * S, "replay.started", "replay/heal")
    for i, position in enumerate(range(begin, end), start=1):
        at = 50 * S + i * 100 * MS
        journey.history.add("replayed/heal", at_ns=at, region=A, position=position)
    finished = 50 * S + (end - begin) * 100 * MS
    journey.history.milestone(finished, "replay.finished", "replay/heal", cause)
    return journey


def heals() -> Journey:
    """The consumer skipped lsn 11 to 13; a replay of 6 to 15 brings them, at 50.6 to 50.8 s."""
    return replay(bad.consumer_skips(), 5, 15, into="search")


def heals_too_little() -> Journey:
    """Of 11 to 13 the replay, of 6 to 12, brings two."""
    return replay(bad.consumer_skips(), 5, 12, into="search")


def again() -> Journey:
    """Nothing was missing, and the replay of 6 to 15 asks nobody: ten duplicates."""
    return replay(quiet(), 5, 15, into="search", idempotent=False)


def unread() -> Journey:
    """The consumer stopped after 10 records; a replay hands it 6 to 15: 11 to 15 are not in flight."""
    return replay(bad.consumer_waits(), 5, 15, into="search")


def into_database(*, idempotent: bool = True) -> Journey:
    """The failover lost 9 and 10; a replay of 9 and 10 commits them as 12 and 13 of timeline 2.

    One that is not idempotent also commits 8, which its client had written again, as 14.
    """
    journey = bad.failover()
    history = journey.history
    journey.path = path_setup(
        lake=None, zones_fresh_ns={}, insights={}, replays={"heal": ReplaySetup(None, idempotent)}
    )
    cause = history.milestone(30 * S, "replay.started", "replay/heal")
    events = [row["version"] for row in sorted(history.rows["bus/b"], key=lambda row: row["at_ns"])]
    calls = [(9, 12), (10, 13)] if idempotent else [(9, 12), (10, 13), (8, 14)]
    for i, (lost, lsn) in enumerate(calls):
        at = 30 * S + i * S
        position = events.index(v(1, lost))
        history.add("handled/heal", at_ns=at, region=B, position=position, rid=HEAL + i, tag=lost)
        history.commit(at + 500 * MS, v(2, lsn), HEAL + i, node=B, key=lost % 2)
        history.op(HEAL + i, at, at + 600 * MS, WRITE, version=v(2, lsn), key=lost % 2)
        journey.publish(B, at + 700 * MS, v(2, lsn))
        journey.consume(16 + i, 17 + i, region=B, at=at + 800 * MS)
        for region in "ac":
            history.add(f"waiting/{region}", version=v(2, lsn))
            history.add(f"unread/mirror/b/{region}", region=B, begin=16 + i, end=17 + i)
    history.milestone(32 * S, "replay.finished", "replay/heal", cause)
    return journey
