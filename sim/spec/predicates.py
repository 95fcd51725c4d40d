"""Objectives' predicates: ``<= 5m``, ``== 0``, ``< 1%``, and the metrics they bound."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sim.core.quantity import QuantityError, format_duration, parse_duration, parse_fraction

Unit = Literal["duration", "count", "fraction"]
CAPABILITY_METRICS = ("rta", "downtime")  # of requests and of what the data path delivers
RATIO_METRICS = ("availability", "error_rate")
LATENCY_METRICS = ("latency_p50", "latency_p90", "latency_p95", "latency_p99", "latency_p999")
REQUEST_METRICS = ("failed_requests", *RATIO_METRICS, *LATENCY_METRICS)
FRESHNESS_METRICS = ("freshness_max", "freshness_p99")
DELIVERY_METRICS = ("ghosts", "orphans", "duplicates", "gaps", "reorderings", "late_records")
LOSS_METRICS = ("records_lost", "lost_after_replay")  # of a stage
INSIGHT_METRICS = ("continuity", "completeness")
PATH_METRICS = (
    *FRESHNESS_METRICS, *INSIGHT_METRICS, *LOSS_METRICS, *DELIVERY_METRICS, "dead_letters", "recovery_point",
)  # fmt: skip
ORDER_METRICS = ("orders_stuck", "orders_half_done", "orders_doubled")
METRICS: dict[str, tuple[Unit, ...]] = {
    "rta": ("duration",),
    "downtime": ("duration",),
    "failed_requests": ("count", "fraction"),
    **dict.fromkeys(RATIO_METRICS, ("fraction",)),
    **dict.fromkeys(LATENCY_METRICS, ("duration",)),
    "rpa_records": ("count",),
    "rpa_window": ("duration",),
    "rpa_after_replay": ("count",),
    "stale_reads": ("count", "fraction"),
    "staleness_max": ("duration",),
    "staleness_p99": ("duration",),
    "behind_max": ("count",),
    "read_your_writes": ("count",),
    "monotonic_reads": ("count",),
    "monotonic_writes": ("count",),
    "writes_follow_reads": ("count",),
    "diverged": ("count",),
    "exposure_max_records": ("count",),
    "freshness_max": ("duration",),
    "freshness_p99": ("duration",),
    "continuity": ("duration",),
    "completeness": ("fraction",),
    "records_lost": ("count",),
    "lost_after_replay": ("count",),
    "ghosts": ("count",),
    "orphans": ("count",),
    "duplicates": ("count",),
    "gaps": ("count",),
    "reorderings": ("count",),
    "late_records": ("count",),
    "dead_letters": ("count",),
    "recovery_point": ("duration",),
    "orders_stuck": ("count",),
    "orders_half_done": ("count",),
    "orders_doubled": ("count",),
    "oversold": ("count",),
}  # name -> the units its bound may have
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
        return self.value == 0 or self.unit in METRICS[metric]

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
