"""A resolved scenario as a graph of components: the one place that knows all their kinds."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.core.names import known_as
from sim.engine.circle.kinds import WRITE
from sim.models.bus.bus import RegionBus
from sim.models.bus.calls import Calls, Handler
from sim.models.bus.cluster import Cluster
from sim.models.bus.consumer import ConsumerGroup
from sim.models.bus.elections import Elections
from sim.models.bus.foresight import Foresight
from sim.models.bus.mirror import Jitters, MirrorFlow
from sim.models.bus.offsets import Offsets
from sim.models.bus.origins import Origins
from sim.models.bus.relay import Relay
from sim.models.bus.relay_crash import RelayCrasher
from sim.models.bus.replay import Replayer
from sim.models.bus.tags import Tags
from sim.models.control import Control
from sim.models.lake.insights import InsightReader
from sim.models.lake.lake import DomainLake, Lakehouse
from sim.models.lake.stream import serves
from sim.models.setting import ModelSetting
from sim.models.store.any_of import policy_of
from sim.models.store.circles import Circles
from sim.models.store.dial_reads import count_reads
from sim.models.store.domain import Domain
from sim.models.store.effects import Effects
from sim.models.store.load_shapes import shapes
from sim.models.store.outages import Regions
from sim.models.store.recorded_load import arrivals
from sim.models.store.store import DomainStore
from sim.models.store.workload import DistributionTable, build, streams_of
from sim.spec.bus.consumer import Consumer as Spec
from sim.spec.bus.handlers import CLIENTS, called_by, coupled
from sim.spec.faults.turned import turned
from sim.spec.faults.when import When
from sim.spec.scenario import Scenario


class EventPath(NamedTuple):
    """What the events of one domain go through, before lake and replays."""

    setting: ModelSetting
    buses: dict[str, RegionBus]  # by region
    relay: Relay
    mirrors: dict[tuple[str, str], MirrorFlow]  # by (from, to)
    offsets: Offsets
    consumers: list[ConsumerGroup]


class Assembly:
    """Builds the components of a scenario; keeps the graph of all, the stores and their circles.

    ``started(fault)``: when it did, None if it has not; ``holds(when)``: whether a condition does now;
    ``full(domain)`` takes a domain's rows for the journal.
    """

    def __init__(
        self,
        setting: ModelSetting,
        *,
        started: Callable[[str], int | None],
        holds: Callable[[When], bool],
        full: Callable[[str], None],
    ) -> None:
        self.graph, self._setting, self._scenario = setting.graph, setting, setting.scenario
        self._started, self._holds = started, holds
        self._foresights: list[Foresight] = []
        self._origins = {
            name: Origins() for name in self._scenario.databases if called_by(self._scenario, name)
        }
        self.stores = {name: self._store(name) for name in sorted(self._scenario.databases)}
        self._regions = Regions(setting, [store.control for store in self.stores.values()])
        self.graph.add(*self.stores.values())
        if self._scenario.bus is not None:
            self._add_events()
        self.graph.close()
        self.circles = Circles(
            setting.clock,
            self.stores,
            coupled=coupled(self._scenario),
            foresights=self._foresights,
            full=full,
        )
        self.graph.changed(None)

    def pull(self, name: str, until: int) -> None:
        """Bring a component, or a node's cursor, to ``until``, and what it reads from; circles are there."""
        domain, *node, cursor = name.split("/")
        if name in self.graph:
            self.graph.pull(name, until)
        elif node:
            self.stores[domain].data.pull(node[0], cursor, until)

    # --- stores ---------------------------------------------------------------------------------------------

    def _store(self, name: str) -> DomainStore:
        setting, scenario, database = self._setting, self._scenario, self._scenario.databases[name]
        seeds = {"seed": setting.seed, "trial": setting.trial}
        tables = _tables_of(_jitters(scenario))
        apply = tables.add(database.replication.apply)
        streams = streams_of(scenario, name, arrivals(scenario, name))
        circle = build(scenario, name, streams, tables=tables, **seeds)
        domain = Domain(
            name,
            circle,
            streams,
            sorted(scenario.regions),
            keys=database.workload.keys.count,
        )
        if name in self._origins:
            domain.listen(self._origins[name].take)
        domain.place(database.primary, database.replicas, table=tables.encode(), apply=apply, **seeds)
        effects = Effects(scenario, domain, setting.network, setting.dials, tables=tables)
        control = Control(setting.of(domain), effects)
        count_reads(setting.dials, domain)
        effects.new_primary(0)
        for steps in shapes(control):
            setting.clock.run(steps)
        effects.apply(0)
        domain.policy = policy_of(domain, setting.network, database.replication.acknowledgement)
        return DomainStore(control)

    # --- what goes on from them -----------------------------------------------------------------------------

    def _add_events(self) -> None:
        """Add the event path of each domain, and what they share."""
        setting, scenario, bus = self._setting, self._scenario, self._scenario.bus
        assert bus is not None, "there is one"
        clusters = [
            Cluster(region, partitions=bus.partitions, brokers=bus.brokers)
            for region in setting.network.regions
        ]
        tables = _tables_of(_jitters(scenario))
        jitters = Jitters(tables, tables.encode())
        self.graph.add(*(Elections(setting, cluster) for cluster in clusters))
        lakes: dict[str, DomainLake] = {}
        for name, store in self.stores.items():
            path = self._path(store.control.setting, clusters, jitters)
            self.graph.add(path.relay, RelayCrasher(path.setting, path.relay), *path.mirrors.values())
            self.graph.add(*path.buses.values(), path.offsets, *path.consumers)
            if scenario.lake is not None:
                lakes[name] = DomainLake(
                    path.setting, buses=path.buses, offsets=path.offsets, serves=self._serves()
                )
                self.graph.add(*lakes[name].components)
            self._add_replays(path)
        if scenario.lake is not None:
            self._add_shared(lakes)

    def _path(self, setting: ModelSetting, clusters: Sequence[Cluster], jitters: Jitters) -> EventPath:
        buses = {cluster.region: RegionBus(setting, cluster) for cluster in clusters}
        relay = Relay(setting, buses)
        pairs = [(a, b) for a in buses for b in buses if a != b]
        mirrors = {(a, b): MirrorFlow(setting, buses[a], buses[b], jitters) for a, b in pairs}
        offsets = Offsets(setting, buses, mirrors)
        consumers = list(self._consumers(setting, buses, offsets))
        return EventPath(setting, buses, relay, mirrors, offsets, consumers)

    def _consumers(
        self, setting: ModelSetting, buses: dict[str, RegionBus], offsets: Offsets
    ) -> Iterator[ConsumerGroup]:
        for name, spec in self._scenario.consumers.items():
            if spec.of == setting.domain:
                handler = self._handler(name, spec, setting)
                yield ConsumerGroup(
                    setting, known_as(name), spec, buses=buses, offsets=offsets, handler=handler
                )

    def _handler(self, name: str, spec: Spec, setting: ModelSetting) -> Handler | None:
        """Return what makes a consumer a handler, None if it is none."""
        if spec.writes is None:
            return None
        caller = None if spec.on == CLIENTS else spec.on
        wanted = np.array([s.kind == WRITE and s.fed_by == caller for s in setting.store.streams])
        calls = Calls(self.stores[spec.writes].data, name)
        return Handler(calls, self._origins[setting.domain], wanted)

    def _add_replays(self, path: EventPath) -> None:
        """Add a domain's replays, and what it needs if its events lead to calls."""
        name, callers = path.setting.domain, list[Replayer]()
        for replay, spec in sorted(self._scenario.replays.items()):
            if spec.of == name:
                into_store = spec.consumer is None
                replayer = Replayer(
                    path.setting, replay, spec, path.buses[spec.region],
                    started=self._started, holds=self._holds,
                    calls=Calls(path.setting.store, replay) if into_store else None,
                    origins=self._origins[name] if into_store else None,
                )  # fmt: skip
                self.graph.add(replayer)
                callers += [replayer] if into_store else []
        if name in self._origins:
            self._add_calls(path, self._origins[name], callers)

    def _add_calls(self, path: EventPath, origins: Origins, callers: list[Replayer]) -> None:
        readers = [consumer.reader for consumer in path.consumers if consumer.reader.handler is not None]
        self._foresights.append(
            Foresight(
                path.setting, origins, path.relay, path.mirrors.values(), readers=readers, replays=callers
            )
        )
        calls = [reader.handler.calls for reader in readers if reader.handler is not None]
        waiting = partial(_any_waits, callers)
        self.graph.add(
            Tags(path.setting, origins, path.buses.values(), path.relay, calls=calls, waiting=waiting)
        )

    def _serves(self) -> Callable[[str], bool] | None:
        """Return whether the node in a region that look-ups ask serves, None if nobody asks any."""
        lake = self._scenario.lake
        if lake is None or lake.stream.lookup is None:
            return None
        return partial(serves, self.stores[lake.stream.lookup].data, self._setting.network)

    def _add_shared(self, lakes: dict[str, DomainLake]) -> None:
        """Add what reads tables of several domains, and what decides where all are computed."""
        for name, spec in self._scenario.insights.items():
            reads = [(lakes[domain].sync, lakes[domain].refreshes) for domain in spec.reads]
            self.graph.add(InsightReader(self._setting, name, spec, reads))
        self.graph.add(Lakehouse(self._setting, lakes.values()))


def _any_waits(replays: list[Replayer]) -> bool:
    return any(replay.waits for replay in replays)


def _jitters(scenario: Scenario) -> list[Distribution]:
    """Return every jitter that a link can come to have."""
    links = [link.jitter for link in scenario.network.links.values()]
    faults = [turn.value for _, turn in turned(scenario, d.JITTER)]
    return [scenario.network.access.jitter, *links, *dict.fromkeys(faults)]


def _tables_of(distributions: list[Distribution]) -> DistributionTable:
    tables = DistributionTable()
    for distribution in distributions:
        tables.add(distribution)
    return tables
