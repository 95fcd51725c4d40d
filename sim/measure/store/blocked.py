"""How long a store's writes waited for replicas that could not acknowledge."""

from collections.abc import Sequence

from sim.core.milestones.store import WritesBlocked, WritesUnblocked
from sim.journal.milestones import Milestone, times_of
from sim.measure.store.figures import BlockedFigures

NS = 1_000_000_000


def blocked_figures(milestones: Sequence[Milestone], domain: str, end_ns: int) -> BlockedFigures:
    """Return how often and how long a store's writes were blocked (semantics §8), until the end."""
    spans = _spans(milestones, domain, end_ns)
    lengths = [until - since for since, until in spans]
    return BlockedFigures(
        times=len(spans),
        total_s=sum(lengths) / NS,
        longest_s=max(lengths, default=0) / NS,
        at_end=any(until == end_ns for _, until in spans),
    )


def _spans(milestones: Sequence[Milestone], domain: str, end_ns: int) -> list[tuple[int, int]]:
    """Return (since, until) of each time, ns."""
    began = times_of(milestones, WritesBlocked, domain)
    ended = times_of(milestones, WritesUnblocked, domain)
    return list(zip(began, [*ended, end_ns], strict=False))
