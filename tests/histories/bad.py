"""Histories in which one thing is wrong, with answers known by hand."""

from tests.histories.builder import FAIL, INFO, MS, READ, WRITE, History, S, setup, v
from tests.histories.good import replicate


def outage(*, until: int = 40, end: int = 60) -> History:
    """A read every 500 ms; those sent in [20.5 s, ``until``) fail."""
    history = History(setup(duration_ns=end * S))
    for i in range(2, 2 * end):
        at = i * S // 2
        failed = 20 * S < at < until * S
        history.op(i, at, at + 20 * MS, READ, FAIL if failed else 0, stale_ns=-1 if failed else 0)
    return history


def struck_when_nobody_asked() -> History:
    """The reads fail as in ``outage``, the last of them at 49.5 s; a fault lasts from 50 s to 51 s.

    Writes come at 10 s and at its very end.
    """
    history = outage()
    history.rows["ops"] = [row for row in history.rows["ops"] if row["send_ns"] < 50 * S]
    history.op(1000, 10 * S, 10 * S + 20 * MS, WRITE, version=v(1, 1))
    history.op(1001, 51 * S, 51 * S + 20 * MS, WRITE, version=v(1, 2))
    begun = history.milestone(50 * S, "fault.started", "fault/power")
    history.milestone(51 * S, "fault.healed", "fault/power", begun)
    return history


def standby_behind() -> History:
    """The reads fail as in ``outage``; what was committed meanwhile no standby ever receives."""
    history = outage()
    history.commit(30 * S, 1 << 40 | 1, 1)
    return history


def slow_and_seen() -> History:
    """The reads fail as in ``outage`` while a link is slow; an observer and a checker give up beside."""
    history = outage()
    slow = history.milestone(20 * S, "fault.started", "fault/slow")
    beside = history.milestone(22 * S, "fault.started", "fault/beside")
    history.milestone(25 * S, "observer.unhealthy", "orders/observer/b")
    history.milestone(26 * S, "checker.unhealthy", "orders/check/b/a", beside)
    history.milestone(30 * S, "fault.healed", "fault/beside", beside)
    history.milestone(39 * S, "fault.healed", "fault/slow", slow)
    return history


def lossy_failover() -> History:
    """Ten writes, one a second; b received 6, 2 more were on the wire, 2 were not sent; c received 7.

    The primary fails at 10.5 s and b is promoted at 20 s. Write 9 ended info, write 10 was retried and
    committed again at b: 7 and 8 are lost, 9 perhaps. An eleventh write commits at the old primary at 15 s
    and is acknowledged: diverged. The old primary comes back at 40 s and rewinds.
    """
    history = History()
    for i in range(1, 11):
        history.commit(i * S, v(1, i), i)
        if i < 9:
            history.op(i, i * S - 10 * MS, i * S + 10 * MS, WRITE, version=v(1, i))
        replicate(history, i * S, v(1, i), "b" if i <= 6 else "")
        replicate(history, i * S, v(1, i), "c" if i <= 7 else "")
    for lsn in (7, 8):
        history.position("sent", "b", lsn * S + MS, v(1, lsn))
    history.op(9, 9 * S - 10 * MS, 14 * S, WRITE, INFO)
    history.op(10, 10 * S - 10 * MS, 21 * S + 10 * MS - 4 * S, WRITE, INFO)
    history.commit(15 * S, v(1, 11), 11)
    history.op(11, 15 * S - 10 * MS, 15 * S + 10 * MS, WRITE, version=v(1, 11))
    lost = history.milestone(10 * S + 500 * MS, "primary.lost", "orders")
    promoting = history.milestone(19 * S, "promoting", "orders/b", lost)
    history.milestone(20 * S, "promoted", "orders/b", promoting)
    history.add("cuts", at_ns=20 * S, timeline=2, parent=1, cut=6, node=1)
    history.position("copied", "c", 20 * S, v(1, 6))
    history.commit(21 * S, v(2, 7), 10, node=1)
    history.milestone(40 * S, "rewinding", "orders/a")
    history.position("copied", "a", 41 * S, v(1, 6))
    for region in "ac":
        history.add(f"waiting/{region}", version=v(2, 7))
    return history


def broken_sessions() -> History:
    """One violation of each session guarantee, on four keys, and nothing else.

    Key 1: a read returns less than the session's own acknowledged write. Key 2: a read returns less than an
    earlier read did. Key 3: a write lands on a timeline without the session's earlier write. Key 4: a write
    lands on one without the version that the session had read. On each key the same happens in another
    session too, but the second operation was sent before the first one had ended, so nothing is broken.
    """
    history = History()
    for lsn in range(1, 8):
        history.commit(lsn * S, v(1, lsn), lsn)
    history.add("cuts", at_ns=10 * S, timeline=2, parent=1, cut=5, node=1)
    broken = {
        1: ((WRITE, v(1, 5)), (READ, v(1, 4))),
        2: ((READ, v(1, 5)), (READ, v(1, 4))),
        3: ((WRITE, v(1, 6)), (WRITE, v(2, 6))),
        4: ((READ, v(1, 7)), (WRITE, v(2, 7))),
    }
    for key, (first, second) in broken.items():
        at = 12 * S + key * 100 * MS
        for session, gap in ((1 << 20, 50 * MS), (2 << 20, 50 * MS - 1)):
            who = {"key": key, "session": session}
            history.op(key * 10 + (session >> 20), at, at + 50 * MS, first[0], version=first[1], **who)
            again = at + gap
            history.op(
                key * 100 + (session >> 20), again, again + 60 * MS, second[0], version=second[1], **who
            )
    return history


def paused_standby() -> History:
    """A commit a second from 1 s to 10 s.

    B receives each after 100 ms, c nothing until 10.5 s and then all at once.
    """
    history = History()
    for i in range(1, 11):
        history.commit(i * S, v(1, i), i)
        history.position("sent", "b", i * S + 10 * MS, v(1, i))
        history.position("received", "b", i * S + 100 * MS, v(1, i))
        history.position("sent", "c", 10 * S + 400 * MS, v(1, i))
        history.position("received", "c", 10 * S + 500 * MS, v(1, i))
    return history


def out_of_reach() -> History:
    """Ten acknowledged writes, one a second; b received 6 of them, c 7. Region a goes down at 10.5 s.

    Nobody is promoted by the end, and b and c are a majority: 8, 9 and 10 are in a alone.
    """
    history = History()
    held = {0: 10, 1: 6, 2: 7}
    for i in range(1, 11):
        history.commit(i * S, v(1, i), i)
        history.op(i, i * S - 10 * MS, i * S + 10 * MS, WRITE, version=v(1, i))
        replicate(history, i * S, v(1, i), "bc" if i <= 6 else "c" if i == 7 else "")
    history.milestone(10 * S + 500 * MS, "primary.lost", "orders")
    for node, lsn in held.items():
        history.add("nodes", node=node, role=min(node, 1), up=min(node, 1), data=1, held=lsn)
        history.add("sides", region=node, side=1 if node else -1, quorate=min(node, 1))
    for region, first in (("b", 7), ("c", 8)):
        for lsn in range(first, 11):
            history.add(f"waiting/{region}", version=v(1, lsn))
    return history
