"""Stock: what was promised, declined, forgotten and sold again, in hand-made and random histories."""

import random

import pytest

from sim.measure.metrics import measured
from sim.measure.orders.setup import StockSetup
from tests.histories.builder import FAIL, INFO, MS, OK, S
from tests.histories.orders.naive_stock import recount
from tests.histories.orders.shop import Shop, every
from tests.records import figures

NOTHING = {"count": 0, "items": 0, "witness": None}


def shelf(units: int = 2, *, sold: int = 0, **changes) -> Shop:
    """A shop whose item 0 has ``units``; orders 0, 1, ... take ``sold`` of them, one a second from 1 s on."""
    shop = Shop(stock=StockSetup("reserve", units, 4, **changes))
    for seq in range(sold):
        shop.call("reserve", shop.order(seq, (seq + 1) * S), (seq + 1) * S + 200 * MS)
    return shop


def test_what_is_there_is_granted_and_what_is_not_is_declined():
    """Two units, three takes: the third is declined; item 1 has its own two."""
    shop = shelf(2, sold=3)
    shop.call("reserve", shop.order(3, 5 * S), 6 * S, key=1)
    assert shop.sold() == {
        "takes": 4, "granted": 3, "declined": 1, "forgotten": 0, "oversold": NOTHING, "level_min": 0,
    }  # fmt: skip


def test_a_clients_write_fills_the_item_up():
    """Sold out at 2.2 s, filled up at 3 s, two more are granted; the fill of another item changes nothing."""
    shop = shelf(2, sold=2)
    shop.fill(0, 3 * S)
    shop.fill(1, 3 * S + MS, key=1)
    for seq in (2, 3, 4):
        shop.call("reserve", shop.order(seq, (seq + 2) * S), (seq + 3) * S)
    assert (shop.sold()["granted"], shop.sold()["declined"]) == (4, 1)


def test_a_forgotten_promise_is_sold_again():
    """The last unit is promised at 2.21 s; a promotion forgets that; it is promised once more at 30.01 s."""
    shop = shelf(2, sold=2)
    shop.cut("inventory", 10 * S, 1)
    assert shop.sold()["oversold"] == NOTHING
    again = shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    found = shop.sold()
    assert (found["forgotten"], found["level_min"]) == (1, -1)
    assert found["oversold"] == {
        "count": 1,
        "items": 1,
        "witness": {
            "at_s": 30.01, "key": 0, "rid": again, "version": 2 << 40 | 2,
            "collides_with": {"at_s": 2.21, "rid": 3 << 40 | 1, "version": 1 << 40 | 2},
        },
    }  # fmt: skip


def test_a_unit_that_was_never_the_last_is_not_oversold():
    """Of three units one is promised and forgotten, another sold: one is left, if two by the database."""
    shop = shelf(3, sold=1)
    shop.cut("inventory", 10 * S, 0)
    shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    assert (shop.sold()["forgotten"], shop.sold()["oversold"], shop.sold()["level_min"]) == (1, NOTHING, 1)


@pytest.mark.parametrize("answered", [FAIL, INFO, None])
def test_what_nobody_was_told_is_no_promise(answered):
    """The abandoned grant was not acknowledged: its unit is there for the next."""
    shop = shelf(1)
    shop.commit("inventory", _call(shop, 0), 2 * S, answered)
    shop.cut("inventory", 10 * S, 0)
    shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    assert (shop.sold()["granted"], shop.sold()["forgotten"], shop.sold()["oversold"]) == (2, 0, NOTHING)


def test_a_promise_that_is_made_again_is_kept():
    """The abandoned call is repeated for the same order, on another item: nothing was forgotten."""
    shop = shelf(1, sold=1)
    shop.cut("inventory", 10 * S, 0)
    shop.call("reserve", 0, 20 * S, key=1)
    shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    assert (shop.sold()["forgotten"], shop.sold()["oversold"]) == (0, NOTHING)


def test_a_call_that_comes_too_late_does_not_keep_the_promise():
    """Another order took the last unit first: the repeated call is declined, and the other was oversold."""
    shop = shelf(1, sold=1)
    shop.cut("inventory", 10 * S, 0)
    taken = shop.call("reserve", shop.order(2, 19 * S), 19 * S + 500 * MS)
    shop.call("reserve", 0, 20 * S)
    found = shop.sold()
    assert (found["declined"], found["forgotten"], found["oversold"]["witness"]["rid"]) == (1, 1, taken)


