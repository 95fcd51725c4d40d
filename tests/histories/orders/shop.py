"""Hand-made journals of a shop: orders that inventory reserves, payments captures, and orders completes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.journal.recorder import Slice
from sim.journal.schema import LSN_BITS, LSN_MASK
from sim.measure.orders.fulfilment import order_figures, shelf_figures, shelf_problems
from sim.measure.orders.orders import Orders
from sim.measure.orders.setup import HandlerSetup, OrderSetup, StockSetup
from sim.report.document import plain
from tests.histories.builder import MS, OK, WRITE, History, S, setup, v

HANDLERS = (
    HandlerSetup("reserve", "orders", "inventory"),
    HandlerSetup("capture", "orders", "payments"),
    HandlerSetup("reserved", "inventory", "orders", on="reserve"),
    HandlerSetup("captured", "payments", "orders", on="capture"),
)
STREAM = {"reserve": 3, "capture": 3, "reserved": 7, "captured": 8}  # in the domain they write
DOMAINS = ("inventory", "orders", "payments")
SAFE_NS = 5 * S  # every replica has what is older


@dataclass
class Shop:
    """A history of three domains; operations and versions are counted by the builder."""

    histories: dict[str, History] = field(
        default_factory=lambda: {d: History(setup(domain=d, primary="a")) for d in DOMAINS}
    )
    calls: dict[str, int] = field(default_factory=dict)
    line: dict[str, tuple[int, int]] = field(default_factory=lambda: dict.fromkeys(DOMAINS, (1, 0)))
    before: dict[str, tuple[int, int]] = field(default_factory=dict)  # as line, of the timeline before it
    patience_ns: int = 10 * S
    warmup_ns: int = 0
    held: int = 0  # blocks at the end
    stock: StockSetup | None = None  # of inventory
    followed: int = 0  # rows of items that are followed, at the end

    def order(self, seq: int, at: int, outcome: int = OK) -> int:
        """Commit a client's write and answer it 1 ms later; return its rid."""
        self.commit("orders", seq, at, outcome)
        return seq

    def call(self, handler: str, tag: int, at: int, answered: int | None = OK, *, key: int = 0) -> int:
        """Let a handler call; it commits 10 ms later and is answered; None: nothing comes of it."""
        which = next(h for h in HANDLERS if h.name == handler)
        number = self.calls.get(handler, 0)
        self.calls[handler] = number + 1
        rid = STREAM[handler] << 40 | number
        history = self.histories[which.of]
        history.add(f"handled/{handler}", at_ns=at, region=0, position=tag & 0xFFFF, rid=rid, tag=tag)
        if answered is not None:
            self.commit(which.writes, rid, at + 10 * MS, answered, key=key)
        return rid

    def commit(
        self, domain: str, rid: int, at: int, outcome: int | None = OK, *, key: int = 0, old: bool = False
    ) -> int:
        """Commit an operation on the newest timeline, and answer it unless ``outcome`` is None.

        ``old``: on the timeline before that, which goes on.
        """
        timeline, last = (self.before if old else self.line)[domain]
        (self.before if old else self.line)[domain] = timeline, last + 1
        version = v(timeline, last + 1)
        self.histories[domain].commit(at, version, rid, key=key)
        if outcome is not None:
            self.histories[domain].op(rid, at - MS, at + MS, WRITE, outcome, version=version)
        return version

    def cut(self, domain: str, at: int, last: int) -> None:
        """Let a promotion abandon what lies beyond ``last``."""
        timeline, _ = self.before[domain] = self.line[domain]
        self.histories[domain].add("cuts", at_ns=at, timeline=timeline + 1, parent=timeline, cut=last, node=1)
        self.line[domain] = timeline + 1, last

    def fulfil(
        self, order: int, at: int, handlers: Sequence[str] = ("reserve", "capture"), apart: int = 100 * MS
    ) -> None:
        """Let handlers do their work for an order, and, later, those that react to them."""
        called = [(handler, self.call(handler, order, at)) for handler in handlers]
        for handler, rid in called:
            self.call({"reserve": "reserved", "capture": "captured"}[handler], rid, at + apart)

    def fill(self, seq: int, at: int, key: int = 0) -> int:
        """Let a client fill an item of inventory up."""
        return self.commit("inventory", 1 << 40 | seq, at, key=key)

    def renew(self, rid: int, at: int, *, key: int = 0) -> int:
        """Let a replay into inventory commit again what one of its operations had committed."""
        number = self.calls.get("back", 0)
        self.calls["back"] = number + 1
        new = 9 << 40 | number
        row = {"at_ns": at, "region": 0, "position": 0, "rid": new, "tag": rid}
        self.histories["inventory"].add("handled/back", **row)
        return self.commit("inventory", new, at + 10 * MS, key=key)

    def setup(self) -> OrderSetup:
        """Return who reacts to whom."""
        stocks = {} if self.stock is None else {"inventory": self.stock}
        return OrderSetup(HANDLERS, self.patience_ns, self.warmup_ns, 60 * S, stocks)

    def figures(self, cuts: dict[str, tuple[int, ...]] | None = None) -> dict[str, Any]:
        """Return the figures, each domain's journal cut at its own times."""
        return plain(order_figures(self.orders(cuts))["orders"])

    def sold(self, cuts: dict[str, tuple[int, ...]] | None = None, *, strict: bool = True) -> dict[str, Any]:
        """Return the figures of the stock, likewise; every sum must close if ``strict``."""
        orders = self.orders(cuts)
        shelf = orders.stores["inventory"].shelf
        self.followed = 0 if shelf is None else sum(len(account.rows) for account in shelf.accounts)
        assert not strict or shelf_problems(orders) == {"inventory": []}
        return plain(shelf_figures(orders)["inventory"])

    def orders(self, cuts: dict[str, tuple[int, ...]] | None = None) -> Orders:
        """Return the measure, which has read everything."""
        orders = Orders(self.setup())
        parts = [p for d in DOMAINS for p in self.histories[d].slices(at=(cuts or {}).get(d, ()))]
        for part in sorted(parts, key=lambda part: part.until_ns):
            orders.fold(part, self._needed(part))
        self.held = sum(len(o.blocks) for store in orders.stores.values() for o in store.streams.values())
        return orders

    def _needed(self, part: Slice) -> int:
        """Return the first log sequence number that a promotion could still abandon."""
        rows, cuts = self.histories[part.domain].rows, self.histories[part.domain].rows.get("cuts", ())
        timeline = 1 + sum(cut["at_ns"] < part.until_ns for cut in cuts)
        young = [
            row["version"] & LSN_MASK
            for row in rows.get("commits", ())
            if row["version"] >> LSN_BITS == timeline and row["commit_ns"] > part.until_ns - SAFE_NS
        ]
        last = [cut["cut"] for cut in cuts if cut["at_ns"] > part.until_ns - SAFE_NS]
        known = [
            row["version"] & LSN_MASK
            for row in rows.get("commits", ())
            if row["version"] >> LSN_BITS == timeline
        ]
        return min([*young, *(one + 1 for one in last), max(known, default=0) + 1])


def quiet(last: int = 20) -> Shop:
    """One order a second, everything done for each of them within half a second."""
    shop = Shop()
    for seq in range(last):
        shop.fulfil(shop.order(seq, (seq + 1) * S), (seq + 1) * S + 200 * MS)
    return shop


def every(ns: int) -> dict[str, tuple[int, ...]]:
    """Return cuts for every domain, at different times in each."""
    rng = np.arange(ns, 60 * S, ns)
    return {d: tuple((rng + i * ns // 3).tolist()) for i, d in enumerate(DOMAINS)}
