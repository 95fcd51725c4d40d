"""The failover controller of a domain: observers give up, a decision, fencing, a promotion.

It reads as the runbook reads.
"""

from collections.abc import Iterator

from sim.core import dials as d
from sim.core.draws import Purpose
from sim.core.milestones.failover import (
    DeclaredDead,
    FailoverCancelled,
    FailoverDecided,
    NoCandidate,
    NoMajority,
    PrimaryFenced,
    PrimaryKept,
    Promoted,
    PromotionBegun,
    PromotionFailed,
    Rejoined,
    RuledOut,
)
from sim.core.milestones.faults import FaultHealed, FaultStarted, RegionDown
from sim.core.milestones.store import (
    NodeDown,
    ObserverHealthy,
    ObserverUnhealthy,
    PrimaryLost,
    WritesUnblocked,
)
from sim.engine.circle.kinds import OBSERVE
from sim.engine.clock import Steps, StepsTo
from sim.models.control import Control
from sim.models.store.candidates import ruled_out
from sim.models.store.copies import watch_copies
from sim.models.store.domain import FOLLOWING, PRIMARY, PROMOTING, Node
from sim.models.store.rejoin import Rejoin
from sim.models.store.routing import Routes
from sim.models.store.timelines import promote


class FailoverController:
    """Watches the observers of one domain and replaces its primary."""

    def __init__(self, control: Control, routes: Routes, rejoin: Rejoin) -> None:
        self._c, self._routes, self._rejoin = control, routes, rejoin
        self._rules = control.scenario.databases[control.domain.name].failover
        self._name = control.domain.name
        self._polling = self._failing = self._primary_lost = self._blocked = False
        self._hopeless = False  # the trip or poll before found that no voters can be a majority
        self._lost_id: int | None = None
        self._trip_id: int | None = None  # of the newest trip to unhealthy
        self._declared = 0
        control.dials.listen(d.DECISION, self._name, reads=lambda *_: self._declared)

    # --- detection ------------------------------------------------------------------------------------------

    def observers(self) -> Iterator[tuple[int, str]]:
        """Yield (stream, region) of every observer."""
        for s, stream in enumerate(self._c.domain.streams):
            if stream.kind == OBSERVE:
                yield s, stream.source

    def tripped(self, s: int) -> None:
        """An observer changed its mind."""
        healthy = self._c.domain.circle.healthy(s)
        subject = self._c.domain.streams[s].name
        if healthy:
            self._c.note(subject, ObserverHealthy())
            return
        failed = ObserverUnhealthy(failures=self._rules.failures)
        self._trip_id = self._c.note(subject, failed, self._lost_id)
        self._judge()
        if not self._polling:
            self._polling = True
            self._c.clock.run(self._poll())

    def _poll(self) -> Steps:
        while True:
            yield self._c.clock.sleep(f"{self._name}/poll", self._rules.interval)
            if all(self._c.domain.circle.healthy(s) for s, _ in self.observers()):
                self._polling = self._hopeless = False
                return
            self._judge()

    def _judge(self) -> None:
        """Look whether the observers that gave up are a majority, or can be one."""
        if self._failing:
            return
        self._look_for_majority()
        if self._majority():
            self._failing = True
            self._c.clock.run(self._fail_over())

    def _look_for_majority(self) -> None:
        """Note that no voters can be a majority, however many observers give up."""
        network, before = self._c.network, self._hopeless
        able = sum(network.quorate(region) for region in network.regions)
        needed = self._c.domain.circle.majority
        self._hopeless = able < needed
        if self._hopeless and not before:
            found = NoMajority(able=able, regions=len(network.regions), needed=needed)
            self._c.note(self._name, found, self._trip_id)

    def _voters(self) -> list[int]:
        circle = self._c.domain.circle
        return [
            s for s, region in self.observers() if not circle.healthy(s) and self._c.network.quorate(region)
        ]

    def _majority(self) -> bool:
        return len(self._voters()) >= self._c.domain.circle.majority

    def watch_primary(self) -> None:
        """Note when the primary stops serving the majority side, and destructions; after every change."""
        node = self._c.domain.nodes[self._c.domain.primary]
        lost = not (node.up and not node.data_lost and self._c.network.quorate(node.region))
        if lost and not self._primary_lost:
            cause = self._c.milestones.last(NodeDown, RegionDown, FaultStarted)
            broken = PrimaryLost(
                because="down" if not node.up else "data_lost" if node.data_lost else "minority"
            )
            self._lost_id = self._c.note(self._name, broken, cause)
        if not lost:
            self._lost_id = None
        self._primary_lost = lost
        self._watch_copies()

    def _watch_copies(self) -> None:
        """Note destructions, and whether what is committed waits for replicas; after what copies undergo."""
        watch_copies(self._c)
        primary = self._c.domain.nodes[self._c.domain.primary]
        serves = primary.up and not primary.data_lost
        blocked = self._c.domain.policy.blocked() if serves else None
        if bool(blocked) == self._blocked:
            return
        self._blocked = bool(blocked)
        cause = self._c.milestones.last(NodeDown, RegionDown, FaultStarted, FaultHealed, Rejoined)
        self._c.note(self._name, blocked or WritesUnblocked(primary_serves=serves), cause)

    # --- the runbook ----------------------------------------------------------------------------------------

    def _fail_over(self) -> Steps:
        c, clock, who = self._c, self._c.clock, f"{self._name}/controller"
        cause = c.note(self._name, DeclaredDead(), self._trip_id)
        yield clock.sleep(who, self._decision())
        if not self._majority():
            c.note(self._name, FailoverCancelled(), cause)
            self._failing = False
            return
        cause = c.note(self._name, FailoverDecided(), cause)
        if self._rules.fencing == "lease":
            c.domain.circle.stop_renewing()
            wait = self._fenced_from() - clock.now
            if wait > 0:
                yield clock.sleep(who, wait)
            cause = c.note(self._name, PrimaryFenced(), cause)
        yield from self._replace(cause)
        self._failing = False

    def _decision(self) -> int:
        rid, self._declared = self._declared, self._declared + 1
        who = f"{self._name}/controller"
        total = self._c.draw(who, self._rules.decision, Purpose.DECISION, rid=rid)
        for attempt, delay in enumerate(self._c.dials.value(d.DECISION, self._name), 1):
            total += self._c.draw(who, delay, Purpose.DECISION, rid=rid, attempt=attempt)
        return total

    def _fenced_from(self) -> int:
        circle = self._c.domain.circle
        return max(circle.renewed_ns(s) for s in self._voters()) + self._rules.lease

    def _replace(self, cause: int) -> Steps:
        who = f"{self._name}/controller"
        told: list[str] | None = None  # the rules by which the choice before found none
        while True:
            self._c.settle()
            node = self._candidate()
            before, told = told, None
            if node is None:
                found = [self._ruled_out(self._c.domain.nodes[region]) for region in self._replicas()]
                out = tuple(of for of in found if of)
                told = [of.rule for of in out]
                if told != before:
                    cause = self._c.note(self._name, NoCandidate(ruled_out=out), cause)
                yield self._c.clock.sleep(who, self._rules.interval)
            elif node.role == PRIMARY:
                self._keep(cause)
                return
            else:
                cause, done = yield from self._promote(node, cause)
                if done:
                    return

    def _candidate(self) -> Node | None:
        domain = self._c.domain
        best: Node | None = None
        best_lsn = -1
        for region in [domain.primary, *self._replicas()]:
            node = domain.nodes[region]
            lsn = domain.received(region)
            if lsn > best_lsn and self._eligible(node):
                best, best_lsn = node, lsn
        return best

    def _replicas(self) -> list[str]:
        """Return where there is a node beside the present primary, in the order of the choice."""
        spec = self._c.scenario.databases[self._name]
        return [region for region in (spec.primary, *spec.replicas) if region != self._c.domain.primary]

    def _eligible(self, node: Node) -> bool:
        if node.role != PRIMARY:
            return self._ruled_out(node) is None
        if not (node.up and self._c.network.quorate(node.region)) or node.data_lost:
            return False
        return not self._majority()  # not while the voters still hold it for dead

    def _ruled_out(self, node: Node) -> RuledOut | None:
        quorate = self._c.network.quorate(node.region)
        return ruled_out(node, quorate=quorate, lag_ns=self._lag, max_lag_ns=self._rules.max_lag)

    def _lag(self, node: Node) -> int:
        domain = self._c.domain
        known = max(domain.circle.known_lsn(s) for s, _ in self.observers())
        received = domain.received(node.region)
        return 0 if received >= known else domain.commit_ns(known) - domain.commit_ns(received)

    def _keep(self, cause: int) -> None:
        c = self._c
        c.note(self._name, PrimaryKept(), cause)
        self._grant(c.domain.nodes[c.domain.primary])

    def _grant(self, node: Node) -> None:
        """The lease is the node's from now on, and the observers start anew."""
        observers = [s for s, _ in self.observers()]
        self._c.domain.circle.grant(node.index, self._c.clock.now, observers)

    def _promote(self, node: Node, cause: int) -> StepsTo[tuple[int, bool]]:
        """Promote ``node``; the steps return (cause of what follows, whether it succeeded)."""
        c, domain, region = self._c, self._c.domain, node.region
        follower = domain.followers[region]
        node.role = PROMOTING
        follower.disconnect()
        domain.policy.changed(c.clock.now)
        self._watch_copies()  # what was on the wire is not received any more, nor acknowledged
        cut = follower.received
        waiting = cut - follower.applied
        cause = c.note(f"{self._name}/{region}", PromotionBegun(waiting=waiting), cause)
        length = c.draw(
            f"{self._name}/{region}", self._rules.promotion, Purpose.PROMOTE, rid=node.count("promote")
        )
        downs = node.counts.get("down", 0)
        applied = yield from self._apply_all(node, cut)
        if applied:
            yield c.clock.sleep(f"{self._name}/controller", length)
        c.settle()
        died = not node.up or node.counts.get("down", 0) > downs
        if not applied or died or node.role != PROMOTING or not c.network.quorate(region):
            cause = c.note(f"{self._name}/{region}", PromotionFailed(), cause)
            if node.role == PROMOTING:
                node.role = FOLLOWING
                c.effects.flows(c.clock.now)
            self._watch_copies()
            return cause, False
        self._install(node, cut, cause)
        return cause, True

    def _apply_all(self, node: Node, cut: int) -> StepsTo[bool]:
        """Wait until ``node`` has applied up to ``cut``; the steps return False as soon as it is down."""
        c, domain = self._c, self._c.domain
        follower = domain.followers[node.region]
        while True:
            c.settle()
            if node.role != PROMOTING or not node.up:
                yield c.clock.sleep(f"{self._name}/controller", 0)  # after all faults of this moment
                return False
            due = follower.applied_at(cut)
            if due is not None and due <= c.clock.now:
                return True
            change = c.setting.change()
            if due is None:
                yield change
            else:
                yield c.clock.either(change, c.clock.sleep(f"{self._name}/controller", due - c.clock.now))

    def _install(self, node: Node, cut: int, cause: int) -> None:
        """The new timeline begins: followers, observers, gateways and the lease turn to the new primary."""
        c, domain, now = self._c, self._c.domain, self._c.clock.now
        c.setting.graph.advance(now)  # the log is about to be cut
        cut_ns = domain.commit_ns(cut)
        promote(domain, node.region, cut, now)
        domain.circle.set_node(node.index, writable=1, serving=1)
        self._grant(node)
        domain.circle.tell_lsn([s for s, _ in self.observers()], cut)
        c.effects.new_primary(now)
        begun = Promoted(timeline=domain.timeline, last=cut)
        done = c.note(f"{self._name}/{node.region}", begun, cause)
        self.watch_primary()
        c.setting.graph.promoted(self._name, cut, cut_ns, done)
        c.setting.changed(done)
        self._routes.publish(node, done)
        self._rejoin.begin(done)
