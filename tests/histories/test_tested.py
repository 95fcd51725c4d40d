"""A capability that nobody used while faults lasted was not put to the test, whatever its figures say."""

from random import Random

import pytest

from tests.histories import bad, naive
from tests.histories.builder import MS, READ, WRITE, History, S, setup
from tests.histories.random_store import END, REGIONS, Store

SEEDS = range(60)


def struck(history: History, *spans: tuple[int, int | None], fault: str = "power") -> History:
    """Let faults last from one time (ms) to another, or to the end."""
    for i, (start, stop) in enumerate(spans):
        begun = history.milestone(start * MS, "fault.started", f"fault/{fault}{i}")
        if stop is not None:
            history.milestone(stop * MS, "fault.healed", f"fault/{fault}{i}", begun)
    history.milestones.sort(key=lambda m: m.at_ns)
    return history


def asked(*times: int, warmup: int = 0) -> History:
    """Return a history with a good read at each of these times (ms)."""
    history = History(setup(warmup_ns=warmup * MS))
    for i, at in enumerate(times):
        history.op(i, at * MS, at * MS + 20 * MS)
    return history


def is_tested(history: History, kind: str = "read") -> bool:
    """Return what the measures say, however the journal is cut."""
    whole = history.figures()["recovery"][f"orders.{kind}"]["tested"]
    for cuts in ((20 * S,), (20 * S, 20 * S + 1, 30 * S), tuple(range(0, 60 * S, 700 * MS))):
        assert history.figures(at=cuts)["recovery"][f"orders.{kind}"]["tested"] == whole
    return whole


@pytest.mark.parametrize(
    ("times", "want"),
    [
        ((10_000, 40_000), False),
        ((19_999, 30_000), False),
        ((20_000,), True),
        ((29_999,), True),
        ((10_000, 25_000, 40_000), True),
    ],
)
def test_an_operation_between_start_and_end_is_a_test(times, want):
    """From the start of the fault at 20 s on, and before its end at 30 s."""
    assert is_tested(struck(asked(*times), (20_000, 30_000))) == want
    assert not is_tested(struck(asked(*times), (20_000, 30_000)), "write")


def test_between_two_faults_it_is_being_tested_too():
    """From the first start to the last end, in whatever order they end; one that stays lasts to the end."""
    assert is_tested(struck(asked(35_000), (20_000, 30_000), (40_000, 41_000)))
    assert is_tested(struck(asked(35_000), (20_000, 45_000), (25_000, 26_000)))
    assert not is_tested(struck(asked(46_000), (20_000, 45_000), (25_000, 26_000)))
    assert is_tested(struck(asked(46_000), (20_000, 30_000), (25_000, None)))


def test_the_test_lasts_until_the_recovery():
    """Reads sent from 20.5 s to 40 s fail, though the fault was over before the first was sent."""
    assert is_tested(struck(bad.outage(), (20_100, 20_400)))
    assert not is_tested(struck(bad.outage(until=20), (20_100, 20_400)))


def test_without_a_fault_any_operation_is_a_test():
    """And none is none."""
    assert is_tested(asked(1_000))
    assert not is_tested(asked())


def test_operations_of_the_warm_up_test_nothing():
    """The fault began in the warm-up, and so did the only read that it met."""
    assert not is_tested(struck(asked(8_000, 40_000, warmup=10_000), (5_000, 12_000)))
    assert is_tested(struck(asked(8_000, 11_000, warmup=10_000), (5_000, 12_000)))


def test_an_operation_that_is_still_open_is_a_test_once_it_is_judged():
    """Open for 3 s at the end it is bad; open for 1 s it says nothing."""
    for send, want in ((57, True), (59, False)):
        history = struck(asked(10_000), (56_000, None))
        history.still_open(99, send * S)
        assert is_tested(history) == want


def test_a_journal_that_does_not_tell_of_its_faults_is_refused():
    """The measures learn of faults from slices: they do not guess that there was none."""
    history = asked(1_000)
    parts = history.slices()
    struck(history, (20_000, 30_000))
    history.slices = lambda **_: parts
    with pytest.raises(ValueError, match="no slice of the journal told of it"):
        history.figures()


def rare(seed: int) -> History:
    """Return a random history with few operations and short faults, of which some never end."""
    draw = Random(seed)
    history = Store(seed, writes=3, reads=3, warmup=(0, 0, 7 * S)[seed % 3]).history
    for i in range(draw.choice((1, 1, 2))):
        start = draw.randrange(1, END // MS)
        stop = draw.choice((start + draw.randrange(1, 3000),) * 3 + (None,))
        struck(history, (start, stop), fault=REGIONS[i])
    return history


@pytest.mark.parametrize("seed", SEEDS)
def test_random_histories_are_tested_as_a_naive_judge_says(seed):
    """Of reads and writes, wherever slices end."""
    history = rare(seed)
    for kind, name in ((READ, "read"), (WRITE, "write")):
        assert is_tested(history, name) == naive.tested(history, kind)


def test_the_random_histories_contain_both():
    """Some are tested, some are not."""
    found = [naive.tested(rare(seed), kind) for seed in SEEDS for kind in (READ, WRITE)]
    assert 20 < sum(found) < len(found) - 20
