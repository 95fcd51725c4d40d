"""Numbers as people read them."""

from collections.abc import Callable
from math import isinf

NOTHING = "-"


def duration(seconds: float | None) -> str:
    """Write a length of time in the two or three units that matter, ``-`` for None. Argument in seconds."""
    if seconds is None:
        return NOTHING
    if seconds < 0:
        return "-" + duration(-seconds)
    if seconds == 0:
        return "0 s"
    if seconds < 0.9995e-3:
        return f"{seconds * 1e6:.3g} us"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return _long(round(seconds))


def clock(at_ns: int) -> str:
    """Write a moment of the run as ``h:mm:ss.d``. Argument in nanoseconds since the start."""
    tenths = (at_ns + 50_000_000) // 100_000_000
    seconds, tenth = divmod(tenths, 10)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{tenth}"


def since(delta_ns: int) -> str:
    """Write how long after (or before) something else a moment lies, signed. Argument in nanoseconds."""
    sign = "-" if delta_ns < 0 else "+"
    return sign + duration(abs(delta_ns) / 1e9)


def count(number: float | None) -> str:
    """Write a number with thousands separated; whole where it is whole, else with three digits."""
    if number is None:
        return NOTHING
    if float(number).is_integer():
        return f"{int(number):,}"
    return f"{number:,.1f}" if abs(number) >= 100 else f"{number:.3g}"


def span(low: float, high: float, write: Callable[[float], str]) -> str:
    """Write what lies between two bounds, ``0 to 15,000``; an infinite one is none: ``45m 00s or more``."""
    if low == high:
        return "without bound" if isinf(low) else write(low)
    return f"{write(low)} or more" if isinf(high) else f"{write(low)} to {write(high)}"


def recovery_time(rta_s: float | None, serving_again_s: float | None, censored_after_s: float | None) -> str:
    """Write how long a recovery took; of one whose end the run did not see what is known, ``> 25m 00s``.

    One that had ended, but had not held yet when the run ended, took that long at least: ``>= 1m 31s``.
    """
    if rta_s is not None:
        return duration(rta_s)
    return f"> {duration(censored_after_s)}" if serving_again_s is None else f">= {duration(serving_again_s)}"


def percent(fraction: float | None) -> str:
    """Write a fraction as a percentage with as many digits as tell it from 0 and from 100 %."""
    if fraction is None:
        return NOTHING
    if fraction in (0, 1):
        return f"{fraction:.0%}"
    text = f"{fraction:.2%}"
    if text == "0.00%":
        return "< 0.01%"
    return "> 99.99%" if text == "100.00%" else text


def plural(number: int, noun: str) -> str:
    """Write ``1 record`` or ``2,000 records``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _long(seconds: int) -> str:
    """Write a minute or more, to the second."""
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}m {rest:02}s"
    return f"{minutes // 60}h {minutes % 60:02}m {rest:02}s"
