"""What an extra pull moves: one cursor and what it reads from, nothing else."""

from collections import Counter
from collections.abc import Callable
from unittest.mock import patch

from sim.models.store.domain import CURSORS, Domain
from sim.trial import run_tables

from .generate import case

STAGES = ("send", "receive", "apply")


def _positions(domain: Domain) -> dict[tuple[str, str], int]:
    """Return where each cursor of a store's nodes is."""
    found = {}
    for region, node in domain.nodes.items():
        follower = domain.followers[region]
        found |= {
            (region, "send"): follower.flow.next,
            (region, "receive"): follower.received,
            (region, "apply"): follower.applied,
            (region, "reads"): int(domain.read_first[node.index]),
        }
    return found


def test_a_pull_moves_one_cursor():
    """A pull moves cursors of its node only, none behind the one that it names, and each kind often moves
    something."""
    moved: Counter[str] = Counter()
    pull = Domain.pull

    def watched(domain: Domain, region: str, cursor: str, until: int) -> None:
        before = _positions(domain)
        pull(domain, region, cursor, until)
        now = {place for place, at in _positions(domain).items() if at != before[place]}
        reached = STAGES[: CURSORS[cursor] + 1]
        assert now <= {(region, stage) for stage in (*reached, cursor)}
        moved[cursor] += (region, cursor) in now

    with patch.object(Domain, "pull", watched):
        for one in map(case, range(60)):
            run_tables(one.scenario, one.seed, pulls=one.pulls)
    assert all(moved[cursor] >= 10 for cursor in CURSORS), moved


def test_a_pull_of_a_circle_moves_one_store():
    """The circle of one store is run up to the pull, those of the others are not."""
    one = next(one for one in map(case, range(50)) if len(one.scenario.databases) > 1)
    first, *others = sorted(one.scenario.databases)
    moment = one.scenario.duration // 2 + 1
    runs = []
    advance = Domain.advance

    def watched(domain: Domain, until: int, full: Callable[[], None]) -> int | None:
        runs.append((domain.name, until))
        return advance(domain, until, full)

    with patch.object(Domain, "advance", watched):
        run_tables(one.scenario, one.seed, pulls=((moment, f"{first}/circle"),))
    assert (first, moment) in runs
    assert not {(other, moment) for other in others} & set(runs)
