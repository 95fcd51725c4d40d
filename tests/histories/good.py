"""Histories in which nothing is wrong: every measure must say so."""

from tests.histories.builder import MS, READ, WRITE, History, S, v


def quiet() -> History:
    """Two writes and two reads a second, each answered in 20 ms, replicated to both standbys in 50 ms."""
    history = History()
    for i in range(1, 59):
        at = i * S
        history.op(i, at, at + 20 * MS, WRITE, version=v(1, i))
        history.commit(at + 10 * MS, v(1, i), i)
        history.op(1 << 40 | i, at + 30 * MS, at + 50 * MS, READ, version=v(1, i))
        replicate(history, at + 10 * MS, v(1, i))
    return history


def replicate(history: History, committed: int, version: int, regions: str = "bc") -> None:
    """Send after 1 ms, receive after 40, apply after 50."""
    for region in regions:
        history.position("sent", region, committed + MS, version)
        history.position("received", region, committed + 40 * MS, version)
        history.position("applied", region, committed + 50 * MS, version)


def clean_switch() -> History:
    """A promotion at 30 s of a standby that had received everything."""
    history = History()
    for i in range(1, 6):
        history.commit(i * S, v(1, i), i)
        history.op(i, i * S - 10 * MS, i * S + 10 * MS, WRITE, version=v(1, i))
        replicate(history, i * S, v(1, i))
    lost = history.milestone(25 * S, "primary.lost", "orders")
    history.milestone(30 * S, "promoted", "orders/b", lost)
    history.add("cuts", at_ns=30 * S, timeline=2, parent=1, cut=5, node=1)
    return history
