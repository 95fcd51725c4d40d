"""The failover controller of one domain, as its runbook reads."""

from typing import TYPE_CHECKING

from sim.core.draws import Purpose

from .draws import ns

if TYPE_CHECKING:
    from .node import Node
    from .twin import Twin


class Controller:
    """Detection, decision, fencing, choice, promotion and rerouting."""

    def __init__(self, twin: "Twin", domain) -> None:
        self.twin = twin
        self.domain = domain
        self.spec = domain.spec.failover
        self.clock = twin.clock
        self.draws = twin.draws
        self.network = twin.network
        self.name = f"{domain.name}/controller"
        self.key = twin.draws.key(self.name)
        self.observers: list = []
        self.delays: list[tuple[str, object]] = []  # decision_delay overlays
        self.under_way = False
        self.polling = False
        self.hopeless = False  # the trip or poll before found that no voters can be a majority
        self.decisions = 0
        self.routes = [0] * self.network.count
        self.reigns = 0

    # --- detection ---

    def tripped(self, observer, healthy: bool) -> None:
        """React to an observer that changed its mind."""
        self.twin.note("observer.healthy" if healthy else "observer.unhealthy", observer.name)
        if healthy:
            return
        if not self.polling:
            self.polling = True
            self.clock.process(self._poll())
        self._judge()

    def _poll(self):
        while True:
            yield self.clock.after(self.spec.interval, f"{self.domain.name}/poll")
            if all(observer.pulse.healthy for observer in self.observers):
                self.polling = self.hopeless = False
                return
            self._judge()

    def _judge(self) -> None:
        if self.under_way:
            return
        before, self.hopeless = self.hopeless, not self._majority(self._electorate())
        if self.hopeless and not before:
            self.twin.coverage.no_majority += 1
            self.twin.note("no_majority", self.domain.name)
        if self._majority(self._voters()):
            self.under_way = True
            self.network.fired.update(name for name, _ in self.delays)
            self.twin.note("declared", self.domain.name)
            self.clock.process(self._fail_over())

    def _electorate(self) -> list[int]:
        return [region for region in range(self.network.count) if self.network.quorate(region)]

    def _voters(self) -> list:
        return [o for o in self.observers if not o.pulse.healthy and self.network.quorate(o.region)]

    def _majority(self, voters: list) -> bool:
        return len(voters) >= self.network.count // 2 + 1

    def watch_anew(self) -> None:
        """Let every observer start anew."""
        for observer in self.observers:
            observer.pulse.anew()

    # --- failover ---

    def _fail_over(self):
        yield self.clock.after(self._decision(), self.name)
        voters = self._voters()
        if not self._majority(voters):
            self.twin.coverage.cancelled += 1
            self.twin.note("cancelled", self.domain.name)
            self.under_way = False
            return
        self.twin.note("decided", self.domain.name)
        if self.spec.fencing == "lease":
            yield from self._fence(voters)
        ruled_out: list[str] = []
        while self.under_way:
            chosen = self._choose()
            before, ruled_out = ruled_out, []
            if chosen is None:
                self.twin.coverage.no_candidate += 1
                ruled_out = ["none", *map(self._reason, self._in_order()[1:])]
                if ruled_out != before:
                    self.twin.note("no_candidate", self.domain.name)
                yield self.clock.after(self.spec.interval, self.name)
            elif chosen is self.domain.primary:
                self._keep()
            else:
                yield from self._promote(chosen)

    def _decision(self) -> int:
        rid = self.decisions
        self.decisions += 1
        total = self.draws.duration(self.spec.decision, self.key, rid, Purpose.DECISION)
        for i, (_, delay) in enumerate(self.delays):
            total += ns(self.draws.sample(delay, self.key, rid, i + 1, Purpose.DECISION))
        return total

    def _fence(self, voters: list):
        for observer in self.observers:
            observer.renewals = False
        until = max(observer.renewing_send for observer in voters) + self.spec.lease
        if until > self.clock._now:
            yield self.clock.control(until, self.name)
        self.twin.note("fenced", self.domain.name)

    def _choose(self) -> "Node | None":
        eligible = [
            n for n in self._in_order() if n.up and self.network.quorate(n.region) and self._eligible(n)
        ]
        return max(eligible, key=lambda node: node.last, default=None)

    def _in_order(self) -> list:
        """Return the primary, then the others in the order of ``replicas`` after the first primary."""
        domain = self.domain
        spec = domain.spec
        names = [spec.primary, *spec.replicas]
        nodes = [domain.nodes[self.network.names.index(name)] for name in names]
        return [domain.primary, *(node for node in nodes if node is not domain.primary)]

    def _eligible(self, node: "Node") -> bool:
        if node is self.domain.primary:
            return node.intact and not self._majority(self._voters())
        lags = node.following and self._lag(node) > self.spec.max_lag
        self.twin.coverage.refused_for_lag += lags
        return node.following and not lags

    def _reason(self, node: "Node") -> str:
        """Return why a node that is not the primary may not take over."""
        if not node.up:
            return "down"
        if not self.network.quorate(node.region):
            return "not quorate"
        if not node.intact:
            return "empty"
        return "behind" if node.following else "does not follow"

    def _lag(self, node: "Node") -> int:
        domain = self.domain
        if node.last >= domain.known:
            return 0
        timeline = domain.primary.timeline
        received = domain.record(timeline, node.last)[0] if node.last else 0
        return max(0, domain.record(timeline, domain.known)[0] - received)

    def _keep(self) -> None:
        self.twin.coverage.kept += 1
        self.twin.note("kept", self.domain.name)
        self._reign()
        self.under_way = False

    def _reign(self) -> None:
        """Grant the primary its lease from now and watch it anew."""
        now = self.clock._now
        self.domain.primary.grant_lease(now)
        for observer in self.observers:
            observer.renewals = True
            observer.renewing_send = now
        self.watch_anew()

    # --- promotion ---

    def _promote(self, node: "Node"):
        twin = self.twin
        twin.look_around()
        twin.note("promoting", node.name)
        node.candidate = True
        self.domain.promoting = True
        node.following = False
        node.flow_in.close()
        twin.watch_copies(self.domain)
        twin.watch_writes(self.domain.name, self.domain)
        cut = node.last
        deaths = node.deaths
        delay = self.draws.duration(self.spec.promotion, node.key, node.promotions, Purpose.PROMOTE)
        node.promotions += 1
        if node.applied < cut:
            node.goal = self.clock.event()
            node.goal_lsn = cut
            yield node.goal
        yield self.clock.after(delay if node.deaths == deaths else 0, self.name)
        node.candidate = False
        self.domain.promoting = False
        if node.deaths != deaths or not node.up or not self.network.quorate(node.region):
            twin.coverage.failed_promotions += 1
            twin.note("promotion_failed", node.name)
            node.following = node.following or node.intact
            twin.refresh_flows()
            twin.watch_copies(self.domain)
            twin.watch_writes(self.domain.name, self.domain)
        else:
            self._crown(node, cut)

    def _crown(self, node: "Node", cut: int) -> None:
        twin, domain, now = self.twin, self.domain, self.clock._now
        twin.look_around()
        twin.coverage.promotions += 1
        twin.coverage.retries_at_failover += any(op.failed_before for op in domain.open.values())
        twin.coverage.unanswered_at_failover += len(domain.open) > 0
        twin.coverage.busy_at_promotion += any(domain.primary.workers)
        domain.branch(cut, node=node.region, at=now)
        domain.known = cut
        self.under_way = False
        twin.note("promoted", node.name)
        twin.crown(domain, node)
        self._reign()
        self.reigns += 1
        for gateway in range(self.network.count):
            self.clock.process(self._reroute(gateway, self.reigns))
        twin.rejoiners[domain.name].promoted()

    def _reroute(self, gateway: int, reign: int):
        region = self.network.names[gateway]
        name = f"{self.domain.name}/route/{region}"
        node = self.domain.primary
        rid = self.routes[gateway]
        self.routes[gateway] += 1
        delay = self.draws.duration(self.domain.route, self.draws.key(name), rid, Purpose.ROUTE)
        while True:
            yield self.clock.after(delay, name)
            if reign != self.reigns:
                return
            if self.network.up(gateway) and not self.network.cut(node.region, gateway):
                self.domain.view[gateway] = node
                self.twin.note("rerouted", name)
                return
            delay = self.spec.interval
