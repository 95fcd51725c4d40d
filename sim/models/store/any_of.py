"""Synchronous replication to any k of n replicas: an answer waits until so many have the commit."""

import numpy as np

from sim.core.milestones.store import WritesBlocked
from sim.engine.circle.kinds import NEVER
from sim.engine.cursor import FREE, FROM, REMAINING, TAKEN
from sim.models.network import Links
from sim.models.store.acknowledgement import AtOnce, Policy
from sim.models.store.domain import FOLLOWING, PROMOTING, Domain, Node
from sim.spec.store.acknowledgement import Acknowledgement, AnyReplicas

_NONE = np.zeros(0, np.int64)
_DROP_AT = 1024  # rows are dropped when it is so many at least


class AnyOf:
    """A commit is answered when so many replicas have acknowledged it."""

    def __init__(self, domain: Domain, network: Links, rule: AnyReplicas) -> None:
        assert rule.of is not None, "resolved"
        self._domain, self._network, self._of, self._needed = domain, network, rule.of, rule.count
        domain.circle.require(rule.count, rule.flush)
        self.promoted(0)

    def promoted(self, now: int) -> None:
        """All that waited at the old primary waits in vain; followers tell the new one where they are."""
        domain, circle = self._domain, self._domain.circle
        circle.begin_acknowledgements(domain.log.base - 1, domain.log.end)
        for node in self._named():
            flow = circle.flow(node.index)
            flow.counts, flow.limit = 1, -1
            flow.begin, flow.begin_acked = -1, NEVER
            if node.role == FOLLOWING:
                self.followed(node.region, domain.followers[node.region].received, now)
        self.changed(now)

    def _named(self) -> list[Node]:
        """Return the nodes whose acknowledgements count."""
        domain = self._domain
        return [domain.nodes[region] for region in self._of if region != domain.primary]

    def followed(self, region: str, lsn: int, now: int) -> None:
        """It acknowledges that record, and all before it, as soon as it can."""
        flow = self._domain.circle.flow(self._domain.nodes[region].index)
        if flow.counts:
            flow.open = 0
            flow.begin, flow.begin_flushed = lsn, now
            flow.begin_acked = NEVER if lsn else -1  # of nothing it need not tell

    def changed(self, now: int) -> None:
        """Take the copies of the flows anew, and work out again what has not been acknowledged."""
        for node in self._named():
            self._copy(node, now)
        self._domain.circle.find_answer()

    def _copy(self, node: Node, now: int) -> None:
        domain, of = self._domain, self._domain.followers[node.region].flow
        flow, log, wire = domain.circle.flow(node.index), domain.log, of.wire
        state = of.sender.state
        flow.free, flow.taken, flow.since, flow.remaining = state[[FREE, TAKEN, FROM, REMAINING]]
        flow.speed, flow.nominal, flow.previous = of.sender.speed[0], of.nominal, wire.previous
        flow.limit = -1 if not of.connected else NEVER if of.limit is None else of.limit
        was_open, is_open = bool(flow.open), self._open(node)
        flow.open = is_open
        if is_open and not was_open:
            flow.opened = now
        first, on_wire = (wire.taken, wire.rows.end) if self._under_way(node) else (log.end, log.end)
        domain.circle.foretell(
            node.index,
            now,
            stayed_open=was_open and is_open,
            commit=log.part("at", first, log.end),
            received=wire.rows.part("received", first, on_wire) if on_wire > first else _NONE,
            first=first,
        )

    @staticmethod
    def _under_way(node: Node) -> bool:
        return node.role in (FOLLOWING, PROMOTING)

    def _open(self, node: Node) -> bool:
        """Return whether what a node acknowledges reaches the primary."""
        primary = self._domain.nodes[self._domain.primary]
        if node.role != FOLLOWING or not (node.up and primary.up):
            return False
        return not self._network.cut(node.region, primary.region)

    def passed(self, since: int, until: int) -> None:
        """Count what departed or could not, and drop what everybody has acknowledged."""
        for node in self._named():
            if node.role == FOLLOWING:
                self._count(node, since, until)
        self._drop(until)

    def blocked(self) -> WritesBlocked | None:
        """Say how many can acknowledge, if they are too few."""
        named = self._named()
        able = sum(self._able(node) for node in named)
        if able >= self._needed:
            return None
        return WritesBlocked(able=able, replicas=len(named), needed=self._needed)

    def _able(self, node: Node) -> bool:
        flow = self._domain.followers[node.region].flow
        return flow.connected and not flow.sender.stands and self._open(node)

    def _count(self, node: Node, since: int, until: int) -> None:
        domain, flow = self._domain, self._domain.circle.flow(node.index)
        rows = domain.circle.acknowledgements(domain.log.end)[node.index]
        flushed, begin_flushed = rows["flushed"], flow.begin_flushed if flow.begin > 0 else NEVER
        if flow.open:
            own = flushed[max(0, int(flow.begin) + 1 - domain.circle.ack_base) :]
            departs = np.maximum(np.append(own, begin_flushed), flow.opened)
            count = int(((departs >= since) & (departs < until)).sum())
        else:
            late = ((flushed < until) & (rows["acked"] >= until)).any()
            count = int(late or (begin_flushed < until and flow.begin_acked >= until))
        link = (node.region, domain.primary)
        domain.acknowledgement_reads[link] = domain.acknowledgement_reads.get(link, 0) + count

    def _drop(self, until: int) -> None:
        """Drop the records that enough replicas, and all that follow, acknowledged before ``until``."""
        circle, log = self._domain.circle, self._domain.log
        acked = circle.acknowledgements(log.end)["acked"]
        following = [node.index for node in self._named() if self._under_way(node)]
        firsts = [int(acked[index].searchsorted(until)) for index in following]
        gone = min([log.base - 1 - circle.ack_base, *firsts])
        if gone >= _DROP_AT:
            gone = int(circle.answered_from(gone).searchsorted(until))
            circle.drop_acknowledgements(gone, log.end)


def policy_of(domain: Domain, network: Links, rule: Acknowledgement) -> Policy:
    """Return what a store's rule asks for."""
    return AnyOf(domain, network, rule) if isinstance(rule, AnyReplicas) else AtOnce()
