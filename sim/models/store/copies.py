"""What a store still has of its newest timeline: who holds a copy of it, and what a destruction leaves.

Semantics §9. Nothing that is simulated depends on it: it is told to the journal, for those who judge.
"""

import numpy as np

from sim.core.milestones.faults import FaultStarted, RegionDown
from sim.core.milestones.store import Destroyed, NodeDown
from sim.journal.recorder import Table
from sim.journal.schema import ROLES
from sim.models.control import Control
from sim.models.network import Links
from sim.models.store.domain import FOLLOWING, PRIMARY, PROMOTING, RESTORING, Domain, Node
from sim.models.store.timelines import usable

NOTHING = -1  # not even what lay before the run
NOBODY = -1  # in place of a promoted node, or of a side


def held(domain: Domain, node: Node) -> int:
    """Return the lsn up to which a node holds the newest timeline, or will once its wire is empty."""
    if node.role == RESTORING and node.data_lost:
        return node.shared  # what the full copy will give it
    if node.data_lost:
        return NOTHING
    if node.role == PRIMARY:
        return domain.log.end - 1
    if node.role in (FOLLOWING, PROMOTING):
        return domain.followers[node.region].flow.next - 1
    return usable(domain, node)


def watch_copies(c: Control) -> None:
    """Note what has been destroyed now. To be asked after every change; the domain is settled."""
    domain = c.domain
    if not domain.nodes[domain.primary].data_lost:
        return
    kept = max(held(domain, node) for node in domain.nodes.values())
    if kept >= domain.last_held:
        return
    gone, domain.kept = domain.last_held - max(kept, 0), kept
    domain.cut_rows.append((c.clock.now, domain.timeline + 1, domain.timeline, kept, NOBODY))
    lost = Destroyed(records=gone, everything=kept <= NOTHING)
    c.note(domain.name, lost, c.milestones.last(NodeDown, RegionDown, FaultStarted))


def node_table(domain: Domain) -> Table:
    """Return the table ``nodes`` of the last slice."""
    nodes = [domain.nodes[region] for region in sorted(domain.nodes)]
    return {
        "node": np.array([node.index for node in nodes], np.int16),
        "role": np.array([ROLES.index(node.role) for node in nodes], np.int8),
        "up": np.array([node.up for node in nodes], np.int8),
        "data": np.array([not node.data_lost for node in nodes], np.int8),
        "held": np.array([held(domain, node) for node in nodes], np.int64),
    }


def side_table(network: Links) -> Table:
    """Return the table ``sides`` of the last slice: sets of regions that are up and joined."""
    regions, side = network.regions, dict[str, int]()
    for region in regions:
        if region not in side and network.up(region):
            _spread(region, regions.index(region), network, side)
    quorate = {side[region] for region in side if network.quorate(region)}
    named = [side.get(region, NOBODY) for region in regions]
    return {
        "region": np.arange(len(regions), dtype=np.int16),
        "side": np.array(named, np.int16),
        "quorate": np.array([name in quorate for name in named], np.int8),
    }


def _spread(region: str, name: int, network: Links, side: dict[str, int]) -> None:
    """Give the name to a region and to all that it reaches, directly or over others."""
    ahead = [region]
    while ahead:
        here = ahead.pop()
        side[here] = name
        ahead += [r for r in network.regions if r not in side and network.up(r) and network.joined(here, r)]
