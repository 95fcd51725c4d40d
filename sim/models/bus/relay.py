"""The relay of a domain: commits of the newest timeline, published in rounds on the primary's bus."""

from bisect import bisect_left

import numpy as np

from sim.core import dials as d
from sim.core.identity import lsn_of
from sim.core.milestones.flows import RelayResumed
from sim.core.stages import BUS
from sim.engine.cursor import END_OF_TIME, FREE, Work
from sim.engine.log import Log
from sim.engine.rounds import OPEN, ROUND_AT, ROUND_END, Rules, relay_cursor, relay_rounds
from sim.engine.sampling import encode
from sim.journal.recorder import Table
from sim.journal.schema import LSN_MASK
from sim.models.bus.bus import RegionBus, published_log
from sim.models.bus.validation import BadRecords
from sim.models.component import Component, Needed
from sim.models.dials import Strike
from sim.models.placements import Placements
from sim.models.process import Process
from sim.models.setting import ModelSetting
from sim.spec.faults.turned import turned

_Records = tuple[np.ndarray, np.ndarray, np.ndarray]  # time, version and key of each


class Relay(Component):
    """Publishes the commits of the domain's log; keeps their time, version and key as long as it may ask.

    Positions are lsns: ``saved`` is that of the last record known to be published. ``saves``: when each
    position was saved; a promotion asks for an old one.
    """

    def __init__(self, setting: ModelSetting, buses: dict[str, RegionBus]) -> None:
        name = f"{setting.domain}/relay"
        self.name, self.domain = name, setting.domain
        self.inputs = (f"{setting.domain}/log",)
        self.outputs = tuple(published_log(setting.domain, region) for region in buses)
        spec, bus = setting.scenario.databases[setting.domain].outbox, setting.scenario.bus
        assert bus is not None, "a domain has a relay if there is a bus"
        self._setting, self._buses, self._domain = setting, buses, setting.store
        self.process = Process(
            setting, name, self._domain.primary, restart=spec.restart, works=self, because=self._without_node
        )
        mark = float(spec.mark) if spec.kind == "poll" else 0.0
        self._flush = None if spec.kind == "poll" else spec.flush
        self.rules = Rules(spec.interval, spec.batch, mark, bus.partitions)
        self.work = Work(encode([spec.publish]), 0, setting.key(name), BUS.draw)
        self.cursor = relay_cursor()
        self._outbox = Log(1, at=np.int64, version=np.int64, key=np.int64)
        self._snapshot: _Records | None = None
        self._resume_at = 1  # next lsn after the snapshot
        self._saves: list[tuple[int, int]] = [(0, 0)]  # when, position
        self._complete = 0  # position at the end of the last round
        self.advanced = 0
        # Since its last start it has published the lsns [began, reached), as it stopped last, and these.
        self._began, self._reached = 1, 1
        self._copied = np.zeros(0, np.int64)
        losses = [turn for _, turn in turned(setting.scenario, d.SLOT_LOST)]
        self._can_lose_slot = d.SLOT_LOST.turn(setting.domain, value="snapshot") in losses
        self._validation = None if bus.validation is None else BadRecords(setting, bus.validation.bad)
        self._placed = Placements((0, buses[self.process.region].index, 0))
        setting.dials.listen(d.SLOT_LOST, setting.domain)
        setting.dials.listen(d.ELECTION, struck=self._closed)

    # --- where it is ----------------------------------------------------------------------------------------

    @property
    def saved(self) -> int:
        """The position saved last."""
        return self._saves[-1][1]

    @property
    def lowest(self) -> int:
        """The lowest position that it can go back to."""
        return min(position for _, position in self._saves)

    @property
    def bus(self) -> RegionBus:
        """The bus that it publishes on."""
        return self._buses[self.process.region]

    @property
    def interval(self) -> int:
        """The time between ticks, ns."""
        return self.rules.interval

    @property
    def waits(self) -> bool:
        """Whether a commit waits to be published."""
        return self._snapshot is not None or self.cursor.next < self._outbox.end

    def snapshots(self) -> list[np.ndarray]:
        """Return the old versions that it may yet publish: of this snapshot, and of one to come."""
        rest = [] if self._snapshot is None else [self._snapshot[1][self.cursor.next :]]
        newest = self._domain.newest
        return [*rest, newest[newest > 0]] if self._can_lose_slot else rest

    @property
    def steady(self) -> bool:
        """Whether it puts commit after commit on the bus: not through a snapshot, nor only what is good."""
        return self._snapshot is None and self._validation is None

    def waiting(self) -> _Records:
        """Return (commit, version, key) of what it has not published, from its position on."""
        outbox, first = self._outbox, self.cursor.next
        at, version, key = (outbox.part(name, first, outbox.end) for name in outbox.columns)
        return at, version, key

    @property
    def round_at(self) -> int | None:
        """The tick at which the round under way began, None if none is under way."""
        return int(self.cursor.state[ROUND_AT]) if self.cursor.state[ROUND_END] >= 0 else None

    def _without_node(self) -> bool:
        node = self._domain.nodes[self._domain.primary]
        return not node.up or node.data_lost

    def last_completion(self) -> int | None:
        """Return when the last record of the round under way is published if nothing changes, or None."""
        cursor, ends = self.cursor.copy(), np.zeros((1, 2), np.int64)
        state = cursor.state
        rules = self.rules._replace(mark=0.0)
        columns, base = self._source()
        out = np.empty(int(state[ROUND_END]) - cursor.next, np.int64)
        done = relay_rounds(
            columns, base, self.closed_partitions(), rules, self.work, state, cursor.speed, out, ends,
            end=int(state[ROUND_END]), until=END_OF_TIME, rounds=1,
        )  # fmt: skip
        return int(state[FREE]) if done else None

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """Publish what is due strictly before ``until``."""
        self.take()
        if until <= self.advanced:
            return
        if self.process.running:
            parts: list[_Records] = []
            ends: list[np.ndarray] = []
            if self._snapshot is not None:
                self._publish_snapshot(until, parts, ends)
            if self._snapshot is None:
                self._publish(until, parts, ends)
            self._save(until, np.concatenate(ends))
            at, version, key = (np.concatenate(columns) for columns in zip(*parts, strict=True))
            if at.size:
                self._put(at, version, (key % self.rules.partitions).astype(np.int16))
        self.advanced = until

    def _put(self, at: np.ndarray, version: np.ndarray, partition: np.ndarray) -> None:
        """Let what passes the validation be visible on the bus."""
        if self._validation is not None:
            good = self._validation.drop(at, version)
            at, version, partition = at[good], version[good], partition[good]
        self.bus.publish(at, version, partition)

    def take(self) -> None:
        """Take over what has been committed since: also when it has been led ahead of the circle."""
        self._domain.take_commits()
        log, outbox = self._domain.log, self._outbox
        if outbox.end < log.end:
            outbox.append(**{name: log.part(name, outbox.end, log.end) for name in outbox.columns})

    def _source(self) -> tuple[_Records, int]:
        if self._snapshot is not None:
            return self._snapshot, 0
        at, version, key = self._outbox.columns.values()
        return (at, version, key), self._outbox.origin

    def closed_partitions(self) -> np.ndarray:
        """Return which partitions of its bus have no leader, bool by partition; as they come to be."""
        return self.bus.cluster.closed

    def _publish_snapshot(self, until: int, parts: list[_Records], ends: list[np.ndarray]) -> None:
        assert self._snapshot is not None, "asked for while there is one"
        count = self._snapshot[0].size
        done = self._rounds(self.rules._replace(batch=count), until, parts, end=count, rounds=1)
        if len(done):
            self._copied = self._snapshot[1] & LSN_MASK
            self._snapshot = None
            done[0, 1] = self._resume_at
            self.cursor.go_to(self._resume_at)
        ends.append(done)

    def _publish(self, until: int, parts: list[_Records], ends: list[np.ndarray]) -> None:
        first = max(int(self.cursor.state[OPEN]), self.advanced)
        rounds = max(0, until - first) // self.rules.interval + 2
        ends.append(self._rounds(self.rules, until, parts, end=self._outbox.end, rounds=rounds))

    def _rounds(
        self, rules: Rules, until: int, parts: list[_Records], *, end: int, rounds: int
    ) -> np.ndarray:
        """Work through rounds; add (time, version, key) of what was published; return the rounds' ends."""
        columns, base = self._source()
        first = self.cursor.next
        rounds = min(rounds, max(end - first, 0) + 1)
        out, ends = np.empty(max(end - first, 0), np.int64), np.empty((rounds, 2), np.int64)
        ended = relay_rounds(
            columns, base, self.closed_partitions(), rules, self.work,
            self.cursor.state, self.cursor.speed, out, ends, end=end, until=until, rounds=rounds,
        )  # fmt: skip
        new = slice(first - base, self.cursor.next - base)
        parts.append((out[: new.stop - new.start].copy(), columns[1][new].copy(), columns[2][new].copy()))
        return ends[:ended]

    # --- positions ------------------------------------------------------------------------------------------

    def _save(self, until: int, ends: np.ndarray) -> None:
        """Save: with the mark of each round, or what was complete at each tick strictly before ``until``."""
        if self._flush is None:
            self._saves += [(int(at), int(end) - 1) for at, end in ends]
        elif not self.process.paused:
            first = max(self.advanced, self.process.since + 1, 1)
            ticks = np.arange(-(-first // self._flush) * self._flush, until, self._flush)
            position = np.concatenate(([self._complete], ends[:, 1] - 1))[np.searchsorted(ends[:, 0], ticks)]
            for k in np.flatnonzero(np.diff(position, prepend=self.saved)):
                self._saves.append((int(ticks[k]), int(position[k])))
        if len(ends):
            self._complete = int(ends[-1, 1]) - 1

    def _saved_before(self, at: int) -> int:
        """Return how many of the saves were made strictly before ``at``."""
        return bisect_left(self._saves, (at, -1))

    def promoted(self, cut: int, cut_ns: int, cause: int) -> None:
        """A new timeline has begun after ``cut``, whose commit was at ``cut_ns``: go on in its region."""
        now = self._setting.now
        before = self._saved_before(cut_ns)
        position = min(self._saves[before - 1][1], cut) if before else 0
        self._saves = [*self._saves[:before], (now, position)]
        self._outbox.truncate(cut + 1)
        self._note_published()
        self._reached, self._copied = min(self._reached, cut + 1), self._copied[self._copied <= cut]
        self._back()
        if self.process.move(self._domain.primary):
            self._setting.note(self.process.name, RelayResumed(first=self._placed.last + 1), cause)

    def forget(self, needed: Needed) -> None:  # noqa: ARG002  # what it keeps nobody else asks for
        """Forget the commits and saves that nobody asks for: neither a restart nor a promotion."""
        log = self._domain.log
        # a promotion to come cuts at this commit or later
        oldest = self._domain.commit_ns(log.base) if 1 < log.base < log.end else 0
        keep = self._saved_before(oldest) - 1
        if keep > 0:
            del self._saves[:keep]
        if log.base > 1:
            self._outbox.drop(min(self.lowest + 1, self._next_lsn()))
        if self._validation is not None and not self._can_lose_slot:
            self._validation.forget(min(self.lowest, self._next_lsn() - 1))

    def _next_lsn(self) -> int:
        return self._resume_at if self._snapshot is not None else self.cursor.next

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self.process.look(cause)

    # --- what its process does ------------------------------------------------------------------------------

    def halt(self, now: int) -> None:  # noqa: ARG002  # as every process is told
        """Stop: the round is lost, the position goes back to the one saved."""
        self._note_published()
        self._back()

    def _note_published(self) -> None:
        """Note how far it has come since its last start, before its position goes back."""
        if self._snapshot is not None:
            self._copied = self._snapshot[1][: self.cursor.next] & LSN_MASK
        self._reached = max(self._reached, self._next_lsn())

    def _back(self) -> None:
        self._snapshot = None
        self._complete = self.saved
        self.cursor.go_to(self.saved + 1)
        self.cursor.state[ROUND_END] = -1

    def resume(self, now: int) -> None:
        """Run from now on; if its slot is lost, without a position."""
        gap = self._setting.dials.value(d.SLOT_LOST, self._setting.domain)
        if gap is not None:
            self._setting.dials.hit(d.SLOT_LOST, self._setting.domain)
            self._begin_without(gap, now)
        self.cursor.resume(now)
        self.cursor.state[OPEN] = now + 1
        self._began = self._reached = self._next_lsn()
        self._copied = np.zeros(0, np.int64)
        self._placed.add(now, self.bus.index, self._began - 1)

    def _begin_without(self, gap: str, now: int) -> None:
        """Begin behind the last commit of now, or with the newest version of each key."""
        self.take()
        end = self._outbox.base + int(self._outbox.all("at").searchsorted(now))
        keys = np.flatnonzero(self._domain.newest)
        if gap == "snapshot" and keys.size:
            self._snapshot = (np.zeros(keys.size, np.int64), self._domain.newest[keys].copy(), keys)
            self._resume_at = end
            self.cursor.go_to(0)
        else:
            self.cursor.go_to(end)
            self._complete = end - 1
            self._saves.append((now, end - 1))

    def pace(self, now: int) -> None:
        """Work at speed 1, or stand still while it is paused: ticks pass unused."""
        if self.cursor.stands:
            self.cursor.state[OPEN] = max(int(self.cursor.state[OPEN]), now)
        self.cursor.change_speed(at=now, to=0.0 if self.process.paused else 1.0)

    # --- brokers --------------------------------------------------------------------------------------------

    def _closed(self, strike: Strike) -> None:
        """Partitions of a bus have no leader: a record in service for one of them starts anew."""
        if strike.of[0] != self.process.region:
            return
        cursor = self.cursor
        if cursor.taken_up and cursor.next < cursor.state[ROUND_END]:
            (_, _, key), base = self._source()
            if self.closed_partitions()[int(key[cursor.next - base]) % self.rules.partitions]:
                cursor.interrupt()

    def opened(self, region: str) -> None:
        """Partitions of a region's bus are available again."""
        if region == self.process.region:
            self.cursor.resume(self._setting.now)

    # --- the journal ----------------------------------------------------------------------------------------

    def take_rows(self) -> dict[str, Table]:
        """Return the journal's new rows."""
        dropped = {} if self._validation is None else self._validation.take_rows()
        return {"placed/relay": self._placed.take(), **dropped}

    def final_rows(self) -> dict[str, Table]:
        """Return what it has not published of the commits of which there is a copy."""
        unsent = self._unsent()["version"]
        return {"unsent/relay": {"version": unsent[lsn_of(unsent) <= self._domain.last_held]}}

    def _unsent(self) -> Table:
        """Return the versions that it would still publish, and has not published since its last start."""
        outbox, first = self._outbox, max(self._next_lsn(), self._outbox.base)
        versions = outbox.part("version", first, outbox.end)
        if self._snapshot is not None:
            versions = np.concatenate([self._snapshot[1][self.cursor.next :], versions])
        elif not self.process.running:
            lsns = np.arange(first, outbox.end)
            again = (self._began <= lsns) & (lsns < self._reached) | np.isin(lsns, self._copied)
            versions = versions[~again]
        return {"version": versions.copy()}
