"""Clients: streams of operations with sessions, timeouts and retries, and the resolvers that tell them where
to go."""

from heapq import heappush
from math import cos, pi
from struct import Struct

from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.journal.schema import FAIL, INFO, OK
from sim.spec.store.workload import Bursty, Diurnal

from .clock import (
    ARRIVE,
    ATTEMPT_BITS,
    ATTEMPTS,
    DONE,
    REPLY,
    RETRY,
    SEND,
    STREAMS,
    TIMEOUT,
    Clock,
    Event,
    event_of,
    order_of,
    tie_of,
    unordered,
)
from .coverage import Coverage
from .domain import Domain
from .draws import Draws, Luck, ns
from .message import WRITE, Message
from .network import Network, leg_time
from .node import Node
from .server import Server
from .session import Keyring

UNIT = Distribution("exponential", (1.0,))
ENDED = -1
OPS_ROW = Struct("13q").pack  # as the columns of ``ops``


class Operation:
    """One operation: one rid, one or more attempts; it is the SimPy event of their time-outs.

    ``order``: that of its seq and newest attempt; ``deadline``: when this one times out; ``awaited``: the
    order of the attempt that may still be refused or time out, 0 if there is none, ENDED if it has ended.
    ``inbox``: the versions committed for its tag, None if that is not asked; ``found``: the one of them that
    was found in place of a commit of its own.
    """

    __slots__ = (
        "awaited",
        "callbacks",
        "commits",
        "deadline",
        "first",
        "found",
        "inbox",
        "key",
        "order",
        "refusals",
        "resolver",
        "rid",
        "session",
        "stream",
    )
    _ok = True
    __lt__ = unordered

    @property
    def failed_before(self) -> bool:
        """Whether an attempt has failed: it is in back-off or tries again."""
        return self.awaited == 0 or self.order & ATTEMPTS > 1


