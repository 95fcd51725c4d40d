"""The swinging-door filter: fewer points, and no line further from those left out than asked."""

from collections.abc import Sequence
from math import inf


def swinging_door(xs: Sequence[float], ys: Sequence[float], tolerance: float) -> list[int]:
    """Return which points of a line to keep, in order; the first and the last always are.

    ``xs``: strictly rising; ``ys``: finite; the line through what is kept passes every point within
    ``tolerance`` (of y).

    Bristol, "Swinging door trending: adaptive trend recording", ISA National Conference (1990).
    """
    last = len(xs) - 1
    if last < 2:
        return list(range(last + 1))
    kept, pivot, up, down = [0], 0, inf, -inf
    for i in range(1, last + 1):
        if not down <= (ys[i] - ys[pivot]) / (xs[i] - xs[pivot]) <= up:
            pivot, up, down = i - 1, inf, -inf
            kept.append(pivot)
        run, rise = xs[i] - xs[pivot], ys[i] - ys[pivot]
        up, down = min(up, (rise + tolerance) / run), max(down, (rise - tolerance) / run)
    return [*kept, last]
