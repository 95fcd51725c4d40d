"""What the metrics of objectives are on orders."""

from collections.abc import Mapping
from typing import Any

METRICS = {
    "orders_stuck": "stuck", "orders_half_done": "half_done", "orders_doubled": "doubled",
    "oversold": "oversold",
}  # fmt: skip


def order_value(figures: Mapping[str, Any], metric: str, of: str) -> int | None:
    """Return what a metric of METRICS came to; None if there was no order, or nothing was taken.

    KeyError if there is no such domain.
    """
    section, population = ("stock", "takes") if metric == "oversold" else ("choreography", "orders")
    found = figures[section][of]
    count: int = found[METRICS[metric]]["count"]
    return count if found[population] else None
