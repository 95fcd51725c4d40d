"""Where the nodes of the databases are."""

from collections.abc import Mapping
from itertools import permutations

from sim.core.identity import LIMITS
from sim.spec.network.network import Region
from sim.spec.store.database import Database

Pair = tuple[str, str]


def nodes_of(database: Database) -> list[str]:
    """Return the regions in which a database has a node, the primary's first."""
    return [database.primary, *database.replicas]


def default_zone(regions: Mapping[str, Region], database: Database) -> str | None:
    """Return the first zone of the primary's region that every region with a node also has, or None."""
    nodes = nodes_of(database)
    return next(
        (zone for zone in regions[nodes[0]].zones if all(zone in regions[node].zones for node in nodes)), None
    )


def replicas_on(databases: Mapping[str, Database]) -> dict[Pair, list[str]]:
    """Return, for each ordered pair of regions, the databases (sorted) that can replicate over that link."""
    flows: dict[Pair, list[str]] = {}
    for name, database in sorted(databases.items()):
        nodes = [*dict.fromkeys(nodes_of(database))][: LIMITS["regions"]]  # a list of names can be longer
        for pair in permutations(nodes, 2):
            flows.setdefault(pair, []).append(name)
    return flows
