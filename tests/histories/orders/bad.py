"""Shops in which one thing goes wrong, for the bugs that are planted in the measures."""

from sim.measure.orders.setup import StockSetup
from tests.histories.builder import INFO, MS, S
from tests.histories.orders.shop import Shop, quiet


def nothing_done() -> Shop:
    """Order 20 has no effect at all."""
    shop = quiet()
    shop.order(20, 30 * S)
    return shop


def half_done() -> Shop:
    """Orders 20 and 21 are reserved and not captured; 22 likewise, but it is young."""
    shop = quiet()
    for seq, at in ((20, 30), (21, 31), (22, 55)):
        shop.fulfil(shop.order(seq, at * S), at * S + 200 * MS, handlers=("reserve",))
    return shop


def captured_twice() -> Shop:
    """Order 3 is captured once more; a second capture of order 4 is abandoned."""
    shop = quiet()
    shop.call("capture", 3, 40 * S)
    shop.call("capture", 4, 41 * S)
    shop.cut("payments", 42 * S, shop.line["payments"][1] - 1)
    return shop


def sold_twice() -> Shop:
    """Of two units one is promised, and one more to somebody who is never told; both are sold again."""
    shop = Shop(stock=StockSetup("reserve", 2, 4))
    shop.call("reserve", shop.order(0, S), S + 200 * MS)
    shop.call("reserve", shop.order(1, 2 * S), 2 * S + 200 * MS, INFO)
    shop.cut("inventory", 10 * S, 0)
    for seq in (2, 3, 4):
        shop.call("reserve", shop.order(seq, (18 + seq) * S), (19 + seq) * S)
    return shop


def sold_on_both_sides() -> Shop:
    """The old primary goes on after the promotion; the item is filled up later."""
    shop = Shop(stock=StockSetup("reserve", 2, 4))
    shop.call("reserve", shop.order(0, S), S + 200 * MS)
    shop.cut("inventory", 10 * S, 1)
    shop.call("reserve", shop.order(1, 11 * S), 12 * S)
    rid = shop.call("reserve", shop.order(2, 12 * S), 12 * S + 500 * MS, None)
    shop.commit("inventory", rid, 13 * S, old=True)
    shop.fill(0, 30 * S)
    shop.call("reserve", shop.order(3, 31 * S), 32 * S)
    return shop
