"""Where the nodes of the databases are, and which flows share a link."""

from collections.abc import Iterable, Mapping
from itertools import permutations

from sim.spec.models import Database, Region


def nodes_of(database: Database) -> list[str]:
    """Return the regions in which a database has a node, the primary's first."""
    return [database.primary, *database.replicas]


def default_zone(regions: Mapping[str, Region], database: Database) -> str | None:
    """Return the first zone of the primary's region that every region with a node also has, or None."""
    nodes = nodes_of(database)
    return next(
        (zone for zone in regions[nodes[0]].zones if all(zone in regions[node].zones for node in nodes)), None
    )


def flows_on(databases: Mapping[str, Database]) -> dict[tuple[str, str], list[str]]:
    """Return, for each ordered pair of regions, the databases (sorted) that can replicate over that link."""
    flows: dict[tuple[str, str], list[str]] = {}
    for name, database in sorted(databases.items()):
        for pair in permutations(nodes_of(database), 2):
            flows.setdefault(pair, []).append(name)
    return flows


def flow_shares(databases: Mapping[str, Database]) -> dict[str, float]:
    """Return each database's share of its links: as given, else an equal part of what the given ones leave.

    Where its links differ, the smallest of these parts. 1 if it has no replicas. At most 0 if nothing is
    left.
    """
    flows = flows_on(databases)
    return {name: _share(databases, name, flows.values()) for name in databases}


def _share(databases: Mapping[str, Database], name: str, flows: Iterable[list[str]]) -> float:
    own = databases[name].replication.share
    if own is not None:
        return own
    parts = [
        _part([databases[other].replication.share for other in users]) for users in flows if name in users
    ]
    return min(parts, default=1.0)


def _part(shares: list[float | None]) -> float:
    """Return the equal part for each of the shares that are None."""
    return (1.0 - sum(share for share in shares if share is not None)) / sum(
        share is None for share in shares
    )
