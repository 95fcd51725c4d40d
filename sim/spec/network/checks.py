"""Regions and links hold together, and no link is given away twice."""

from collections import Counter
from collections.abc import Iterator
from itertools import permutations

from sim.spec.network.flows import Flow, flow_shares, flows_on, given_share
from sim.spec.references import twice, unknown_one
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint
from sim.spec.types import LEAST_PART

_ROUNDING = 1e-9


_FLOWS = {"mirror": "the mirrors", "sync": "the sync of tables"}


def check_regions(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the zones that a region has twice."""
    for name, region in scenario.regions.items():
        yield from twice(region.zones, ("regions", name, "zones"))


def check_links(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with links: each joins regions that exist, and all pairs have one."""
    known, links = scenario.regions, scenario.network.links
    for name in links:
        path = ("network", "links", name)
        a, slash, b = name.partition("/")
        if not slash or a == b:
            yield Complaint(
                path, f"{name!r} names no link", "write two regions, such as us-east/us-west", at_key=True
            )
            continue
        for region in (a, b):
            if region not in known:
                yield unknown_one("region", region, known, path, at_key=True)
    for a, b in permutations(sorted(known), 2):
        if a < b and f"{a}/{b}" not in links and f"{b}/{a}" not in links:
            yield Complaint(("network", "links"), f"no link between {a} and {b}", f"add {a}/{b}", at_key=True)


def check_flow_shares(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the shares that make the flows on a link take more than all of it."""
    shares = flow_shares(scenario)
    blamed: set[Flow] = set()
    for (a, b), users in flows_on(scenario).items():
        total = sum(shares[flow] for flow in users)
        starved = [_FLOWS.get(flow[0], flow[1]) for flow in dict.fromkeys(users) if shares[flow] < LEAST_PART]
        given = [flow for flow in users if given_share(scenario, flow) is not None]
        if (total <= 1 + _ROUNDING and not starved) or given[-1] in blamed:
            continue
        blamed.add(given[-1])
        rest = f", nothing is left for {', '.join(starved)}" if starved else ""
        told = sum(shares[flow] for flow in given)
        takes = ", ".join(
            f"{_takes(flow, n)} {shares[flow] * n * 100:g}%" for flow, n in Counter(given).items()
        )
        why = f"the shares of {a}/{b} add up to {told * 100:g}%{rest}"
        yield Complaint(_share_path(given[-1]), why, f"taken by {takes}")


def _takes(flow: Flow, count: int) -> str:
    """Name who takes a share of a link: a database's replication, or what every domain has one of."""
    kind, name = flow
    if kind not in _FLOWS:
        return f"{kind} of {name}"
    return _FLOWS[kind] + (f" of {count} domains" if count > 1 else "")


def _share_path(flow: Flow) -> tuple[str, ...]:
    kind, name = flow
    place = {"mirror": ("bus", "mirror"), "sync": ("lake", "sync")}.get(kind) or ("databases", name, kind)
    return (*place, "share")
