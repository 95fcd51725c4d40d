"""What milestones say is made of their values."""

import pytest

from sim.core.milestones.declaration import why
from sim.core.milestones.failover import NoCandidate, RuledOut
from sim.core.milestones.store import Destroyed, PrimaryLost

S = 1_000_000_000


def out(rule, *, role=None, lag_ns=None):
    """A replica in west, ruled out; it may lag for a minute."""
    max_lag_ns = None if lag_ns is None else 60 * S
    return RuledOut(region="west", rule=rule, role=role, lag_ns=lag_ns, max_lag_ns=max_lag_ns)


@pytest.mark.parametrize(
    ("ruled_out", "said"),
    [
        ([], "it has no replica"),
        ([out("down")], "west: down"),
        ([out("minority")], "west: its region reaches no majority"),
        ([out("data_lost")], "west: its data is lost"),
        ([out("not_following", role="stale")], "west: it does not follow (stale)"),
        ([out("lag", lag_ns=70 * S + 400)], "west: lag 1m10s, max_lag 1m"),
        ([out("lag", lag_ns=400)] * 2, "west: lag 400ns, max_lag 1m; west: lag 400ns, max_lag 1m"),
    ],
)
def test_each_rule_has_its_phrase(ruled_out, said):
    """Why no replica may take over is told for each, with its lag if it is that."""
    assert why(NoCandidate(ruled_out=tuple(ruled_out))) == said


def test_what_a_store_lost_is_told_in_words():
    """A primary and the reason, one record or several, or all that there was."""
    assert [why(PrimaryLost(because=each)) for each in ("down", "data_lost", "minority")] == [
        "its node is down", "its data is lost", "it reaches no majority",
    ]  # fmt: skip
    assert why(Destroyed(records=1, everything=False)) == "no copy is left of the last record"
    assert why(Destroyed(records=2, everything=False)) == "no copy is left of the last 2 records"
    assert why(Destroyed(records=2, everything=True)) == "no node holds its data any more"
