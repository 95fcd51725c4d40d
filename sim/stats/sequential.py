"""Looking more than once at a growing study without fooling oneself: spaced looks, and alpha spent on them.

Half of what is left of alpha is spent at each look, all of it at the last, so that by Bonferroni the chance
that any look's bound is wrong is at most alpha, whatever made the study stop. (Lan and DeMets, Biometrika 70,
1983, for the idea of spending.)
"""

from collections.abc import Iterator
from dataclasses import dataclass

GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class SequentialLook:
    """A look after ``n`` trials, with ``alpha`` to spend on each bound."""

    n: int
    alpha: float
    last: bool


def looks(first: int, cap: int, *, alpha: float) -> Iterator[SequentialLook]:
    """Yield the looks of a study: after ``first`` trials, then 1.5 times as many, the last at ``cap``.

    ValueError if ``first`` or ``cap`` is below 1.
    """
    if first < 1 or cap < 1:
        raise ValueError("a look at no trials")
    n, left = min(first, cap), alpha
    while n < cap:
        yield SequentialLook(n, left / 2, last=False)
        left /= 2
        n = min(cap, max(n + 1, round(n * GROWTH)))
    yield SequentialLook(cap, left, last=True)
