"""The measures once more, record by record in plain Python: what the compiled reducers must find in the same
tables.

All take the tables of one domain, {table: {column: array}}, whole run. Times are in ns.
"""

from dataclasses import dataclass
from fractions import Fraction

from sim.journal.schema import INFO, LSN_BITS, LSN_MASK, OK, WRITE
from sim.spec.scenario import Scenario

Milestones = list[tuple[str, int, str]]  # kind, at_ns, subject


def rows_of(table: dict) -> list[dict]:
    """Return a table as a list of plain dicts."""
    names = list(table)
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(table[name].tolist() for name in names), strict=True)
    ]


class Lineage:
    """Which versions belong to which timeline."""

    def __init__(self, cuts: dict) -> None:
        self.cuts = {row["timeline"]: row for row in rows_of(cuts)}
        self.newest = max(self.cuts, default=1)

    def on(self, version: int, timeline: int) -> bool:
        """Whether a version is on a timeline; version 0 (nothing) is on none."""
        own, lsn = version >> LSN_BITS, version & LSN_MASK
        while timeline > max(own, 1):
            row = self.cuts[timeline]
            if lsn > row["cut"]:
                return False
            timeline = row["parent"]
        return timeline == own


# --- recovery ---


@dataclass(frozen=True, slots=True)
class Episode:
    """One loss of a capability; ``recovered_ns`` None: no good operation after the last bad window."""

    started_ns: int
    recovered_ns: int | None
    downtime_ns: int
    failed: int
    held: bool

    @property
    def rta_ns(self) -> int | None:
        """The recovery time, None if censored."""
        return self.recovered_ns - self.started_ns if self.held and self.recovered_ns is not None else None


@dataclass(slots=True)
class Window:
    """The operations sent in one window."""

    start: int
    stop: int
    total: int = 0
    good: int = 0
    failed: int = 0
    first_bad: int | None = None
    first_good: int | None = None
    bad: bool = False

    def add(self, sent: int, *, good: bool, failed: bool) -> None:
        """Count one operation."""
        self.total += 1
        if good:
            self.good += 1
            self.first_good = sent if self.first_good is None else min(sent, self.first_good)
        else:
            self.failed += failed
            self.first_bad = sent if self.first_bad is None else min(sent, self.first_bad)


