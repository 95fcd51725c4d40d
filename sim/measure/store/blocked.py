"""How long a store's writes waited for replicas that could not acknowledge."""

from collections.abc import Sequence

from sim.core.milestones.store import WritesBlocked, WritesUnblocked
from sim.journal.milestones import Milestone, times_of
from sim.measure.store.figures import BlockedFigures

NS = 1_000_000_000


def blocked_figures(milestones: Sequence[Milestone], domain: str, end_ns: int) -> BlockedFigures:
    """Return how often and how long a store's writes were blocked (semantics §8), until the end."""
    began = times_of(milestones, WritesBlocked, domain)
    ended = times_of(milestones, WritesUnblocked, domain)
    lengths = [until - since for since, until in zip(began, [*ended, end_ns], strict=False)]
    return BlockedFigures(
        times=len(lengths),
        total_s=sum(lengths) / NS,
        longest_s=max(lengths, default=0) / NS,
        at_end=len(began) > len(ended),
    )
