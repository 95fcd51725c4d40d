"""Quantities with units: text to numbers in the base unit and back, exactly.

Base units: durations int nanoseconds, rates float per second, sizes int bytes, bandwidths float bytes per
second, fractions 0 to 1. Parsing goes through Decimal, so ``0.1s`` is 100,000,000 ns and nothing else.
"""

import re
from decimal import Decimal
from typing import overload

DURATION_UNITS = {
    "w": 604_800_000_000_000, "d": 86_400_000_000_000, "h": 3_600_000_000_000, "m": 60_000_000_000,
    "s": 1_000_000_000,    "ms": 1_000_000, "us": 1_000, "ns": 1,
}  # fmt: skip
LONGEST_NS = 10**18  # 31 years; sums of a few still fit in int64
FOREVER_NS = 2**60  # 36 years: never, as nothing runs for longer than LONGEST_NS
LARGEST_SIZE = 2**60  # bytes
FASTEST = 1e9  # a second: time is whole nanoseconds
BANDWIDTHS = (1e-9, 1e18)  # bytes a second
SIZE_UNITS = {
    "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
BIT_UNITS = {"bit": 1, "kbit": 10**3, "Kbit": 10**3, "Mbit": 10**6, "Gbit": 10**9, "Tbit": 10**12}
RATE_PREFIXES = {"": 1, "k": 1_000, "M": 1_000_000}
PER_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400}

_NUMBER = r"\d+(?:\.\d+)?"
DURATION_PATTERN = rf"^(?:{_NUMBER} ?(?:ns|us|ms|s|m|h|d|w))+$|^P(?=[\dT])(?:\d+W|(?:\d+D)?(?:T.+)?)$"
SIZE_PATTERN = rf"^{_NUMBER} ?(?:B|[kKMGT]B|[KMGT]iB)$"
BANDWIDTH_PATTERN = rf"^{_NUMBER} ?(?:B|[kKMGT]B|[KMGT]iB|[kKMGT]?bit)/s$"
RATE_PATTERN = rf"^{_NUMBER} ?[kM]?/(?:s|min|m|h|d)$"
PERCENT_PATTERN = rf"^{_NUMBER} ?%$"

_TERM = re.compile(rf"({_NUMBER}) ?([A-Za-zµ]+)", re.ASCII)
_ISO = re.compile(
    rf"P(?:({_NUMBER})W)?(?:({_NUMBER})D)?(?:T(?=\d)(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?",
    re.ASCII,
)
_AMOUNT = re.compile(rf"({_NUMBER}) ?(.*)", re.ASCII | re.DOTALL)
_RATE = re.compile(rf"({_NUMBER}) ?([A-Za-z]*)/([A-Za-z]+)", re.ASCII)
_PERCENT = re.compile(rf"({_NUMBER}) ?%", re.ASCII)
_LONGEST_TEXT = 100

_EXAMPLES = {
    "duration": "150ms, 30s, 1h30m",
    "rate": "200/s, 5k/min",
    "size": "2KiB, 64MB",
    "bandwidth": "1Gbit/s, 100MB/s",
    "fraction": "0.999, 99.9%",
}


