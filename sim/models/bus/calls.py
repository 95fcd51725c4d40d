"""Calls: what a handler or a replay makes of events, operations in the circle of a domain."""

import numpy as np

from sim.core.identity import pack_rid, stream_of
from sim.engine.log import Log
from sim.journal.recorder import Table
from sim.models.bus.bus import RegionBus
from sim.models.bus.origins import Origins
from sim.models.store.domain import Domain


def calls_log(domain: str) -> str:
    """Return the name of the log of all calls that are made to a domain."""
    return f"{domain}/calls"


class Calls:
    """The operations that ``caller`` sends to ``domain``, from each region where it can be.

    Each is known by the position of its event until that is saved.
    """

    def __init__(self, domain: Domain, caller: str) -> None:
        self.domain = domain
        self._streams = {s.source: i for i, s in enumerate(domain.streams) if s.fed_by == caller}
        self._made = dict.fromkeys(self._streams.values(), 0)  # calls of each stream
        self._open = Log(position=np.int64, stream=np.int64, seq=np.int64)
        self._low = 0  # the first call that is not saved
        self._table: list[tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]] = []

    def make(self, bus: RegionBus, at: np.ndarray, position: np.ndarray, tag: np.ndarray) -> None:
        """Send an operation at each time (ns, ascending) for the event at a position of a bus."""
        if not at.size:
            return
        stream = self._streams[bus.region]
        first = self._made[stream]
        self.domain.feed(stream, first, at, tag, keep=self._asked(stream))
        self._made[stream] += at.size
        seq = np.arange(first, first + at.size)
        self._open.append(position=position, stream=stream, seq=seq)
        self._table.append((at, bus.index, position, pack_rid(stream, seq), tag))

    def stream(self, bus: RegionBus) -> tuple[int, int]:
        """Return the stream of its calls from a bus's region, and the first one that must stay known."""
        stream = self._streams[bus.region]
        return stream, self.domain.still_known(stream, self._asked(stream))

    def _asked(self, stream: int) -> int:
        streams, seqs = self._waiting("stream", "seq")
        mine = seqs[streams == stream]
        return int(mine[0]) if mine.size else self._made[stream]

    def _waiting(self, *names: str) -> list[np.ndarray]:
        return [self._open.part(name, self._low, self._open.end) for name in names]

    def ended(self, before: int, position: int) -> int:
        """Return the position up to which every operation had ended strictly before a time, at most one.

        What is behind that is forgotten.
        """
        positions, streams, seqs = self._waiting("position", "stream", "seq")
        ends = self.domain.circle.fed(streams, seqs)["end"]
        late = np.flatnonzero((positions >= position) | (ends == 0) | (ends >= before))
        count = int(late[0]) if late.size else positions.size
        if late.size:
            position = min(position, int(positions[count]))
        self._low += count
        self._open.drop(self._low)
        return position

    def forget(self) -> None:
        """Forget the calls that are not saved: they will be made again."""
        self._low = self._open.end
        self._open.restart(self._low)

    def never_again(self, tags: np.ndarray) -> None:
        """No more calls will be made for these tags (int64)."""
        self.domain.circle.forget(list(self._streams.values()), tags)

    def table(self) -> Table:
        """Return the journal's new rows."""
        none, rows = np.zeros(0, np.int64), self._table
        self._table = []
        at, position, rid, tag = (np.concatenate([none, *(row[i] for row in rows)]) for i in (0, 2, 3, 4))
        regions = [np.full(row[0].size, row[1], np.int16) for row in rows]
        region = np.concatenate([none.astype(np.int16), *regions])
        return {"at_ns": at, "region": region, "position": position, "rid": rid, "tag": tag}


class Handler:
    """What makes a reader a handler: the rows it reacts to, and the calls that it makes of them.

    ``wanted``: whether the writes of each stream of its own domain concern it, bool by number.
    """

    def __init__(self, calls: Calls, origins: Origins, wanted: np.ndarray) -> None:
        self.calls, self.wanted = calls, wanted
        self._origins = origins
        self._known = Log(reacts=np.bool_, tag=np.int64)

    def learn(self, bus: RegionBus) -> None:
        """Find out whether it reacts to the rows that a bus has by now."""
        known = self._known
        if known.end < bus.end:
            rid = self._origins.of(bus.versions(known.end, bus.end))
            known.append(reacts=self.wanted[stream_of(rid)], tag=rid)

    def reacts(self, row: int) -> np.ndarray:
        """Return whether it reacts to each row from one on, bool."""
        return self._known.since("reacts", row)

    def completed(self, bus: RegionBus, begin: int, times: np.ndarray, skipped: np.ndarray) -> None:
        """Call for those of the rows from ``begin`` on, completed at ``times``, that it reacts to."""
        end = begin + times.size
        picked = np.flatnonzero(self._known.part("reacts", begin, end) & ~skipped)
        tags = self._known.part("tag", begin, end)[picked]
        self.calls.make(bus, times[picked].copy(), begin + picked, tags)

    def place(self, position: int) -> None:
        """Be at a position of another bus."""
        self._known.restart(position)
        self.calls.forget()

    def drop(self, position: int) -> None:
        """Forget the rows before a position."""
        self._known.drop(position)
