"""What the models cannot see in one field: references, sums, and combinations that make no sense."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from itertools import permutations
from typing import Any

from sim.core.quantity import format_duration as _t
from sim.spec import models as m
from sim.spec.check_faults import check_effects, check_faults
from sim.spec.check_objectives import (
    check_bounds,
    check_objectives,
    check_path_objectives,
    check_populations,
    check_windows,
)
from sim.spec.check_path import check_path, check_refreshes
from sim.spec.check_path_faults import check_path_faults
from sim.spec.check_replays import check_replays
from sim.spec.choreography import check_handlers, check_stocks
from sim.spec.idle import check_idle
from sim.spec.limits import REGIONS, RULES
from sim.spec.placement import Flow, default_zone, flow_shares, flows_on, given_share, nodes_of
from sim.spec.prices import check_prices
from sim.spec.references import twice, unknown, unknown_one
from sim.spec.text import Complaint, nearest
from sim.spec.trace import check_trace
from sim.spec.types import LEAST_PART

_ROUNDING = 1e-9
_FLOWS = {"mirror": "the mirrors", "sync": "the sync of tables"}

Check = Callable[[m.Scenario], Iterator[Complaint]]


def check(sections: Mapping[str, Any], pruned: Set[str] = frozenset()) -> Iterator[Complaint]:
    """Yield what is wrong between and within the sections of a scenario that are there.

    A check runs if all sections it reads are there: what hangs on a section that is wrong itself is not
    judged. In ``pruned`` sections wrong values were replaced by defaults, so only references are checked
    there, not values.
    """
    scenario = m.Scenario.model_construct(**sections)
    too_many = list(REGIONS(scenario)) if REGIONS.needs <= sections.keys() else []
    if too_many:  # the checks look at every pair of them
        yield from too_many
        return
    for needs, run in _REFERENCES:
        if needs <= sections.keys():
            yield from run(scenario)
    for needs, run in _VALUES:
        if needs <= sections.keys() and not needs & pruned:
            yield from run(scenario)


def _regions(scenario: m.Scenario) -> Iterator[Complaint]:
    for name, region in scenario.regions.items():
        yield from twice(region.zones, ("regions", name, "zones"))


def _links(scenario: m.Scenario) -> Iterator[Complaint]:
    """Each link joins two regions that exist, and each pair of regions has a link in both directions."""
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


def _clients(scenario: m.Scenario) -> Iterator[Complaint]:
    for name, client in scenario.clients.items():
        path = ("clients", name)
        if name not in scenario.regions:
            yield unknown_one("region", name, scenario.regions, path, at_key=True)
        yield from unknown("region", client.order or [], scenario.regions, (*path, "order"))
        yield from twice(client.order or [], (*path, "order"))


def _client_shares(scenario: m.Scenario) -> Iterator[Complaint]:
    total = sum(client.share for client in scenario.clients.values())
    if not total:
        yield Complaint(("clients",), "no client group has a share above 0", at_key=True)
    for name, client in scenario.clients.items():
        if 0 < client.share < LEAST_PART * total:
            why = f"{client.share:g} is next to nothing of all shares, {total:g}"
            yield Complaint(("clients", name, "share"), why, "write 0 if it sends nothing")


def _times(scenario: m.Scenario) -> Iterator[Complaint]:
    if scenario.warmup >= scenario.duration:
        yield Complaint(
            ("warmup",), f"a warmup of {_t(scenario.warmup)} leaves nothing of {_t(scenario.duration)}"
        )


def _gateway(scenario: m.Scenario) -> Iterator[Complaint]:
    yield from _probes(scenario.gateway.check, ("gateway", "check"))


def _controllers(scenario: m.Scenario) -> Iterator[Complaint]:
    for name, database in scenario.databases.items():
        path = ("databases", name, "failover")
        yield from _probes(database.failover, path)
        if database.failover.fencing == "lease" and database.failover.lease <= database.failover.interval:
            why = f"a lease of {_t(database.failover.lease)} is not longer than the interval of "
            hint = "it would run out between two probes"
            yield Complaint((*path, "lease"), why + _t(database.failover.interval), hint)


def _placements(scenario: m.Scenario) -> Iterator[Complaint]:
    for name, database in scenario.databases.items():
        yield from _placed(scenario, database, ("databases", name))


def _placed(scenario: m.Scenario, database: m.Database, path: tuple[str, ...]) -> Iterator[Complaint]:
    """The nodes are in regions that exist, one in each, in a zone that each of them has."""
    regions, nodes = scenario.regions, nodes_of(database)
    if database.primary not in regions:
        yield unknown_one("region", database.primary, regions, (*path, "primary"))
    yield from unknown("region", database.replicas, regions, (*path, "replicas"))
    yield from twice(database.replicas, (*path, "replicas"))
    if database.primary in database.replicas:
        index = database.replicas.index(database.primary)
        yield Complaint(
            (*path, "replicas", index), f"{database.primary!r} is the primary", "list only the other regions"
        )
    known = [node for node in nodes if node in regions]
    if database.zone is not None:
        for node in known:
            if database.zone not in regions[node].zones:
                hint = nearest(database.zone, regions[node].zones)
                yield Complaint((*path, "zone"), f"{node} has no zone {database.zone!r}", hint)
    elif known == nodes and default_zone(regions, database) is None:
        yield Complaint(
            path,
            "the regions of this database share no zone name",
            "give its zone, and regions that have it",
            at_key=True,
        )


def _workloads(scenario: m.Scenario) -> Iterator[Complaint]:
    for name, database in scenario.databases.items():
        load, path = database.workload, ("databases", name, "workload")
        if load.retry.base > load.retry.cap:
            why = f"a base of {_t(load.retry.base)} is more than the cap of {_t(load.retry.cap)}"
            yield Complaint((*path, "retry", "base"), why)
        if isinstance(load.arrivals, m.Diurnal):
            for field in ("step", "peak"):
                if getattr(load.arrivals, field) > load.arrivals.period:
                    yield Complaint((*path, "arrivals", field), f"the {field} is longer than the period")
        if isinstance(load.arrivals, m.Trace):
            yield from check_trace(load, scenario.clients, scenario.duration, path)


def _flow_shares(scenario: m.Scenario) -> Iterator[Complaint]:
    """The shares of the flows on a link add up to at most 1."""
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


def _probes(spec: m.Check | m.Failover, path: tuple[str, ...]) -> Iterator[Complaint]:
    if spec.timeout > spec.interval:
        why = f"a timeout of {_t(spec.timeout)} is longer than the interval of {_t(spec.interval)}"
        yield Complaint((*path, "timeout"), why)


_PATH = frozenset({"regions", "databases", "bus", "consumers", "lake"})
_REFERENCES: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"regions"}), _regions),
    (frozenset({"regions", "network"}), _links),
    (frozenset({"regions", "clients"}), _clients),
    (frozenset({"regions", "databases"}), _placements),
    (frozenset({"duration", "regions", "clients", "databases", "bus", "faults"}), check_faults),
    (_PATH | {"insights"}, check_path),
    (_PATH | {"faults"}, check_path_faults),
    (_PATH | {"clients"}, check_handlers),
    (_PATH, check_stocks),
    (_PATH | {"duration", "clients", "faults", "replays"}, check_replays),
    (frozenset({"sla"}), check_bounds),
    (frozenset({"databases", "sla"}), check_objectives),
    (_PATH | {"insights", "sla"}, check_path_objectives),
)
_VALUES: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"duration", "warmup"}), _times),
    (frozenset({"clients"}), _client_shares),
    (frozenset({"gateway"}), _gateway),
    (frozenset({"databases"}), _controllers),
    (frozenset({"duration", "clients", "databases"}), _workloads),
    (_PATH, _flow_shares),
    (_PATH | {"fresh"}, check_idle),
    (_PATH | {"network", "clients", "faults"}, check_effects),
    (frozenset({"insights"}), check_refreshes),
    (frozenset({"prices"}), lambda scenario: check_prices(scenario.prices)),
    (_PATH | {"insights", "sla"}, check_populations),
    *((rule.needs, rule) for rule in RULES),
    (frozenset({"duration", "warmup", "level", "sla"}), check_windows),
)
