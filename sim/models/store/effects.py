"""How dials act on a domain: links, nodes and flows are set to their effective values at one moment."""

from sim.core import dials as d
from sim.engine.circle.door import LinkTo
from sim.engine.circle.kinds import OBSERVE, WRITE
from sim.engine.sampling import ns
from sim.engine.wire import Transit
from sim.models.dials import Dials
from sim.models.network import Links, Path
from sim.models.store.domain import FOLLOWING, PRIMARY, PROMOTING, RESTORING, STALE, Domain, Node
from sim.models.store.workload import DistributionTable
from sim.spec.scenario import Scenario


class Effects:
    """Sets one domain to what the dials say. The domain must be settled to the moment of each call."""

    def __init__(
        self, scenario: Scenario, domain: Domain, network: Links, dials: Dials, *, tables: DistributionTable
    ) -> None:
        self._scenario = scenario
        self._spec = scenario.databases[domain.name]
        self._domain, self._network, self._dials, self._tables = domain, network, dials, tables
        self._links_now: dict[LinkTo, Path] = {}
        self._as_of = -1  # turns of dials that the links show

    def apply(self, now: int) -> None:
        """Bring everything to its effective value."""
        if self._as_of != self._dials.turned:
            self._as_of = self._dials.turned
            self._links()
        for node in self._domain.nodes.values():
            self._speeds(node, now)
        self.rates(now)
        self.flows(now)

    def _links(self) -> None:
        regions, network = self._domain.regions, self._network
        local = Path(float(self._scenario.network.local), self._tables.none, 0.0, False, False)
        for a, first in enumerate(regions):
            for b, second in enumerate(regions):
                self._set_link(LinkTo(a, b), local if a == b else network.path(first, second))
                if second in self._scenario.clients:
                    self._set_link(LinkTo(b, a, from_client=True), network.access(second, first, back=False))
                    self._set_link(LinkTo(a, b, to_client=True), network.access(second, first, back=True))
        for a, region in enumerate(regions):
            up = network.up(region)
            self._domain.circle.set_node(
                a,
                region_up=up,
                silent=self._dials.value(d.SILENT, self._domain.name, region),
                touched=not up or (region in self._domain.nodes and self._touched(region)),
            )

    def _touched(self, region: str) -> bool:
        of = (self._domain.name, region)
        return bool(self._dials.by(d.DOWN, *of) or self._dials.by(d.SLOW, *of))

    def _set_link(self, link: LinkTo, path: Path) -> None:
        """Bring a link to what it is now: of all links, few change at a time."""
        if self._links_now.get(link) == path:
            return
        self._links_now[link] = path
        fixed = path.jitter.is_constant and path.loss == 0.0
        self._domain.circle.set_link(
            link,
            latency=path.latency,
            jitter=self._tables.add(path.jitter),
            loss=path.loss,
            fixed=ns(path.latency + path.jitter.params[0]) if fixed else 0,
            cut=path.cut,
            touched=path.touched,
        )

    def node_speed(self, region: str) -> float:
        """Return a node's effective speed."""
        return float(self._dials.value(d.SLOW, self._domain.name, region))

    def _speeds(self, node: Node, now: int) -> None:
        domain, dials, of = self._domain, self._dials, (self._domain.name, node.region)
        speed = self.node_speed(node.region)
        domain.circle.set_speed(node.index, now, speed)
        follower = domain.followers[node.region]
        paused = dials.value(d.PAUSE_APPLY, *of)
        follower.applies.change_speed(at=now, to=0.0 if paused else speed)
        follower.flow.sender.change_speed(at=now, to=self._send_speed(node.region))

    def _send_speed(self, region: str) -> float:
        primary = self._domain.primary
        if region == primary or self._dials.value(d.PAUSE_SEND, self._domain.name, region):
            return 0.0
        return self._network.bandwidth(primary, region)

    def rates(self, now: int) -> None:
        """Set the rate factor of every load stream."""
        circle, dials = self._domain.circle, self._dials
        for s, stream in enumerate(self._domain.streams):
            if stream.kind <= WRITE:
                shape = dials.value(d.SHAPE, stream.name)
                factor = dials.value(d.SPIKE, stream.name, base=shape)
                circle.set_rate(s, now, factor, touched=bool(dials.by(d.SPIKE, stream.name)))

    # --- flows ----------------------------------------------------------------------------------------------

    def flows(self, now: int) -> None:
        """Connect or disconnect every flow, and set what its records see on the wire."""
        domain, network = self._domain, self._network
        primary = domain.nodes[domain.primary]
        for region, follower in domain.followers.items():
            if region == domain.primary:
                continue
            node, flow = domain.nodes[region], follower.flow
            path = network.path(domain.primary, region)
            flow.wire.transit = Transit(
                path.latency,
                self._tables.add(path.jitter),
                path.loss,
                float(self._scenario.network.retransmit),
            )
            fits = node.role == FOLLOWING and node.up and not path.cut
            connected = fits and primary.up and not primary.data_lost
            if connected and not flow.connected:
                flow.connect(now)
            elif flow.connected and not connected:
                follower.disconnect(died_ns=now if fits and not self._wire_lost() else None)
            self._acknowledgements(region, now, connected=connected)
        domain.policy.changed(now)

    def _wire_lost(self) -> bool:
        """Return whether what the dead primary's region had on the wire is lost."""
        return bool(self._dials.value(d.WIRE, self._domain.name, self._domain.primary) == "lost")

    def _acknowledgements(self, region: str, now: int, *, connected: bool) -> None:
        flow = self._domain.followers[region].flow
        held = connected and self._network.cut(region, self._domain.primary)
        if held and flow.limit is None:
            rules = self._spec.replication
            flow.hold(max(1, rules.window // rules.record))
        elif not held:
            flow.unhold(now)

    def new_primary(self, now: int) -> None:
        """After a promotion: the flows start at the new primary, each with its own share of its own link."""
        domain = self._domain
        for region, follower in domain.followers.items():
            if region != domain.primary:
                link = self._network.link(domain.primary, region)
                rules = self._spec.replication
                assert rules.share is not None, "resolved"
                follower.flow.carries(rules.record * 1e9 / (rules.share * link.bandwidth))
                follower.flow.sender.change_speed(at=now, to=self._send_speed(region))
        domain.policy.promoted(now)
        self.flows(now)

    # --- nodes ----------------------------------------------------------------------------------------------

    def node_down(self, region: str, *, data_lost: bool, now: int) -> bool:
        """A node stops (or, already down, may lose its data); return whether it was up."""
        domain = self._domain
        node, follower = domain.nodes[region], domain.followers[region]
        was_up = node.up
        node.count("down")
        if was_up:
            node.up = False
            domain.circle.crash(node.index)
            follower.stop_applying()
        if data_lost:
            self._wipe(node, now)
        elif node.role == RESTORING:
            node.role = STALE
        if not follower.flow.connected and node.role in (FOLLOWING, PROMOTING):
            follower.disconnect()
        self.flows(now)
        return was_up

    def _wipe(self, node: Node, now: int) -> None:
        domain = self._domain
        node.data_lost = True
        domain.copies[node.region].append((now, 0))
        domain.circle.set_node(node.index, writable=0, serving=0, has_data=0, lsn=0)
        if node.role != PRIMARY:
            node.role = STALE

    def node_up(self, region: str, now: int) -> None:
        """A node runs again."""
        domain = self._domain
        node = domain.nodes[region]
        node.up = True
        domain.circle.set_node(node.index, up=1)
        if node.role in (FOLLOWING, PROMOTING):
            domain.followers[region].resume_applying(now)
        self.flows(now)

    def demote(self, region: str, now: int) -> None:
        """A node stops being writable; the writes in it are refused."""
        self._domain.circle.demote(self._domain.nodes[region].index, now)

    def forget_probes(self, region: str, *, anew: bool) -> None:
        """An observer's region went down (its probe is forgotten) or came up (it starts ``anew``)."""
        for s, stream in enumerate(self._domain.streams):
            if stream.kind == OBSERVE and stream.source == region:
                if anew:
                    self._domain.circle.watch_anew(s)
                else:
                    self._domain.circle.forget_probe(s)
