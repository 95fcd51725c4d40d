"""Clients: streams of operations with sessions, timeouts and retries, and the resolvers that tell them where
to go."""

from math import cos, pi

from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.engine.sampling import zipf, zipf_table
from sim.journal.schema import FAIL, INFO, OK
from sim.spec.models import Bursty, Diurnal

from .clock import ARRIVE, REPLY, RETRY, SEND, STREAMS, TIMEOUT, Clock, Event
from .coverage import Coverage
from .domain import Domain
from .draws import Draws, ns
from .network import Luck, Network
from .node import WRITE, Message, Node
from .server import Server

UNIT = Distribution("exponential", (1.0,))


class Operation:
    """One operation: one rid, one or more attempts."""

    __slots__ = (
        "attempt",
        "commits",
        "first",
        "key",
        "open",
        "refusals",
        "resolver",
        "seq",
        "session",
        "stream",
        "waiting",
    )

    def __init__(self, stream: "Load", seq: int, first: int) -> None:
        self.stream = stream
        self.seq = seq
        self.first = first
        self.attempt = 0
        self.refusals = 0
        self.open = True
        self.commits: tuple[int, ...] = ()


class Keyring:
    """Sessions and their keys for one client region and domain, and its DNS resolvers."""

    def __init__(self, domain: Domain, client: int, *, name: str, draws: Draws, answer: int) -> None:
        spec = domain.spec.workload
        self.client = client  # index in the journal
        self.home = client  # region the clients are near
        self.count = spec.sessions.count
        self.slots = spec.sessions.keys
        self.length = spec.sessions.length
        self.table = zipf_table(spec.keys.count, spec.keys.zipf)
        self.key = draws.key(f"{domain.name}/sessions/{name}")
        self.draws = draws
        self.known: dict[tuple[int, int], int] = {}
        self.answer = answer

    def use_resolvers(self, name: str, *, count: int, ttl: int) -> None:
        """Set up the resolvers: the initial answer cached, expiring within the first TTL."""
        key = self.draws.key(name)
        self.ttl = ttl
        self.resolvers = count
        self.cached = [self.answer] * count
        self.expiry = [int(self.draws.uniform(key, i, 0, Purpose.DNS) * ttl) for i in range(count)]

    def resolve(self, resolver: int, now: int) -> int:
        """Return the region that a resolver sends to; an expired answer is fetched anew."""
        if now >= self.expiry[resolver]:
            self.cached[resolver] = self.answer
            self.expiry[resolver] = now + self.ttl
        return self.cached[resolver]

    def pick(self, identity: int, slot: int) -> int:
        """Return the key that a session (with epoch) has in a slot."""
        found = self.known.get((identity, slot))
        if found is None:
            u = self.draws.uniform(self.key, identity, slot, Purpose.KEY)
            found = self.known[identity, slot] = int(zipf(self.table, u))
        return found


