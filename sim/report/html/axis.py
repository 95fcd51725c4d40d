"""Where values lie on an axis, and where it has its ticks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import asinh, ceil, floor, isfinite, sinh

from sim.report import ticks
from sim.report.quantities import count

MOST = 8  # ticks on a long axis
FEW = 4  # on a short one
CLOSEST = 0.12  # of an axis: between two ticks of one that is not linear
UNITS = ((1e-3, 1e6, "us"), (1.0, 1e3, "ms"), (60.0, 1.0, "s"))  # below so many s: how many, of what
DECADES = 20.0  # from this factor on equal lengths are equal factors


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` (``low`` < ``high``). ``write``: how a value is written at a tick.

    ``linear_to``: None for a linear axis; else linear up to about this value, logarithmic beyond (symlog).
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    write: Callable[[float], str]
    linear_to: float | None = None

    def at(self, value: float) -> float:
        """Return where a value lies: 0 at ``low``, 1 at ``high``; what lies beyond is at the end."""
        low, high, here = self._bent(self.low), self._bent(self.high), self._bent(value)
        return min(1.0, max(0.0, (here - low) / (high - low)))

    def value(self, share: float) -> float:
        """Return what lies at a share of the axis, 0 to 1."""
        low, high = self._bent(self.low), self._bent(self.high)
        here = low + share * (high - low)
        return here if self.linear_to is None else sinh(here) * self.linear_to

    def _bent(self, value: float) -> float:
        return value if self.linear_to is None else asinh(value / self.linear_to)


def times(low_s: float, high_s: float, *, most: int = MOST) -> Axis:
    """Return an axis of moments of a run, in seconds since its start."""
    high_s = high_s if high_s > low_s else low_s + 1.0
    step = ticks.duration_step(high_s - low_s, most)
    return Axis(low_s, high_s, tuple(ticks.multiples(step, low_s, high_s)), length)


def durations(high_s: float, *, least: float | None = None, low_s: float = 0.0, most: int = FEW) -> Axis:
    """Return an axis of lengths of time (s) from 0, or from ``low_s``.

    ``least``: the smallest that has to be seen; if ``high_s`` is many times that, the axis is not linear.
    """
    if _spans_decades(high_s, least):
        assert least is not None
        high = next((tick for tick in ticks.DECADES_S if tick >= high_s), high_s)
        return _symlog(
            low_s, high if high <= 2 * high_s else high_s, least, steps=ticks.DECADES_S, write=length
        )
    return _linear(low_s, high_s, ticks.duration_step, length, most=most)


def counts(high: float, *, least: float | None = None, low: float = 0.0, most: int = FEW) -> Axis:
    """Return an axis of numbers of things from 0, or from ``low``; ``least`` as of ``durations``."""
    if _spans_decades(high, least):
        assert least is not None
        return _symlog(low, high, least, steps=ticks.decades(least, high), write=count)
    return _linear(low, high, _whole_step, count, most=most)


def cells(high: int) -> Axis:
    """Return an axis of whole numbers from 0 to ``high``, each in the middle of its own length."""
    step = max(1.0, _whole_step(float(high), MOST)) if high else 1.0
    return Axis(-0.5, high + 0.5, tuple(ticks.multiples(step, 0.0, float(high))), count)


def shares(high: float = 1.0, *, low: float = 0.0, most: int = FEW) -> Axis:
    """Return an axis of fractions, written as percentages."""
    return _linear(low, high, ticks.count_step, _share, most=most)


def least_of(values: Iterable[float]) -> float | None:
    """Return the smallest of the values above 0, None if there is none: ``least`` of what has to be seen."""
    return min((value for value in values if value > 0 and isfinite(value)), default=None)


def _spans_decades(high: float, least: float | None) -> bool:
    return least is not None and high > DECADES * least


def _linear(
    low: float,
    high: float,
    step_of: Callable[[float, int], float],
    write: Callable[[float], str],
    *,
    most: int,
) -> Axis:
    """Return an axis that ends at ticks, so that what is highest lies below a number."""
    high = high if high > low else low + 1.0
    step = step_of(high - low, most)
    high = ceil(high / step - 1e-9) * step
    low = floor(low / step + 1e-9) * step
    return Axis(low, high, tuple(ticks.multiples(step, low, high)), write)


def _symlog(
    low: float, high: float, least: float, *, steps: Sequence[float], write: Callable[[float], str]
) -> Axis:
    bare = Axis(low, high, (), write, linear_to=least)
    inside = [step for step in steps if least <= step <= high]
    shown = [0.0]
    for step in reversed(inside):  # from the top, so that the highest has its number
        if all(abs(bare.at(step) - bare.at(other)) >= CLOSEST for other in shown):
            shown.append(step)
    below = [-step for step in shown if low <= -step < 0]
    return replace(bare, ticks=tuple(sorted((*below, *shown))))


def _whole_step(span: float, most: int) -> float:
    """Return a step of whole things, unless all there is are fractions of one."""
    step = ticks.count_step(span, most)
    return step if span < 1 else float(ceil(step))


def _share(fraction: float) -> str:
    """Write a round fraction with the digits it has."""
    return f"{fraction * 100:.10g}%"


def length(seconds: float) -> str:
    """Write a length of time with the digits it has: ``0 s``, ``1h 30m``, ``29m 30.5s``, ``20 ms``."""
    if seconds < 0:
        return "-" + length(-seconds)
    if seconds == 0:
        return "0 s"
    if seconds < 60:
        factor, unit = next((f, u) for most, f, u in UNITS if seconds < most)
        return f"{seconds * factor:.10g} {unit}"
    rest = round(seconds % 60, 6)
    minutes = round((seconds - rest) / 60)
    parts = ((minutes // 60, "h"), (minutes % 60, "m"), (rest, "s"))
    return " ".join(f"{value:.10g}{unit}" for value, unit in parts if value)
