"""What is said of orders and of stock. docs/measures.md defines it."""

from collections.abc import Mapping

from sim.core.record import figure, record


@record
class OrderWitness:
    """An order that is not complete."""

    at_s: float = figure("when it was acknowledged")
    rid: int = figure("the operation")
    missing: tuple[str, ...] = figure("handlers whose step is not done")


@record
class LateOrders:
    """Orders that are not complete though they should be."""

    count: int = figure("how many", "orders")
    witness: OrderWitness | None = figure("the one acknowledged first; null: none")


@record
class DoubledWitness:
    """The second commit of an effect."""

    at_s: float = figure("when it was committed")
    handler: str = figure("the handler that made it")
    tag: int = figure("the tag that both commits have")
    order: int | None = figure(
        "the order behind the tag; null: all that is known of it is that it was complete"
    )
    rid: int = figure("the operation of the second commit")
    version: int = figure("its version")


@record
class DoubledEffects:
    """Effects that were made twice or more."""

    count: int = figure("pairs of handler and tag with two or more surviving commits", "effects")
    witness: DoubledWitness | None = figure("the earliest second commit; null: none")


@record
class HandlerFigures:
    """What one handler did."""

    calls: int = figure("calls", "operations")
    commits: int = figure("surviving commits", "records")
    doubled: int = figure("its effects that were made twice or more", "effects")


@record
class OrderFigures:
    """What became of the orders of one domain."""

    orders: int = figure("all of them: `complete` + `under_way` + `stuck`", "orders")
    complete: int = figure("every step is done", "orders")
    under_way: int = figure("not complete, acknowledged no longer than `patience` before the end", "orders")
    stuck: LateOrders = figure("not complete, acknowledged longer ago")
    half_done: LateOrders = figure("of the stuck: some step is done")
    doubled: DoubledEffects = figure(
        "(handler, tag) with two or more surviving commits, whoever wrote the event"
    )
    handlers: Mapping[str, HandlerFigures] = figure("by handler, of each step: what it did")


@record
class Grant:
    """A promise of one unit."""

    at_s: float = figure("when it was committed")
    rid: int = figure("the operation")
    version: int = figure("its version")


@record
class OversoldWitness:
    """A promise that found the shelf empty."""

    at_s: float = figure("when it was committed")
    rid: int = figure("the operation")
    version: int = figure("its version")
    key: int = figure("the item")
    collides_with: Grant | None = figure("the forgotten grant that had been promised that unit; null: none")


@record
class OversoldFigures:
    """Promises that found the shelf empty."""

    count: int = figure("standing grants that found the shelf empty", "grants")
    items: int = figure("different keys among them", "items")
    witness: OversoldWitness | None = figure("the earliest; null: none")


@record
class StockFigures:
    """What was promised from one stock."""

    takes: int = figure(
        "commits of the handler, on any timeline: `granted` + `declined`, each counted for itself", "records"
    )
    granted: int = figure("takes that found a unit", "records")
    declined: int = figure("takes that found none", "records")
    forgotten: int = figure("acknowledged grants that were abandoned and not made good", "grants")
    oversold: OversoldFigures = figure("standing grants that found the shelf empty")
    level_min: int | None = figure(
        "the lowest level of any item, on the shelf or in a database; null: no take", "units"
    )
