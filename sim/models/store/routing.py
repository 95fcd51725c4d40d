"""Routing: DNS answers follow the checkers, gateways learn of new primaries."""

from collections.abc import Iterator

from sim.core.draws import Purpose
from sim.core.milestones.failover import Rerouted
from sim.core.milestones.faults import FaultStarted, RegionDown
from sim.core.milestones.store import AnswerChanged, CheckerHealthy, CheckerUnhealthy, NodeDown, PrimaryLost
from sim.engine.circle.kinds import CHECK
from sim.engine.clock import Steps
from sim.models.control import Control
from sim.models.store.domain import Node


class DnsAnswers:
    """The authoritative DNS answer of a domain for each client group."""

    def __init__(self, control: Control) -> None:
        self._c = control
        self._rules = control.scenario.gateway
        self._healthy_since: dict[int, int] = {}

    def tripped(self, s: int) -> None:
        """A checker changed its mind."""
        domain = self._c.domain
        stream = domain.streams[s]
        if domain.circle.healthy(s):
            cause = self._c.note(stream.name, CheckerHealthy())
            self._healthy_since[s] = self._c.clock.now
            self._turned_healthy(s, cause)
        else:
            last = self._c.milestones.last(PrimaryLost, NodeDown, RegionDown, FaultStarted)
            failed = CheckerUnhealthy(failures=self._rules.check.failures)
            cause = self._c.note(stream.name, failed, last)
            self._healthy_since.pop(s, None)
            if self._answer(stream.source) == stream.target:
                self._choose(stream.source, cause)

    def _answer(self, client: str) -> str:
        domain = self._c.domain
        return domain.regions[domain.circle.answer(domain.regions.index(client))]

    def _order(self, client: str) -> list[str]:
        order = self._c.scenario.clients[client].order
        assert order is not None, "resolved"
        return order

    def _checkers(self, client: str) -> Iterator[tuple[str, bool]]:
        domain = self._c.domain
        for s, stream in enumerate(domain.streams):
            if stream.kind == CHECK and stream.source == client:
                yield stream.target, domain.circle.healthy(s)

    def _choose(self, client: str, cause: int) -> None:
        """Answer with the first healthy region of the client's order; if none is, the answer stays."""
        healthy = dict(self._checkers(client))
        for region in self._order(client):
            if healthy[region]:
                self._set(client, region, cause)
                return

    def _set(self, client: str, region: str, cause: int) -> None:
        domain = self._c.domain
        domain.circle.set_answer(domain.regions.index(client), domain.regions.index(region))
        self._c.note(f"{domain.name}/dns/{client}", AnswerChanged(region=region), cause)

    def _turned_healthy(self, s: int, cause: int) -> None:
        stream = self._c.domain.streams[s]
        order = self._order(stream.source)
        if stream.target not in order:
            return
        now = self._answer(stream.source)
        if not dict(self._checkers(stream.source))[now]:
            self._choose(stream.source, cause)
        elif self._rules.client_return == "auto" and order.index(stream.target) < self._rank(order, now):
            self._c.clock.run(self._return_clients(s, cause))

    def _rank(self, order: list[str], region: str) -> int:
        return order.index(region) if region in order else len(order)

    def _return_clients(self, s: int, cause: int) -> Steps:
        stream, since = self._c.domain.streams[s], self._c.clock.now
        yield self._c.clock.sleep(
            f"{self._c.domain.name}/dns/{stream.source}", self._rules.client_return_after
        )
        order = self._order(stream.source)
        if self._healthy_since.get(s) == since and order.index(stream.target) < self._rank(
            order, self._answer(stream.source)
        ):
            self._set(stream.source, stream.target, cause)


class Routes:
    """Which node each gateway takes for the primary."""

    def __init__(self, control: Control) -> None:
        self._c = control
        self._rules = control.scenario.gateway
        self._interval = control.scenario.databases[control.domain.name].failover.interval
        self._published = 0

    def publish(self, primary: Node, cause: int) -> None:
        """Tell every gateway of the new primary."""
        rid, self._published = self._published, self._published + 1
        for gateway in self._c.network.regions:
            name = f"{self._c.domain.name}/route/{gateway}"
            delay = self._c.draw(name, self._rules.route, Purpose.ROUTE, rid=rid)
            self._c.clock.run(self._tell(gateway, primary, delay, cause=cause))

    def _tell(self, gateway: str, primary: Node, delay: int, *, cause: int) -> Steps:
        c, domain = self._c, self._c.domain
        name = f"{domain.name}/route/{gateway}"
        own = self._published
        yield c.clock.sleep(name, delay)
        while own == self._published:
            cut = gateway != primary.region and c.network.cut(primary.region, gateway)
            if c.network.up(gateway) and not cut:
                domain.circle.set_route(domain.regions.index(gateway), primary.index)
                c.note(name, Rerouted(region=primary.region), cause)
                return
            yield c.clock.sleep(name, self._interval)
