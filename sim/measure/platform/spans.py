"""Sets of whole numbers as sorted, disjoint, half-open intervals that mostly grow at their end."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

Span = tuple[int, int]  # first, behind the last


class Spans:
    """A set of int64 values. Touching intervals are one, so memory counts breaks, not values."""

    __slots__ = ("_his", "_los")

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._los: list[int] = []
        self._his: list[int] = []
        for low, high in spans:
            self.add(low, high)

    def __iter__(self) -> Iterator[Span]:
        """Yield the intervals in order."""
        return zip(self._los, self._his, strict=True)

    def __len__(self) -> int:
        """Return how many values the set holds."""
        return sum(self._his) - sum(self._los)

    def __contains__(self, value: int) -> bool:
        """Return whether the set holds a value."""
        i = bisect_right(self._los, value) - 1
        return i >= 0 and value < self._his[i]

    def add(self, low: int, high: int) -> list[Span]:
        """Add [low, high); return the parts that were not there."""
        los, his = self._los, self._his
        if low >= high:
            return []
        if not los or low > his[-1]:
            los.append(low)
            his.append(high)
            return [(low, high)]
        if low == his[-1]:
            his[-1] = high
            return [(low, high)]
        return self._insert(low, high)

    def _insert(self, low: int, high: int) -> list[Span]:
        los, his = self._los, self._his
        i = bisect_left(his, low)  # the first that touches [low, high] or lies behind it
        j = bisect_right(los, high)
        new, at = [], low
        for k in range(i, j):
            if los[k] > at:
                new.append((at, los[k]))
            at = max(at, his[k])
        if at < high:
            new.append((at, high))
        if i < j:
            low, high = min(low, los[i]), max(high, his[j - 1])
        los[i:j], his[i:j] = [low], [high]
        return new

    def remove(self, low: int, high: int) -> None:
        """Take out [low, high)."""
        los, his = self._los, self._his
        i, j = bisect_right(his, low), bisect_left(los, high)
        if low >= high or i >= j:
            return
        left = [(los[i], low)] if los[i] < low else []
        right = [(high, his[j - 1])] if his[j - 1] > high else []
        kept = left + right
        los[i:j], his[i:j] = [a for a, _ in kept], [b for _, b in kept]

    def gap(self, low: int) -> int:
        """Return the least value from ``low`` on that is not in the set."""
        i = bisect_right(self._los, low) - 1
        return max(low, self._his[i]) if i >= 0 else low

    def least(self) -> int | None:
        """Return the least value, None if the set is empty."""
        return self._los[0] if self._los else None

    def greatest(self) -> int | None:
        """Return the greatest value, None if the set is empty."""
        return self._his[-1] - 1 if self._his else None

    def within(self, low: int, high: int) -> Iterator[Span]:
        """Yield the parts that lie in [low, high), in order."""
        i = bisect_right(self._his, low)
        while i < len(self._los) and self._los[i] < high:
            yield max(low, self._los[i]), min(high, self._his[i])
            i += 1

    def copy(self) -> "Spans":
        """Return a set of its own with the same values."""
        out = Spans()
        out._los, out._his = self._los.copy(), self._his.copy()
        return out

    def update(self, spans: Iterable[Span]) -> "Spans":
        """Add every interval; return itself."""
        for low, high in spans:
            self.add(low, high)
        return self

    def meet(self, other: "Spans") -> "Spans":
        """Return what is in both."""
        few, many = (self, other) if len(self._los) <= len(other._los) else (other, self)
        return Spans(part for low, high in few for part in many.within(low, high))

    def minus(self, other: "Spans") -> "Spans":
        """Return what is not in ``other``."""
        out = Spans()
        for low, high in self:
            at = low
            for a, b in other.within(low, high):
                out.add(at, a)
                at = b
            out.add(at, high)
        return out
