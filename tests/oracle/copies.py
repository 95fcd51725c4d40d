"""What a store still has of its newest timeline, node by node, and which regions make a side."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .domain import Domain
    from .network import Network
    from .node import Node


def held(node: "Node") -> int:
    """Return the lsn up to which a node has the newest timeline, or will have it; -1: it has no data."""
    domain = node.domain
    if not node.intact:
        return node.coming if node.busy == (node.deaths, domain.newest) else -1
    if node is domain.primary:
        return node.last
    if node.following or node.candidate:
        return max([node.last, *(flying.lsn for flying in node.flow_in.wire)])
    shared = domain.shared(node.timeline)
    return node.last if shared is None else min(node.last, shared)


def destroyed(domain: "Domain") -> int | None:
    """Return what is left of a store whose primary has no data, if that is less than it was; else None."""
    if domain.primary.intact:
        return None
    left = max(held(node) for node in domain.nodes if node is not None)
    return left if left < last_held(domain) else None


def last_held(domain: "Domain") -> int:
    """Return the last lsn of which there is a copy, -1 if nothing is left at all."""
    return domain.last_lsn() if domain.left is None else domain.left


def node_rows(domain: "Domain") -> list[tuple[int, int, int, int, int]]:
    """Return the rows of the journal's table ``nodes``."""
    nodes = [node for node in domain.nodes if node is not None]
    return [(node.region, _role(node), node.up, node.intact, held(node)) for node in nodes]


def _role(node: "Node") -> int:
    if node is node.domain.primary:
        return 0
    if node.following:
        return 1
    if node.candidate and node.intact:
        return 2
    return 4 if node.busy == (node.deaths, node.domain.newest) else 3


def side_rows(network: "Network") -> list[tuple[int, int, int]]:
    """Return the rows of the journal's table ``sides``."""
    regions = range(network.count)
    sides = [region if network.up(region) else -1 for region in regions]
    for _ in regions:  # names spread by one link a round
        for a in regions:
            for b in regions:
                if network.up(a) and network.up(b) and network.joined(a, b):
                    sides[a] = sides[b] = min(sides[a], sides[b])
    good = {sides[region] for region in regions if network.quorate(region)}
    return [(region, sides[region], sides[region] in good) for region in regions]
