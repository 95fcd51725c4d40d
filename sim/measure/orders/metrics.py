"""What the metrics of objectives are on orders and stock."""

from sim.measure.asked import Asked, Value
from sim.measure.bounds import Bounds, exact_bounds
from sim.measure.figures import Figures

TALLIES = {"orders_stuck": "stuck", "orders_half_done": "half_done", "orders_doubled": "doubled"}


def _orders(figures: Figures, asked: Asked) -> Bounds | None:
    orders = (figures.choreography or {})[asked.of]
    return exact_bounds(getattr(orders, TALLIES[asked.metric]).count if orders.orders else None)


def _oversold(figures: Figures, asked: Asked) -> Bounds | None:
    stock = (figures.stock or {})[asked.of]
    return exact_bounds(stock.oversold.count if stock.takes else None)


VALUES: dict[str, Value] = {**dict.fromkeys(TALLIES, _orders), "oversold": _oversold}
