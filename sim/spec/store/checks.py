"""Clients, gateways and databases: what they name exists, and their figures make sense together."""

from collections.abc import Iterator

from sim.core.quantity import format_duration as _t
from sim.spec.references import twice, unknown, unknown_one
from sim.spec.scenario import Scenario
from sim.spec.store.acknowledgement import check_acknowledgement
from sim.spec.store.database import Database, Failover
from sim.spec.store.placement import default_zone, nodes_of
from sim.spec.store.recorded import check_trace
from sim.spec.store.routing import Check
from sim.spec.store.workload import Diurnal, Trace
from sim.spec.text import Complaint, nearest
from sim.spec.types import LEAST_PART


def check_clients(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the regions that client groups name."""
    for name, client in scenario.clients.items():
        path = ("clients", name)
        if name not in scenario.regions:
            yield unknown_one("region", name, scenario.regions, path, at_key=True)
        yield from unknown("region", client.order or [], scenario.regions, (*path, "order"))
        yield from twice(client.order or [], (*path, "order"))


def check_client_shares(scenario: Scenario) -> Iterator[Complaint]:
    """Yield shares of client groups that are nothing, together or beside the others."""
    total = sum(client.share for client in scenario.clients.values())
    if not total:
        yield Complaint(("clients",), "no client group has a share above 0", at_key=True)
    for name, client in scenario.clients.items():
        if 0 < client.share < LEAST_PART * total:
            why = f"{client.share:g} is next to nothing of all shares, {total:g}"
            yield Complaint(("clients", name, "share"), why, "write 0 if it sends nothing")


def check_gateway(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the gateways' health checks."""
    yield from _probes(scenario.gateway.check, ("gateway", "check"))


def check_placements(scenario: Scenario) -> Iterator[Complaint]:
    """Yield nodes that are nowhere, twice or in no common zone."""
    for name, database in scenario.databases.items():
        yield from _placed(scenario, database, ("databases", name))


def _placed(scenario: Scenario, database: Database, path: tuple[str, ...]) -> Iterator[Complaint]:
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


def check_acknowledgements(scenario: Scenario) -> Iterator[Complaint]:
    """Yield rules for the answer to a commit that name no node, or that nobody can keep."""
    for name, database in scenario.databases.items():
        rule, path = (
            database.replication.acknowledgement,
            ("databases", name, "replication", "acknowledgement"),
        )
        yield from check_acknowledgement(rule, database.primary, nodes_of(database), path)


def check_controllers(scenario: Scenario) -> Iterator[Complaint]:
    """Yield probes and leases of failover that do not fit together."""
    for name, database in scenario.databases.items():
        path = ("databases", name, "failover")
        yield from _probes(database.failover, path)
        if database.failover.fencing == "lease" and database.failover.lease <= database.failover.interval:
            why = f"a lease of {_t(database.failover.lease)} is not longer than the interval of "
            hint = "it would run out between two probes"
            yield Complaint((*path, "lease"), why + _t(database.failover.interval), hint)


def _probes(spec: Check | Failover, path: tuple[str, ...]) -> Iterator[Complaint]:
    if spec.timeout > spec.interval:
        why = f"a timeout of {_t(spec.timeout)} is longer than the interval of {_t(spec.interval)}"
        yield Complaint((*path, "timeout"), why)


def check_workloads(scenario: Scenario) -> Iterator[Complaint]:
    """Yield loads whose figures contradict each other, and what is wrong with recorded ones."""
    for name, database in scenario.databases.items():
        load, path = database.workload, ("databases", name, "workload")
        if load.retry.base > load.retry.cap:
            why = f"a base of {_t(load.retry.base)} is more than the cap of {_t(load.retry.cap)}"
            yield Complaint((*path, "retry", "base"), why)
        if isinstance(load.arrivals, Diurnal):
            for field in ("step", "peak"):
                if getattr(load.arrivals, field) > load.arrivals.period:
                    yield Complaint((*path, "arrivals", field), f"the {field} is longer than the period")
        if isinstance(load.arrivals, Trace):
            yield from check_trace(load, scenario.clients, scenario.duration, path)
