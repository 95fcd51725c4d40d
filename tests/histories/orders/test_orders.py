"""Orders: complete, under way, stuck, half done, with effects done twice; each with its first witness."""

import random

import pytest

from sim.measure.metrics import measured
from sim.measure.orders import blocks
from tests.histories.builder import FAIL, MS, S
from tests.histories.orders.naive import recount
from tests.histories.orders.shop import HANDLERS, STREAM, Shop, every, quiet
from tests.records import figures as made

NOTHING = {"count": 0, "witness": None}


def counts(figures):
    """Return the numbers of a shop's figures."""
    return {
        "orders": figures["orders"], "complete": figures["complete"], "under_way": figures["under_way"],
        **{kind: figures[kind]["count"] for kind in ("stuck", "half_done", "doubled")},
        "handlers": figures["handlers"],
    }  # fmt: skip


def test_nothing_is_wrong_with_orders_that_are_fulfilled():
    """Twenty orders, all complete, none twice."""
    figures = quiet().figures()
    assert (figures["orders"], figures["complete"], figures["under_way"]) == (20, 20, 0)
    assert (figures["stuck"], figures["half_done"], figures["doubled"]) == (NOTHING, NOTHING, NOTHING)
    assert figures["handlers"]["captured"] == {"calls": 20, "commits": 20, "doubled": 0}


def test_an_order_without_any_effect_is_stuck_and_not_half_done():
    """Order 20, acknowledged at 30.001 s, has nothing at 60 s."""
    shop = quiet()
    shop.order(20, 30 * S)
    figures = shop.figures()
    missing = ["reserve", "capture", "reserved", "captured"]
    assert figures["stuck"] == {"count": 1, "witness": {"at_s": 30.001, "rid": 20, "missing": missing}}
    assert figures["half_done"] == NOTHING


def test_an_order_with_some_effects_is_half_done():
    """Of orders 20 and 21 the goods are reserved and the money is not captured: the first is the witness."""
    shop = quiet()
    for seq in (20, 21):
        shop.fulfil(shop.order(seq, (10 + seq) * S), (20 + seq) * S, handlers=("reserve",))
    figures = shop.figures()
    first = {"at_s": 30.001, "rid": 20, "missing": ["capture", "captured"]}
    assert figures["half_done"] == figures["stuck"] == {"count": 2, "witness": first}


def test_the_last_step_counts_too():
    """Reserved and captured, but orders was never told of the capture: half done."""
    shop = quiet()
    order = shop.order(20, 30 * S)
    shop.fulfil(order, 31 * S, handlers=("reserve",))
    shop.call("capture", order, 31 * S)
    assert shop.figures()["half_done"]["witness"]["missing"] == ["captured"]


@pytest.mark.parametrize(("patience", "stuck"), [(29_999 * MS, 1), (29_998 * MS, 1), (30 * S, 0)])
def test_an_order_is_stuck_only_beyond_its_patience(patience, stuck):
    """Acknowledged at 30.0 s, at 60 s it is 30 s old: with a patience of 30 s it is still under way."""
    shop = quiet()
    shop.patience_ns = patience
    shop.order(20, 30 * S - MS)
    figures = shop.figures()
    assert (figures["stuck"]["count"], figures["under_way"]) == (stuck, 1 - stuck)


def test_a_write_that_was_not_acknowledged_is_no_order():
    """Its client was told no: nobody waits for it, though it committed."""
    shop = quiet()
    shop.order(20, 30 * S, outcome=FAIL)
    assert (shop.figures()["orders"], shop.figures()["stuck"]) == (20, NOTHING)


def test_orders_of_the_warm_up_are_not_counted():
    """The first five were sent before 6 s."""
    shop = quiet()
    shop.warmup_ns = 6 * S - MS
    assert shop.figures()["orders"] == 15


def test_a_capture_of_the_same_order_again_is_doubled():
    """Order 3 is captured at 4.21 s and once more at 40.01 s: the money was taken twice."""
    shop = quiet()
    again = shop.call("capture", 3, 40 * S)
    figures = shop.figures()
    assert (figures["doubled"]["count"], figures["handlers"]["capture"]["doubled"]) == (1, 1)
    witness = {
        "at_s": 40.01,
        "handler": "capture",
        "tag": 3,
        "order": 3,
        "rid": again,
        "version": 1 << 40 | 21,
    }
    assert figures["doubled"]["witness"] == witness
    assert figures["complete"] == 20


def test_an_effect_made_three_times_is_one_double():
    """However often order 3 is captured, one effect is doubled, at its second capture."""
    shop = quiet()
    for at in (40, 41):
        shop.call("capture", 3, at * S)
    figures = shop.figures()
    assert (figures["doubled"]["count"], figures["doubled"]["witness"]["at_s"]) == (1, 40.01)


