"""What the measures of orders must know beside the journal: who reacts to whose events."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handler:
    """Consumer ``name`` of domain ``of`` that writes to domain ``writes``.

    ``on``: the handler to whose writes in ``of`` it reacts; None: to those of clients.
    """

    name: str
    of: str
    writes: str
    on: str | None = None


@dataclass(frozen=True, slots=True)
class OrderSetup:
    """The handlers of a scenario. Times in ns; ``patience_ns``: how long an order may take."""

    handlers: tuple[Handler, ...]
    patience_ns: int
    warmup_ns: int
    until_ns: int

    def reacting(self, on: str | None, of: str) -> tuple[Handler, ...]:
        """Return the handlers that react to writes of handler ``on``, or to those of clients, in ``of``."""
        return tuple(h for h in self.handlers if h.on == on and h.of == of)

    def roots(self) -> tuple[str, ...]:
        """Return the domains whose clients' writes are orders."""
        return tuple(sorted({h.of for h in self.handlers if h.on is None}))

    def steps(self, root: str) -> tuple[Handler, ...]:
        """Return every handler of the orders of a domain: the first ones, then those who react to them."""
        return tuple(self._behind(None, root))

    def _behind(self, on: str | None, of: str) -> Iterator[Handler]:
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
