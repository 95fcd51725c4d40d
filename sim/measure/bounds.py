"""What a run says of a figure: not less than this, not more than that, and why the two differ."""

from math import inf

from sim.core.record import figure, record


@record
class Bounds:
    """The least and the most that a figure can be, in its own unit."""

    low: float = figure("the least; null: without bound", unbounded=True)
    high: float = figure("the most; null: without bound", unbounded=True)
    reason: str = figure("why they differ, in words; empty if they do not")

    def __post_init__(self) -> None:
        """Bounds are in order, and a difference has a reason."""
        assert self.low <= self.high, f"{self.low} > {self.high}"
        assert self.reason or self.low == self.high, "a difference has a reason"

    @classmethod
    def exactly(cls, value: float) -> "Bounds":
        """Return the bounds of a figure that the run tells."""
        return cls(low=value, high=value, reason="")

    @classmethod
    def between(cls, low: float, high: float, reason: str) -> "Bounds":
        """Return bounds that may differ, which then is for the reason given."""
        return cls(low=low, high=high, reason="" if low == high else reason)

    @property
    def exact(self) -> bool:
        """Whether the run tells the figure."""
        return self.low == self.high

    def times(self, unit: float) -> "Bounds":
        """Return the same in a smaller unit, of which each is so many whole ones."""
        low, high = (end if end == inf else round(end * unit) for end in (self.low, self.high))
        return Bounds(low=low, high=high, reason=self.reason)


def exact_bounds(value: float | None, unit: float = 1) -> Bounds | None:
    """Return the bounds of a figure that the run tells, times ``unit``; None for none.

    Seconds become whole ns without loss, since they came from whole ns below 2**53.
    """
    return None if value is None else Bounds.exactly(value if unit == 1 else round(value * unit))