def test_without_idempotence_a_repeated_call_is_another_promise():
    """What keeps the promise is the same operation, not another of the same order."""
    shop = shelf(1, sold=1, idempotent=False)
    shop.cut("inventory", 10 * S, 0)
    shop.call("reserve", 0, 20 * S)
    assert (shop.sold()["forgotten"], shop.sold()["oversold"]["count"]) == (1, 1)


def test_a_replay_that_reserves_again_keeps_the_promise():
    """A replay into inventory commits the abandoned operation once more: a grant of the same order."""
    shop = shelf(1, sold=1)
    shop.cut("inventory", 10 * S, 0)
    shop.renew(3 << 40, 20 * S)
    shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    found = shop.sold()
    assert (found["takes"], found["declined"], found["forgotten"], found["oversold"]) == (3, 1, 0, NOTHING)


def test_split_brain_promises_twice():
    """The old primary goes on after the promotion at 10 s: both grant the last unit, at 12.01 and at 13 s."""
    shop = shelf(2, sold=1)
    shop.cut("inventory", 10 * S, 1)
    shop.call("reserve", shop.order(1, 11 * S), 12 * S)
    old = _call(shop, 2)
    shop.commit("inventory", old, 13 * S, old=True)
    found = shop.sold()
    assert (found["granted"], found["forgotten"], found["oversold"]["count"]) == (3, 1, 1)
    assert (found["oversold"]["witness"]["rid"], found["oversold"]["witness"]["collides_with"]) == (old, None)


def test_a_fill_settles_the_account():
    """After the surviving fill at 20 s shelf and database agree: of its two units none is oversold."""
    shop = shelf(2, sold=2)
    shop.cut("inventory", 10 * S, 1)
    shop.fill(0, 20 * S)
    for seq in (2, 3, 4):
        shop.call("reserve", shop.order(seq, (seq + 20) * S), (seq + 21) * S)
    assert (shop.sold()["forgotten"], shop.sold()["oversold"], shop.sold()["level_min"]) == (1, NOTHING, 0)


def test_a_fill_that_is_forgotten_brought_nothing():
    """Sold out, filled up and sold at once, all of it abandoned: the second was promised without a unit."""
    shop = shelf(1, sold=1)
    shop.fill(0, 3 * S)
    second = shop.call("reserve", shop.order(1, 3 * S + 100 * MS), 4 * S)
    shop.cut("inventory", 10 * S, 0)
    found = shop.sold()
    assert (found["forgotten"], found["oversold"]["count"]) == (2, 1)
    assert found["oversold"]["witness"]["rid"] == second


def test_a_decline_that_is_abandoned_moves_nothing():
    """The item is followed from 10 s on; a second promotion abandons a decline, a fill and a grant after it.

    Forgotten are the last of the first timeline and the one after the fill: of two units four were promised.
    """
    shop = shelf(2, sold=2)
    shop.cut("inventory", 10 * S, 1)
    shop.call("reserve", shop.order(2, 11 * S), 11 * S + 100 * MS)
    shop.call("reserve", shop.order(3, 12 * S), 12 * S + 100 * MS)
    shop.fill(0, 12 * S + 500 * MS)
    shop.call("reserve", shop.order(4, 13 * S), 13 * S + 100 * MS)
    shop.cut("inventory", 14 * S, 2)
    found = shop.sold()
    assert (found["forgotten"], found["oversold"]["count"], found["level_min"]) == (2, 2, -2)
    assert recount(shop)["oversold"] == 2


def test_a_fill_before_the_first_cut_can_be_abandoned_by_the_second():
    """One of two is sold, the item filled up, a grant forgotten; then the fill is forgotten as well."""
    shop = shelf(2, sold=1)
    shop.fill(0, 3 * S)
    shop.call("reserve", shop.order(1, 4 * S), 4 * S + 100 * MS)
    shop.cut("inventory", 10 * S, 2)
    shop.cut("inventory", 12 * S, 1)
    shop.call("reserve", shop.order(2, 13 * S), 13 * S + 100 * MS)
    found = shop.sold()
    assert (found["forgotten"], found["oversold"]["count"]) == (1, recount(shop)["oversold"]) == (1, 1)


