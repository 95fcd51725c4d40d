"""Random but lawful histories of one store.

Commits, flows to two standbys, promotions, split brains, retries, lost replies.
"""

import bisect
from collections import defaultdict
from random import Random

from tests.histories.builder import FAIL, INFO, MS, OK, READ, WRITE, History, S, setup, v

END = 60 * S
REGIONS = ("a", "b", "c")


class Store:
    """A record-by-record store; every list is kept for ever."""

    def __init__(
        self, seed: int, *, writes: int = 150, reads: int = 200, promotions: int = 2, warmup: int = 0
    ) -> None:
        self.draw = Random(seed)
        self.history = History(setup(duration_ns=END, warmup_ns=warmup))
        self.timeline, self.primary = 1, 0
        self.parents: dict[int, tuple[int, int]] = {}
        self.line: list[tuple[int, int]] = []  # (version, commit time) of the surviving timeline
        self.branches: dict[int, int] = {}  # an old primary that has not noticed: node -> its last lsn
        self.branch_timeline: dict[int, int] = {}
        self.held: dict[int, list[tuple[int, int, int]]] = {
            1: [],
            2: [],
        }  # node -> (version, received, applied)
        self.ready = {1: 0, 2: 0}  # since when a node follows
        self.done: dict[int, dict[int, int]] = defaultdict(dict)  # rid -> timeline -> version
        self.key_of: dict[int, list[tuple[int, int]]] = defaultdict(list)  # key -> (commit time, version)
        self.flights: dict[int, list[int]] = {}
        self.sends: dict[int, int] = {}
        self.promotions = sorted(self.draw.sample(range(10 * S, 50 * S), promotions))
        self._run(writes, reads)

    def on_line(self, version: int, timeline: int) -> bool:
        """Return whether a version is on a timeline, by walking up."""
        own, lsn = version >> 40, version & (1 << 40) - 1
        while timeline != own and timeline in self.parents:
            timeline, cut = self.parents[timeline]
            if lsn > cut:
                return False
        return timeline == own

    def _run(self, writes: int, reads: int) -> None:
        events = [(t, 1, "cut", 0) for t in self.promotions]
        for rid in range(writes):
            send = self.sends[rid] = self.draw.randrange(0, 58 * S)
            for k in range(self.draw.choice((1, 1, 1, 2, 3))):
                events.append((send + k * S + self.draw.randrange(10 * MS, 900 * MS), 2, "write", rid))
        start = 0
        answers: dict[int, tuple[int, int, int]] = {}
        for at, _, what, value in sorted(events):
            if what == "cut":
                self._flow(start, at)
                self._promote(at)
                start = at
            else:
                self._write(at, value, self.sends[value], answers)
        self._flow(start, END)
        self._operations(answers, writes, reads)
        self._last()

    def _write(self, at: int, rid: int, send: int, answers: dict[int, tuple[int, int, int]]) -> None:
        node = self.primary
        if self.branches and self.draw.random() < 0.3:
            node = self.draw.choice(sorted(self.branches))
        timeline = self.branch_timeline.get(node, self.timeline)
        version = next((w for t, w in self.done[rid].items() if self.on_line(w, timeline)), None)
        key = rid % 5
        if version is None:
            if node == self.primary:
                version = v(timeline, (self.line[-1][0] & (1 << 40) - 1 if self.line else 0) + 1)
                self.line.append((version, at))
            else:
                self.branches[node] += 1
                version = v(timeline, self.branches[node])
            self.done[rid][timeline] = version
            self.key_of[key].append((at, version))
            self.history.commit(at, version, rid, node, key)
        end = at + self.draw.randrange(MS, 400 * MS)
        if rid not in answers and self.draw.random() < 0.75 and end < END and end - send < 8 * S:
            answers[rid] = (send, end, version)

    def _flow(self, start: int, stop: int) -> None:
        """Bring every standby from ``start`` to ``stop``."""
        for node in sorted(self.held):
            region = REGIONS[node]
            have = {version for version, _, _ in self.held[node]}
            sent = received = max(start, self.ready[node])
            self.flights[node] = []
            pause = self.draw.random() < 0.4
            for version, at in self.line:
                if version in have:
                    continue
                sent = max(sent, at) + (
                    self.draw.randrange(3 * S) if pause else self.draw.randrange(1, 60 * MS)
                )
                if sent >= stop:
                    break
                self.history.position("sent", region, sent, version)
                received = max(received, sent + self.draw.randrange(1, 80 * MS))
                if received >= stop:
                    self.flights[node].append(version)
                    continue
                applied = max([received, *(a for _, _, a in self.held[node][-1:])]) + self.draw.randrange(
                    1, 500 * MS
                )
                self.history.position("received", region, received, version)
                self.held[node].append((version, received, applied))
            for version, _, applied in self.held[node]:
                if start <= applied < stop:
                    self.history.position("applied", region, applied, version)

    def _promote(self, at: int) -> None:
        node = max(sorted(self.held), key=lambda n: len(self.held[n]))
        cut = len(self.held[node]) and max(w & (1 << 40) - 1 for w, _, _ in self.held[node])
        old, last = self.primary, len(self.line)
        following = min([t for t in self.promotions if t > at], default=END)
        self.parents[self.timeline + 1] = (self.timeline, cut)
        self.history.add(
            "cuts", at_ns=at, timeline=self.timeline + 1, parent=self.timeline, cut=cut, node=node
        )
        self.branches.clear()
        self.branch_timeline.clear()
        if self.draw.random() < 0.5:
            self.branches[old], self.branch_timeline[old] = last, self.timeline
        rows = {n: rows[:cut] for n, rows in self.held.items()}
        own = [(w, t, t) for w, t in self.line[:cut]]
        self.line = self.line[:cut]
        for other, held in rows.items():
            if len(held) < len(self.held[other]):
                self.history.position("copied", REGIONS[other], at, v(self.timeline, cut))
                held[:] = [(w, r, min(a, at)) for w, r, a in held]
        rows[old], self.ready[old] = own, at + self.draw.randrange(1, min(10 * S, following - at))
        if cut:
            self.history.position("copied", REGIONS[old], self.ready[old], v(self.timeline, cut))
        for version, _, applied in rows.pop(node):
            if applied >= at:
                self.history.position("applied", REGIONS[node], at, version)
        self.held, self.primary, self.timeline = rows, node, self.timeline + 1

    def _operations(self, answers: dict[int, tuple[int, int, int]], writes: int, reads: int) -> None:
        draw, h = self.draw, self.history
        for rid in range(writes):
            client = rid % 3
            who = {"client": client, "session": self._session(client), "key": rid % 5}
            if rid in answers:
                send, end, version = answers[rid]
                h.op(rid, send, end, WRITE, OK, version=version, **who)
            else:
                send = self.sends[rid]
                end = send + draw.randrange(1, 8 * S)
                outcome = INFO if self.done[rid] else draw.choice((INFO, FAIL))
                if end < END:
                    h.op(rid, send, end, WRITE, outcome, **who)
                else:
                    h.still_open(rid, send, WRITE, client)
        for i in range(reads):
            self._read(1 << 40 | i, draw.randrange(0, 57 * S))

    def _session(self, client: int) -> int:
        return (client * 2 + self.draw.randrange(2)) << 20 | 7

    def _read(self, rid: int, send: int) -> None:
        client, key, end = rid % 3, self.draw.randrange(5), send + self.draw.randrange(1, 3 * S)
        versions = sorted(self.key_of[key])
        known = bisect.bisect_left(versions, (send, 0))
        behind = self.draw.choice((0, 0, 0, 1, 2))
        version = versions[max(0, known - 1 - behind)][1] if known else 0
        stale = self.draw.randrange(1, 20 * S) if behind else 0
        outcome = self.draw.choice((OK, OK, OK, OK, FAIL))
        if outcome == FAIL:
            version, stale, behind = 0, -1, 0
        session = self._session(client)
        self.history.op(
            rid,
            send,
            end,
            READ,
            outcome,
            client=client,
            key=key,
            session=session,
            version=version,
            stale_ns=stale,
            behind=behind,
        )

    def _last(self) -> None:
        for node, held in self.held.items():
            region = REGIONS[node]
            have, flying = {w for w, _, _ in held}, set(self.flights[node])
            for version in self.flights[node]:
                self.history.add(f"flight/{region}", version=version)
            for version, _, applied in held:
                if applied >= END:
                    self.history.add(f"backlog/{region}", version=version)
            for version, _ in self.line:
                if version not in have and version not in flying:
                    self.history.add(f"waiting/{region}", version=version)
