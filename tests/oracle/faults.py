"""The kinds of fault on stores and links, each as an overlay that is put on and taken off."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

from .clock import FAULT, HEAL
from .network import NOTHING
from .platform.faults import KINDS, PathFaults

if TYPE_CHECKING:
    from .node import Node
    from .twin import Twin


class Faults:
    """Schedules and applies the scenario's faults."""

    def __init__(self, twin: "Twin") -> None:
        self.twin = twin
        self.clock = twin.clock
        self.network = twin.network
        self.at = {name: i for i, name in enumerate(twin.network.names)}
        self.active: set[str] = set()
        self.began: dict[str, int] = {}  # when each fault started
        self.up: set[str] = set()  # flapping links in an up phase
        self.struck: dict[str, list[Node]] = {}
        self.path = PathFaults(twin.path)
        for name, spec in sorted(twin.scenario.faults.items()):
            self.clock.process(self._live(name, spec))

    # --- schedule ---

    def _live(self, name: str, spec):
        subject = f"fault/{name}"
        draws = self.twin.draws
        key = draws.key(subject)
        if draws.uniform(key, 0, 0, Purpose.OCCUR) >= spec.probability:
            return
        if spec.when is None:
            yield self.clock.control(draws.duration(spec.at, key, 0, Purpose.START), subject, rank=FAULT)
        else:
            yield from self._until(spec.when, subject)
        self.twin.note("fault.started", subject)
        self.began[name] = self.clock._now
        self.twin.coverage.overlapping_faults += len(self.active) > 0
        self.active.add(name)
        self._start(name, spec)
        if spec.duration is None:
            return
        yield self.clock.after(draws.duration(spec.duration, key, 0, Purpose.DURATION), subject, rank=HEAL)
        self.active.discard(name)
        if name in self.up:
            return  # a flapping link that is up just now has nothing to take off
        self._heal(name, spec)
        self.twin.note("fault.healed", subject)

    def _until(self, when, subject: str):
        looks = 0
        while True:
            looks += 1
            yield self.clock.control(looks * when.every, subject, rank=FAULT)
            if self.true(when):
                return

    def true(self, when) -> bool:
        """Whether a condition holds now."""
        if when.milestone is not None:
            return any(
                self._names(when.milestone, kind, subject) for kind, _, subject in self.twin.milestones
            )
        domain_name, region = when.of.split("/")
        domain = self.twin.domains[domain_name]
        node = domain.nodes[self.at[region]]
        if when.metric == "queue_depth":
            return len(node.queue) > when.above
        return self._lag(domain, node) > when.above

    @staticmethod
    def _names(wanted: str, kind: str, subject: str) -> bool:
        return wanted.endswith(f".{kind}") and f"{subject}/".startswith(f"{wanted.removesuffix(f'.{kind}')}/")

    def _lag(self, domain, node: "Node") -> int:
        included = node.applied if node.cap is None else min(node.cap, node.applied)
        if included >= domain.primary.last:
            return 0
        return self.clock._now - domain.record(domain.primary.timeline, included + 1)[0]

    # --- what each kind does ---

    def _start(self, name: str, spec) -> None:
        waiting = self.twin.waiting()
        if spec.kind in KINDS:
            self.path.start(name, spec)
        else:
            getattr(self, f"_start_{spec.kind}")(name, spec)
        for stir in waiting:
            stir()
        self.twin.refresh()

    def _heal(self, name: str, spec) -> None:
        self.twin.look_around()
        if spec.kind in KINDS:
            self.path.heal(name, spec)
        else:
            getattr(self, f"_heal_{spec.kind}")(name, spec)
        self.twin.refresh()

    def _start_region_outage(self, name: str, spec) -> None:
        region = self.at[spec.region]
        twin = self.twin
        twin.count_trouble()
        if spec.zone is None:
            if self.network.up(region):
                twin.note("region.down", spec.region)
            self.network.down[region].add(name)
            for observer in twin.observers_in(region):
                observer.pulse.outstanding = -1
            if twin.path is not None:
                twin.path.strike(region, data=spec.data, wire=spec.wire)
        self.struck[name] = [n for n in twin.nodes_in(region) if spec.zone in (None, n.domain.spec.zone)]
        for node in self.struck[name]:
            node.dark.add(name)
            twin.take_down(node, data=spec.data, wire=spec.wire)

    def _heal_region_outage(self, name: str, spec) -> None:
        region = self.at[spec.region]
        twin = self.twin
        if spec.zone is None:
            self.network.down[region].discard(name)
            if self.network.up(region):
                twin.note("region.up", spec.region)
                for observer in twin.observers_in(region):
                    observer.pulse.anew()
        for node in self.struck.pop(name):
            node.dark.discard(name)
            twin.bring_back(node)

    def _start_db_crash(self, name: str, spec) -> None:
        self.twin.count_trouble()
        self.struck[name] = self._targets(spec)
        for node in self.struck[name]:
            node.crashes.add(name)
            self.twin.take_down(node, data=spec.data, wire="delivered")

    def _heal_db_crash(self, name: str, spec) -> None:
        for node in self.struck.pop(name):
            node.crashes.discard(name)
            self.twin.bring_back(node)

    def _start_replica_crash(self, name: str, spec) -> None:
        self.twin.count_trouble()
        domains = [d for n, d in self.twin.domains.items() if spec.database in ("*", n)]
        self.struck[name] = [node for domain in domains for node in self._others(domain)[: spec.count]]
        for node in self.struck[name]:
            node.crashes.add(name)
            self.twin.take_down(node, data=spec.data, wire="delivered")

    _heal_replica_crash = _heal_db_crash

    def _others(self, domain) -> list["Node"]:
        """Return the nodes that are not the primary now, as a failover looks at them."""
        names = [domain.spec.primary, *domain.spec.replicas]
        nodes = [domain.nodes[self.at[name]] for name in names]
        return [node for node in nodes if node is not domain.primary]

    def _targets(self, spec) -> list["Node"]:
        domains = [d for n, d in self.twin.domains.items() if spec.database in ("*", n)]
        if spec.region is None:
            return [domain.primary for domain in domains]
        nodes = [domain.nodes[self.at[spec.region]] for domain in domains]
        return [node for node in nodes if node is not None]

    def _start_node_slow(self, name: str, spec) -> None:
        self.struck[name] = self._targets(spec)
        for node in self.struck[name]:
            node.slow.append((name, spec.factor))
            node.change_speed()

    def _heal_node_slow(self, name: str, spec) -> None:
        for node in self.struck.pop(name):
            node.slow = [slow for slow in node.slow if slow[0] != name]
            node.change_speed()

    def _start_replication_pause(self, name: str, spec) -> None:
        self.struck[name] = self._targets(spec)
        for node in self.struck[name]:
            (node.send_pauses if spec.stage == "send" else node.pauses).add(name)
        self._pace(self.struck[name])

    def _heal_replication_pause(self, name: str, spec) -> None:
        nodes = self.struck.pop(name)
        for node in nodes:
            (node.send_pauses if spec.stage == "send" else node.pauses).discard(name)
        self._pace(nodes)

    @staticmethod
    def _pace(nodes: list["Node"]) -> None:
        for node in nodes:
            node.pace_apply()
            if node.flow_in is not None:
                node.flow_in.pace()

    # --- links ---

    def _start_region_isolation(self, name: str, spec) -> None:
        region = self.at[spec.region]
        self._cut(name, self._isolated(spec))
        if spec.clients:
            for client in range(self.network.count):
                if spec.direction != "from":
                    self.network.inward[client][region].cut(name)
                if spec.direction != "to":
                    self.network.outward[region][client].cut(name)

    def _heal_region_isolation(self, name: str, spec) -> None:
        region = self.at[spec.region]
        self._uncut(name, self._isolated(spec))
        for client in range(self.network.count):
            self.network.inward[client][region].uncut(name)
            self.network.outward[region][client].uncut(name)

    def _isolated(self, spec) -> list[tuple[int, int]]:
        mine = self.at[spec.region]
        peers = self.network.names if spec.peers is None else spec.peers
        others = [self.at[peer] for peer in peers if peer != spec.region]
        to = [(other, mine) for other in others if spec.direction != "from"]
        return to + [(mine, other) for other in others if spec.direction != "to"]

    def _start_network_partition(self, name: str, spec) -> None:
        self._cut(name, self._parted(spec))

    def _heal_network_partition(self, name: str, spec) -> None:
        self._uncut(name, self._parted(spec))

    def _parted(self, spec) -> list[tuple[int, int]]:
        n = self.network.count
        if spec.shape == "majorities_ring":
            majority = n // 2 + 1
            heard = [{(i - majority // 2 + k) % n for k in range(majority)} for i in range(n)]
            return [(j, i) for i in range(n) for j in range(n) if j not in heard[i] and j != i]
        groups = self._groups(spec, n)
        there = [
            (a, b)
            for i, first in enumerate(groups)
            for later in groups[i + 1 :]
            for a in first
            for b in later
        ]
        return there if spec.one_way else there + [(b, a) for a, b in there]

    def _groups(self, spec, n: int) -> list[list[int]]:
        everyone = list(range(n))
        if spec.shape is None:
            return [[self.at[region] for region in group] for group in spec.groups]
        if spec.shape == "one":
            return [everyone[:1], everyone[1:]]
        return [everyone[: n // 2], everyone[n // 2 + (spec.shape == "bridge") :]]

    def _start_link_flap(self, name: str, spec) -> None:
        self.clock.process(self._flap(name, spec))

    def _flap(self, name: str, spec):
        pairs = self.network.pairs(spec.link)
        subject = f"fault/{name}"
        self._cut(name, pairs)
        self.twin.refresh()
        while True:
            yield self.clock.after(spec.down, subject, rank=HEAL)
            if name not in self.active:
                return
            self.up.add(name)
            self.twin.look_around()
            self._uncut(name, pairs)
            self.twin.refresh()
            self.twin.note("fault.healed", subject)
            yield self.clock.after(spec.up, subject, rank=FAULT)
            if name not in self.active:
                return
            self.up.discard(name)
            self.twin.note("fault.started", subject)
            waiting = self.twin.waiting()
            self._cut(name, pairs)
            for stir in waiting:
                stir()
            self.twin.refresh()

    def _heal_link_flap(self, name: str, spec) -> None:
        self._uncut(name, self.network.pairs(spec.link))

    def _cut(self, name: str, pairs: list[tuple[int, int]]) -> None:
        self.twin.count_trouble()
        for a, b in pairs:
            self.network.links[a][b].cut(name)

    def _uncut(self, name: str, pairs: list[tuple[int, int]]) -> None:
        for a, b in pairs:
            self.network.links[a][b].uncut(name)

    def _start_network_latency(self, name: str, spec) -> None:
        for leg in self._legs(spec):
            leg.added.append((name, spec.latency))
            if spec.jitter != NOTHING:
                leg.jitters.append((name, spec.jitter))
            if spec.latency or spec.jitter != NOTHING:
                leg.faults.add(name)
            leg.refresh()

    def _start_packet_loss(self, name: str, spec) -> None:
        for leg in self._legs(spec):
            leg.losses.append((name, spec.loss))
            leg.faults.add(name)
            leg.refresh()

    def _start_bandwidth_limit(self, name: str, spec) -> None:
        for leg in self._legs(spec):
            leg.limits.append((name, spec.bandwidth))
        self.twin.pace_flows()

    def _heal_link(self, name: str, spec) -> None:
        for leg in self._legs(spec):
            leg.remove(name)
        self.twin.pace_flows()

    _heal_network_latency = _heal_packet_loss = _heal_bandwidth_limit = _heal_link

    def _legs(self, spec) -> list:
        return [self.network.links[a][b] for a, b in self.network.pairs(spec.link)]

    # --- load and people ---

    def _start_traffic_spike(self, name: str, spec) -> None:
        for load in self._loads(spec):
            load.spikes.append((name, spec.factor))
            load.pace()

    def _heal_traffic_spike(self, name: str, spec) -> None:
        for load in self._loads(spec):
            load.spikes = [spike for spike in load.spikes if spike[0] != name]
            load.pace()

    def _loads(self, spec) -> list:
        return [
            load
            for load in self.twin.loads
            if spec.database in ("*", load.domain.name)
            and spec.client in (None, self.network.names[load.keyring.home])
            and spec.operation in (None, load.name.rsplit("/", 1)[1])
        ]

    def _start_decision_delay(self, name: str, spec) -> None:
        for controller in self._controllers(spec):
            controller.delays.append((name, spec.delay))

    def _heal_decision_delay(self, name: str, spec) -> None:
        for controller in self._controllers(spec):
            controller.delays = [delay for delay in controller.delays if delay[0] != name]

    def _controllers(self, spec) -> list:
        return [c for n, c in self.twin.controllers.items() if spec.database in ("*", n)]
