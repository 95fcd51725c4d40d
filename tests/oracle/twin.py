"""The whole platform, record by record: build it from a resolved scenario, run it, take its tables."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sim.core.draws import Purpose
from sim.spec.scenario import Scenario

from .calls import Calls, callers
from .clock import Clock, WatchfulClock
from .copies import destroyed
from .coverage import Coverage
from .domain import Domain
from .draws import Draws
from .failover import Controller
from .faults import Faults
from .flow import Flow
from .load import Load
from .message import READ, WRITE
from .network import Network
from .node import Node
from .platform.faults import KINDS
from .platform.platform import Path
from .platform.rows import path_tables
from .probes import Checker, Observer
from .rejoin import Rejoiner
from .routing import Router
from .session import Keyring
from .tables import tables_of
from .trace import times_of


@dataclass(frozen=True, slots=True)
class Result:
    """What a run leaves: tables by domain, milestones (kind, at_ns, subject), SimPy events processed, what
    was exercised."""

    tables: dict[str, dict]
    milestones: list[tuple[str, int, str]]
    events: int
    coverage: Coverage
    path: dict[str, int]  # what the data path was exercised in, and how often
    fired: dict[str, bool]  # of each fault of the data path, whether it took effect


def run_twin(scenario: Scenario, seed: int, *, trial: int = 0, watch: bool = True) -> Result:
    """Run the naive twin of a resolved scenario; ``watch`` counts ties (a little slower)."""
    with _no_collection():
        return result_of(simulate(scenario, seed, trial=trial, watch=watch))


def simulate(scenario: Scenario, seed: int, *, trial: int = 0, watch: bool) -> "Twin":
    """Build the twin and run it to its end."""
    with _no_collection():
        twin = Twin(scenario, Draws(seed, trial), watch=watch)
        twin.clock.finish(scenario.duration)
        return twin


@contextmanager
def _no_collection() -> Iterator[None]:
    """A run makes hardly any cycles; looking for some would cost more than the run."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def result_of(twin: "Twin") -> Result:
    """Return what a run has left: its rows as tables, and what it counted."""
    scenario = twin.scenario
    if isinstance(twin.clock, WatchfulClock):
        twin.coverage.ties = twin.clock.ties
    twin.coverage.down_at_end = sum(not node.up for node in twin.nodes())
    twin.coverage.half_done_at_end = sum(node.is_busy for node in twin.nodes())
    twin.coverage.half_done_at_end += sum(one.under_way for one in twin.controllers.values())
    tables = {
        name: tables_of(domain, twin.network, twin.loads, scenario.duration)
        for name, domain in twin.domains.items()
    }
    if twin.path is not None:
        twin.path.end()
        for name, part in twin.path.parts.items():
            tables[name] |= path_tables(part, scenario.duration)
    counts = dict(twin.path.counts()) if twin.path is not None else {}
    return Result(tables, twin.milestones, twin.clock.events, twin.coverage, counts, twin.fired())


