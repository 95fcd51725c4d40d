"""Objectives' predicates: ``<= 5m``, ``== 0``, ``< 1%``."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.core.quantity import QuantityError, format_duration, parse_duration, parse_fraction
from sim.spec.objectives.metrics import METRICS, Unit

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, ">": operator.gt,
}  # fmt: skip
PATTERN = r"^(?:<=|>=|==|!=|<|>) ?\S.*$"
_FORM = re.compile(r"(<=|>=|==|!=|<|>)\s*(\S.*)", re.DOTALL)
_COUNT = re.compile(r"\d{1,15}(?:\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bound:
    """A predicate: ``op`` (of OPERATORS) and ``value``, int ns for a duration, else a float.

    The bound ``0`` has unit ``count`` and fits every metric.
    """

    op: str
    value: float
    unit: Unit

    def holds(self, value: float) -> bool:
        """Whether ``value``, in the bound's base unit, satisfies the predicate."""
        return OPERATORS[self.op](value, self.value)

    def fits(self, metric: str) -> bool:
        """Whether the bound's unit is one that ``metric`` is measured in."""
        return self.value == 0 or self.unit in METRICS[metric].units

    def __str__(self) -> str:
        """Return the canonical text."""
        return format_predicate(self)


def parse_predicate(value: Any) -> Bound:
    """Return the bound written as operator and duration, count or percentage. Raises QuantityError."""
    match = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise QuantityError(
            f"{value!r} is no predicate", 'write an operator and a bound, such as "<= 5m", "== 0" or "< 1%"'
        )
    op, text = match.groups()
    if _COUNT.fullmatch(text):
        return Bound(op, float(text), "count")
    if text.endswith("%"):
        return Bound(op, parse_fraction(text), "fraction")
    return Bound(op, parse_duration(text), "duration")


def format_predicate(bound: Bound) -> str:
    """Return the canonical text of a bound; parses back to an equal one."""
    if bound.unit == "duration":
        return f"{bound.op} {format_duration(bound.value)}"
    if bound.unit == "fraction":
        return f"{bound.op} {_percent(bound.value)}"
    return f"{bound.op} {bound.value:.15g}"


def _percent(fraction: float) -> str:
    """Return the shortest percentage that parses back to ``fraction``."""
    texts = (f"{fraction * 100:.{digits}f}" for digits in range(19))
    return next(text for text in texts if parse_fraction(text + "%") == fraction) + "%"