def test_the_second_step_for_the_same_tag_is_doubled():
    """Orders is told twice of the same capture: that step is doubled, and the capture is not."""
    shop = quiet()
    tag = STREAM["capture"] << 40 | 5
    shop.call("captured", tag, 45 * S)
    figures = shop.figures()
    assert {name: f["doubled"] for name, f in figures["handlers"].items()} == {
        "reserve": 0, "capture": 0, "reserved": 0, "captured": 1,
    }  # fmt: skip
    assert (figures["doubled"]["witness"]["tag"], figures["doubled"]["witness"]["order"]) == (tag, 5)


def test_what_a_promotion_abandons_is_not_there():
    """The captures of the last two orders are abandoned: they are half done, until one is called again."""
    shop = quiet()
    shop.cut("payments", 21 * S, 18)
    assert shop.figures()["half_done"]["count"] == 2
    assert shop.figures()["handlers"]["capture"]["commits"] == 18
    shop.call("capture", 19, 30 * S)
    figures = shop.figures()
    assert (figures["half_done"]["count"], figures["doubled"]["count"]) == (1, 0)


def test_a_double_whose_first_was_abandoned_is_none():
    """Order 19 captured at 20.21 s and 20.9 s; a promotion takes none, one or both; done again."""
    for last, doubled in ((21, 1), (20, 0), (19, 0)):
        shop = quiet()
        shop.call("capture", 19, 20 * S + 900 * MS)
        shop.cut("payments", 21 * S, last)
        assert shop.figures()["doubled"]["count"] == doubled, last
        shop.call("capture", 19, 40 * S)
        figures = shop.figures()
        assert figures["doubled"]["count"] == (last > 19), last
        if last == 20:
            assert figures["doubled"]["witness"]["at_s"] == 40.01


def test_objectives_on_orders():
    """The metrics are the counts; without an order there is nothing to judge."""
    shop = quiet()
    shop.order(20, 30 * S)
    found = made(choreography={"orders": shop.figures()})
    values = [measured(found, f"orders_{kind}", "orders").low for kind in ("stuck", "half_done", "doubled")]
    assert values == [1, 0, 0]
    assert measured(made(choreography={"orders": Shop().figures()}), "orders_stuck", "orders") is None


def test_memory_counts_what_is_open(monkeypatch):
    """Of 2,000 fulfilled orders the blocks are dropped when done; a double brings one back, no more."""
    monkeypatch.setattr(blocks, "SIZE", 16)
    shop = Shop()
    for seq in range(2000):
        shop.fulfil(shop.order(seq, S + seq * 20 * MS), S + seq * 20 * MS + 5 * MS, apart=2 * MS)
    assert shop.figures(every(S))["complete"] == 2000
    few = shop.held
    assert few < 5 * 2000 / 16 / 4
    shop.call("capture", 33, 55 * S)
    figures = shop.figures(every(S))
    assert (figures["orders"], figures["complete"], figures["doubled"]["count"]) == (2000, 2000, 1)
    assert shop.held <= few + 4


@pytest.mark.parametrize("seed", range(12))
def test_random_orders_are_counted_as_by_hand(seed, monkeypatch):
    """Whatever is lost, abandoned and repeated, and however the journals are cut: a recount says the same."""
    monkeypatch.setattr(blocks, "SIZE", 8)
    shop = random_shop(random.Random(seed))
    expected = recount(shop)
    for cuts in (None, every(700 * MS), every(9 * S)):
        assert counts(shop.figures(cuts)) == expected


def random_shop(rng):
    """Return a shop in which much goes wrong, with a promotion in each domain."""
    shop, plan, cuts = Shop(), [], {30 * S: "payments", 31 * S: "inventory", 32 * S: "orders"}
    for seq in range(120):
        plan.append((S + seq * 400 * MS + rng.randrange(300) * MS, "order", seq))
    plan += [(at, "cut", domain) for at, domain in cuts.items()]
    tags = {h.name: [] for h in HANDLERS}
    for at, what, of in sorted(plan):
        if what == "cut":
            shop.cut(of, at, shop.line[of][1] - rng.randrange(6))
            continue
        order = shop.order(of, at, rng.choice([0, 0, 0, 1, 2]))
        for first, second in (("reserve", "reserved"), ("capture", "captured")):
            for _ in range(rng.choice([0, 1, 1, 1, 2])):
                old = rng.choice(tags[first]) if tags[first] and rng.random() < 0.2 else order
                tags[first].append(old)
                rid = shop.call(first, old, at + 20 * MS, rng.choice([None, 0, 0, 0]))
                for _ in range(rng.choice([0, 1, 1, 2])):
                    shop.call(second, rid, at + 60 * MS, rng.choice([None, 0, 0]))
    return shop
