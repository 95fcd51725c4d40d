"""Health probes: observers in every region watch the primary, checkers of every client group watch every
gateway's node."""

from collections.abc import Callable
from heapq import heappush

from sim.core.draws import Purpose
from sim.spec.store.database import Failover
from sim.spec.store.routing import Check

from .clock import (
    ARRIVE,
    ATTEMPT_BITS,
    DONE,
    REPLY,
    SEND,
    STREAMS,
    TIMEOUT,
    Clock,
    Event,
    event_of,
    order_of,
    tie_of,
)
from .domain import Domain
from .draws import Draws, Luck
from .message import CHECK, OBSERVE, Message, message_of
from .network import Network, leg_time
from .node import Node


class Pulse:
    """The schedule, the outstanding probe and the counts of one probe stream.

    ``trip(healthy)`` is called when it changes its mind.
    """

    def __init__(
        self, spec: Check | Failover, *, number: int, clock: Clock, luck: Luck, send: Callable, trip: Callable
    ) -> None:
        self.spec = spec
        self.sends, self.timeouts = tie_of(SEND, 0, number), tie_of(TIMEOUT, 0, number)
        self.clock = clock
        self.send = send
        self.trip = trip
        self.sending = [self._send]
        self.timing_out = [self._timeout]
        self.offset = spec.offset
        if self.offset is None:
            self.offset = int(luck.draws.uniform(luck.key, 0, 0, Purpose.OFFSET) * spec.interval)
        self.anew()
        self._schedule(0)

    def anew(self) -> None:
        """Start anew: healthy, nothing counted, nothing outstanding."""
        self.healthy = True
        self.failed = self.passed = 0
        self.outstanding = -1

    def _schedule(self, seq: int) -> None:
        at = self.offset + seq * self.spec.interval
        heappush(self.clock._queue, (at, self.sends, order_of(seq), event_of(self.sending, seq)))

    def _send(self, event: Event) -> None:
        seq = event.what
        self._schedule(seq + 1)
        if self.send(seq):
            self.outstanding = seq
            at = self.clock._now + self.spec.timeout
            heappush(self.clock._queue, (at, self.timeouts, order_of(seq), event_of(self.timing_out, seq)))

    def _timeout(self, event: Event) -> None:
        self.result(event.what, passed=False)

    def result(self, seq: int, *, passed: bool) -> None:
        """Count the result of the outstanding probe; any other is forgotten."""
        if seq != self.outstanding:
            return
        self.outstanding = -1
        spec = self.spec
        if passed:
            self.failed = 0
            self.passed += 1
            if not self.healthy and self.passed >= spec.successes:
                self._change(healthy=True)
        else:
            self.passed = 0
            self.failed += 1
            if self.healthy and self.failed >= spec.failures:
                self._change(healthy=False)

    def _change(self, *, healthy: bool) -> None:
        self.healthy = healthy
        self.failed = self.passed = 0
        self.trip(healthy)