class Load:
    """One stream: (domain, client, kind)."""

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
        self.draws = draws
        self.coverage = coverage
        self.luck = Luck(draws, draws.key(name))
        self._bind(domain.spec)

    def _bind(self, spec) -> None:
        self.retry_spec = spec.workload.retry
        self.timeout = spec.workload.retry.timeout
        self.local_reads = spec.reads == "local"
        self.service_spec = spec.service.write if self.kind == WRITE else spec.service.read
        self.service = self.draws.series(self.service_spec, self.luck.key, 1, Purpose.SERVICE)
        client = self.keyring.home
        self.inward = self.network.inward[client]
        self.outward = [self.network.outward[g][client] for g in range(self.network.count)]
        self.issued = 0
        self.sessions = self.draws.raw_series(self.luck.key, Purpose.SESSION)
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
        self.works = self.draws.series(kind, self.luck.key, 0, Purpose.ARRIVAL)
        if isinstance(arrivals, Diurnal):
            self.shape = self._diurnal(arrivals, 0)
            self.clock.process(self._days(arrivals))
        elif isinstance(arrivals, Bursty):
            self.clock.process(self._bursts(arrivals))
        self.arrivals = Server(
            self.clock, (SEND, 0, self.number), self._send_first, speed=self.shape, coverage=self.coverage
        )
        self.arrivals.begin(0, self.works(0) * self.gap)

    def start_trace(self, times: list[int]) -> None:
        """Send at the times of a trace."""
        for seq, at in enumerate(times):
            self.clock.record(
                at, (1, SEND, 0, self.number, seq, 1), Event([lambda event: self._open(event.what)], seq)
            )

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
        self.arrivals.begin(seq + 1, self.works(seq + 1) * self.gap)
        self._open(seq)

    def _open(self, seq: int) -> None:
        now = self.clock._now
        op = Operation(self, seq, now)
        ring = self.keyring
        bits = self.sessions(seq)
        session = (bits >> 32) * ring.count >> 32
        epoch = (now + session * ring.length // ring.count) // ring.length
        op.session = session << 20 | epoch
        op.resolver = session % ring.resolvers
        op.key = ring.pick(op.session, (bits & 0xFFFFFFFF) * ring.slots >> 32)
        self.domain.open[self.rid_base | seq] = op
        self.issued += 1
        self._send(op, now)

    # --- attempts ---

    def _send(self, op: Operation, now: int) -> None:
        op.attempt = attempt = op.attempt + 1
        op.waiting = True
        seq, number, record = op.seq, self.number, self.clock.record
        message = Message(self, op, seq=seq, attempt=attempt, sent=now)
        record(now + self.timeout, (1, TIMEOUT, 0, number, seq, attempt), Event(self.timed_out, message))
        gateway = message.gateway = self.keyring.resolve(op.resolver, now)
        first = self.inward[gateway]
        if first.cuts or self.network.down[gateway]:
            return
        node = message.node = self._target(gateway)
        region = node.region
        second = self.network.links[gateway][region]
        if second.cuts:
            return
        at = now
        at += self.luck.leg(first, seq, attempt, Purpose.LEG1) if first.fixed is None else first.fixed
        at += self.luck.leg(second, seq, attempt, Purpose.LEG2) if second.fixed is None else second.fixed
        message.callbacks = node.arrived
        record(at, (1, ARRIVE, region, number, seq, attempt), message)

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
        seq, attempt = message.seq, message.attempt
        at = self.clock._now
        at += self.luck.leg(third, seq, attempt, Purpose.LEG3) if third.fixed is None else third.fixed
        at += self.luck.leg(fourth, seq, attempt, Purpose.LEG4) if fourth.fixed is None else fourth.fixed
        message.callbacks = self.replied
        self.clock.record(at, (1, REPLY, 0, self.number, seq, attempt), message)

    def _reply(self, message: Message) -> None:
        op = message.owner
        if not op.open:
            return
        if not message.refused:
            self._end(op, OK, message)
        elif op.waiting and op.attempt == message.attempt:
            op.refusals += 1
            self._failed(op)

    def _timeout(self, event: Event) -> None:
        message = event.what
        op = message.owner
        if op.open and op.waiting and op.attempt == message.attempt:
            self._failed(op)

    def _failed(self, op: Operation) -> None:
        spec = self.retry_spec
        op.waiting = False
        if op.attempt >= spec.attempts:
            known = self.kind != WRITE or op.refusals == op.attempt
            self._end(op, FAIL if known else INFO, None)
            return
        self.domain.retrying += op.attempt == 1
        u = self.draws.uniform(self.luck.key, op.seq, op.attempt, Purpose.BACKOFF)
        wait = ns(min(spec.cap, spec.base * 2.0 ** (op.attempt - 1)) * (1 - spec.jitter * u))
        clock = self.clock
        tie = (1, RETRY, 0, self.number, op.seq, op.attempt + 1)
        clock.record(clock._now + wait, tie, Event(self.retried, op))

    def _retry(self, event: Event) -> None:
        op = event.what
        if op.open:
            self._send(op, self.clock._now)

    def _end(self, op: Operation, outcome: int, message: Message | None) -> None:
        op.open = False
        domain = self.domain
        rid = self.rid_base | op.seq
        del domain.open[rid]
        domain.retrying -= op.attempt > 1 or (not op.waiting and op.attempt < self.retry_spec.attempts)
        ring = self.keyring
        version, stale, behind, node = 0, -1, 0, -1
        if message is not None:
            node = message.node.region
            if self.kind == WRITE:
                version = op.commits[-1]
            else:
                version, stale, behind = message.version, message.stale, message.behind
        session = (ring.client * ring.count << 20) + op.session
        domain.ops.append(
            (
                rid,
                op.first,
                self.clock._now,
                self.kind,
                outcome,
                ring.client,
                op.attempt,
                session,
                op.key,
                node,
                version,
                stale,
                behind,
            )
        )
