"""What handlers made of orders, and of the stock that they promised."""

from collections.abc import Iterator, Mapping

from sim.measure.figures import Figures
from sim.measure.orders.figures import OrderFigures, OversoldFigures, StockFigures
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import clock, count


def orders(figures: Figures) -> list[ReportSection]:
    """Return the sections of orders and of stock, none if no consumer writes."""
    return [*_orders(figures.choreography or {}), *_stock(figures.stock or {})]


def _orders(choreography: Mapping[str, OrderFigures]) -> list[ReportSection]:
    """Return a row a domain whose orders others fulfil, and the first order of each kind that went wrong."""
    if not choreography:
        return []
    rows = tuple(
        (
            domain,
            *map(
                count, (f.orders, f.complete, f.under_way, f.stuck.count, f.half_done.count, f.doubled.count)
            ),
        )
        for domain, f in choreography.items()
    )
    head = ("orders of", "all", "complete", "under way", "stuck", "half done", "done twice")
    table = ReportTable(head, rows, frozenset(range(1, 7)))
    lines = [line for domain, f in choreography.items() for line in _first_orders(domain, f)]
    return [ReportSection("What became of orders", (table, *lines))]


def _first_orders(domain: str, f: OrderFigures) -> Iterator[str]:
    """Yield the first order that is stuck, that is half done, and the first effect that was made twice."""
    for late, words in ((f.stuck, "stuck"), (f.half_done, "half done")):
        first = late.witness
        if first is not None:
            at, missing = clock(round(first.at_s * 1e9)), ", ".join(first.missing)
            record = f"{domain}:{first.rid}"
            yield f"- The first order that is {words}: {record}, acknowledged at {at}, without {missing}."
    again = f.doubled.witness
    if again is not None:
        at, of = clock(round(again.at_s * 1e9)), again.order
        whose = "" if of is None else f" of {domain}:{of}"
        yield f"- The first effect made twice: {again.handler}{whose}, the second time at {at}."


def _stock(stock: Mapping[str, StockFigures]) -> list[ReportSection]:
    """Return a row a stock, and the first promise that found its shelf empty."""
    if not stock:
        return []
    rows = tuple(
        (domain, *map(count, (f.takes, f.granted, f.declined, f.forgotten, f.oversold.count, f.level_min)))
        for domain, f in stock.items()
    )
    head = ("stock of", "asked for", "promised", "sold out", "forgotten", "oversold", "lowest level")
    table = ReportTable(head, rows, frozenset(range(1, 7)))
    lines = [line for domain, f in stock.items() for line in _first_oversold(domain, f.oversold)]
    return [ReportSection("What was promised from stock", (table, *lines))]


def _first_oversold(domain: str, oversold: OversoldFigures) -> Iterator[str]:
    """Yield the first promise of what was not there, and whose it had been."""
    first = oversold.witness
    if first is None:
        return
    other, record = first.collides_with, f"{domain}:{first.rid}"
    at = clock(round(first.at_s * 1e9))
    before = ""
    if other is not None:
        since = clock(round(other.at_s * 1e9))
        before = f"; {domain}:{other.rid} had been promised it at {since}, which a failover forgot"
    yield f"- The first that was oversold: item {first.key}, promised to {record} at {at}{before}."
