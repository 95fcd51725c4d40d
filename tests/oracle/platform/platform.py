"""The data path of a platform, wired: what the twin calls, and what its parts share."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.core.draws import Purpose
from sim.journal.schema import LSN_BITS, LSN_MASK

from .bus import Brokers, Bus
from .insights import Insight
from .jobs import Job
from .lake import Lake
from .mirror import Mirror
from .reader import Reader
from .relay import Relay, row_for
from .replay import Replay
from .stream import Stream
from .sync import Flow
from .tables import ZONES, Catalog, Table
from .worker import at_once

if TYPE_CHECKING:
    from ..twin import Twin


class Path:
    """Everything behind the databases."""

    def __init__(self, twin: "Twin") -> None:
        self.twin = twin
        self.clock = twin.clock
        self.draws = twin.draws
        self.network = twin.network
        self.names = twin.network.names
        self.spec = twin.scenario.bus
        self.note = twin.note
        self.active: set[str] = set()  # faults of the path in force
        self.begun: set[str] = set()  # those that have been
        self.fired: set[str] = set()  # those that have taken effect
        self.count: Counter[str] = Counter()
        self.looking = False
        regions = range(len(self.names))
        self.brokers = [Brokers(self, region) for region in regions]
        self.catalogs = [Catalog(self) for _ in regions]
        self.parts: dict[str, DomainPath] = {}
        self.lake = Lake(self) if twin.scenario.lake is not None else None
        for name, domain in twin.domains.items():
            self.parts[name] = DomainPath(self, domain)
        self.insights = [
            Insight(self, name, self.names.index(region))
            for name, spec in sorted(twin.scenario.insights.items())
            for region in spec.regions or self.names
        ]
        self.replays = [Replay(self, name, spec) for name, spec in sorted(twin.scenario.replays.items())]
        self.look()

    def counts(self) -> Counter[str]:
        """Return what was exercised, and how often."""
        everyone = [one for part in self.parts.values() for one in [*part.processes.values(), *part.flows]]
        workers = [one.worker for one in everyone if hasattr(one, "worker")]
        self.count["speed changes in service"] += sum(worker.rescales for worker in workers)
        self.count["calls whose tag was known"] += self.twin.coverage.known_tags
        self.count["tags committed on a second timeline"] += self.twin.coverage.second_tags
        return self.count

    def fire(self, faults: Iterable[str]) -> None:
        """Faults have taken effect, those of them that are in force."""
        self.fired.update(self.active.intersection(faults))

    def end(self) -> None:
        """The run is over: what waits now has waited for the pauses that are still in force."""
        for part in self.parts.values():
            for process in part.processes.values():
                self.fire(process.life.pauses if process.waits() else ())
            for mirror in part.mirrors.values():
                self.fire(mirror.pauses if mirror.waits() else ())
        for name, spec in self.twin.scenario.faults.items():
            if name in self.begun:
                self.count[f"fired: {spec.kind}" if name in self.fired else "begun without effect"] += 1

    def changed(self) -> None:
        """Look, once the present event is over, at what it has changed."""
        if not self.looking:
            self.looking = True
            at_once(self.clock, self._looked)

    def _looked(self) -> None:
        self.looking = False
        self.look()

    def look(self) -> None:
        """Let everything that depends on the world see it as it now is."""
        for part in self.parts.values():
            part.relay.look()
            for one in part.processes.values():
                (one.life.add if not self.network.up(one.region) else one.life.remove)("region")
                one.pace()
            for mirror in part.mirrors.values():
                mirror.look()
            for reader in part.readers.values():
                reader.mover.look()
        if self.lake is not None:
            self.lake.look()
            for part in self.parts.values():
                for flow in part.flows:
                    flow.pace()
                    flow.look()
            self.lake.mover.look()
        for replay in self.replays:
            replay.look()

    def availability(self, region: int) -> None:
        """Partitions of a region became unavailable or available."""
        for part in self.parts.values():
            if part.relay.region == region:
                part.relay.availability()
            part.buses[region].call()
            for one in [*part.readers.values(), *([part.stream] if part.stream else [])]:
                if one.region == region:
                    one.worker.call()

    def strike(self, region: int, *, data: str, wire: str) -> None:
        """An outage takes a whole region."""
        for part in self.parts.values():
            for (a, _), mirror in part.mirrors.items():
                if a == region:
                    mirror.strike(wire)
            if data == "lost":
                part.buses[region].lose(set(range(self.spec.partitions)), 0)
        if data == "lost" and self.lake is not None:
            self.lake.emptied(region)


class DomainPath:
    """The data path of one domain."""

    def __init__(self, path: Path, domain) -> None:
        self.path = path
        self.domain = domain
        scenario = path.twin.scenario
        regions = range(len(path.names))
        self.buses = [Bus(path, region, path.brokers[region]) for region in regions]
        self.versions_published: set[int] = set()
        self.dropped_rows: list[tuple[int, int]] = []  # by the validation
        self.early: list[set[str]] = [set() for _ in regions]  # metadata_before_data in force
        self.relay = Relay(self)
        self.mirrors = {(a, b): Mirror(self, a, b) for a in regions for b in regions if a != b}
        self.readers = {
            name: Reader(self, name, spec)
            for name, spec in sorted(scenario.consumers.items())
            if spec.of == domain.name
        }
        self.tables = {zone: [Table(path) for _ in regions] for zone in ZONES}
        self.stream: Stream | None = None
        self.jobs: list[Job] = []
        self.flows: list[Flow] = []
        if scenario.lake is not None:
            self.stream = Stream(self)
            self.jobs = [Job(self, "curated"), Job(self, "analytics")]
            self.flows = [Flow(self, h, c) for h in regions for c in regions if h != c]
        everyone = [self.relay, *self.mirrors.values(), *self.readers.values(), self.stream, *self.jobs]
        self.processes = {one.name: one for one in everyone if one is not None}
        for one in [*self.readers.values(), self.stream]:
            if one is not None:
                for bus in self.buses:
                    bus.calls.append(one.worker.call)

    def readers_in(self, region: int) -> list:
        """Return what reads the bus of a region now."""
        return [
            one for one in [*self.readers.values(), self.stream] if one is not None and one.region == region
        ]

    def partition(self, version: int) -> int:
        """Return the partition of an event."""
        return self._commit(version)[3] % self.path.spec.partitions

    def rid(self, version: int) -> int:
        """Return the operation whose event it is."""
        return self._commit(version)[2]

    def _commit(self, version: int) -> tuple[int, int, int, int, int]:
        line = self.domain.timelines[version >> LSN_BITS]
        return line.records[(version & LSN_MASK) - line.cut - 1]

    def publish(self, region: int, version: int) -> None:
        """Let an event be visible on the bus of a region, unless it is bad."""
        if self.path.spec.validation is not None and self._bad(self.rid(version)):
            self.path.count["dropped by validation"] += 1
            self.path.count["dropped again"] += any(version == known for _, known in self.dropped_rows)
            self.dropped_rows.append((self.path.clock._now, version))
            return
        self.buses[region].append(row_for(self, region, version))

    def _bad(self, rid: int) -> bool:
        """Whether the write that an operation makes is bad."""
        stream = self.path.twin.streams[self.domain.name][rid >> 40]
        key = self.path.draws.key(f"{stream}/validation")
        drawn = self.path.draws.uniform(key, rid & (2**40 - 1), 0, Purpose.OCCUR)
        return drawn < self.path.spec.validation.bad

    def dangling(self, zone: str, region: int) -> bool:
        """Whether a table is dangling, as a refresh at this moment sees it."""
        return any(flow.dangles(zone) for flow in self.flows if flow.c == region)
