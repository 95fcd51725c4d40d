"""An estimate: a value with an interval, how sure it is, and how it was found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of a study.

    ``low`` and ``high`` bound it with confidence ``level``; ``n`` is the number of trials behind it;
    ``method`` names the formula. Censored values are +inf, so ``value`` and ``high`` can be.
    """

    value: float
    low: float
    high: float
    level: float
    n: int
    method: str
