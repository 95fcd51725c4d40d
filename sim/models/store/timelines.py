"""What promotion, rewind and full copy do to logs, memories and positions."""

import numpy as np

from sim.core.identity import pack_version
from sim.engine.reading import INCLUDED, MISSING, THERE, abandon, restore
from sim.models.store.domain import FOLLOWING, PRIMARY, RESTORING, STALE, Domain, Node


def promote(domain: Domain, region: str, cut: int, now: int) -> None:
    """Begin a new timeline at ``cut`` with ``region`` as its primary.

    The domain must be settled to ``now``.
    """
    log, old = domain.log, domain.nodes[domain.primary]
    keys, previous = (log.part(name, cut + 1, log.end).copy() for name in ("key", "previous"))
    for key, version in zip(keys[::-1], previous[::-1], strict=True):
        domain.newest[key] = version
    for node in domain.nodes.values():
        domain.followers[node.region].save_rows()
        _forget(node, keys, previous, cut)
    log.truncate(cut + 1)
    newest = domain.newest[log.all("key")] == log.all("version")
    log.all("next_ns")[newest] = 0  # the next version of these was abandoned
    new = domain.nodes[region]
    _begin_timeline(domain, new, cut, now)
    for node in domain.nodes.values():
        _turn(domain, node, old, cut)
    domain.primary = region
    new.role, new.lsn, new.timeline = PRIMARY, cut, domain.timeline


def _forget(node: Node, keys: np.ndarray, previous: np.ndarray, cut: int) -> None:
    """Forget rows beyond the cut; the node keeps those it had, to be undone when it rewinds."""
    included = max(0, min(node.shared - cut, keys.size))
    abandon(node.memory, keys, included)
    if included:
        node.undo.append((keys[:included], previous[:included]))
    node.shared = min(node.shared, cut)
    node.seen = min(node.seen, cut + 1)


def _begin_timeline(domain: Domain, node: Node, cut: int, now: int) -> None:
    parent, domain.timeline = domain.timeline, domain.timeline + 1
    domain.kept = None
    domain.circle.begin_timeline(node.index, domain.timeline, parent=parent, cut=cut)
    domain.cut_rows.append((now, domain.timeline, parent, cut, node.index))


def _turn(domain: Domain, node: Node, old: Node, cut: int) -> None:
    """Turn a node towards the new primary, or mark it as one that must rejoin."""
    follower = domain.followers[node.region]
    if node is old or node.role == RESTORING:
        node.role = STALE
    elif node.role == FOLLOWING:
        follower.disconnect()
        if follower.received > cut:
            node.role, node.lsn = STALE, follower.received
            follower.stop_applying()
        else:
            node.timeline = domain.timeline


def usable(domain: Domain, node: Node) -> int:
    """Return the last lsn of a stale node's own log that is on the newest timeline."""
    later = range(node.timeline + 1, domain.timeline + 1)
    return min([node.lsn, *(domain.circle.cut_from(timeline)[1] for timeline in later)])


def rejoin(domain: Domain, node: Node, lsn: int, now: int) -> None:
    """Let the node follow again with everything up to ``lsn`` and nothing else.

    The domain must be settled to ``now``.
    """
    if node.own:
        own = np.concatenate(node.own)[: node.own_done]
        restore(node.memory, np.ascontiguousarray(own[:, 2]), np.ascontiguousarray(own[:, 3]))
    for keys, previous in node.undo:
        restore(node.memory, keys, previous)
    node.own, node.undo, node.own_done = [], [], 0
    _take_up_to(domain, node, lsn)
    domain.followers[node.region].place(lsn, now)
    domain.copies[node.region].append((now, version_of(domain, lsn)))
    node.role, node.data_lost, node.timeline = FOLLOWING, False, domain.timeline
    domain.circle.set_node(node.index, has_data=1)


def _take_up_to(domain: Domain, node: Node, lsn: int) -> None:
    """Take rows of the newest timeline up to ``lsn`` that the node's memory lacks."""
    columns = (domain.log.part(name, node.shared + 1, lsn + 1) for name in ("key", "version", "next_ns"))
    for key, version, next_ns in zip(*columns, strict=True):
        cell = node.memory[key]
        cell[0] = version
        cell[INCLUDED] += 1
        cell[MISSING] = 0 if cell[INCLUDED] == cell[THERE] else next_ns
    node.shared = lsn


def version_of(domain: Domain, lsn: int) -> int:
    """Return the version with this lsn on the newest timeline, 0 for lsn 0."""
    timeline = domain.timeline
    while timeline > 1:
        parent, cut = domain.circle.cut_from(timeline)
        if lsn > cut:
            break
        timeline = parent
    return pack_version(timeline, lsn) if lsn else 0


def copy_primary(domain: Domain, node: Node) -> int:
    """The node takes the primary's state, all commits so far; return the lsn it stands for."""
    primary, log = domain.nodes[domain.primary], domain.log
    node.memory[:] = primary.memory
    node.seen, node.shared = primary.seen, primary.shared
    for key in log.part("key", node.seen, log.end):  # of commits at this very moment
        node.memory[key, THERE] += 1
    node.seen = log.end
    _take_up_to(domain, node, log.end - 1)
    node.own, node.undo, node.own_done = [], [], 0
    return log.end - 1
