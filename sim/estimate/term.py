"""One part of what a run takes, with the value of the scenario that decides it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sim.core.distributions import Distribution
from sim.core.quantity import LONGEST_NS

Path = tuple[str, ...]
NS = 1e9


@dataclass(frozen=True, slots=True)
class Term:
    """``amount`` of rows, work or bytes; ``what`` takes it, ``path``, a key of the scenario, decides it."""

    what: str
    path: Path
    amount: float


def total(terms: Iterable[Term]) -> float:
    """Return the sum of the amounts."""
    return sum(term.amount for term in terms)


def largest(terms: Iterable[Term]) -> Term:
    """Return the term with the largest amount."""
    return max(terms, key=lambda term: term.amount)


def expected_ns(dist: Distribution | None, most: float = LONGEST_NS) -> float:
    """Return the mean of a delay, at most ``most`` (ns), which also stands for None."""
    return most if dist is None else min(dist.mean, most)
