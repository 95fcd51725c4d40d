"""Clients: streams of operations with sessions, timeouts and retries, and the resolvers that tell them where
to go."""

from heapq import heappush
from math import cos, pi
from struct import Struct

from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.journal.schema import FAIL, INFO, OK
from sim.spec.models import Bursty, Diurnal

from .clock import (
    ARRIVE,
    ATTEMPT_BITS,
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
OPS_ROW = Struct("13q").pack  # as the columns of ``ops``


class Operation:
    """One operation: one rid, one or more attempts; ``awaited`` is the attempt that may still be refused or
    time out, 0 if there is none. ``inbox``: the versions committed for its tag, None if that is not asked;
    ``found``: the one of them that was found in place of a commit of its own."""

    __slots__ = (
        "attempt",
        "awaited",
        "commits",
        "first",
        "found",
        "inbox",
        "key",
        "open",
        "refusals",
        "resolver",
        "rid",
        "seq",
        "session",
        "stream",
    )


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
        "local_reads",
        "luck",
        "name",
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
        self.clock = clock
        self.queue = clock._queue
        self.draws = draws
        self.coverage = coverage
        self.luck = Luck(draws, draws.key(name))
        self._bind(domain.spec)
        self._bind_ties()

    def _bind_ties(self) -> None:
        number, places = self.number, range(self.network.count)
        self.sends = tie_of(SEND, 0, number)
        self.arrival_at = [tie_of(ARRIVE, place, number) for place in places]
        self.done = [tie_of(DONE, place, number) for place in places]
        self.replies = tie_of(REPLY, 0, number)
        self.timeouts = tie_of(TIMEOUT, 0, number)
        self.retries = tie_of(RETRY, 0, number)

    def _bind(self, spec) -> None:
        self.retry_spec = spec.workload.retry
        self.timeout = spec.workload.retry.timeout
        self.local_reads = spec.reads == "local"
        self.service = spec.service.write if self.kind == WRITE else spec.service.read
        client = self.keyring.home
        self.inward = self.network.inward[client]
        self.outward = [self.network.outward[g][client] for g in range(self.network.count)]
        self.issued = 0
        self.sessions = self.draws.raw_sequence(self.luck.key, Purpose.SESSION)
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
        self.open(seq)

    def open(self, seq: int) -> Operation:
        """Send an operation for the first time, now."""
        now = self.clock._now
        ring = self.keyring
        bits = next(self.sessions)
        session = (bits >> 32) * ring.count >> 32
        user = ring.users[session]
        if now >= user.until:
            user = ring.meet(session, now)
        op = Operation()
        op.stream = self
        op.seq = seq
        op.first = now
        op.attempt = op.refusals = 0
        op.open = True
        op.commits = ()
        op.inbox = None
        op.found = 0
        op.session = user.identity
        op.key = user.keys[(bits & 0xFFFFFFFF) * ring.slots >> 32]
        op.resolver = session % ring.resolvers
        op.rid = rid = self.rid_base | seq
        self.domain.open[rid] = op
        self.issued += 1
        self._send(op, now)
        return op

    # --- attempts ---

    def _send(self, op: Operation, now: int) -> None:
        op.attempt = op.awaited = attempt = op.attempt + 1
        message = Message()
        message.stream = self
        message.owner = op
        message.seq = seq = op.seq
        message.attempt = attempt
        message.order = order = seq << ATTEMPT_BITS | attempt
        message.refused = False
        deadline = Event()
        deadline.callbacks = self.timed_out
        deadline.what = message
        heappush(self.queue, (now + self.timeout, self.timeouts, order, deadline))
        gateway = message.gateway = self.keyring.resolve(op.resolver, now)
        first = self.inward[gateway]
        if first.cuts or self.network.down[gateway]:
            return
        node = message.node = self._target(gateway)
        region = node.region
        second = self.network.links[gateway][region]
        if second.cuts:
            return
        at = now + (first.fixed or leg_time(first, self.luck, message, Purpose.LEG1))
        at += second.fixed or leg_time(second, self.luck, message, Purpose.LEG2)
        message.callbacks = node.arrived
        heappush(self.queue, (at, self.arrival_at[region], order, message))

    def _target(self, gateway: int) -> Node:
        if self.kind != WRITE and self.local_reads:
            node = self.domain.nodes[gateway]
            if node is not None:
                return node
        return self.domain.view[gateway]

    def answer(self, message: Message, node: Node) -> None:
        """A node answers: the answer departs now."""
        gateway = message.gateway
        third = self.network.links[node.region][gateway]
        fourth = self.outward[gateway]
        if third.cuts or fourth.cuts or self.network.down[gateway]:
            return
        at = self.clock._now + (third.fixed or leg_time(third, self.luck, message, Purpose.LEG3))
        at += fourth.fixed or leg_time(fourth, self.luck, message, Purpose.LEG4)
        message.callbacks = self.replied
        heappush(self.queue, (at, self.replies, message.order, message))

    def _reply(self, message: Message) -> None:
        op = message.owner
        if not op.open:
            return
        if not message.refused:
            self._end(op, OK, message)
        elif op.awaited == message.attempt:
            op.refusals += 1
            self._failed(op)

    def _timeout(self, event: Event) -> None:
        message = event.what
        op = message.owner
        if op.awaited == message.attempt:
            self._failed(op)

    def _failed(self, op: Operation) -> None:
        spec = self.retry_spec
        op.awaited = 0
        if op.attempt >= spec.attempts:
            known = self.kind != WRITE or op.refusals == op.attempt
            self._end(op, FAIL if known else INFO, None)
            return
        self.domain.retrying += op.attempt == 1
        u = self.luck.uniform(op.seq, op.attempt, Purpose.BACKOFF)
        wait = ns(min(spec.cap, spec.base * 2.0 ** (op.attempt - 1)) * (1 - spec.jitter * u))
        at, order = self.clock._now + wait, order_of(op.seq, op.attempt + 1)
        heappush(self.queue, (at, self.retries, order, event_of(self.retried, op)))

    def _retry(self, event: Event) -> None:
        op = event.what
        if op.open:
            self._send(op, self.clock._now)

    def _end(self, op: Operation, outcome: int, message: Message | None) -> None:
        domain = self.domain
        rid = op.rid
        del domain.open[rid]
        if op.attempt > 1 or (not op.awaited and op.attempt < self.retry_spec.attempts):
            domain.retrying -= 1
        op.open = False
        op.awaited = 0
        ring = self.keyring
        version, stale, behind, node = 0, -1, 0, -1
        if message is not None:
            node = message.node.region
            if self.kind == WRITE:
                version = op.found or op.commits[-1]
            else:
                version, stale, behind = message.version, message.stale, message.behind
        row = OPS_ROW(
            rid,
            op.first,
            self.clock._now,
            self.kind,
            outcome,
            ring.client,
            op.attempt,
            ring.base + op.session,
            op.key,
            node,
            version,
            stale,
            behind,
        )
        domain.ops.frombytes(row)