class Load:
    """One stream: (domain, client, kind)."""

    __slots__ = (
        "arrival_at",
        "arrivals",
        "clock",
        "coverage",
        "domain",
        "done",
        "draws",
        "gap",
        "inward",
        "issued",
        "keyring",
        "kind",
        "links",
        "luck",
        "name",
        "near",
        "network",
        "number",
        "outward",
        "queue",
        "replied",
        "replies",
        "retried",
        "retries",
        "retry_spec",
        "rid_base",
        "sends",
        "service",
        "sessions",
        "shape",
        "spikes",
        "timed_out",
        "timeout",
        "timeouts",
        "view",
        "works",
    )

    def __init__(
        self,
        domain: Domain,
        name: str,
        number: int,
        *,
        kind: int,
        keyring: Keyring,
        network: Network,
        clock: Clock,
        draws: Draws,
        coverage: Coverage,
    ) -> None:
        self.domain = domain
        self.name = name
        self.number = domain.number * STREAMS + number
        self.rid_base = number << 40
        self.kind = kind
        self.keyring = keyring
        self.network = network
        self.links = network.links
        self.clock = clock
        self.queue = clock._queue
        self.draws = draws
        self.coverage = coverage
        self.luck = Luck(draws, draws.key(name))
        self._bind(domain.spec, network)
        self._bind_ties(network.count)

    def _bind_ties(self, regions: int) -> None:
        number, places = self.number, range(regions)
        self.sends = tie_of(SEND, 0, number)
        self.arrival_at = [tie_of(ARRIVE, place, number) for place in places]
        self.done = [tie_of(DONE, place, number) for place in places]
        self.replies = tie_of(REPLY, 0, number)
        self.timeouts = tie_of(TIMEOUT, 0, number)
        self.retries = tie_of(RETRY, 0, number)

    def _bind(self, spec, network: Network) -> None:
        self.retry_spec = spec.workload.retry
        self.timeout = spec.workload.retry.timeout
        local = self.kind != WRITE and spec.reads == "local"
        self.near = self.domain.nodes if local else [None] * network.count
        self.view = self.domain.view
        self.service = spec.service.write if self.kind == WRITE else spec.service.read
        client = self.keyring.home
        self.inward = network.inward[client]
        self.outward = [network.outward[g][client] for g in range(network.count)]
        self.issued = 0
        ring = self.keyring
        self.sessions = self.draws.sessions(self.luck.key, ring.count, slots=ring.slots)
        self.replied = [self._reply]
        self.timed_out = [self._timeout]
        self.retried = [self._retry]
        self.arrivals: Server | None = None
        self.spikes: list[tuple[str, float]] = []
        self.shape = 1.0

    # --- arrivals ---

    def start(self, rate: float) -> None:
        """Begin to send at ``rate`` operations a second."""
        arrivals = self.domain.spec.workload.arrivals
        self.gap = 1e9 / rate
        kind = Distribution("constant", (1.0,)) if arrivals.kind == "constant" else UNIT
        self.works = self.draws.sequence(kind, self.luck.key, Purpose.ARRIVAL)
        if isinstance(arrivals, Diurnal):
            self.shape = self._diurnal(arrivals, 0)
            self.clock.process(self._days(arrivals))
        elif isinstance(arrivals, Bursty):
            self.clock.process(self._bursts(arrivals))
        self.arrivals = Server(
            self.clock, self.sends, self._send_first, speed=self.shape, coverage=self.coverage
        )
        self.arrivals.begin(0, next(self.works) * self.gap)

    def start_trace(self, times: list[int]) -> None:
        """Send at the times of a trace."""
        for seq, at in enumerate(times):
            event = event_of([lambda event: self.open(event.what)], seq)
            heappush(self.queue, (at, self.sends, order_of(seq), event))

    def _diurnal(self, spec: Diurnal, step: int) -> float:
        middle = step * spec.step + spec.step / 2
        return 1 + spec.amplitude * cos(2 * pi * (middle - spec.peak) / spec.period)

    def _days(self, spec: Diurnal):
        step = 0
        while True:
            step += 1
            yield self.clock.control(step * spec.step, f"shape/{self.name}")
            self.shape = self._diurnal(spec, step)
            self.pace()

    def _bursts(self, spec: Bursty):
        period = 0
        while True:
            mean = spec.burst if period % 2 else spec.calm
            length = self.draws.duration(
                Distribution("exponential", (float(mean),)), self.luck.key, period, Purpose.BURST
            )
            yield self.clock.after(length, f"shape/{self.name}")
            period += 1
            self.shape = spec.factor if period % 2 else 1.0
            self.pace()

    def pace(self) -> None:
        """Work out the factor on the rate and rescale the gap in progress; a trace has none."""
        if self.arrivals is None:
            return
        factor = self.shape
        for _, spike in self.spikes:
            factor = factor * spike
        self.arrivals.change(factor)

    def _send_first(self, seq: int) -> None:
        self.arrivals.begin(seq + 1, next(self.works) * self.gap)
        self.network.fired.update(name for name, _ in self.spikes)
        self.open(seq)

    def open(self, seq: int) -> Operation:
        """Send an operation for the first time, now."""
        now = self.clock._now
        ring = self.keyring
        session, slot = next(self.sessions)
        user = ring.users[session]
        if now >= user.until:
            user = ring.meet(session, now)
        op = Operation()
        op.callbacks = self.timed_out
        op.stream = self
        op.order = seq << ATTEMPT_BITS
        op.first = now
        op.refusals = op.found = 0
        op.commits = ()
        op.inbox = None
        op.session = user.identity
        op.key = user.keys[slot]
        op.resolver = session % ring.resolvers
        op.rid = rid = self.rid_base | seq
        self.domain.open[rid] = op
        self.issued = seq + 1
        self._send(op, now)
        return op

    # --- attempts ---

    def _send(self, op: Operation, now: int) -> None:
        queue = self.queue
        op.order = op.awaited = order = op.order + 1
        op.deadline = deadline = now + self.timeout
        heappush(queue, (deadline, self.timeouts, order, op))
        message = Message()
        message.stream = self
        message.owner = op
        message.order = order
        message.refused = False
        ring, resolver = self.keyring, op.resolver
        if now >= ring.expiry[resolver]:
            ring.renew(resolver, now)
        gateway = message.gateway = ring.cached[resolver]
        first = self.inward[gateway]
        if self.network.stopped(first) or self.network.closed(gateway):
            return
        node = message.node = self.near[gateway] or self.view[gateway]
        region = node.region
        second = self.links[gateway][region]
        if self.network.stopped(second):
            return
        at = now + (first.fixed or leg_time(first, self.luck, order, Purpose.LEG1))
        at += second.fixed or leg_time(second, self.luck, order, Purpose.LEG2)
        message.callbacks = node.arrived
        heappush(queue, (at, self.arrival_at[region], order, message))

    def answer(self, message: Message, node: Node) -> None:
        """A node answers: the answer departs now."""
        gateway = message.gateway
        third = self.links[node.region][gateway]
        fourth = self.outward[gateway]
        network = self.network
        if network.stopped(third) or network.stopped(fourth) or network.closed(gateway):
            return
        order = message.order
        at = self.clock._now + (third.fixed or leg_time(third, self.luck, order, Purpose.LEG3))
        at += fourth.fixed or leg_time(fourth, self.luck, order, Purpose.LEG4)
        message.callbacks = self.replied
        heappush(self.queue, (at, self.replies, order, message))

    def _reply(self, message: Message) -> None:
        op = message.owner
        if op.awaited == ENDED:
            return
        if not message.refused:
            self._end(op, OK, message)
        elif op.awaited == message.order:
            op.refusals += 1
            self._failed(op)

    def _timeout(self, op: Operation) -> None:
        if op.awaited > 0 and op.deadline == self.clock._now:
            self._failed(op)

    def _failed(self, op: Operation) -> None:
        spec = self.retry_spec
        op.awaited = 0
        attempt = op.order & ATTEMPTS
        if attempt >= spec.attempts:
            known = self.kind != WRITE or op.refusals == attempt
            self._end(op, FAIL if known else INFO, None)
            return
        u = self.luck.uniform(op.order, Purpose.BACKOFF)
        wait = ns(min(spec.cap, spec.base * 2.0 ** (attempt - 1)) * (1 - spec.jitter * u))
        heappush(self.queue, (self.clock._now + wait, self.retries, op.order + 1, event_of(self.retried, op)))

    def _retry(self, event: Event) -> None:
        op = event.what
        if op.awaited != ENDED:
            self._send(op, self.clock._now)

    def _end(self, op: Operation, outcome: int, message: Message | None) -> None:
        domain = self.domain
        del domain.open[op.rid]
        op.awaited = ENDED
        version, stale, behind, node = 0, -1, 0, -1
        if message is not None:
            node = message.node.region
            if self.kind == WRITE:
                version = op.found or op.commits[-1]
            else:
                version, stale, behind = message.version, message.stale, message.behind
        row = OPS_ROW(
            op.rid,
            op.first,
            self.clock._now,
            self.kind,
            outcome,
            self.keyring.client,
            op.order & ATTEMPTS,
            op.session,
            op.key,
            node,
            version,
            stale,
            behind,
        )
        domain.ops.frombytes(row)
