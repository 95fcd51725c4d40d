"""Through which stages a domain's records go: how many get through, and how many wait at most."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sim.estimate.holds import Hold, holds
from sim.estimate.term import NS, Path
from sim.estimate.volume import Volume, served
from sim.spec.store.database import Database


@dataclass(frozen=True, slots=True)
class StageFlow:
    """``passed`` records get through in the run; ``waiting``, the others, are there at its end."""

    what: str
    path: Path
    passed: float
    waiting: float


@dataclass(frozen=True)
class Flows:
    """The stages of one domain of a run."""

    volume: Volume
    domain: str

    @property
    def _database(self) -> Database:
        return self.volume.scenario.databases[self.domain]

    def committed(self) -> StageFlow:
        """Return the writes that the primary can commit; for the others clients wait in vain."""
        service = self._database.service
        path = ("databases", self.domain, "service", "write")
        writes = self.volume.writes(self.domain)
        return self._stage("commits", path, writes, service.write.mean, servers=service.workers)

    def replicated(self) -> Iterator[tuple[StageFlow, StageFlow]]:
        """Yield what is sent to each replica, and what it applies."""
        place, rules = ("databases", self.domain, "replication"), self._database.replication
        committed = self.committed().passed
        for region in self._database.replicas:
            sent = self._stage(f"records to {region}", (*place, "share"), committed, self._sending_ns(region))
            yield sent, self._stage(f"records in {region}", (*place, "apply"), sent.passed, rules.apply.mean)

    def _sending_ns(self, region: str) -> float:
        """Return the work of sending a record to a replica."""
        rules = self._database.replication
        link = self.volume.scenario.network.links[f"{self._database.primary}/{region}"]
        return rules.record * NS / ((rules.share or 1.0) * link.bandwidth)

    def published(self) -> StageFlow:
        """Return what the relay publishes."""
        relay = self._database.outbox
        work_ns = max(relay.publish.mean, relay.interval / relay.batch)
        path = ("databases", self.domain, "outbox")
        return self._stage("events", path, self.committed().passed, work_ns)

    def read(self) -> Iterator[StageFlow]:
        """Yield what each consumer and the stream job complete."""
        scenario = self.volume.scenario
        for name, one in scenario.consumers.items():
            if one.of == self.domain:
                path = ("consumers", name, "work")
                yield self._reader(f"events for {name}", path, one.work.mean, one.members)
        if scenario.lake is not None:
            stream = scenario.lake.stream
            place, servers = ("lake", "stream", "transform"), stream.parallelism
            yield self._reader("events for the lake", place, stream.transform.mean, servers)

    def _reader(self, what: str, path: Path, work_ns: float, servers: int) -> StageFlow:
        return self._stage(what, path, self.published().passed, work_ns, servers=servers)

    def _stage(self, what: str, path: Path, arrived: float, work_ns: float, *, servers: int = 1) -> StageFlow:
        passed = min(arrived, served(self.volume.seconds, work_ns, servers))
        return StageFlow(f"{what} of {self.domain}", path, passed, arrived - passed)

    @cached_property
    def longest(self) -> tuple[Hold, Hold]:
        """The holds that keep records of the store, and its events, waiting longest."""
        found = [Hold(("faults",)), *holds(self.volume.scenario, self.domain)]
        return max(found, key=lambda one: one.store), max(found, key=lambda one: one.events)

    def held(self) -> tuple[StageFlow, StageFlow]:
        """Return the most that faults keep waiting: of the store's records, and of its events."""
        store, events = self.longest
        each_s = self.committed().passed / self.volume.seconds
        records, waiting = f"records of {self.domain} that wait", f"events of {self.domain} that wait"
        return (
            StageFlow(records, store.path, 0, each_s * store.store),
            StageFlow(waiting, events.path, 0, each_s * events.events),
        )
