"""Orders at the end of a run: complete, under way, stuck, half done, and what was done twice."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.core.identity import pack_rid
from sim.core.quantity import seconds
from sim.measure.orders import blocks as b
from sim.measure.orders.figures import (
    DoubledEffects,
    DoubledWitness,
    HandlerFigures,
    LateOrders,
    OrderFigures,
    OrderWitness,
    StockFigures,
)
from sim.measure.orders.orders import Orders
from sim.measure.orders.setup import HandlerSetup
from sim.measure.orders.stock import stock_figures


@dataclass(slots=True)
class Late:
    """Orders that are not complete: how many, and the one that was acknowledged first, with what it has."""

    count: int = 0
    first: tuple[int, int, list[bool]] | None = None

    def add(self, mine: np.ndarray, block: b.Block, rid: int, done: np.ndarray) -> None:
        """Take in the orders of a block that are ``mine`` (n,) bool; ``rid``: of its first operation.

        ``done`` (steps, n) bool: what each of them has.
        """
        rows = np.flatnonzero(mine)
        if not len(rows):
            return
        self.count += len(rows)
        i = int(rows[np.argmin(block.value[rows])])
        found = int(block.value[i]), rid + i, done[:, i].tolist()
        self.first = found if self.first is None else min(self.first, found)

    def figures(self, steps: tuple[HandlerSetup, ...]) -> LateOrders:
        """Return how many, and the first."""
        if self.first is None:
            return LateOrders(count=self.count, witness=None)
        at_ns, rid, done = self.first
        missing = tuple(h.name for h, has in zip(steps, done, strict=True) if not has)
        return LateOrders(
            count=self.count, witness=OrderWitness(at_s=seconds(at_ns), rid=rid, missing=missing)
        )


def order_figures(orders: Orders) -> dict[str, OrderFigures]:
    """Return domain whose clients' writes are orders -> figures; docs/measures.md defines them."""
    return {root: _of(orders, root, steps) for root, steps in orders.steps.items()}


def shelf_figures(orders: Orders) -> dict[str, StockFigures]:
    """Return domain that has a stock -> figures of that."""
    return {
        domain: stock_figures(store.shelf, store.on_line)
        for domain, store in orders.stores.items()
        if store.shelf is not None
    }


def shelf_problems(orders: Orders) -> dict[str, list[str]]:
    """Return domain that has a stock -> a line for each of its sums that does not close."""
    return {
        domain: [f"{domain} stock: {problem}" for problem in store.shelf.problems()]
        for domain, store in orders.stores.items()
        if store.shelf is not None
    }


def _of(orders: Orders, root: str, steps: tuple[HandlerSetup, ...]) -> OrderFigures:
    total = complete = 0
    stuck, half = Late(), Late()
    gone = np.array([orders.stores[h.writes].emptied for h in steps])
    for first, block in _blocks(orders, root):
        order = block.state == b.ORDER
        done = (block.counts > 0) & ~gone[:, None]
        over = done.all(axis=0)
        late = order & ~over & (orders.setup.until_ns - block.value > orders.setup.patience_ns)
        total, complete = total + int(order.sum()), complete + int((order & over).sum())
        stuck.add(late, block, first, done)
        half.add(late & done.any(axis=0), block, first, done)
    settled = sum(operations.settled for _, operations in _clients(orders, root))
    if gone.any():  # what was complete long ago is not any more
        stuck.count, half.count = stuck.count + settled, half.count + (0 if gone.all() else settled)
        total, settled = total + settled, 0
    return OrderFigures(
        orders=total + settled,
        complete=complete + settled,
        under_way=total - complete - stuck.count,
        stuck=stuck.figures(steps),
        half_done=half.figures(steps),
        doubled=_doubled(orders, steps),
        handlers={h.name: _handler(orders, h) for h in steps},
    )


def _clients(orders: Orders, root: str) -> Iterator[tuple[int, b.Operations]]:
    """Yield (stream, operations) of the clients of a domain."""
    store = orders.stores[root]
    yield from ((s, operations) for s, operations in store.streams.items() if s not in store.called)


def _blocks(orders: Orders, root: str) -> Iterator[tuple[int, b.Block]]:
    """Yield (rid of the first operation, block) of what is held of a domain's clients."""
    for stream, operations in _clients(orders, root):
        for number, block in operations.blocks.items():
            yield pack_rid(stream, number * b.SIZE), block


def _doubled(orders: Orders, steps: tuple[HandlerSetup, ...]) -> DoubledEffects:
    """Return how many effects of orders were made twice or more, and the first that was."""
    found = [(h, orders.doubled(h)) for h in steps]
    firsts = [(int(rows[:, 1].min()), h.name, h, rows) for h, rows in found if len(rows)]
    if not firsts:
        return DoubledEffects(count=0, witness=None)
    at_ns, _, handler, rows = min(firsts, key=lambda first: first[:2])
    tag, _, version, rid = rows[np.lexsort((rows[:, 0], rows[:, 1]))[0]].tolist()
    order = int(orders.root_of(handler, np.array([tag]))[0])
    witness = DoubledWitness(
        at_s=seconds(at_ns), handler=handler.name, tag=tag, order=None if order < 0 else order,
        rid=rid, version=version,
    )  # fmt: skip
    return DoubledEffects(count=sum(len(rows) for _, rows in found), witness=witness)


def _handler(orders: Orders, handler: HandlerSetup) -> HandlerFigures:
    made = orders.made[handler.name]
    commits = 0 if orders.stores[handler.writes].emptied else made.commits
    return HandlerFigures(calls=made.calls, commits=commits, doubled=len(orders.doubled(handler)))
