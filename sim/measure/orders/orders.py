"""Orders, folded from the journals of all domains: which handlers' commits each of them has.

Domains' slices come one after the other and end at different times, so what depends on another domain waits
until that one has been told of as far. A handler's call comes strictly before the commit it makes.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sim.core.identity import lsn_of, pack_version, stream_of, timeline_of
from sim.journal import schema
from sim.journal.recorder import Slice, Table
from sim.measure.orders import blocks as b
from sim.measure.orders.blocks import Operations, groups
from sim.measure.orders.pending import PendingRows
from sim.measure.orders.setup import HandlerSetup, OrderSetup
from sim.measure.orders.shelf import FILL, GRANT, OTHER, Shelf

NONE = np.zeros((0, 4), np.int64)


@dataclass(slots=True)
class Made:
    """What a handler made: calls, commits on the line, and every commit beyond the first of a tag.

    ``beyond``: rows of (tag, time, version, rid).
    """

    calls: int = 0
    commits: int = 0
    beyond: list[np.ndarray] = field(default_factory=list)


@dataclass(slots=True)
class OrderStore:
    """One domain: its newest timeline, the commits of handlers that may be abandoned, what waits its turn."""

    timeline: int = 1
    segments: list[tuple[int, int]] = field(
        default_factory=lambda: [(pack_version(1, 0), pack_version(2, 0))]
    )
    pending: PendingRows = field(default_factory=lambda: PendingRows(2))  # version, rid
    waiting: deque[tuple[Slice, int]] = field(default_factory=deque)
    told_ns: int = 0
    streams: dict[int, Operations] = field(default_factory=dict)
    # streams of handlers; None: of replays
    called: dict[int, HandlerSetup | None] = field(default_factory=dict)
    shelf: Shelf | None = None
    emptied: bool = False  # no node holds anything any more: nothing that was done here is done
    renewed: dict[int, int] = field(default_factory=dict)  # operation of a replay -> tag, if there is a shelf

    def on_line(self, versions: np.ndarray) -> np.ndarray:
        """Return which versions (n,) are on the newest timeline or what it shares with its ancestors."""
        held = np.zeros(len(versions), bool)
        for low, high in self.segments:
            held |= (versions >= low) & (versions < high)
        return held


class Orders:
    """Reducer of ``handled``, ``ops``, ``commits`` and ``cuts`` of all domains that take part."""

    def __init__(self, setup: OrderSetup) -> None:
        problems = list(setup.problems())
        if problems:
            raise ValueError("; ".join(problems))
        self.setup = setup
        self.stores = {domain: OrderStore() for domain in setup.domains()}
        for domain, stock in setup.stocks.items():
            self.stores[domain].shelf = Shelf(stock)
        self.made = {h.name: Made() for h in setup.handlers}
        self.steps = {root: setup.steps(root) for root in setup.roots()}
        self._by_name = {h.name: h for h in setup.handlers}
        self._column = {h.name: (root, i) for root, steps in self.steps.items() for i, h in enumerate(steps)}

    def fold(self, part: Slice, needed: int) -> None:
        """Take in one slice; ``needed``: log sequence number of the first commit that replicas still need."""
        store = self.stores.get(part.domain)
        if store is None:
            return
        for name, table in part.tables.items():
            head, _, handler = name.partition("/")
            if head == "handled":
                self._call(part.domain, handler, table)
        kept: dict[str, Table] = {
            name: part.tables[name] for name in part.tables if name in ("ops", "commits", "cuts")
        }
        store.waiting.append((Slice(part.domain, part.until_ns, kept), needed))
        store.told_ns = part.until_ns
        told_ns = min(other.told_ns for other in self.stores.values())
        for domain, other in self.stores.items():
            while other.waiting and other.waiting[0][0].until_ns <= told_ns:
                self._advance(domain, *other.waiting.popleft())

    def doubled(self, handler: HandlerSetup) -> np.ndarray:
        """Return (tag, time, version, rid) of the second surviving commit of each tag that has several."""
        beyond = np.concatenate([NONE, *self.made[handler.name].beyond])
        beyond = beyond[self.stores[handler.writes].on_line(beyond[:, 2])]
        if not len(beyond):
            return NONE
        beyond = beyond[np.lexsort((beyond[:, 1], beyond[:, 0]))]
        # A promotion abandons the newest, so where one of these survives, so does the one before it.
        return np.take(beyond, np.unique(beyond[:, 0], return_index=True)[1], axis=0)

    def root_of(self, handler: HandlerSetup, tags: np.ndarray) -> np.ndarray:
        """Return the orders (n,) that tags lead to, UNKNOWN where that is long settled."""
        while handler.on is not None:
            handler, store = self._by_name[handler.on], self.stores[handler.of]
            known = tags >= 0
            found = np.full(len(tags), b.UNKNOWN)
            for stream, rows in _streams(tags[known]):
                found[np.flatnonzero(known)[rows]] = self._operations(store, stream).values(tags[known][rows])
            tags = found
        return tags

    # --- rows -----------------------------------------------------------------------------------------------

    def _call(self, domain: str, name: str, rows: Table) -> None:
        """Take in calls: operations that are no client's, and their tags."""
        handler = self._by_name.get(name)
        store = self.stores[domain if handler is None else handler.writes]
        for stream, mine in _streams(rows["rid"]):
            store.called[stream] = handler
            if handler is None:
                if store.shelf is not None:
                    pairs = zip(rows["rid"][mine].tolist(), rows["tag"][mine].tolist(), strict=True)
                    store.renewed.update(pairs)
                continue
            self.made[name].calls += len(mine)
            tags = rows["tag"][mine]
            for block, places, part in self._operations(store, stream).parts(rows["rid"][mine]):
                block.value[places] = tags[part]

    def _advance(self, domain: str, part: Slice, needed: int) -> None:
        """Take in what clients, handlers and promotions did in one slice."""
        store, commits = self.stores[domain], part.table("commits")
        begin = 0
        cuts = part.table("cuts")
        for at_ns, timeline, last in zip(
            *(cuts[c].tolist() for c in ("at_ns", "timeline", "cut")), strict=True
        ):
            stop = int(np.searchsorted(commits["commit_ns"], at_ns))
            self._commit(store, {name: column[begin:stop] for name, column in commits.items()})
            self._cut(store, timeline, last)
            begin = stop
        self._commit(store, {name: column[begin:] for name, column in commits.items()})
        self._end(domain, part.table("ops"))
        if store.shelf is not None:
            store.shelf.forget(needed, store.on_line)
        safe = int(np.searchsorted(lsn_of(store.pending.rows[:, 0]), needed))
        self._count(store, store.pending.rows[:safe], opened=-1)
        store.pending.drop(safe)
        for other in self.stores.values():
            for operations in other.streams.values():
                operations.drop_settled()

    def _commit(self, store: OrderStore, rows: Table) -> None:
        """Take in commits of handlers; those of a timeline that is abandoned already do not count."""
        if store.shelf is not None:
            store.shelf.commit(rows, *self._taken(store, store.shelf, rows["rid"]))
        called = [s for s, handler in store.called.items() if handler is not None]
        own = np.isin(stream_of(rows["rid"]), called)
        own &= timeline_of(rows["version"]) == store.timeline
        if own.any():
            fresh = np.stack([rows["version"][own], rows["rid"][own]], axis=1)
            store.pending.append(fresh)
            self._count(store, fresh, at=rows["commit_ns"][own], change=1, opened=1)

    def _cut(self, store: OrderStore, timeline: int, last: int) -> None:
        """Follow a promotion or destruction: what lies beyond ``last`` is gone."""
        store.emptied |= last < 0
        stop = int(np.searchsorted(lsn_of(store.pending.rows[:, 0]), last, side="right"))
        self._count(store, store.pending.cut(stop), change=-1, opened=-1)
        kept = [(low, min(high, pack_version(timeline_of(low), last + 1))) for low, high in store.segments]
        store.segments = [(low, high) for low, high in kept if low < high]
        store.segments.append((pack_version(timeline, last + 1), pack_version(timeline + 1, 0)))
        store.timeline = timeline
        if store.shelf is not None:
            store.shelf.cut(timeline, last)

    def _taken(self, store: OrderStore, shelf: Shelf, rids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what operations are to a stock, and whose promises they carry out, (n,) int64 each."""
        kinds, promises = np.full(len(rids), OTHER), rids.copy()
        for stream, rows in _streams(rids):
            if stream not in store.called:
                kinds[rows] = FILL
                continue
            handler = store.called[stream]
            if handler is None:
                kinds[rows], promises[rows] = self._renewed(store, shelf, rids[rows])
            elif handler.name == shelf.stock.handler:
                kinds[rows] = GRANT
                if shelf.stock.idempotent:
                    promises[rows] = store.streams[stream].values(rids[rows])
        return kinds, promises

    def _renewed(self, store: OrderStore, shelf: Shelf, rids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return likewise what a replay's operations are: what those are whose events it replays."""
        events = np.array([store.renewed[rid] for rid in rids.tolist()], np.int64)
        kinds, promises = self._taken(store, shelf, events)
        known = zip(events.tolist(), promises.tolist(), strict=True)
        return kinds, np.array([shelf.promise_of(*pair) for pair in known], np.int64)

    def _end(self, domain: str, ops: Table) -> None:
        """Take in how operations ended: whose write is an order, and what will not commit any more."""
        store = self.stores[domain]
        if store.shelf is not None:
            told = (ops["kind"] == schema.WRITE) & (ops["outcome"] == schema.OK)
            store.shelf.acknowledge(ops["version"][told])
        for stream, rows in _streams(np.where(ops["kind"] == schema.WRITE, ops["rid"], -1)):
            if stream < 0 or (stream in store.called and store.called[stream] is None):
                continue
            outcome = ops["outcome"][rows]
            if stream in store.called:
                over = rows[outcome != schema.INFO]
                for block, places, _ in store.streams[stream].parts(ops["rid"][over]):
                    block.state[places] |= b.ENDED
            elif domain in self.steps:
                order = (outcome == schema.OK) & (ops["send_ns"][rows] >= self.setup.warmup_ns)
                state, end = np.where(order, b.ORDER, b.OTHER), ops["end_ns"][rows]
                for block, places, part in self._orders(store, domain, stream).parts(ops["rid"][rows]):
                    block.state[places], block.value[places] = state[part], end[part]

    # --- counts ---------------------------------------------------------------------------------------------

    def _count(
        self,
        store: OrderStore,
        made: np.ndarray,
        *,
        opened: int,
        change: int = 0,
        at: np.ndarray | None = None,
    ) -> None:
        """Count commits (version, rid) of handlers, or take them back, or let them be for good."""
        for stream, rows in _streams(made[:, 1]):
            handler = store.called[stream]
            assert handler is not None, "a commit of a handler"
            tags = np.empty(len(rows), np.int64)
            for block, places, part in store.streams[stream].parts(made[rows, 1]):
                tags[part] = block.value[places]
                block.open += opened * len(places)
                if change > 0:
                    block.state[places] |= b.COMMITTED
                elif change < 0:
                    block.state[places] &= 0xFF ^ b.COMMITTED
            self.made[handler.name].commits += change * len(rows)
            counts = self._add(handler, tags, change, opened)
            if change > 0 and at is not None and (counts > 1).any():
                more = rows[counts > 1]
                columns = (tags[counts > 1], at[more], made[more, 0], made[more, 1])
                self.made[handler.name].beyond.append(np.stack(columns, axis=1))

    def _add(self, handler: HandlerSetup, tags: np.ndarray, change: int, opened: int) -> np.ndarray:
        """Add to the counts of a handler for tags, and for the orders behind them; return those for tags."""
        root, step = self._column[handler.name]
        if handler.on is None:
            return self._bump(root, tags, step, change=change, opened=opened, of=None)
        column = self.setup.reacting(handler.on, handler.of).index(handler)
        counts = self._bump(handler.of, tags, column, change=change, opened=opened, of=handler.on)
        orders = self.root_of(handler, tags)
        self._bump(root, orders[orders >= 0], step, change=change, opened=opened, of=None)
        return counts

    def _bump(
        self, domain: str, rids: np.ndarray, column: int, *, change: int, opened: int, of: str | None
    ) -> np.ndarray:
        """Add to a column of operations, and return what it then is; one that comes twice counts up."""
        out = np.zeros(len(rids), np.int64)
        store = self.stores[domain]
        for stream, rows in _streams(rids):
            operations = self._orders(store, domain, stream) if of is None else store.streams[stream]
            for block, places, part in operations.parts(rids[rows]):
                block.open += opened * len(places)
                counts = block.counts[column]
                out[rows[part]] = counts[places]
                if change:
                    out[rows[part]] += change * (1 + _earlier(places))
                    np.add.at(counts, places, change)
        return out

    def _operations(self, store: OrderStore, stream: int) -> Operations:
        """Return the operations of a handler's stream."""
        handler = store.called[stream]
        if stream not in store.streams:
            followers = self.setup.reacting(handler.name, handler.writes) if handler is not None else ()
            store.streams[stream] = Operations(len(followers), b.COMMITTED)
        return store.streams[stream]

    def _orders(self, store: OrderStore, domain: str, stream: int) -> Operations:
        """Return the operations of a client's stream."""
        if stream not in store.streams:
            store.streams[stream] = Operations(len(self.steps[domain]), b.ORDER)
        return store.streams[stream]


def _streams(rids: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (stream, rows) of operations (n,); negative ones together, as stream -1."""
    every = np.arange(len(rids))
    yield from ((stream, every[rows]) for stream, rows in groups(stream_of(rids)))


def _earlier(places: np.ndarray) -> np.ndarray:
    """Return, for each of the places (n,), how many equal ones come before it."""
    if np.bincount(places).max(initial=0) < 2:
        return np.zeros(len(places), np.int64)
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(np.append(starts, len(ordered)))
    out = np.empty(len(places), np.int64)
    out[order] = np.arange(len(ordered)) - np.repeat(starts, sizes)
    return out
