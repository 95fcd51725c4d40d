"""How nodes come back: the old primary and whoever has to rewind or to be copied anew."""

from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.core.milestones.failover import RebuildBegun, Rejoined, RewindBegun
from sim.engine.clock import Steps
from sim.models.control import Control
from sim.models.store.domain import RESTORING, STALE, Node
from sim.models.store.timelines import copy_primary, rejoin, usable

Restoring = RebuildBegun | RewindBegun


class Rejoin:
    """Polls for stale nodes that can be reached, and brings them back."""

    def __init__(self, control: Control) -> None:
        self._c = control
        self._rules = control.scenario.databases[control.domain.name].failover
        self._name = control.domain.name
        self._round = 0  # a new promotion starts a new round of polls
        self._running = False

    def begin(self, cause: int) -> None:
        """A promotion has made nodes stale: look at once, then every interval."""
        self._round += 1
        self._running = True
        self._look(cause)
        self._c.clock.run(self._poll(self._round, cause))

    def wanted(self, cause: int | None) -> None:
        """A node needs to rejoin without a promotion: poll if nobody does."""
        if not self._running:
            self._round += 1
            self._running = True
            self._c.clock.run(self._poll(self._round, cause))

    def _poll(self, own_round: int, cause: int | None) -> Steps:
        while any(node.role in (STALE, RESTORING) for node in self._c.domain.nodes.values()):
            yield self._c.clock.sleep(f"{self._name}/rejoin", self._rules.interval)
            if own_round != self._round:
                return
            self._look(cause)
        self._running = False

    def _look(self, cause: int | None) -> None:
        domain, network = self._c.domain, self._c.network
        primary = domain.nodes[domain.primary]
        for node in sorted(domain.nodes.values(), key=lambda node: node.region):
            if node.role != STALE or not node.up or not primary.up or primary.data_lost:
                continue
            if network.up(node.region) and network.joined(node.region, primary.region):
                self._c.settle()
                self._bring_back(node, cause)

    def _bring_back(self, node: Node, cause: int | None) -> None:
        c, domain = self._c, self._c.domain
        c.effects.demote(node.region, c.clock.now)
        kept = usable(domain, node)
        if node.data_lost:
            lsn = copy_primary(domain, node)
            self._restore(node, RebuildBegun(), lsn, length=self._rules.rebuild, cause=cause)
        elif node.lsn > kept:
            begun = RewindBegun(abandoned=node.lsn - kept)
            self._restore(node, begun, kept, length=self._rules.rewind, cause=cause)
        else:
            self._follow(node, kept, cause)

    def _restore(
        self, node: Node, what: Restoring, lsn: int, *, length: Distribution, cause: int | None
    ) -> None:
        """Begin a rewind or a full copy, during which the node does not serve."""
        c, who = self._c, f"{self._name}/{node.region}"
        node.role = RESTORING
        c.domain.circle.set_node(node.index, serving=0)
        full = isinstance(what, RebuildBegun)
        purpose, counted = (Purpose.REBUILD, "rebuild") if full else (Purpose.REWIND, "rewind")
        begun = c.note(who, what, cause)
        c.setting.changed(begun)
        wait = c.draw(who, length, purpose, rid=node.count(counted))
        c.clock.run(self._finish(node, lsn, wait, attempt=node.count("restoring"), cause=begun))

    def _finish(self, node: Node, lsn: int, wait: int, *, attempt: int, cause: int) -> Steps:
        yield self._c.clock.sleep(f"{self._name}/{node.region}", wait)
        if node.role == RESTORING and node.counts["restoring"] == attempt + 1:
            self._c.settle()
            self._c.domain.circle.set_node(node.index, serving=1)
            self._follow(node, lsn, cause)

    def _follow(self, node: Node, lsn: int, cause: int | None) -> None:
        c = self._c
        rejoin(c.domain, node, lsn, c.clock.now)
        c.domain.policy.followed(node.region, lsn, c.clock.now)
        done = c.note(f"{self._name}/{node.region}", Rejoined(first=lsn + 1), cause)
        c.effects.apply(c.clock.now)
        c.setting.changed(done)
