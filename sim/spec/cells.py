"""Cells of tables as numbers, moments and durations: exact, or None where they are none."""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from sim.spec.table_file import MOMENT, SPAN, TableFile, Unreadable

UNITS = {"s": 9, "ms": 6, "us": 3, "ns": 0}  # powers of ten to ns
ISO = "iso8601"
MOMENT_MAX_NS = 2**62 - 1  # the difference of two fits into int64
DAY_NS = 86_400 * 10**9
_CELL_MAX = 60
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)
_COMMA = re.compile(r"[-+]?[\d.]*,\d+", re.ASCII)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|([+-])(\d\d):?(\d\d)?)?",
    re.ASCII,
)
_EXACT = Context(prec=400, Emax=99_999, Emin=-99_999)
_HALF = Decimal("0.5")

Convert = Callable[[Any], Any]


def number(cell: Any) -> Decimal | None:
    """Return the number in a cell as the decimal that is written, a float as the shortest that reads back."""
    if isinstance(cell, str):
        text = cell.strip()
        return Decimal(text) if len(text) <= _CELL_MAX and _NUMBER.fullmatch(text) else None
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return None
    exact = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    return exact if exact.is_finite() else None


def text(cell: Any) -> str:
    """Return a cell without blanks around it."""
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


def nanoseconds(unit: str) -> Convert:
    """Return what makes a cell int ns: a number in ``unit``, or with ISO a timestamp (since 1970, UTC)."""
    if unit == ISO:
        return timestamp
    places = UNITS[unit]

    def convert(cell: Any) -> int | None:
        exact = number(cell)
        if exact is None or exact.adjusted() > 18:
            return None
        ns = int(_EXACT.add(_EXACT.scaleb(exact, places), _HALF).to_integral_value(ROUND_FLOOR))
        return ns if abs(ns) <= MOMENT_MAX_NS else None

    return convert


def as_ns(cell: Any) -> int | None:
    """Return a cell that is int ns by the type of its column."""
    return cell if isinstance(cell, int) and abs(cell) <= MOMENT_MAX_NS else None


def timestamp(cell: Any) -> int | None:
    """Return an ISO 8601 timestamp as ns since 1970; UTC where it has no zone."""
    match = _ISO.fullmatch(cell.strip()) if isinstance(cell, str) else None
    day = _day(match[1]) if match else None
    if match is None or day is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.group(2, 3, 4))
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    fraction = int((match[5] or "").ljust(9, "0"))
    ahead = (-1 if match[7] == "-" else 1) * (int(match[8] or 0) * 3600 + int(match[9] or 0) * 60)
    ns = day * DAY_NS + (hours * 3600 + minutes * 60 + seconds - ahead) * 10**9 + fraction
    return ns if abs(ns) <= MOMENT_MAX_NS else None


@lru_cache(maxsize=1024)
def _day(date: str) -> int | None:
    """Return the days from 1970 to a date of the calendar."""
    try:
        return int(np.datetime64(date, "D").astype(np.int64))
    except ValueError:
        return None


def count(cell: Any) -> float | None:
    """Return a whole number from 0 to 2^53."""
    exact = number(cell)
    if exact is None or not 0 <= exact <= 2**53 or exact != exact.to_integral_value():
        return None
    return float(exact)


def amount(cell: Any) -> float | None:
    """Return a number from 0 to 1e15."""
    exact = number(cell)
    return float(exact) if exact is not None and 0 <= exact <= 10**15 else None


def one_of(names: Mapping[str, int]) -> Convert:
    """Return what gives the number of a name."""
    return lambda cell: names.get(text(cell))


def shown(cell: Any) -> str:
    """Return a cell for a message, and why it is no number where people often write it so."""
    if text(cell) == "":
        return "empty"
    found = repr(cell if isinstance(cell, str) else str(cell))
    found = found if len(found) <= _CELL_MAX else found[:_CELL_MAX] + "…"
    comma = isinstance(cell, str) and _COMMA.fullmatch(cell.strip())
    return found + (" (a number has a point, and no other separator)" if comma else "")


def unit_of(table: TableFile, column: str, given: str | None) -> str | None:
    """Return the unit of a column: that of its type, its name or the scenario, which must agree; or None.

    Raises Unreadable.
    """
    by_type = {MOMENT: ISO, SPAN: "ns"}.get(table.types.get(column, ""))
    ending = column.rpartition("_")[2]
    by_name = ending if "_" in column and ending in UNITS else None
    told = by_type or by_name
    if given is not None and told is not None and given != told:
        raise Unreadable(f"the column {column!r} is in {told}, and the scenario says unit: {given}")
    return given or told