class Observer:
    """A vantage in a region that probes the primary's node and so renews its lease."""

    def __init__(
        self,
        domain: Domain,
        region: int,
        number: int,
        *,
        name: str,
        network: Network,
        clock: Clock,
        draws: Draws,
        trip: Callable,
    ) -> None:
        self.kind = OBSERVE
        self.domain = domain
        self.region = region
        self.name = name
        self.number = domain.number * STREAMS + number
        self.arrivals = [tie_of(ARRIVE, place, self.number) for place in range(network.count)]
        self.done = [tie_of(DONE, place, self.number) for place in range(network.count)]
        self.replies = tie_of(REPLY, 0, self.number)
        self.network = network
        self.clock = clock
        self.luck = Luck(draws, draws.key(name))
        self.service = domain.spec.service.probe
        self.renewals = True
        self.renewing_send = 0
        self.replied = [self._reply]
        self.pulse = Pulse(
            domain.spec.failover,
            number=self.number,
            clock=clock,
            luck=self.luck,
            send=self._send,
            trip=lambda ok: trip(self, ok),
        )

    def _send(self, seq: int) -> bool:
        network = self.network
        if not network.up(self.region):
            return False
        now = self.clock._now
        renews = self.renewals and self.pulse.healthy
        message = message_of(self, now if renews else None, order_of(seq))
        message.gateway = -1
        message.node = node = self.domain.primary
        if renews:
            self.renewing_send = now
        leg = network.links[self.region][node.region]
        if not network.stopped(leg):
            message.callbacks = node.arrived
            at = now + leg_time(leg, self.luck, message.order, Purpose.LEG2)
            heappush(self.clock._queue, (at, self.arrivals[node.region], message.order, message))
        return True

    def served(self, message: Message, node: Node) -> None:
        """The node has served the probe: it renews the lease and takes the node's position along."""
        message.version = node.last
        if message.owner is not None and node is self.domain.primary:
            node.renew(self.region, message.owner)

    def answer(self, message: Message, node: Node) -> None:
        """The answer departs now."""
        leg = self.network.links[node.region][self.region]
        if self.network.stopped(leg):
            return
        message.callbacks = self.replied
        at = self.clock._now + leg_time(leg, self.luck, message.order, Purpose.LEG3)
        heappush(self.clock._queue, (at, self.replies, message.order, message))

    def _reply(self, message: Message) -> None:
        seq = message.order >> ATTEMPT_BITS
        if seq == self.pulse.outstanding and not message.refused:
            self.domain.known = max(self.domain.known, message.version)
        self.pulse.result(seq, passed=not message.refused)


class Checker:
    """A client group's check of one gateway and the domain's node behind it."""

    def __init__(
        self,
        domain: Domain,
        number: int,
        *,
        client: int,
        region: int,
        name: str,
        spec: Check,
        network: Network,
        clock: Clock,
        draws: Draws,
        trip: Callable,
    ) -> None:
        self.kind = CHECK
        self.domain = domain
        self.client = client
        self.region = region
        self.name = name
        self.number = domain.number * STREAMS + number
        self.arrivals = [tie_of(ARRIVE, place, self.number) for place in range(network.count)]
        self.done = [tie_of(DONE, place, self.number) for place in range(network.count)]
        self.replies = tie_of(REPLY, 0, self.number)
        self.network = network
        self.clock = clock
        self.luck = Luck(draws, draws.key(name))
        self.service = domain.spec.service.probe
        self.replied = [self._reply]
        self.at_gateway = [self._answer_itself]
        self.pulse = Pulse(
            spec,
            number=self.number,
            clock=clock,
            luck=self.luck,
            send=self._send,
            trip=lambda ok: trip(self, ok),
        )

    def _send(self, seq: int) -> bool:
        network = self.network
        gateway = self.region
        leg = network.inward[self.client][gateway]
        if network.stopped(leg) or network.closed(gateway):
            return True
        message = message_of(self, None, order_of(seq))
        message.gateway = gateway
        message.node = node = self.domain.nodes[gateway]
        at = self.clock._now + leg_time(leg, self.luck, message.order, Purpose.LEG1)
        if node is not None:
            at += network.local.fixed
        message.callbacks = self.at_gateway if node is None else node.arrived
        heappush(self.clock._queue, (at, self.arrivals[gateway], message.order, message))
        return True

    def _answer_itself(self, message: Message) -> None:
        if not self.network.closed(self.region):
            self._depart(message, 0)

    def served(self, message: Message, node: Node) -> None:
        """Nothing more than the answer."""

    def answer(self, message: Message, node: Node) -> None:
        """The node's answer departs now."""
        self._depart(message, self.network.local.fixed)

    def _depart(self, message: Message, local: int) -> None:
        leg = self.network.outward[self.region][self.client]
        if self.network.stopped(leg) or self.network.closed(self.region):
            return
        message.callbacks = self.replied
        at = self.clock._now + local + leg_time(leg, self.luck, message.order, Purpose.LEG4)
        heappush(self.clock._queue, (at, self.replies, message.order, message))

    def _reply(self, message: Message) -> None:
        self.pulse.result(message.order >> ATTEMPT_BITS, passed=not message.refused)
