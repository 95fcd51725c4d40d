"""The door of the circle: all that is told to it, asked of it and taken from it. Times in ns.

Nodes, gateways and client groups are numbers of regions, streams numbers within the domain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.circle.acknowledgement import due_all, find_answer, foretell, forget_waiting
from sim.engine.circle.crashes import change_node_speed, evict, vanish
from sim.engine.circle.growth import (
    forget_tags,
    grow,
    grow_acks,
    grow_fed,
    grow_heap,
    grow_outputs,
    grow_timelines,
    tags_under_way,
)
from sim.engine.circle.kinds import ENDED, NEVER
from sim.engine.circle.load import change_rate, feed
from sim.engine.circle.lookahead import sure_until
from sim.engine.circle.loop import FULL, GROW, REACHED, TRIPPED, advance, start
from sim.engine.circle.state import State

__all__ = ["FULL", "REACHED", "TRIPPED", "Circle", "LinkTo"]


@dataclass(frozen=True, slots=True)
class LinkTo:
    """A way that messages take, by the regions at its ends; that of a client group if it is one's."""

    source: int
    target: int
    from_client: bool = False
    to_client: bool = False


class Circle:
    """The circle of one domain. ``handle``: by what kernels know it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.handle = state.handle
        start(self.handle)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int) -> int:
        """Process every record strictly before ``until``.

        Returns REACHED, TRIPPED (``tripped`` is the stream, ``now`` the time) or FULL (an output nearly is).
        """
        status = GROW
        while status == GROW:
            status = advance(self.handle, until)
            if status == GROW:
                grow(self._state)
        return status

    def sure_until(self, position: int) -> int:
        """Return when a checker could change its mind at the earliest; all before ``position`` is done."""
        return int(sure_until(self.handle, position))

    @property
    def now(self) -> int:
        """When the last record was processed."""
        return int(self._state.reg.now)

    @property
    def tripped(self) -> int:
        """The stream whose checker changed its mind."""
        return int(self._state.reg.tripped)

    @property
    def commits_in_all(self) -> int:
        """How many commits there have been."""
        return int(self._state.reg.commits)

    @property
    def events(self) -> int:
        """How many records have been processed."""
        return int(self._state.reg.events)

    # --- links, routes and streams --------------------------------------------------------------------------

    def _link_row(self, of: LinkTo) -> int:
        count = len(self._state.node)
        if of.from_client:
            return count * (count + of.source) + of.target
        if of.to_client:
            return count * (2 * count + of.source) + of.target
        return of.source * count + of.target

    def set_link(
        self, of: LinkTo, *, latency: float, jitter: int, loss: float, fixed: int, cut: bool, touched: bool
    ) -> None:
        """Set what messages meet from now on; ``fixed``: ns that every one takes, 0 if they differ."""
        row = self._link_row(of)
        links = self._state.link
        links[row] = (latency, jitter, loss, fixed, cut, touched, links["hits"][row])

    def link_hits(self, of: LinkTo) -> int:
        """Return how many messages a link has had while it was touched."""
        return int(self._state.link["hits"][self._link_row(of)])

    def set_route(self, gateway: int, node: int) -> None:
        """Let a gateway take a node for the primary."""
        self._state.route[gateway] = node

    def set_answer(self, client: int, gateway: int) -> None:
        """Let DNS send a client group to a gateway."""
        self._state.answer[client] = gateway

    def answer(self, client: int) -> int:
        """Return the gateway that DNS sends a client group to."""
        return int(self._state.answer[client])

    def set_rate(self, stream: int, at: int, factor: float, *, touched: bool) -> None:
        """Set the rate factor of a stream of operations."""
        change_rate(self.handle, stream, at, factor)
        self._state.stream["touched"][stream] = touched

    def stream_hits(self, stream: int) -> int:
        """Return how many operations a stream has sent while it was touched."""
        return int(self._state.stream["hits"][stream])

    # --- nodes ----------------------------------------------------------------------------------------------

    def set_node(self, node: int, **fields: int) -> None:
        """Set fields of a node (``records.NODE``)."""
        for name, value in fields.items():
            self._state.node[name][node] = value

    def set_speed(self, node: int, at: int, speed: float) -> None:
        """Change a node's speed; what is in service is rescaled."""
        change_node_speed(self.handle, node, at, speed)

    def crash(self, node: int) -> None:
        """A node goes down, with everything in it."""
        self.set_node(node, up=0)
        vanish(self.handle, node)

    def demote(self, node: int, at: int) -> None:
        """A node stops being writable; the writes in it are refused."""
        row = self._state.node[node]
        if row.writable:
            row.writable = 0
            grow_heap(self._state, int(row.queued + row.busy))  # each gets a refusal
            evict(self.handle, node, at)

    def serving(self, node: int) -> bool:
        """Return whether a node answers reads."""
        return bool(self._state.node["serving"][node])

    def queued(self, node: int) -> int:
        """Return how many requests wait at a node."""
        return int(self._state.node["queued"][node])

    def node_hits(self, node: int) -> int:
        """Return how many records have reached a node, or were served, while it was touched."""
        return int(self._state.node["hits"][node])

    def gateway_passes(self, region: int) -> int:
        """Return how many messages have passed a region's gateway while it was touched."""
        return int(self._state.node["passes"][region])

    # --- probes and the lease -------------------------------------------------------------------------------

    @property
    def majority(self) -> int:
        """How many observers are a majority."""
        return int(self._state.reg.majority)

    def healthy(self, stream: int) -> bool:
        """Return whether a checker takes its target for healthy."""
        return bool(self._state.stream["healthy"][stream])

    def known_lsn(self, stream: int) -> int:
        """Return the last lsn that an observer has been told."""
        return int(self._state.stream["known"][stream])

    def renewed_ns(self, stream: int) -> int:
        """Return when an observer last sent a probe that renews the lease."""
        return int(self._state.stream["renewed"][stream])

    def stop_renewing(self) -> None:
        """Let probes renew the lease no more, until it is granted."""
        self._state.reg.renewing = 0

    def watch_anew(self, stream: int) -> None:
        """Forget what a checker has seen: healthy, nothing counted, nothing outstanding."""
        row = self._state.stream[stream]
        row.healthy, row.failed, row.passed, row.outstanding = 1, 0, 0, 0

    def forget_probe(self, stream: int) -> None:
        """Count the outstanding probe of a stream neither way."""
        self._state.stream["outstanding"][stream] = 0

    def grant(self, node: int, now: int, observers: Sequence[int]) -> None:
        """Let the lease be the node's: all are in contact with it now, and its observers start anew."""
        self._state.contact[:] = now
        self._state.reg.renewing = 1
        self._state.reg.primary = node
        self.set_node(node, lease_until=now + int(self._state.reg.lease_ns))
        for stream in observers:
            self.watch_anew(stream)
            row = self._state.stream[stream]
            row.target, row.renewed = node, now

    def tell_lsn(self, observers: Sequence[int], lsn: int) -> None:
        """Let observers know of no record of the primary beyond this one."""
        for stream in observers:
            self._state.stream["known"][stream] = lsn

    # --- timelines ------------------------------------------------------------------------------------------

    def begin_timeline(self, node: int, timeline: int, *, parent: int, cut: int) -> None:
        """Let a node go on with a timeline that was cut from its parent behind a record.

        LimitReached if there can be no such timeline.
        """
        grow_timelines(self._state, timeline)
        self._state.cuts[timeline] = (parent, cut)
        self.set_node(node, timeline=timeline, lsn=cut)

    def cut_from(self, timeline: int) -> tuple[int, int]:
        """Return a timeline's parent, and the last lsn that they share."""
        row = self._state.cuts[timeline]
        return int(row.parent), int(row.lsn)

    # --- operations that are fed ----------------------------------------------------------------------------

    def feed(self, stream: int, at: np.ndarray, tag: np.ndarray) -> None:
        """Let operations arrive at these times (int64, ascending), each with its tag. There must be room."""
        feed(self.handle, stream, at, tag)

    def fed_count(self, stream: int) -> int:
        """Return how many operations a stream has been fed."""
        return int(_plain(self._state.stream)["fed_count"][stream])

    def sent_count(self, stream: int) -> int:
        """Return how many operations a stream has sent."""
        return int(_plain(self._state.stream)["seq"][stream])

    def make_room(self, count: int) -> None:
        """Make room for so many operations of each fed stream."""
        if count > self._state.fed.shape[1]:
            grow_fed(self._state, 2 * count)

    def fed(self, streams: np.ndarray, seqs: np.ndarray) -> np.ndarray:
        """Return the FED_OPERATION of operations of fed streams."""
        rings = _plain(self._state.fed)
        fed: np.ndarray = rings[_plain(self._state.stream)["ring"][streams], seqs % rings.shape[1]]
        return fed

    def forget(self, streams: list[int], tags: np.ndarray) -> None:
        """Take tags out of the inbox that these streams share, but for those of operations under way.

        No operation with one of these tags may be fed any more.
        """
        group = int(self._state.stream["group"][streams[0]])
        if group >= 0:
            forget_tags(self._state, group, tags, tags_under_way(self._state, streams))

    # --- acknowledgements -----------------------------------------------------------------------------------

    def require(self, count: int, flush_ns: int) -> None:
        """Let an answer need so many acknowledgements; a record is on disk ``flush_ns`` after reception."""
        self._state.reg.needed, self._state.reg.flush_ns = count, flush_ns

    def begin_acknowledgements(self, base: int, end: int) -> None:
        """Forget all acknowledgements, and who waits for them; the primary has the records before ``end``."""
        forget_waiting(self.handle)
        grow_acks(self._state, end - base)
        reg = self._state.reg
        reg.ack_base, reg.acks_dropped = base, 0
        self._state.acks["flushed"], self._state.acks["acked"] = NEVER, NEVER
        self._state.flow["counts"] = self._state.flow["open"] = 0

    def flow(self, node: int) -> Any:
        """Return the FLOW to a node."""
        return self._state.flow[node]

    def foretell(
        self, node: int, now: int, *, stayed_open: bool, commit: np.ndarray, received: np.ndarray, first: int
    ) -> None:
        """Work out anew when a replica acknowledges what it had not by ``now``; see ``acknowledgement``."""
        foretell(self.handle, node, now, stayed_open, commit, received, first)

    def find_answer(self) -> None:
        """Find who is answered next, after all that has changed is foretold."""
        find_answer(self.handle)

    def acknowledgements(self, end: int) -> np.ndarray:
        """Return the ACKNOWLEDGEMENT (regions, n) of the records kept before ``end``."""
        kept: np.ndarray = self._state.acks[:, : end - int(self._state.reg.ack_base)]
        return kept

    @property
    def ack_base(self) -> int:
        """The first record whose acknowledgements are kept."""
        return int(self._state.reg.ack_base)

    def answered_from(self, count: int) -> np.ndarray:
        """Return when each of the first so many records kept has been acknowledged by enough, int64 ns."""
        out = np.empty(count, np.int64)
        due_all(self.handle, out)
        return out

    def drop_acknowledgements(self, count: int, end: int) -> None:
        """Drop those of the first so many records, which enough have acknowledged."""
        rows = self.acknowledgements(end)
        rows[:, : rows.shape[1] - count] = rows[:, count:].copy()
        self._state.reg.ack_base += count
        self._state.reg.acks_dropped = 1

    # --- what leaves it -------------------------------------------------------------------------------------

    @property
    def ops(self) -> np.ndarray:
        """The OP of operations that ended and are still here, in no order."""
        return _plain(self._state.ops)[: self._state.reg.ops_out]

    @property
    def commits(self) -> np.ndarray:
        """The COMMIT of commits that are still here, by time."""
        return _plain(self._state.commits)[: self._state.reg.commits_out]

    def reads(self, node: int) -> np.ndarray:
        """Return the READ_ROW of a node's reads that are still here, by time."""
        return _plain(self._state.reads)[node, : self.read_count(node)]

    def read_count(self, node: int) -> int:
        """Return how many they are."""
        return int(_plain(self._state.node)["reads"][node])

    def keep_ops(self, kept: np.ndarray) -> None:
        """Drop operations but those at these indices."""
        ops = _plain(self._state.ops)
        ops[: kept.size] = ops[kept]
        self._state.reg.ops_out = kept.size

    def drop_commits(self, count: int) -> None:
        """Drop the first so many commits."""
        rows = self.commits[count:].copy()
        _plain(self._state.commits)[: rows.size] = rows
        self._state.reg.commits_out = rows.size

    def drop_reads(self, node: int, count: int) -> None:
        """Drop the first so many reads of a node."""
        rows, row = self.reads(node)[count:].copy(), self._state.node[node]
        _plain(self._state.reads)[node, : rows.size] = rows
        row.reads -= count
        row.reads_dropped += count

    def make_output_room(self) -> None:
        """Make room in the outputs, of which rows may be left that must stay."""
        grow_outputs(self._state)

    @property
    def counts_max(self) -> tuple[int, int]:
        """The most operations that a stream has sent, and the most commits of a node's log."""
        return int(self._state.stream["seq"].max()), int(self._state.node["lsn"].max())

    def unended(self) -> np.ndarray:
        """Return the SLOT of operations that have not ended, by stream and sequence."""
        slots = self._state.slot[self._state.slot["open"] != ENDED]
        return np.take(slots, np.lexsort((slots.seq, slots.stream)))

    def streams(self, numbers: np.ndarray) -> np.ndarray:
        """Return the STREAM of streams, as they are now."""
        return np.take(self._state.stream, numbers)

    @property
    def load(self) -> np.ndarray:
        """The numbers of the streams of operations."""
        load: np.ndarray = self._state.load
        return load


def _plain(records: np.ndarray) -> np.ndarray:
    """Return records without their fields as attributes, for which each slice would pay."""
    return records.view(np.ndarray)
