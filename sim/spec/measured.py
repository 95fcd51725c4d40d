"""Measured durations from a file: one a row, weighted, or the buckets of a histogram."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from sim.core import distributions as dists
from sim.core.distributions import Distribution
from sim.core.quantity import LONGEST_NS, QuantityError, format_duration, parse_duration_exact
from sim.spec.cells import ISO, UNITS, Convert, amount, number, text, unit_of
from sim.spec.columns import Reading, chosen, filled
from sim.spec.table_file import TableFile, Unreadable, opened

Array = np.ndarray[Any, Any]

VALUES_MAX = 1_000_000
ROLES = {
    "value": ("value", "value_s", "value_ms", "value_us", "value_ns"),
    "le": ("le",),
    "weight": ("weight", "count"),
}
_NEEDED = "value or value_s is needed, or le and count"
_INFINITE = ("+inf", "inf", "+infinity", "infinity")


def measured(file: str, columns: Mapping[str, str], unit: str | None, above_ns: float | None) -> Distribution:
    """Return the distribution of the durations (ns) in a file.

    ``columns``: role (of ROLES) -> column; ``unit``: that of the durations; ``above_ns``: what stands for the
    observations beyond the last bound of a histogram. Raises Unreadable.
    """
    with opened(file) as table:
        found = chosen(table, ROLES, columns, _NEEDED)
        buckets = "le" in found
        readings = _readings(table, found, unit)
        if above_ns is not None and not buckets:
            raise Unreadable("`above` belongs to a histogram", "it has no column le")
        arrays = filled(table, readings, file)
    values, weights = arrays["value"], arrays.get("weight")
    if values.size > VALUES_MAX:
        raise Unreadable(f"it has {values.size:,} rows", f"give {VALUES_MAX:,} at most, or values and counts")
    if buckets:
        values, weights = _buckets(values, arrays["weight"], above_ns)
    if weights is not None and not 0 < weights.sum() <= 2**53:
        raise Unreadable(f"its weights add up to {weights.sum():g}")
    given = None if weights is None else weights.tolist()
    return dists.empirical(values.tolist(), file, weights=given)


def _readings(table: TableFile, found: dict[str, str], unit: str | None) -> dict[str, Reading]:
    if ("le" in found) == ("value" in found):
        raise Unreadable("it has no column value, value_s or le, or more than one of them", table.found)
    column = found.get("le") or found["value"]
    told = unit_of(table, column, unit)
    if told == ISO:
        raise Unreadable(f"{column!r} has moments, not durations")
    if "le" in found:
        if "weight" not in found:
            raise Unreadable("a histogram needs count beside le", table.found)
        convert = _or_infinite(_duration(told or "s"))
        expected = f"a bound in {told or 's'}, such as 250ms, or +Inf"
    else:
        convert = _duration(told)
        expected = "a duration such as 150ms" if told is None else f"a duration in {told}"
    readings = {"value": Reading(column, convert, expected)}
    if "weight" in found:
        readings["weight"] = Reading(found["weight"], amount, "a number from 0 on")
    return readings


def _duration(unit: str | None) -> Convert:
    """Return what makes a cell ns (float): a number in ``unit``, else a text with a unit of its own."""

    def convert(cell: Any) -> float | None:
        exact = None if unit is None else number(cell)
        if exact is None:
            return _with_unit(text(cell))
        return float(exact.scaleb(UNITS[unit or "s"])) if 0 <= exact <= LONGEST_NS else None

    def bounded(cell: Any) -> float | None:
        ns = convert(cell)
        return ns if ns is not None and ns <= LONGEST_NS else None

    return bounded


def _with_unit(cell: str) -> float | None:
    try:
        return float(parse_duration_exact(cell))
    except QuantityError:
        return None


def _or_infinite(convert: Convert) -> Convert:
    return lambda cell: float("inf") if text(cell).lower() in _INFINITE else convert(cell)


def _buckets(bounds: Array, counts: Array, above_ns: float | None) -> tuple[Array, Array]:
    """Return the upper bounds (ns) and how many observations lie in each bucket, from cumulative counts."""
    order = np.argsort(bounds, kind="stable")
    bounds, counts = bounds[order], counts[order]
    same = np.flatnonzero(np.diff(bounds) == 0)
    if same.size:
        why = f"le is {_bound(bounds[same[0]])} in two rows"
        raise Unreadable(why, "the file has several series: keep one, or add them up")
    inside = np.diff(counts, prepend=0.0)
    if (inside < 0).any():
        i = int(np.argmax(inside < 0))
        why = f"count falls to {counts[i]:g} at le {_bound(bounds[i])}"
        raise Unreadable(why, "counts are cumulative: each holds all smaller buckets")
    return _finite(bounds, inside, above_ns)


def _finite(bounds: Array, inside: Array, above_ns: float | None) -> tuple[Array, Array]:
    """Give the bucket without an upper bound one, or leave it out where nothing is in it."""
    if not np.isinf(bounds[-1]):
        if above_ns is not None:
            raise Unreadable("`above` means nothing", "no row has le +Inf")
        return bounds, inside
    last = bounds[-2] if bounds.size > 1 else 0.0
    if above_ns is None:
        if inside[-1] > 0:
            why = f"{inside[-1]:g} of {inside.sum():g} observations are above {_bound(last)}"
            raise Unreadable(why, "how slow is not in the file: say above: and a duration to take for them")
        return bounds[:-1], inside[:-1]
    if above_ns <= last:
        raise Unreadable(f"`above` is not more than the last bound, {_bound(last)}")
    return np.concatenate((bounds[:-1], [above_ns])), inside


def _bound(ns: float) -> str:
    return "+Inf" if np.isinf(ns) else format_duration(float(ns))


def content(dist: Distribution) -> str:
    """Return the SHA-256 of an empirical distribution's values, which stands for its file in the digest."""
    words = [repr(value) for value in dist.values]
    words += ["weights", *map(repr, dist.weights)] if dist.weights else []
    return sha256(" ".join(words).encode()).hexdigest()
