"""A journey on which nothing is wrong."""

from tests.histories.builder import MS, S
from tests.histories.platform.builder import A, Journey

STAGES = (
    "outbox",
    "bus",
    "mirror/b",
    "mirror/c",
    "search",
    "raw",
    "curated",
    "analytics",
    "copy/b",
    "copy/c",
)


def quiet(last: int = 40) -> Journey:
    """``last`` records, one a second. On the bus after 100 ms, mirrored after 200, consumed after 300.

    Raw takes ten at a time, 500 ms after the tenth; curated follows 1 s, analytics 2 s, the copies 3 s after
    that; the dashboard looks 4 s after that.
    """
    journey = Journey()
    for process in ("relay", "search", "stream"):
        journey.place(process, 0, 0)
    journey.write(1, last)
    journey.relay(1, last)
    for lsn in range(1, last + 1):
        journey.consume(lsn - 1, lsn, at=lsn * S + 300 * MS)
    for tens in range(0, last, 10):
        lake(journey, tens, tens + 10, (tens + 10) * S + 500 * MS)
    return journey


def lake(journey: Journey, begin: int, end: int, at: int) -> None:
    """Take positions [begin, end) through the lake, into raw at ``at``."""
    journey.commit("raw", at, (begin, end))
    journey.commit("curated", at + S, (begin, end))
    journey.commit("analytics", at + 2 * S, (begin, end))
    for region in range(3):
        if region != A:
            for zone in ("raw", "curated", "analytics"):
                journey.commit(zone, at + 3 * S, (begin, end), region=region)
    journey.refresh(at + 4 * S)
