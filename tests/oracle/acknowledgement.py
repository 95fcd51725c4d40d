"""The way back of a replication flow: a replica tells the primary what it has on disk."""

from collections import deque
from heapq import heappush
from typing import TYPE_CHECKING

from sim.core.draws import Purpose
from sim.journal.schema import LSN_BITS

from .clock import ACKED, FLUSHED, STREAMS, Event, event_of, order_of, tie_of
from .network import leg_time

if TYPE_CHECKING:
    from .flow import Flow


class WayBack:
    """Acknowledgements from one follower to the source of its flow.

    ``ready``: the lsns that are flushed and whose acknowledgement has not arrived, in order.
    """

    def __init__(self, flow: "Flow", *, flush: int) -> None:
        self.source, self.follower, self.leg = flow.source, flow.follower, flow.back
        self.clock, self.coverage = flow.clock, flow.coverage
        self.flush = flush
        self.open = False
        self.previous = 0
        self.ready: deque[int] = deque()
        self.flying: list[Event] = []
        number = self.source.domain.number * STREAMS
        self.flushing = tie_of(FLUSHED, self.follower.region, number)
        self.arriving = tie_of(ACKED, self.follower.region, number)
        if self.follower.last:
            self.ready.append(self.follower.last)

    def refresh(self) -> None:
        """Open or close as the world now is."""
        source, follower = self.source, self.follower
        is_open = source.up and follower.up and follower.following and not self.leg.cuts
        if self.open and not is_open:
            self.close()
        elif is_open and not self.open:
            self.open = True
            self.coverage.ways_reopened += len(self.ready) > 0
            for lsn in self.ready:
                self._depart(lsn)

    def close(self) -> None:
        """Nothing departs any more, and what has not arrived is gone."""
        self.open = False
        self.coverage.acknowledgements_gone += len(self.flying)
        for event in self.flying:
            event.callbacks = [_gone]
        self.flying = []
        self.previous = 0

    def received(self, lsn: int) -> None:
        """The follower has received a record: it will be on disk."""
        at = self.clock._now + self.flush
        heappush(self.clock._queue, (at, self.flushing, order_of(lsn), event_of([self._flushed], lsn)))

    def waits(self) -> bool:
        """Whether the follower has something to acknowledge and cannot."""
        return self.follower.following and not self.open and len(self.ready) > 0

    def stirred(self) -> None:
        """An acknowledgement departs or waits: faults on its link have taken effect."""
        self.follower.fired.update(self.leg.faults)

    def _flushed(self, event: Event) -> None:
        self.ready.append(event.what)
        if self.open:
            self._depart(event.what)

    def _depart(self, lsn: int) -> None:
        self.stirred()
        follower = self.follower
        version = follower.domain.record(follower.timeline, lsn)[1]
        order = order_of(lsn, version >> LSN_BITS)
        arrives = self.clock._now + leg_time(self.leg, follower.luck, order, Purpose.ACK)
        self.previous = arrives = max(arrives, self.previous)
        event = event_of([self._arrived], lsn)
        self.flying.append(event)
        heappush(self.clock._queue, (arrives, self.arriving, order_of(lsn), event))

    def _arrived(self, event: Event) -> None:
        self.flying.remove(event)
        self.ready.popleft()
        self.source.hear(self.follower.region, event.what)


def _gone(event: Event) -> None:
    """What was on its way back when the way closed."""
