"""What a run says of a figure: not less than this, not more than that, and why the two differ."""

from dataclasses import dataclass
from math import inf
from typing import Any

SECOND = 1e9


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a figure can be, in its own unit; inf: without bound.

    ``reason``: why they differ, in words; "" if they do not.
    """

    low: float
    high: float
    reason: str = ""

    def __post_init__(self) -> None:
        """Bounds are in order, and a difference has a reason."""
        assert self.low <= self.high, f"{self.low} > {self.high}"
        assert self.reason or self.low == self.high, "a difference has a reason"

    @classmethod
    def exactly(cls, value: float) -> "Bounds":
        """Return the bounds of a figure that the run tells."""
        return cls(value, value)

    @classmethod
    def between(cls, low: float, high: float, reason: str) -> "Bounds":
        """Return bounds that may differ, which then is for the reason given."""
        return cls(low, high, "" if low == high else reason)

    @property
    def exact(self) -> bool:
        """Whether the run tells the figure."""
        return self.low == self.high

    def figures(self) -> dict[str, Any]:
        """Return ``low``, ``high`` (None: without bound) and ``reason``."""
        low, high = (None if value == inf else value for value in (self.low, self.high))
        return {"low": low, "high": high, "reason": self.reason}


def bounds_of(figures: dict[str, Any], unit: float = 1.0) -> Bounds:
    """Return the bounds that ``Bounds.figures`` has written, times ``unit``."""
    low, high = (inf if value is None else round(value * unit) for value in (figures["low"], figures["high"]))
    return Bounds(low, high, figures["reason"])


def exact_bounds(value: float | None, unit: float = 1) -> Bounds | None:
    """Return the bounds of a figure that the run tells, times ``unit``; None for none.

    Seconds become whole ns without loss, since they came from whole ns below 2**53.
    """
    return None if value is None else Bounds.exactly(value if unit == 1 else round(value * unit))