def windows(tables: dict, scenario: Scenario, kind: int) -> list[Window]:
    """Return the windows of one capability from the end of warm-up to the end of the run."""
    level, end, warmup = scenario.level, scenario.duration, scenario.warmup
    width = level.window
    found = {
        w: Window(max(w * width, warmup), min((w + 1) * width, end))
        for w in range(warmup // width, -(-end // width))
    }
    for op in rows_of(tables["ops"]):
        if op["kind"] == kind and op["send_ns"] >= warmup:
            ok = op["outcome"] == OK
            good = ok and op["end_ns"] - op["send_ns"] <= level.latency
            found[op["send_ns"] // width].add(op["send_ns"], good=good, failed=not ok)
    for op in rows_of(tables["open"]):
        if op["kind"] == kind and op["send_ns"] >= warmup and end - op["send_ns"] > level.latency:
            found[op["send_ns"] // width].add(op["send_ns"], good=False, failed=False)
    return [found[w] for w in sorted(found)]


def _unknown_from(tables: dict, scenario: Scenario, kind: int) -> int:
    """Return the start of the first window in which an operation was still open and not yet too old to be
    good."""
    end, width = scenario.duration, scenario.level.window
    young = [
        op["send_ns"] // width * width
        for op in rows_of(tables["open"])
        if op["kind"] == kind
        and op["send_ns"] >= scenario.warmup
        and end - op["send_ns"] <= scenario.level.latency
    ]
    return min(young, default=end)


def episodes(tables: dict, scenario: Scenario, kind: int) -> list[Episode]:
    """Return the episodes of one capability (design §6)."""
    level = scenario.level
    need = Fraction(repr(level.good))
    known_until = _unknown_from(tables, scenario, kind)
    bad = False
    out: list[Episode] = []
    now: list[Window] = []  # windows of the present episode, from its first bad one on
    for window in windows(tables, scenario, kind):
        if window.total:
            bad = window.good < need * window.total
        window.bad = bad
        if bad or now:
            now.append(window)
        if now and not bad and min(window.stop, known_until) - _last_bad(now).stop >= level.hold:
            out.append(_episode(now, held=True))
            now = []
    return out + ([_episode(now, held=False)] if now else [])


def _last_bad(found: list[Window]) -> Window:
    return [window for window in found if window.bad][-1]


def _episode(found: list[Window], *, held: bool) -> Episode:
    last = _last_bad(found)
    until = found.index(last)
    good = [window.first_good for window in found[until + 1 :] if window.first_good is not None]
    return Episode(
        started_ns=found[0].first_bad,
        recovered_ns=good[0] if good else None,
        downtime_ns=sum(window.stop - window.start for window in found if window.bad),
        failed=sum(window.failed for window in found[: until + 1]),
        held=held,
    )


# --- loss ---


def loss(tables: dict, milestones: Milestones, scenario: Scenario, domain: str) -> dict:
    """Return lost acknowledged records (rids), info writes lost likewise, the window of each recovery
    (ns, None: of a store that was emptied), and the stranded (rids)."""
    lineage = Lineage(tables["cuts"])
    cuts = rows_of(tables["cuts"])
    commits = rows_of(tables["commits"])
    safe = {c["rid"] for c in commits if lineage.on(c["version"], lineage.newest)}
    committed = {c["rid"] for c in commits}
    writes = [op for op in rows_of(tables["ops"]) if op["kind"] == WRITE and op["send_ns"] >= scenario.warmup]
    acked = {op["rid"] for op in writes if op["outcome"] == OK}
    unknown = {op["rid"] for op in writes if op["outcome"] == INFO}
    lost = (acked & committed) - safe
    regions = sorted(scenario.regions)
    recoveries = []
    since = 0
    for i, cut in enumerate(cuts):
        gone = [c for c in commits if _gone_by(c["version"], cuts) == i]
        chosen = regions[cut["node"]] if cut["node"] >= 0 else None
        fault = _failed_at(milestones, domain, chosen, since, cut["at_ns"])
        mine = [c["commit_ns"] for c in gone if c["rid"] in lost]
        known = [c["commit_ns"] for c in gone if c["rid"] in acked]
        window = max(fault, *known) - min(mine) if mine else 0
        records = len({c["rid"] for c in gone if c["rid"] in lost})
        recoveries.append(
            {"timeline": cut["timeline"], "records": records, "window_ns": window, "failed_at_ns": fault}
        )
        if cut["cut"] < 0:
            recoveries[-1]["window_ns"] = None
        since = cut["at_ns"] if chosen else since
    reach = _reach(tables, lineage)
    had = {
        c["rid"]
        for c in commits
        if lineage.on(c["version"], lineage.newest) and c["version"] & LSN_MASK <= reach
    }
    stranded = (acked & committed) - lost - had
    return {
        "lost": lost, "info": (unknown & committed) - safe, "recoveries": recoveries, "stranded": stranded,
    }  # fmt: skip


def _gone_by(version: int, cuts: list[dict]) -> int | None:
    """Return the number of the first cut that left a version behind, None if none did."""
    own, lsn = version >> LSN_BITS, version & LSN_MASK
    line = {own: LSN_MASK}
    for i, cut in enumerate(cuts):
        if cut["timeline"] <= own:
            continue
        if cut["parent"] in line and lsn <= min(line[cut["parent"]], cut["cut"]):
            line[cut["timeline"]] = min(line[cut["parent"]], cut["cut"])
        elif cut["parent"] in line:
            return i
    return None


def _reach(tables: dict, lineage: "Lineage") -> int:
    """Return up to which lsn every side that counts has a node that runs and holds it; -1: not even that."""
    side = {row["region"]: row["side"] for row in rows_of(tables["sides"])}
    good = {row["side"] for row in rows_of(tables["sides"]) if row["quorate"]}
    nodes = [n for n in rows_of(tables["nodes"]) if n["up"] and n["data"] and side[n["node"]] >= 0]
    counts = good or {side[n["node"]] for n in nodes}
    return min(
        (max((n["held"] for n in nodes if side[n["node"]] == s), default=-1) for s in counts), default=-1
    )


def _failed_at(milestones: Milestones, domain: str, chosen: str | None, since: int, until: int) -> int:
    for wanted in (("primary.lost", domain), ("promoting", f"{domain}/{chosen}")):
        times = [at for kind, at, subject in milestones if (kind, subject) == wanted and since <= at <= until]
        if times:
            return times[-1]
    return until


# --- consistency ---


def staleness(tables: dict, scenario: Scenario) -> dict:
    """Return how many reads were ok and how many of them stale, and how far."""
    reads = [
        op
        for op in rows_of(tables["ops"])
        if op["kind"] != WRITE and op["outcome"] == OK and op["send_ns"] >= scenario.warmup
    ]
    stale = [op for op in reads if op["behind"] > 0]
    return {
        "reads": len(reads),
        "stale_reads": len(stale),
        "stale_max_ns": max((op["stale_ns"] for op in stale), default=0),
        "stale_sum_ns": sum(op["stale_ns"] for op in stale),
        "behind_max": max((op["behind"] for op in stale), default=0),
        "behind_sum": sum(op["behind"] for op in stale),
    }


class Memory:
    """What one session knows of one key: (when it learned, highest version by then), in order of time."""

    __slots__ = ("learned",)

    def __init__(self) -> None:
        self.learned: list[tuple[int, int]] = []

    def learn(self, at: int, version: int) -> None:
        """Take in a version at the end of an operation."""
        if not self.learned or version > self.learned[-1][1]:
            self.learned.append((at, version))

    def at(self, when: int) -> int:
        """Return the highest version known at a time, -1 if none."""
        for since, version in reversed(self.learned):
            if since <= when:
                return version
        return -1


def guarantees(tables: dict, scenario: Scenario) -> dict[str, int]:
    """Count violations of the four session guarantees, on versions really returned (Terry et al., 1994)."""
    lineage = Lineage(tables["cuts"])
    whose = {commit["version"]: commit["rid"] for commit in rows_of(tables["commits"])}
    wrote: dict[tuple[int, int], Memory] = {}
    read: dict[tuple[int, int], Memory] = {}
    counts = dict.fromkeys(
        ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads"), 0
    )
    for op in rows_of(tables["ops"]):
        if op["outcome"] != OK:
            continue
        name = op["session"], op["key"]
        version, sent, write = op["version"], op["send_ns"], op["kind"] == WRITE
        if write and whose[version] != op["rid"]:
            continue  # a call that came again: it was answered with the commit of the first
        if sent >= scenario.warmup:
            own = wrote[name].at(sent) if name in wrote else -1
            seen = read[name].at(sent) if name in read else -1
            if write:
                counts["monotonic_writes"] += own > 0 and not lineage.on(own, version >> LSN_BITS)
                counts["writes_follow_reads"] += seen > 0 and not lineage.on(seen, version >> LSN_BITS)
            else:
                counts["read_your_writes"] += version < own
                counts["monotonic_reads"] += version < seen
        (wrote if write else read).setdefault(name, Memory()).learn(op["end_ns"], version)
    return counts


# --- exposure ---


def exposure(tables: dict, scenario: Scenario, domain: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Return standby -> curve -> (most records, greatest age in ns); *crash*: not handed to the wire, *cut*:
    not received."""
    spec = scenario.databases[domain]
    regions = sorted(scenario.regions)
    out = {}
    for name in sorted((spec.primary, *spec.replicas)):
        curves = {
            curve: _Curve(tables, scenario, name, stage)
            for curve, stage in (("crash", "sent"), ("cut", "received"))
        }
        found = {
            curve: each.run(regions.index(name), regions.index(spec.primary))
            for curve, each in curves.items()
        }
        if curves["cut"].was_standby:
            out[name] = found
    return out


class _Curve:
    """One curve of one standby: events in order of time (cuts, then positions, then commits), looked at one
    by one."""

    def __init__(self, tables: dict, scenario: Scenario, name: str, stage: str) -> None:
        self.lineage = Lineage(tables["cuts"])
        self.warmup, self.end = scenario.warmup, scenario.duration
        events = [(row["at_ns"], 0, row) for row in rows_of(tables["cuts"])]
        for moved in (stage, "received", "copied"):
            rows = rows_of(tables.get(f"{moved}/{name}", {"at_ns": _NONE, "version": _NONE}))
            events += [
                (row["at_ns"], 1, {**row, "moves": moved in (stage, "copied"), "has": moved != "sent"})
                for row in rows
            ]
        events += [(row["commit_ns"], 2, row) for row in rows_of(tables["commits"])]
        self.events = sorted(events, key=lambda event: event[:2])
        self.line: list[int] = []  # commit times of the surviving timeline by lsn - 1
        self.timeline = 1
        self.position = self.received = self.records = self.age = 0
        self.was_standby = False

    def run(self, node: int, primary: int) -> tuple[int, int]:
        """Go through all events; return the two maxima."""
        since = 0
        for at, what, row in self.events:
            if what == 0:
                if node != primary:
                    self._stay(since, at)
                if row["node"] >= 0 or node != primary:  # a destruction leaves the primary what it is
                    self._cut(row, node == primary)
                    since = at
                else:
                    self.timeline = row["timeline"]
                primary = row["node"] if row["node"] >= 0 else primary
            elif what == 1:
                self._move(at, row, standby=node != primary)
            elif row["version"] >> LSN_BITS == self.timeline:
                self.line.append(at)
                if node != primary:
                    self._look(at, len(self.line))
        if node != primary:
            self._stay(since, self.end)
        return self.records, self.age

    def _stay(self, since: int, until: int) -> None:
        self.was_standby = self.was_standby or until > max(since, self.warmup)
        self._look(until, 0)

    def _look(self, at: int, committed: int) -> None:
        if at >= self.warmup and self.position < len(self.line):
            self.records = max(self.records, committed - self.position)
            self.age = max(self.age, at - self.line[self.position])

    def _move(self, at: int, row: dict, *, standby: bool) -> None:
        if not self.lineage.on(row["version"], self.timeline):
            return
        lsn = row["version"] & LSN_MASK
        if row["has"]:
            self.received = max(self.received, lsn)
        if row["moves"] and lsn > self.position and standby:
            self._look(at, 0)
            self.position = lsn

    def _cut(self, row: dict, was_primary: bool) -> None:
        last = max(row["cut"], 0)
        self.received = last if was_primary else min(self.received, last)
        self.position = self.received
        self.timeline = row["timeline"]
        del self.line[last:]


class _Nothing:
    @staticmethod
    def tolist() -> list:
        return []


_NONE = _Nothing()