class Twin:
    """Everything wired together."""

    def __init__(self, scenario: Scenario, draws: Draws, *, watch: bool) -> None:
        self.scenario = scenario
        self.draws = draws
        self.clock = WatchfulClock() if watch else Clock()
        self.coverage = Coverage()
        self.network = Network(scenario)
        self.milestones: list[tuple[str, int, str]] = []
        self.domains: dict[str, Domain] = {}
        self.controllers: dict[str, Controller] = {}
        self.rejoiners: dict[str, Rejoiner] = {}
        self.loads: list[Load] = []
        self.streams: dict[str, list[str]] = {}  # by domain, in order of number
        self.calls: dict[tuple[str, str], Calls] = {}  # by domain written to and handler or replay
        self.lost: set[str] = set()
        self.blocked: set[str] = set()
        for name in sorted(scenario.databases):
            self._build(name)
        self.path: Path | None = None
        if scenario.bus is not None:
            self.path = Path(self)
        self.faults = Faults(self)

    def waiting(self) -> list[Callable[[], None]]:
        """Return what is to be called when faults keep waiting what waits now: records that have yet to be
        handed over or applied, and acknowledgements."""
        nodes = self.nodes()
        ways = [node.flow_in.way_back for node in nodes if node.flow_in is not None]
        records = [partial(node.stirred, node.flow_in) for node in nodes if node.waits()]
        return records + [way.stirred for way in ways if way is not None and way.waits()]

    def look_around(self) -> None:
        """Note which faults keep a record waiting now."""
        for stir in self.waiting():
            stir()

    def fired(self) -> dict[str, bool]:
        """Return for each fault whether it took effect; with a data path, of its own faults only."""
        faults = self.scenario.faults.items()
        if self.path is not None:
            return {name: name in self.path.fired for name, spec in faults if spec.kind in KINDS}
        self.look_around()
        fired = self.network.fired.union(*(node.fired for node in self.nodes()))
        return {name: name in fired for name in self.scenario.faults}

    # --- building ---

    def _build(self, name: str) -> None:
        spec = self.scenario.databases[name]
        domain = self.domains[name] = Domain(name, len(self.domains), spec)
        domain.route = self.scenario.gateway.route
        names = self.network.names
        rule = spec.replication.acknowledgement
        if rule.kind == "any":
            domain.acknowledging, domain.needed = [names.index(place) for place in rule.of], rule.count
        domain.nodes = [None] * len(names)
        for place in (spec.primary, *spec.replicas):
            domain.nodes[names.index(place)] = self._node(domain, names.index(place))
        domain.primary = domain.nodes[names.index(spec.primary)]
        domain.view = [domain.primary] * len(names)
        self.controllers[name] = Controller(self, domain)
        self.rejoiners[name] = Rejoiner(self, domain)
        self._lead(domain)
        domain.primary.grant_lease(0)
        self._build_streams(domain)

    def _node(self, domain: Domain, region: int) -> Node:
        name = self.network.names[region]
        return Node(domain, region, name=name, clock=self.clock, draws=self.draws, coverage=self.coverage)

    def _lead(self, domain: Domain) -> None:
        primary = domain.primary
        primary.writable = True
        primary.following = False
        for node in domain.nodes:
            if node is not None and node is not primary:
                self._attach(node, primary)

    def _build_streams(self, domain: Domain) -> None:
        names = self.network.names
        clients = sorted(self.scenario.clients)
        streams = [f"{domain.name}/{client}/{kind}" for client in clients for kind in ("read", "write")]
        streams += [f"{domain.name}/observer/{region}" for region in names]
        streams += [f"{domain.name}/check/{client}/{region}" for client in clients for region in names]
        fed = callers(self.scenario, domain.name)
        streams += [f"{domain.name}/{place}/{one.known}" for one in fed.values() for place in one.places]
        self.streams[domain.name] = sorted(streams)
        numbers = {stream: i for i, stream in enumerate(sorted(streams))}
        rings: dict[str, Keyring] = {}
        for region, name in enumerate(names):
            self._observer(domain, region, f"{domain.name}/observer/{name}", numbers)
        for client in clients:
            router = self._router(domain, client)
            rings[client] = router.keyring
            for region in range(len(names)):
                router.checkers[region] = self._checker(domain, client, region, numbers, router)
            for kind in (READ, WRITE):
                self._load(domain, router.keyring, client, kind, numbers)
        for name, one in fed.items():
            loads = [
                self._stream(domain, rings[place], f"{domain.name}/{place}/{one.known}", WRITE, numbers)
                for place in one.places
            ]
            self.calls[domain.name, name] = Calls(loads, idempotent=one.idempotent)

    def _observer(self, domain: Domain, region: int, name: str, numbers: dict[str, int]) -> None:
        controller = self.controllers[domain.name]
        observer = Observer(
            domain,
            region,
            numbers[name],
            name=name,
            network=self.network,
            clock=self.clock,
            draws=self.draws,
            trip=controller.tripped,
        )
        controller.observers.append(observer)

    def _router(self, domain: Domain, client: str) -> Router:
        names = self.network.names
        gateway = self.scenario.gateway
        order = [names.index(region) for region in self.scenario.clients[client].order]
        index = sorted(self.scenario.clients).index(client)
        keyring = Keyring(domain, index, name=client, draws=self.draws, answer=order[0])
        keyring.home = names.index(client)
        name = f"{domain.name}/dns/{client}"
        keyring.use_resolvers(name, count=gateway.resolvers, ttl=gateway.ttl)
        after = gateway.client_return_after if gateway.client_return == "auto" else None
        return Router(
            name,
            keyring,
            order=order,
            client_return_after=after,
            clock=self.clock,
            note=self.note,
            coverage=self.coverage,
        )

    def _checker(
        self, domain: Domain, client: str, region: int, numbers: dict[str, int], router: Router
    ) -> Checker:
        name = f"{domain.name}/check/{client}/{self.network.names[region]}"

        def tripped(checker: Checker, healthy: bool) -> None:
            self.note("checker.healthy" if healthy else "checker.unhealthy", name)
            router.tripped(region, healthy)

        return Checker(
            domain,
            numbers[name],
            client=self.network.names.index(client),
            region=region,
            name=name,
            spec=self.scenario.gateway.check,
            network=self.network,
            clock=self.clock,
            draws=self.draws,
            trip=tripped,
        )

    def _load(
        self, domain: Domain, keyring: Keyring, client: str, kind: int, numbers: dict[str, int]
    ) -> None:
        word = "read" if kind == READ else "write"
        load = self._stream(domain, keyring, f"{domain.name}/{client}/{word}", kind, numbers)
        workload = domain.spec.workload
        share = self.scenario.clients[client].share
        rate = (workload.reads if kind == READ else workload.writes) * share
        if workload.arrivals.kind == "trace":
            load.start_trace(times_of(self.scenario, domain.name).get((client, word), []))
        elif rate > 0:
            load.start(rate)

    def _stream(
        self, domain: Domain, keyring: Keyring, name: str, kind: int, numbers: dict[str, int]
    ) -> Load:
        load = Load(
            domain,
            name,
            numbers[name],
            kind=kind,
            keyring=keyring,
            network=self.network,
            clock=self.clock,
            draws=self.draws,
            coverage=self.coverage,
        )
        self.loads.append(load)
        return load

    # --- what faults and controllers call ---

    def note(self, kind: str, subject: str) -> None:
        """Write a milestone."""
        self.milestones.append((kind, self.clock._now, subject))
        if self.path is not None:
            self.path.changed()

    def nodes(self) -> list[Node]:
        """Return every node, by domain and region."""
        return [node for domain in self.domains.values() for node in domain.nodes if node is not None]

    def nodes_in(self, region: int) -> list[Node]:
        """Return the nodes in a region."""
        return [node for node in self.nodes() if node.region == region]

    def observers_in(self, region: int) -> list[Observer]:
        """Return the observers in a region."""
        return [controller.observers[region] for controller in self.controllers.values()]

    def count_trouble(self) -> None:
        """Count a cut or an outage that falls into a promotion."""
        self.coverage.cuts_in_promotion += any(domain.promoting for domain in self.domains.values())

    def refresh(self) -> None:
        """Let everything that depends on links and regions see the world as it now is."""
        self.refresh_flows()
        self._watch_primaries()
        for domain in self.domains.values():
            self.watch_copies(domain)
        if self.path is not None:
            self.path.changed()

    def refresh_flows(self) -> None:
        """Connect and disconnect the flows."""
        for node in self.nodes():
            if node.flow_in is not None:
                node.flow_in.refresh()

    def pace_flows(self) -> None:
        """Set the speed of every flow."""
        for node in self.nodes():
            if node.flow_in is not None:
                node.flow_in.pace()

    def _watch_primaries(self) -> None:
        for name, domain in self.domains.items():
            primary = domain.primary
            serves = primary.up and primary.intact and self.network.quorate(primary.region)
            if serves:
                self.lost.discard(name)
            elif name not in self.lost:
                self.lost.add(name)
                self.note("primary.lost", name)
            self.watch_writes(name, domain)

    def watch_writes(self, name: str, domain: Domain) -> None:
        """Note whether too few replicas can acknowledge now."""
        primary = domain.primary
        flows = [flow for flow in primary.flows_out if flow.way_back is not None]
        able = sum(flow.connected and not flow.pauses and flow.way_back.open for flow in flows)
        blocked = primary.up and primary.intact and able < domain.needed
        if blocked != (name in self.blocked):
            self.blocked ^= {name}
            self.coverage.blocked += blocked
            self.note("writes.blocked" if blocked else "writes.unblocked", name)

    def watch_copies(self, domain: Domain) -> None:
        """Note what has been destroyed now."""
        left = destroyed(domain)
        if left is not None:
            self.coverage.destructions += 1
            domain.left = left
            domain.cuts.append((self.clock._now, domain.newest + 1, domain.newest, left, -1))
            self.note("destroyed", domain.name)

    def take_down(self, node: Node, *, data: str, wire: str) -> None:
        """Stop a node; what it has on the wire is delivered or lost."""
        node.restarting = False
        if node.up:
            for flow in node.flows_out:
                if flow.connected:
                    flow.disconnect(delivered=wire == "delivered")
            if node.flow_in is not None:
                node.flow_in.disconnect(delivered=False)
            node.go_down()
            self.note("node.down", node.name)
        if data == "lost":
            node.wipe()
            self.rejoiners[node.domain.name].data_lost()

    def bring_back(self, node: Node) -> None:
        """Restart a node if nothing holds it down any more."""
        if not node.crashes and not node.dark:
            self.clock.process(self._restart(node))

    def _restart(self, node: Node):
        number = node.restarts
        node.restarts += 1
        node.restarting = True
        delay = self.draws.duration(node.domain.spec.failover.restart, node.key, number, Purpose.RESTART)
        yield self.clock.after(delay, node.name)
        if node.restarting and node.restarts == number + 1:
            node.restarting = False
            node.come_up()
            self.coverage.emptied_primaries_back += node is node.domain.primary and not node.intact
            self.note("node.up", node.name)
            self.refresh()

    def crown(self, domain: Domain, primary: Node) -> None:
        """Make a node the primary of the newest timeline; whoever can follows it at once."""
        domain.primary = primary
        for node in domain.nodes:
            if node is None:
                continue
            self._detach(node)
            node.leave_unanswered()
            node.acknowledged.clear()
            cut = domain.timelines[domain.newest].cut
            if node is primary or (node.following and node.last <= cut):
                node.join(domain.newest)
            else:
                self._strand(node)
        primary.writable = True
        for node in domain.nodes:
            if node is not None and node.following:
                self._attach(node, primary)
        self._watch_primaries()

    @staticmethod
    def _strand(node: Node) -> None:
        if node.following:  # it received more than the new timeline has
            node.stalled = True
            node.applier.drop()
        node.following = False
        node.join(node.timeline)

    def follow(self, node: Node) -> None:
        """Let a node follow the primary from where it is."""
        node.join(node.domain.newest)
        version = node.domain.record(node.timeline, node.last)[1] if node.last else 0
        node.copied.extend((self.clock._now, version))
        node.following = True
        self._detach(node)
        self._attach(node, node.domain.primary)
        self.watch_writes(node.domain.name, node.domain)

    def _detach(self, node: Node) -> None:
        flow = node.flow_in
        if flow is not None:
            flow.close()
            flow.source.flows_out.remove(flow)
            node.flow_in = None

    def _attach(self, node: Node, primary: Node) -> None:
        flow = Flow(primary, node, clock=self.clock, network=self.network, coverage=self.coverage)
        node.flow_in = flow
        primary.flows_out.append(flow)
        flow.refresh()
