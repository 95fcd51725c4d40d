"""A database node: a queue, workers, a log and what is applied of it."""

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from heapq import heappush
from math import inf

from sim.core.draws import Purpose
from sim.journal.schema import LSN_BITS, LSN_MASK

from .clock import APPLIED, ATTEMPTS, STREAMS, Clock, order_of, tie_of
from .coverage import Coverage
from .domain import Domain
from .draws import FOREVER, Draws, Luck, ns
from .message import OBSERVE, READ, WRITE, Message
from .server import Server, rescaled


class Node:
    """One node of one domain.

    ``last`` is the last lsn in its log (received or committed), ``applied`` the last one applied.
    """

    __slots__ = (
        "acknowledged",
        "applied",
        "applier",
        "apply_spec",
        "applying",
        "arrived",
        "busy",
        "candidate",
        "cap",
        "clock",
        "coming",
        "contacts",
        "copied",
        "coverage",
        "crashes",
        "dark",
        "deaths",
        "domain",
        "done",
        "draws",
        "events",
        "finished",
        "fired",
        "flow_in",
        "flows_out",
        "following",
        "goal",
        "goal_lsn",
        "intact",
        "key",
        "last",
        "lease_until",
        "luck",
        "name",
        "pauses",
        "place",
        "places",
        "promotions",
        "queue",
        "rebuilds",
        "received",
        "region",
        "restarting",
        "restarts",
        "rewinds",
        "send_pauses",
        "sent",
        "serving",
        "slow",
        "speed",
        "stalled",
        "timeline",
        "unanswered",
        "up",
        "values",
        "workers",
        "writable",
    )

    def __init__(
        self, domain: Domain, region: int, *, name: str, clock: Clock, draws: Draws, coverage: Coverage
    ) -> None:
        self.domain = domain
        self.region = region
        self.name = f"{domain.name}/{name}"
        self.place = name
        self.clock = clock
        self.events = clock._queue
        self.draws = draws
        self.coverage = coverage
        self.fired: set[str] = set()
        self.key = draws.key(self.name)
        self._start_empty(domain.spec.service)
        self._start_log()

    def _start_empty(self, service) -> None:
        self.workers: list[Message | None] = [None] * service.workers
        self.queue: deque[Message] = deque()
        self.places = service.queue
        self.crashes: set[str] = set()
        self.dark: set[str] = set()  # outages of the region or zone: the node is silent
        self.up = True
        self.deaths = 0
        self.restarts = self.rewinds = self.rebuilds = self.promotions = 0
        self.restarting = False
        self.slow: list[tuple[str, float]] = []
        self.speed = 1.0
        self.arrived = [self.arrive]
        self.finished = [self.finish]

    def _start_log(self) -> None:
        domain = self.domain
        self.serving = True
        self.writable = False
        self.intact = True
        self.following = True
        self.candidate = False  # it is being promoted
        self.busy: tuple | None = None
        self.coming = 0  # what the copy that is being made will give it
        self.timeline = 1
        self.cap: int | None = None  # the last lsn shared with the newest timeline, None if this is it
        self.last = self.applied = 0
        self.values: dict[int, int] = {}
        self.flow_in = None
        self.flows_out: list = []
        self.contacts = [0] * len(domain.nodes)
        self.acknowledged: dict[int, int] = {}  # the last lsn that each replica has acknowledged to it
        self.unanswered: list[tuple[int, Message]] = []  # writes that wait for that: lsn of the commit
        self.lease_until: float = inf
        self.pauses: set[str] = set()
        self.stalled = False  # beyond the cut: nothing is applied until it is rewound
        self.send_pauses: set[str] = set()
        # Rows for the journal, one after the other: time, version.
        self.sent, self.received, self.done, self.copied = array("q"), array("q"), array("q"), array("q")
        self.goal = None
        self.goal_lsn = -1
        self.luck = Luck(self.draws, self.draws.key(f"{domain.name}/replica/{self.place}"))
        self.apply_spec = domain.spec.replication.apply
        self.applying: tuple[int, int, int, int, int] | None = None  # the row that is being applied
        tie = tie_of(APPLIED, self.region, domain.number * STREAMS)
        self.applier = Server(self.clock, tie, self._apply, speed=1.0, coverage=self.coverage)

    @property
    def is_busy(self) -> bool:
        """Whether a rewind or rebuild of it is under way, and not void."""
        return self.busy == (self.deaths, self.domain.newest)

    # --- requests ---

    def visited(self) -> None:
        """A request or probe reaches the node or completes there: faults on it have taken effect."""
        if self.dark or self.crashes or self.slow:
            self.fired.update(self.dark, self.crashes, (name for name, _ in self.slow))

    def stirred(self, flow) -> None:
        """A record to this node has moved or waits: faults on it or on the flow have taken effect."""
        self.visited()
        self.fired.update(self.pauses, self.send_pauses)
        if flow is not None:
            self.fired.update(flow.leg.faults, (name for name, _ in flow.leg.limits))

    def waits(self) -> bool:
        """Whether a record has yet to be handed over to this node, or to be applied."""
        if not (self.following or (self.candidate and self.intact)):
            return False
        flow = self.flow_in
        return self.applied < self.last or (self.following and flow is not None and flow.has_more())

    def arrive(self, message: Message) -> None:
        """A request or probe reaches the node."""
        self.visited()
        if self.dark:
            return
        now = self.clock._now
        kind = message.stream.kind
        if not self.up or not (self.serving if kind == READ else self._accepts(kind, now)):
            self.refuse(message)
        elif None in self.workers:
            self._start(self.workers.index(None), message, now)
        elif len(self.queue) < self.places:
            self.queue.append(message)
        else:
            self.coverage.queue_full += 1
            self.refuse(message)

    def _accepts(self, kind: int, now: int) -> bool:
        if kind == OBSERVE:
            return self.intact
        if kind != WRITE:
            return self.serving
        if self.writable and now >= self.lease_until:
            self.coverage.refused_by_lease += 1
        return self.writable and now < self.lease_until

    def _start(self, worker: int, message: Message, now: int) -> None:
        stream = message.stream
        work = stream.luck.sample(stream.service, message.order, Purpose.SERVICE)
        self.workers[worker] = message
        message.worker = worker
        message.begun = now
        message.due = due = now + ns(work / self.speed)
        message.callbacks = self.finished
        heappush(self.events, (due, stream.done[self.region], message.order, message))

    def finish(self, message: Message) -> None:
        """Service completes."""
        worker = message.worker
        if self.workers[worker] is not message:
            return
        now = self.clock._now
        stream = message.stream
        kind = stream.kind
        self.workers[worker] = None
        self.visited()
        if kind == READ:
            self._read(message, now)
        elif kind == WRITE:
            if now >= self.lease_until:
                self.coverage.refused_by_lease += 1
                message.refused = True
            else:
                self._written(message, now)
        else:
            stream.served(message, self)
        if kind != WRITE or message.refused:
            stream.answer(message, self)
        if self.queue:
            self._start(worker, self.queue.popleft(), now)

    def refuse(self, message: Message) -> None:
        """Answer no; the refusal departs now."""
        message.refused = True
        message.stream.answer(message, self)

    def _read(self, message: Message, now: int) -> None:
        key = message.owner.key
        message.version = self.values.get(key, 0)
        message.stale = message.behind = 0
        known = self.domain.by_key.get(key)
        if known is None or self is self.domain.primary:
            return
        included = self.applied if self.cap is None else min(self.cap, self.applied)
        lsns, times = known
        if lsns and lsns[-1] <= included:
            return
        first = bisect_right(lsns, included)
        message.behind = bisect_left(times, now) - first
        if message.behind > 0:
            message.stale = now - times[first]
            self.coverage.stale_reads += 1
        else:
            message.behind = 0

    def _written(self, message: Message, now: int) -> None:
        """Commit, and answer now or once enough replicas have acknowledged the commit."""
        lsn = self._commit(message.owner, now) & LSN_MASK
        if self._is_enough(lsn):
            message.stream.answer(message, self)
        else:
            self.coverage.waits += 1
            self.coverage.waits_again += message.order & ATTEMPTS > 1
            self.unanswered.append((lsn, message))

    def _is_enough(self, lsn: int) -> bool:
        domain = self.domain
        others = [region for region in domain.acknowledging if region != self.region]
        return sum(self.acknowledged.get(region, 0) >= lsn for region in others) >= domain.needed

    def hear(self, region: int, lsn: int) -> None:
        """A replica has acknowledged all up to ``lsn``: answer what waited for that."""
        self.acknowledged[region] = max(lsn, self.acknowledged.get(region, 0))
        answered = [entry for entry in self.unanswered if self._is_enough(entry[0])]
        for entry in answered:
            self.unanswered.remove(entry)
            if self.clock._now < self.lease_until:
                entry[1].stream.answer(entry[1], self)
            else:
                self.coverage.acknowledged_too_late += 1

    def leave_unanswered(self) -> None:
        """Forget who waits: no answer will come."""
        self.coverage.never_answered += len(self.unanswered)
        self.unanswered.clear()

    def _commit(self, op, now: int) -> int:
        """Return the version that stands for the operation on this node's timeline."""
        domain = self.domain
        for version in op.commits[-2:]:
            if domain.on_timeline(version, self.timeline):
                self.coverage.known_at_cut += version & LSN_MASK == domain.timelines[self.timeline].cut
                return version
        for version in reversed((op.inbox or [])[-2:]):
            if domain.on_timeline(version, self.timeline):
                self.coverage.known_at_cut += version & LSN_MASK == domain.timelines[self.timeline].cut
                self.coverage.known_tags += 1
                op.found = version
                return version
        self.coverage.second_commits += len(op.commits) > 0
        self.coverage.diverged_commits += self.timeline != domain.newest
        self.last = self.applied = self.last + 1
        version = self.timeline << LSN_BITS | self.last
        op.commits += (version,)
        op.found = 0
        if op.inbox is not None:
            self.coverage.second_tags += len(op.inbox) > 0
            op.inbox.append(version)
        self.values[op.key] = version
        domain.note_commit((now, version, op.rid, op.key, self.region))
        for flow in self.flows_out:
            flow.offer()
        return version

    def stop_writing(self) -> None:
        """Stop being writable: what waits and serves of writes is refused, in order, and reads move up."""
        self.writable = False
        self.leave_unanswered()
        refused = []
        for i, message in enumerate(self.workers):
            if message is not None and message.stream.kind == WRITE:
                self.workers[i] = None
                refused.append(message.again())
        refused += [message for message in self.queue if message.stream.kind == WRITE]
        self.queue = deque(message for message in self.queue if message.stream.kind != WRITE)
        for message in refused:
            self.refuse(message)
        for i, message in enumerate(self.workers):
            if message is None and self.queue:
                self._start(i, self.queue.popleft(), self.clock._now)

    # --- speed ---

    def change_speed(self) -> None:
        """Work out the node's speed from what slows it and rescale what is in service."""
        speed = 1.0
        for _, factor in self.slow:
            speed = speed / factor
        before = self.speed
        self.speed = speed
        if speed != before:
            for message in list(self.workers):
                if message is not None:
                    self._rescale(message, before)
        self.pace_apply()

    def _rescale(self, message: Message, before: float) -> None:
        now = self.clock._now
        copy = message.again()
        worker = message.worker
        if message.begun >= now or message.due - message.begun >= FOREVER:
            self._start(worker, copy, now)
            return
        self.coverage.rate_changes += 1
        self.workers[worker] = copy
        copy.worker = worker
        copy.begun = now - 1  # before a change of this moment at any rate
        copy.due = now + rescaled(message.due - now, before, self.speed)
        copy.callbacks = self.finished
        heappush(self.events, (copy.due, copy.stream.done[self.region], copy.order, copy))

    # --- the log ---

    def receive(self, lsn: int, version: int) -> None:
        """A record arrives over the flow."""
        self.last = lsn
        self.received.append(self.clock._now)
        self.received.append(version)
        if self.applier.item is None:
            self.apply_next()

    def apply_next(self) -> None:
        """Take up the next received record if nothing is being applied."""
        if self.up and not self.stalled and self.applier.item is None and self.applied < self.last:
            lsn = self.applied + 1
            self.applying = row = self.domain.record(self.timeline, lsn)
            work = self.luck.sample(self.apply_spec, order_of(lsn, row[1] >> LSN_BITS), Purpose.APPLY)
            self.applier.begin(lsn, work)

    def _apply(self, lsn: int) -> None:
        _, version, _, key, _ = self.applying
        self.applied = lsn
        self.stirred(self.flow_in)
        self.values[key] = version
        self.done.append(self.clock._now)
        self.done.append(version)
        if lsn == self.goal_lsn:
            self.goal.succeed()
            self.goal_lsn = -1
        self.apply_next()

    def pace_apply(self) -> None:
        """Set the applier's speed: the node's, 0 while paused."""
        self.applier.change(0.0 if self.pauses else self.speed)

    def reset_to(self, timeline: int, lsn: int) -> None:
        """Become a copy of a timeline up to ``lsn``."""
        self.join(timeline)
        self.last = self.applied = lsn
        self.values = {}
        for position in range(1, lsn + 1):
            _, version, _, key, _ = self.domain.record(timeline, position)
            self.values[key] = version
        self.applier.drop()
        self.stalled = False
        self.intact = True
        self.serving = True

    def join(self, timeline: int) -> None:
        """Count as being on a timeline."""
        self.timeline = timeline
        self.cap = self.domain.shared(timeline)

    # --- lease ---

    def grant_lease(self, now: int) -> None:
        """Let the lease count from now for every observer."""
        self.contacts = [now] * len(self.contacts)
        self._extend_lease()

    def renew(self, observer: int, sent: int) -> None:
        """Count an observer's contact."""
        if sent > self.contacts[observer]:
            self.contacts[observer] = sent
            self._extend_lease()

    def _extend_lease(self) -> None:
        spec = self.domain.spec.failover
        if spec.fencing == "lease":
            majority = len(self.contacts) // 2 + 1
            self.lease_until = sorted(self.contacts, reverse=True)[majority - 1] + spec.lease

    # --- life ---

    def go_down(self) -> None:
        """Stop: everything in it vanishes."""
        self.up = False
        self.deaths += 1
        self.workers = [None] * len(self.workers)
        self.queue.clear()
        self.leave_unanswered()
        self.applier.drop()
        if self.goal_lsn >= 0:
            self.goal.succeed()
            self.goal_lsn = -1

    def wipe(self) -> None:
        """Lose the data."""
        self.intact = self.serving = self.writable = self.following = False
        self.copied.extend((self.clock._now, 0))
        self.last = self.applied = 0
        self.values = {}
        self.applier.drop()

    def come_up(self) -> None:
        """Run again with what survived."""
        self.up = True
        self.apply_next()
