"""What the page says of orders and of stock."""

from sim.report.orders import orders
from sim.report.page import plain
from tests.histories.builder import S
from tests.histories.orders.test_stock import shelf
from tests.records import figures


def test_a_run_without_handlers_has_no_such_section():
    """Nothing is said where nothing could be."""
    assert orders(figures()) == []


def test_the_page_names_the_first_that_was_oversold_and_whose_it_had_been():
    """One unit, promised twice: the row of numbers, and the sentence that a person can follow up."""
    shop = shelf(1, sold=1)
    shop.cut("inventory", 10 * S, 0)
    shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    text = plain(orders(figures(stock={"inventory": shop.sold()})))
    assert text.splitlines()[2:] == [
        "stock of   asked for  promised  sold out  forgotten  oversold  lowest level",
        "inventory          2         2         0          1         1            -1",
        "- The first that was oversold: item 0, promised to inventory:3298534883329 at 0:00:30.0;",
        "  inventory:3298534883328 had been promised it at 0:00:01.2, which a failover forgot.",
    ]


def test_the_page_names_the_first_order_of_each_kind():
    """The order that nobody reserved for, and what is missing."""
    shop = shelf(1, sold=1)
    text = plain(orders(figures(choreography={"orders": shop.figures()})))
    assert "without capture, reserved, captured." in " ".join(text.split())
