"""Which bulk flows share a link, and how."""

from itertools import permutations

from sim.spec.platform import Platform
from sim.spec.store.placement import Pair, replicas_on

Flow = tuple[str, str]  # ("replication", database); ("mirror", "*") and ("sync", "*") for those of any domain


MIRROR: Flow = ("mirror", "*")


SYNC: Flow = ("sync", "*")


def mirrors_on(platform: Platform) -> list[Pair]:
    """Return the ordered pairs of regions between which events are mirrored, in order of name."""
    return list(permutations(sorted(platform.regions), 2)) if platform.bus else []


def syncs_on(platform: Platform) -> list[Pair]:
    """Return the ordered pairs of regions between which tables can be copied, in order of name."""
    if platform.lake is None:
        return []
    places = {platform.lake.home, *platform.lake.standby}
    return [(a, b) for a, b in permutations(sorted(platform.regions), 2) if a in places]


def flows_on(platform: Platform) -> dict[Pair, list[Flow]]:
    """Return, for each ordered pair of regions, the bulk flows that can use that link.

    A flow that each domain has is there once for each domain.
    """
    flows = {
        pair: [("replication", name) for name in names]
        for pair, names in replicas_on(platform.databases).items()
    }
    for flow, pairs in ((MIRROR, mirrors_on(platform)), (SYNC, syncs_on(platform))):
        for pair in pairs:
            flows.setdefault(pair, []).extend([flow] * len(platform.databases))
    return flows


def given_share(platform: Platform, flow: Flow) -> float | None:
    """Return the share of a link that the platform gives a flow, None if it leaves it open."""
    if flow == MIRROR:
        return platform.bus.mirror.share if platform.bus else None
    if flow == SYNC:
        return platform.lake.sync.share if platform.lake else None
    return platform.databases[flow[1]].replication.share


def flow_shares(platform: Platform) -> dict[Flow, float]:
    """Return each flow's share of its links: as given, else an equal part of what the given ones leave.

    Where its links differ, the smallest of these parts. 1 if it uses no link. At most 0 if nothing is left.
    """
    links = flows_on(platform)
    parts = {pair: _part([given_share(platform, flow) for flow in flows]) for pair, flows in links.items()}
    shares: dict[Flow, float] = {}
    for flow in [*(("replication", name) for name in platform.databases), MIRROR, SYNC]:
        given = given_share(platform, flow)
        open_to_it = [parts[pair] for pair, flows in links.items() if flow in flows]
        shares[flow] = min(open_to_it, default=1.0) if given is None else given
    return shares


def _part(shares: list[float | None]) -> float:
    """Return the equal part for each of the shares that are None; 1 if there are none of these."""
    left = 1.0 - sum(share for share in shares if share is not None)
    return left / (sum(share is None for share in shares) or 1)
