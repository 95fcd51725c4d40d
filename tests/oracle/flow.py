"""The replication flow from the primary to one follower: send queue, wire, reception."""

from collections import deque
from heapq import heappush
from typing import TYPE_CHECKING

from sim.core.draws import Purpose
from sim.journal.schema import LSN_BITS

from .acknowledgement import WayBack
from .clock import ATTEMPT_BITS, HANDED, RECEIVED, STREAMS, Clock, order_of, tie_of, unordered
from .coverage import Coverage
from .draws import ns
from .network import Network, wire_time
from .server import Server

if TYPE_CHECKING:
    from .node import Node


class Flying:
    """A record on the wire; it is the SimPy event of its reception."""

    __slots__ = ("arrives", "callbacks", "departs", "lost", "lsn", "version")
    _ok = True
    __lt__ = unordered


class Flow:
    """Everything between a source node and a follower."""

    def __init__(
        self,
        source: "Node",
        follower: "Node",
        *,
        clock: Clock,
        network: Network,
        coverage: Coverage,
    ):
        domain = source.domain
        self.source = source
        self.follower = follower
        self.clock = clock
        self.network = network
        self.coverage = coverage
        self.leg = network.links[source.region][follower.region]
        self.back = network.links[follower.region][source.region]
        spec = domain.spec.replication
        self.work = spec.record * 1e9 / (spec.share * self.leg.bandwidth)
        self.window = max(1, spec.window // spec.record)
        self.way_back: WayBack | None = None
        if follower.region in domain.acknowledging:
            self.way_back = WayBack(self, flush=spec.acknowledgement.flush)
        self.connected = False
        self.limit: int | None = None
        self.next = 0
        self.previous = 0  # when the last row still standing was received
        self.previous_done = 0
        self.wire: deque[Flying] = deque()
        self.arrived = [self._receive]
        number = domain.number * STREAMS
        self.reception = tie_of(RECEIVED, follower.region, number)
        self.sender = Server(
            clock, tie_of(HANDED, follower.region, number), self._hand, speed=1.0, coverage=coverage
        )
        self.pauses: set[str] = follower.send_pauses
        self.pace()

    # --- state of the connection ---

    def pace(self) -> None:
        """Set the sender's speed: the share left by limits, 0 while paused."""
        self.sender.change(0.0 if self.pauses else self.leg.speed())

    def refresh(self) -> None:
        """Connect or disconnect as the world now is, and start or end the window of a cut way back."""
        source, follower = self.source, self.follower
        connected = source.up and source.intact and follower.up and follower.following and not self.leg.cuts
        if self.connected and not connected:
            self.disconnect(delivered=False)
        elif connected and not self.connected:
            self._connect()
        self._refresh_window()
        if self.way_back is not None:
            self.way_back.refresh()

    def _connect(self) -> None:
        self.connected = True
        self.next = (self.wire[-1].lsn if self.wire else self.follower.last) + 1
        self.limit = None
        self._refresh_window()
        self.offer()

    def _refresh_window(self) -> None:
        blocked = self.connected and bool(self.back.cuts)
        if blocked and self.limit is None:
            self.limit = self.follower.last + self.window
            if self.sender.item is not None and self.sender.item > self.limit:
                self.sender.drop()
                self.coverage.window_stops += 1
        elif not blocked and self.limit is not None:
            self.limit = None
            self.offer()

    def disconnect(self, *, delivered: bool) -> None:
        """Stop sending; ``delivered``: what already left the source for good still arrives."""
        self.connected = False
        self.limit = None
        self.sender.drop()
        now = self.clock._now
        keep = 0
        if delivered:
            while keep < len(self.wire) and self.wire[keep].departs < now:
                keep += 1
        while len(self.wire) > keep:
            self.wire.pop().lost = True
            self.coverage.taken_back += 1
        self.previous = self.wire[-1].arrives if self.wire else self.previous_done

    # --- records ---

    def offer(self) -> None:
        """Take up the next record if there is one to send and nothing is being sent."""
        if not self.connected or self.sender.item is not None or self.next > self.source.last:
            return
        if self.limit is not None and self.next > self.limit:
            self.coverage.window_stops += 1
            return
        self.sender.begin(self.next, self.work)

    def has_more(self) -> bool:
        """Whether the source has records that have not been handed to the wire."""
        return self.source.last > (self.wire[-1].lsn if self.wire else self.follower.last)

    def _hand(self, lsn: int) -> None:
        now = self.clock._now
        follower = self.follower
        follower.stirred(self)
        version = self.source.domain.record(self.source.timeline, lsn)[1]
        follower.sent.append(now)
        follower.sent.append(version)
        leg = self.leg
        departs, duration = now, leg.fixed
        if duration is None:
            order = order_of(lsn, version >> LSN_BITS)
            waits, whole = wire_time(leg, follower.luck, order, Purpose.WIRE)
            departs, duration = now + waits, ns(whole)
        arrives = now + duration
        if arrives < self.previous:
            arrives = self.previous
        self.previous = arrives
        flying = Flying()
        flying.lsn = lsn
        flying.version = version
        flying.departs = departs
        flying.arrives = arrives
        flying.lost = False
        flying.callbacks = self.arrived
        self.wire.append(flying)
        heappush(self.clock._queue, (arrives, self.reception, lsn << ATTEMPT_BITS | 1, flying))
        self.next = lsn + 1
        if lsn < self.source.last:
            self.offer()

    def _receive(self, flying: Flying) -> None:
        if flying.lost:
            return
        self.wire.popleft()
        self.previous_done = self.clock._now
        self.follower.receive(flying.lsn, flying.version)
        if self.way_back is not None:
            self.way_back.received(flying.lsn)

    def close(self) -> None:
        """End the flow: the follower follows another or leads."""
        self.disconnect(delivered=False)
        if self.way_back is not None:
            self.way_back.close()
