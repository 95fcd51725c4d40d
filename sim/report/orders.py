"""What handlers made of orders, and of the stock that they promised."""

from collections.abc import Iterator
from typing import Any

from sim.report.page import Section, Table
from sim.report.quantities import clock, count

Figures = dict[str, Any]


def orders(figures: Figures) -> list[Section]:
    """Return the sections of orders and of stock, none if no consumer writes."""
    return [*_orders(figures.get("choreography", {})), *_stock(figures.get("stock", {}))]


def _orders(choreography: dict[str, Figures]) -> list[Section]:
    """Return a row a domain whose orders others fulfil, and the first order of each kind that went wrong."""
    if not choreography:
        return []
    terms = ("orders", "complete", "under_way")
    kinds = ("stuck", "half_done", "doubled")
    rows = tuple(
        (domain, *(count(f[term]) for term in terms), *(count(f[kind]["count"]) for kind in kinds))
        for domain, f in choreography.items()
    )
    head = ("orders of", "all", "complete", "under way", "stuck", "half done", "done twice")
    table = Table(head, rows, frozenset(range(1, 7)))
    lines = [line for domain, f in choreography.items() for line in _first_orders(domain, f)]
    return [Section("What became of orders", (table, *lines))]


def _first_orders(domain: str, f: Figures) -> Iterator[str]:
    """Yield the first order that is stuck, that is half done, and the first effect that was made twice."""
    for kind, words in (("stuck", "stuck"), ("half_done", "half done")):
        first = f[kind]["witness"]
        if first is not None:
            at, missing = clock(round(first["at_s"] * 1e9)), ", ".join(first["missing"])
            record = f"{domain}:{first['rid']}"
            yield f"- The first order that is {words}: {record}, acknowledged at {at}, without {missing}."
    first = f["doubled"]["witness"]
    if first is not None:
        at, of = clock(round(first["at_s"] * 1e9)), first["order"]
        whose = "" if of is None else f" of {domain}:{of}"
        yield f"- The first effect made twice: {first['handler']}{whose}, the second time at {at}."


def _stock(stock: dict[str, Figures]) -> list[Section]:
    """Return a row a stock, and the first promise that found its shelf empty."""
    if not stock:
        return []
    terms = ("takes", "granted", "declined", "forgotten")
    rows = tuple(
        (domain, *(count(f[term]) for term in terms), count(f["oversold"]["count"]), count(f["level_min"]))
        for domain, f in stock.items()
    )
    head = ("stock of", "asked for", "promised", "sold out", "forgotten", "oversold", "lowest level")
    table = Table(head, rows, frozenset(range(1, 7)))
    lines = [line for domain, f in stock.items() for line in _first_oversold(domain, f["oversold"])]
    return [Section("What was promised from stock", (table, *lines))]


def _first_oversold(domain: str, oversold: Figures) -> Iterator[str]:
    """Yield the first promise of what was not there, and whose it had been."""
    first = oversold["witness"]
    if first is None:
        return
    other, record = first["collides_with"], f"{domain}:{first['rid']}"
    at = clock(round(first["at_s"] * 1e9))
    before = ""
    if other is not None:
        since = clock(round(other["at_s"] * 1e9))
        before = f"; {domain}:{other['rid']} had been promised it at {since}, which a failover forgot"
    yield f"- The first that was oversold: item {first['key']}, promised to {record} at {at}{before}."
