"""What the metrics of objectives are on orders."""

from sim.measure.figures import Figures

METRICS = {
    "orders_stuck": "stuck", "orders_half_done": "half_done", "orders_doubled": "doubled",
    "oversold": "oversold",
}  # fmt: skip


def order_value(figures: Figures, metric: str, of: str) -> int | None:
    """Return what a metric of METRICS came to; None if there was no order, or nothing was taken.

    KeyError if there is no such domain.
    """
    if metric == "oversold":
        stock = (figures.stock or {})[of]
        return stock.oversold.count if stock.takes else None
    orders = (figures.choreography or {})[of]
    count: int = getattr(orders, METRICS[metric]).count
    return count if orders.orders else None