class QuantityError(ValueError):
    """A text that is no such quantity: ``why`` and, where there is one, a ``hint``."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(f"{why}, {hint}" if hint else why)
        self.why = why
        self.hint = hint


def examples(quantity: str) -> str:
    """Return a few legal texts: of a ``duration``, ``rate``, ``size``, ``bandwidth`` or ``fraction``."""
    return _EXAMPLES[quantity]


def parse_duration(text: str) -> int:
    """Return the duration in int ns. Raises QuantityError, also for what is finer than a nanosecond."""
    exact = parse_duration_exact(text)
    if exact != int(exact):
        raise QuantityError(f"{text!r} is finer than a nanosecond")
    return int(exact)


def parse_duration_exact(text: str) -> Decimal:
    """Return the duration in ns, with its fraction. Raises QuantityError."""
    _bounded(text, "duration")
    total = _iso(text) if text.startswith("P") else _compound(text)
    if total > LONGEST_NS:
        raise QuantityError(f"{text!r} is longer than 31 years")
    return total


def _compound(text: str) -> Decimal:
    """Add up ``1h30m``: terms in descending units, each at most once."""
    total = Decimal(0)
    place = 0
    used: list[str] = []
    order = list(DURATION_UNITS)
    while place < len(text):
        term = _TERM.match(text, place)
        if term is None:
            raise _no("duration", text)
        unit = _duration_unit(text, term[2])
        if used and order.index(unit) <= order.index(used[-1]):
            raise QuantityError(f"{text!r} does not go from larger to smaller units")
        used.append(unit)
        total += Decimal(term[1]) * DURATION_UNITS[unit]
        place = term.end()
    if not used:
        raise _no("duration", text)
    return total


def _duration_unit(text: str, unit: str) -> str:
    if unit in DURATION_UNITS:
        return unit
    if unit == "M":
        raise QuantityError(
            f"{text!r}: M could mean minutes or months", "write m for minutes or 30d for a month"
        )
    near = {"µs": "us", "sec": "s", "min": "m", "mins": "m", "hr": "h", "hours": "h", "days": "d"}.get(
        unit, unit.lower()
    )
    raise QuantityError(
        f"{text!r}: no unit of time {unit!r}",
        f"did you mean {near!r}" if near in DURATION_UNITS else "units are ns us ms s m h d w",
    )


def _iso(text: str) -> Decimal:
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        raise QuantityError(
            f"{text!r} is no ISO 8601 duration without years and months", "write for example PT1H30M or 1h30m"
        )
    parts = zip(match.groups(), ("w", "d", "h", "m", "s"), strict=True)
    return sum((Decimal(number) * DURATION_UNITS[unit] for number, unit in parts if number), Decimal(0))


@overload
def seconds(ns: float) -> float: ...
@overload
def seconds(ns: float | None) -> float | None: ...
def seconds(ns: float | None) -> float | None:
    """Return nanoseconds in seconds, as figures and documents have them; None for none."""
    return None if ns is None else ns / 1e9


def format_duration(value_ns: float) -> str:
    """Return the canonical text of a duration in ns: ``1h30m``, ``1.5ms``; parses back to the same number."""
    exact = Decimal(repr(value_ns)) if isinstance(value_ns, float) else Decimal(value_ns)
    if exact == 0:
        return "0s"
    if exact < DURATION_UNITS["s"]:
        unit = next(unit for unit in ("ms", "us", "ns") if exact >= DURATION_UNITS[unit] or unit == "ns")
        return _digits(exact / DURATION_UNITS[unit]) + unit
    text = ""
    for unit in ("d", "h", "m"):
        count, exact = divmod(exact, DURATION_UNITS[unit])
        text += f"{int(count)}{unit}" if count else ""
    return text + (_digits(exact / DURATION_UNITS["s"]) + "s" if exact else "")


def parse_rate(text: str) -> float:
    """Return the rate per second. Raises QuantityError."""
    _bounded(text, "rate")
    match = _RATE.fullmatch(text)
    if match is None:
        raise _no("rate", text)
    number, prefix, per = match.groups()
    if prefix not in RATE_PREFIXES:
        raise QuantityError(f"{text!r}: no multiple {prefix!r}", "multiples are k and M")
    if per not in PER_UNITS:
        raise QuantityError(f"{text!r}: no unit of time {per!r}", "a rate is per s, min, h or d")
    return float(Decimal(number) * RATE_PREFIXES[prefix] / PER_UNITS[per])


def format_rate(per_s: float) -> str:
    """Return the canonical text of a rate per second."""
    return _digits(Decimal(repr(float(per_s)))) + "/s"


def parse_size(text: str) -> int:
    """Return the size in bytes. Raises QuantityError, also for a fraction of a byte."""
    _bounded(text, "size")
    number, unit = _amount("size", text)
    if unit not in SIZE_UNITS:
        raise _no_size_unit(text, unit, SIZE_UNITS)
    exact = number * SIZE_UNITS[unit]
    if exact != int(exact):
        raise QuantityError(f"{text!r} is no whole number of bytes")
    return int(exact)


def format_size(size_bytes: int) -> str:
    """Return the canonical text of a size in bytes: the largest binary unit that divides it."""
    unit = next(u for u in ("TiB", "GiB", "MiB", "KiB", "B") if size_bytes % SIZE_UNITS[u] == 0)
    return f"{size_bytes // SIZE_UNITS[unit]}{unit}" if size_bytes else "0B"


def parse_bandwidth(text: str) -> float:
    """Return the bandwidth in bytes per second. Raises QuantityError."""
    _bounded(text, "bandwidth")
    number, unit = _amount("bandwidth", text)
    if unit.endswith("bps"):
        raise QuantityError(f"{text!r}: bps leaves open whether bits or bytes", "write Mbit/s or MB/s")
    if not unit.endswith("/s"):
        raise QuantityError(f"{text!r} is no bandwidth", "a bandwidth is per second: write Mbit/s or MB/s")
    unit = unit.removesuffix("/s")
    if unit in BIT_UNITS:
        return float(number * BIT_UNITS[unit] / 8)
    if unit in ("b", "kb", "Kb", "Mb", "Gb", "Tb"):
        raise QuantityError(
            f"{text!r}: b could mean bits or bytes", f"write {unit[:-1]}bit/s or {unit[:-1]}B/s"
        )
    if unit not in SIZE_UNITS:
        raise _no_size_unit(text, unit, SIZE_UNITS | BIT_UNITS)
    return float(number * SIZE_UNITS[unit])


def format_bandwidth(bytes_per_s: float) -> str:
    """Return the canonical text of a bandwidth in bytes/s: in the largest decimal unit not above it."""
    exact = Decimal(repr(float(bytes_per_s)))
    unit = next(u for u in ("GB", "MB", "kB", "B") if exact >= SIZE_UNITS[u] or u == "B")
    return f"{_digits(exact / SIZE_UNITS[unit])}{unit}/s"


def parse_fraction(text: str) -> float:
    """Return the fraction, 0 to 1, of a percentage such as ``99.9%``. Raises QuantityError."""
    _bounded(text, "fraction")
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise _no("fraction", text)
    return check_fraction(float(Decimal(match[1]) / 100), text)


def check_fraction(value: float, text: str = "") -> float:
    """Return a number that lies between 0 and 1. Raises QuantityError."""
    if 0 <= value <= 1:
        return float(value)
    hint = f"did you mean {value:g}%" if not text and 1 < value <= 100 else ""
    raise QuantityError(f"{text or f'{value:g}'} is not between 0 and 1", hint)


def _amount(quantity: str, text: str) -> tuple[Decimal, str]:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise _no(quantity, text)
    if not match[2]:
        raise QuantityError(f"{text!r} has no unit", f"write for example {_EXAMPLES[quantity]}")
    return Decimal(match[1]), match[2]


def _no_size_unit(text: str, unit: str, units: dict[str, int]) -> QuantityError:
    if unit in ("K", "k", "M", "G", "T"):
        hint = f"write {unit}B (powers of 1000) or {unit.upper()}iB (powers of 1024)"
    else:
        near = [u for u in units if u.lower() == unit.lower()]
        hint = f"did you mean {near[0]!r}" if near else "units are " + " ".join(units)
    return QuantityError(f"{text!r}: no unit {unit!r}", hint)


def _bounded(text: str, quantity: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise QuantityError(
            f"a text of {len(text)} characters is no {quantity}", f"write for example {_EXAMPLES[quantity]}"
        )


def _no(quantity: str, text: str) -> QuantityError:
    return QuantityError(f"{text!r} is no {quantity}", f"write for example {_EXAMPLES[quantity]}")


def _digits(number: Decimal) -> str:
    """Write a number without exponent and without trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
