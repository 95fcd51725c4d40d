"""Round numbers for axes: steps that people count in, of time and of everything else."""

from math import ceil, floor, log10

# Seconds: what clocks and calendars have marks at.
STEPS_S = (
    0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
    3600, 7200, 14400, 28800, 86400, 172800, 604800,
)  # fmt: skip
# Seconds: about a factor of ten apart, for axes on which equal lengths are equal factors.
DECADES_S = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0, 604800.0)


def duration_step(span_s: float, most: int) -> float:
    """Return the least round length of time (s) that divides ``span_s`` > 0 into at most ``most`` parts."""
    if span_s / STEPS_S[0] <= most:
        return count_step(span_s, most)
    fitting = (step for step in STEPS_S if span_s / step <= most)
    return next(fitting, None) or ceil(span_s / most / STEPS_S[-1]) * STEPS_S[-1]


def count_step(span: float, most: int) -> float:
    """Return the least of 1, 2, 5 times a power of ten with ``span`` > 0 in at most ``most`` parts."""
    least = span / most
    power = 10.0 ** floor(log10(least))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= least * (1 - 1e-9))


def multiples(step: float, low: float, high: float) -> list[float]:
    """Return the multiples of ``step`` from ``low`` to ``high``, both among them if they are some."""
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [0.0 if i == 0 else i * step for i in range(first, last + 1)]


def decades(least: float, most: float) -> list[float]:
    """Return the powers of ten from ``least`` to ``most``, both > 0."""
    return [10.0**power for power in range(ceil(log10(least) - 1e-9), floor(log10(most) + 1e-9) + 1)]