def test_the_warm_up_takes_and_is_not_counted():
    """Of three takes the first is of the warm-up: it has its unit, and one of the others is declined."""
    found = shelf(2, sold=3, warmup_ns=2 * S).sold()
    assert (found["takes"], found["granted"], found["declined"]) == (2, 1, 1)


def test_an_objective_on_stock():
    """The metric is the count; without a take there is nothing to judge."""
    shop = shelf(2, sold=2)
    shop.cut("inventory", 10 * S, 1)
    shop.call("reserve", shop.order(2, 29 * S), 30 * S)
    assert measured(figures(stock={"inventory": shop.sold()}), "oversold", "inventory").low == 1
    assert measured(figures(stock={"inventory": shelf().sold()}), "oversold", "inventory") is None


def test_memory_counts_what_was_abandoned():
    """Of 300 takes and 300 fills after the promotion, the first fill ends what is kept of the item."""
    shop = shelf(2, sold=2)
    shop.cut("inventory", 10 * S, 1)
    for i in range(300):
        shop.call("reserve", 10 + i, 20 * S + i * 100 * MS)
        shop.fill(i, 20 * S + i * 100 * MS + 50 * MS)
    assert shop.sold(every(S))["forgotten"] == 1
    assert shop.followed == 3  # the abandoned grant, the first afterwards, the fill


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_random_stocks_are_counted_as_by_hand(seed, idempotent):
    """Whatever is abandoned, repeated, replayed and committed on both sides: a recount says the same."""
    shop = random_shop(random.Random(seed), idempotent=idempotent)
    expected = recount(shop)
    for cuts in (None, every(700 * MS), every(9 * S)):
        found = shop.sold(cuts)
        over = found.pop("oversold")
        first = over["witness"] and over["witness"]["version"]
        assert {**found, "oversold": over["count"], "items": over["items"], "first": first} == expected


def test_random_stocks_show_what_they_should():
    """The random histories have what the recount is about."""
    found = [recount(random_shop(random.Random(seed), idempotent=True)) for seed in range(12)]
    assert all(one["oversold"] <= one["forgotten"] for one in found)
    assert sum(one["oversold"] for one in found) > 20
    assert sum(one["forgotten"] > one["oversold"] for one in found) > 3
    assert sum(one["declined"] for one in found) > 100


def random_shop(rng, *, idempotent):
    """Return a shop with six promotions of inventory, of which each old primary goes on for a while."""
    shop = Shop(stock=StockSetup("reserve", 3, 3, idempotent, warmup_ns=4 * S))
    cuts, again, reserved, fills = [at * S for at in (20, 22, 23, 25, 40, 42)], [], [], 0
    for step in range(200):
        at = S + step * 270 * MS + rng.randrange(200) * MS
        if cuts and at > cuts[0]:
            keep = max(0, shop.line["inventory"][1] - rng.randrange(12))
            cuts.pop(0)
            gone = [one for one in reserved if one[1] > keep]
            again += [tag for tag, _, _ in gone if rng.random() < 0.5]
            shop.cut("inventory", at, keep)
            for _, _, rid in gone:
                if rng.random() < 0.2:
                    shop.renew(rid, at + 10 * MS, key=rng.randrange(3))
            reserved = [one for one in reserved if one[1] <= keep]
            continue
        key, dice = rng.randrange(3), rng.random()
        if dice < 0.15:
            shop.fill(fills := fills + 1, at, key)
            continue
        tag = again.pop() if again and dice < 0.4 else shop.order(step, at)
        rid = shop.call("reserve", tag, at + 10 * MS, None)
        outcome = rng.choice([OK, OK, OK, INFO, None])
        old = bool(shop.before) and rng.random() < 0.15
        version = shop.commit("inventory", rid, at + 20 * MS, outcome, key=key, old=old)
        if not old:
            reserved.append((tag, version & (1 << 40) - 1, rid))
    return shop


def _call(shop: Shop, seq: int) -> int:
    """Let an order call for a reservation that is committed apart."""
    return shop.call("reserve", shop.order(seq, S + seq * 100 * MS), S + seq * 100 * MS + 50 * MS, None)
