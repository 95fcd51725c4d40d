"""What the measures of orders must know beside the journal: who reacts to whose events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.core.names import known_as

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario

CLIENTS = "clients"


@dataclass(frozen=True, slots=True)
class HandlerSetup:
    """Consumer ``name`` of domain ``of`` that writes to domain ``writes``.

    ``on``: the handler to whose writes in ``of`` it reacts; None: to those of clients.
    """

    name: str
    of: str
    writes: str
    on: str | None = None


@dataclass(frozen=True, slots=True)
class StockSetup:
    """Items ``keys`` of which ``handler`` takes ``units`` each before a client's write fills them up.

    ``idempotent``: all that the handler makes of one tag is one promise.
    """

    handler: str
    units: int
    keys: int
    idempotent: bool = True
    warmup_ns: int = 0


@dataclass(frozen=True, slots=True)
class OrderSetup:
    """The handlers of a scenario. Times in ns; ``patience_ns``: how long an order may take.

    ``stocks``: of each domain that has one.
    """

    handlers: tuple[HandlerSetup, ...]
    patience_ns: int
    warmup_ns: int
    until_ns: int
    stocks: Mapping[str, StockSetup] = field(default_factory=dict)

    def reacting(self, on: str | None, of: str) -> tuple[HandlerSetup, ...]:
        """Return the handlers that react to writes of handler ``on``, or to those of clients, in ``of``."""
        return tuple(h for h in self.handlers if h.on == on and h.of == of)

    def roots(self) -> tuple[str, ...]:
        """Return the domains whose clients' writes are orders."""
        return tuple(sorted({h.of for h in self.handlers if h.on is None}))

    def steps(self, root: str) -> tuple[HandlerSetup, ...]:
        """Return every handler of the orders of a domain: the first ones, then those who react to them."""
        return tuple(self._behind(None, root))

    def _behind(self, on: str | None, of: str) -> Iterator[HandlerSetup]:
        found = self.reacting(on, of)
        yield from found
        for handler in found:
            yield from self._behind(handler.name, handler.writes)

    def domains(self) -> tuple[str, ...]:
        """Return every domain that takes part."""
        return tuple(sorted({d for h in self.handlers for d in (h.of, h.writes)}))

    def problems(self) -> Iterator[str]:
        """Yield what keeps orders from being followed: a handler that no chain from clients reaches."""
        reached = {h.name for root in self.roots() for h in self.steps(root)}
        for handler in self.handlers:
            if handler.name not in reached:
                yield f"{handler.name} reacts to {handler.on}, which writes nothing in {handler.of}"


def order_setup_of(scenario: "Scenario") -> OrderSetup | None:
    """Return the setup of a resolved scenario, None if no consumer writes."""
    found = tuple(
        HandlerSetup(known_as(name), one.of, one.writes, None if one.on == CLIENTS else known_as(one.on))
        for name, one in sorted(scenario.consumers.items())
        if one.writes is not None
    )
    if not found:
        return None
    stocks = {name: stock for name in scenario.databases if (stock := _stock_of(scenario, name)) is not None}
    return OrderSetup(found, scenario.level.patience, scenario.warmup, scenario.duration, stocks)


def _stock_of(scenario: "Scenario", domain: str) -> StockSetup | None:
    database = scenario.databases[domain]
    if database.stock is None:
        return None
    keys, by = database.workload.keys.count, database.stock.taken_by
    return StockSetup(
        known_as(by), database.stock.units, keys, scenario.consumers[by].idempotent, scenario.warmup
    )
