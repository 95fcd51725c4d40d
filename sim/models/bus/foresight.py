"""The calls that the handlers of one domain make, worked out ahead of its data path."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.cursor import NEXT, Gate
from sim.engine.direct import direct
from sim.engine.foresee import (
    BASE,
    END,
    FIRST_LSN,
    SEEN,
    VISIBLE,
    ComingRows,
    coming,
    foresee_calls,
    foresee_rows,
    reads,
)
from sim.models.bus.bus import RegionBus
from sim.models.bus.mirror import MirrorFlow
from sim.models.bus.origins import Origins
from sim.models.bus.reader import Reader
from sim.models.bus.relay import Relay
from sim.models.bus.replay import Replayer
from sim.models.setting import ModelSetting
from sim.models.store.domain import Domain

_ROOM = 8192  # rows, at least


@dataclass(slots=True)
class _Copy:
    """A handler's reader as it will be, and the ``stream`` of ``target`` that it calls.

    ``low``: the first of its operations that the ring must keep. ``server``: what ``foresee`` needs of it.
    """

    target: Domain
    stream: int
    low: int
    state: np.ndarray
    server: tuple[Any, ...]
    foresee: Callable[..., Any]


class Foresight:
    """Copies of a relay and of the handlers that read its bus, which go ahead of them while nothing changes.

    Circles that call each other can be advanced only from tick to tick of their relays. What the path itself
    does then is the same, in a few large steps; ``Domain.feed`` compares the calls.
    """

    def __init__(
        self,
        setting: ModelSetting,
        origins: Origins,
        relay: Relay,
        mirrors: Iterable[MirrorFlow],
        *,
        readers: Sequence[Reader],
        replays: Sequence[Replayer],
    ) -> None:
        self._domain, self._graph = setting.store, setting.graph
        self._relay, self._mirrors, self._origins = relay, list(mirrors), origins
        self._readers, self._replays = readers, replays
        self._begun_at = -1  # how far the relay had been advanced then
        self._rows: ComingRows = coming(0)
        self._copies: list[_Copy] = []
        self._publishes = False
        self._publisher: tuple[Any, ...] = ()
        self._direct: dict[str, Callable[..., Any]] = {}  # reader -> the kernel for it; "": for the relay

    def next_tick(self, after: int) -> int:
        """Return the next time (ns) at which the relay can take up commits."""
        return (after // self._relay.interval + 1) * self._relay.interval

    def pull(self, until: int) -> None:
        """Bring what leads to calls to ``until``: see ``Graph.lead``."""
        self._graph.lead(until, self._domain.name)

    def foresee(self, now: int, until: int) -> None:
        """Feed the calls that are made strictly before ``until``. As for ``pull``; circles are at ``now``.

        Whatever changes something pulls the relay to that moment first: if nobody has, nothing has changed.
        """
        if self._begun_at == self._relay.advanced and self.look(until):
            return
        self.pull(now)
        found = self._foreseeable()
        if found is None:
            self.pull(until)
            return
        self._begin(*found)
        self._begun_at = self._relay.advanced
        there = self.look(until)
        assert there, "room was made"

    def _foreseeable(self) -> tuple[RegionBus, list[Reader]] | None:
        """Return the bus that handlers read, and their readers; None if more than the relay adds to it."""
        readers, relay = [reader for reader in self._readers if reader.works], self._relay
        bus = readers[0].bus if readers else relay.bus
        if any(reader.bus is not bus for reader in readers) or any(replay.busy for replay in self._replays):
            return None
        if relay.process.running and not (relay.steady and relay.bus is bus):
            return None
        if not all(mirror.idle for mirror in self._mirrors if mirror.target is bus):
            return None
        return bus, readers

    def _begin(self, bus: RegionBus, readers: Sequence[Reader]) -> None:
        """Start from where everything is now. ``readers``: all of ``bus``, which the relay alone adds to."""
        first = min((reader.position() for reader in readers), default=bus.end)
        there = bus.end - first
        self._publishes = self._relay.process.running and bool(readers)
        waiting = self._relay.waiting() if self._publishes else None
        count = there + (0 if waiting is None else waiting[0].size)
        self._make_room(count)
        rows = self._rows
        for name in ("at", "version", "partition", "gone"):
            getattr(rows, name)[:there] = bus.rows.part(name, first, bus.end)
        if waiting is not None:
            rows.commit[there:count], rows.version[there:count], rows.key[there:count] = waiting
            rows.partition[there:count] = rows.key[there:count] % bus.cluster.closed.size
            rows.gone[there:count] = False
        rows.rid[:count] = self._origins.of(rows.version[:count])
        relay, cursor = self._relay, self._relay.cursor.copy()
        node = self._domain.nodes[self._domain.primary].index
        self._publisher = (
            node,
            relay.closed_partitions(),
            relay.rules,
            relay.work,
            cursor.state,
            cursor.speed,
        )
        rows.reg[[BASE, END, VISIBLE]] = first, count, there
        rows.reg[FIRST_LSN] = cursor.next - there
        rows.reg[SEEN] = self._domain.circle.commits_in_all
        if "" not in self._direct:
            self._direct[""] = direct(foresee_rows, rows, self._domain.circle.handle, *self._publisher, 0)
        self._copies = [self._copy(reader, bus) for reader in readers]

    def _make_room(self, count: int) -> None:
        if self._rows.at.size < 2 * count or not self._rows.at.size:
            self._rows = coming(max(_ROOM, 4 * count))

    def _copy(self, reader: Reader, bus: RegionBus) -> _Copy:
        handler = reader.handler
        assert handler is not None, "one that calls"
        stream, low = handler.calls.stream(bus)
        cursor = reader.cursor.copy()
        made = reads(self._rows.at.size, handler.wanted)
        gate = Gate(self._rows.partition, self._rows.gone, bus.cluster.closed, *bus.retention, made.reacts)
        server = (self._rows, made, gate, reader.work, cursor.state, cursor.speed)
        if reader.name not in self._direct:
            circle = handler.calls.domain.circle
            self._direct[reader.name] = direct(foresee_calls, *server, circle.handle, stream, low, 0)
        return _Copy(handler.calls.domain, stream, low, cursor.state, server, self._direct[reader.name])

    def look(self, until: int) -> bool:
        """Feed the calls that are made strictly before ``until``; False if there is no room to foresee them.

        The circle must have been advanced to the last tick of the relay before that.
        """
        circle = self._domain.circle.handle
        if self._publishes and not self._direct[""](self._rows, circle, *self._publisher, until):
            return False
        end = int(self._rows.reg[BASE] + self._rows.reg[VISIBLE])
        for copy in self._copies:
            if copy.state[NEXT] < end:
                self._call(copy, end, until)
        return True

    def _call(self, copy: _Copy, end: int, until: int) -> None:
        """Feed the calls that a handler makes of the rows before ``end``."""
        while not copy.foresee(*copy.server, copy.target.circle.handle, copy.stream, copy.low, until):
            copy.target.make_room(copy.stream, end - int(copy.state[NEXT]), keep=copy.low)
