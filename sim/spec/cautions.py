"""What a scenario allows but hardly anybody means: designs without a second copy, tests that cannot fail."""

from collections.abc import Iterator

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.targets import targets
from sim.spec.scenario import Scenario
from sim.spec.store.acknowledgement import blocking
from sim.spec.store.placement import nodes_of

_LOSSES = ("rpa_records", "rpa_window", "rpa_after_replay", "diverged")
_UPPER = ("<=", "<", "==")
_NO_PROBE = (d.PAUSE_SEND, d.PAUSE_APPLY, d.BANDWIDTH, d.DECISION)  # fails for these alone


def cautions(scenario: Scenario) -> Iterator[str]:
    """Yield a warning for each such thing in a resolved scenario."""
    yield from _single_copies(scenario)
    yield from _blocking(scenario)
    yield from _no_majority(scenario)
    yield from _safe_anyhow(scenario)


def _single_copies(scenario: Scenario) -> Iterator[str]:
    for name, database in scenario.databases.items():
        if not database.replicas:
            yield (
                f"warning: databases.{name}: the node in {database.primary} has the only copy: nobody takes "
                "over if it is lost, and what it had may be gone; give it replicas"
            )


def _blocking(scenario: Scenario) -> Iterator[str]:
    for name, database in scenario.databases.items():
        why = blocking(database.replication.acknowledgement, nodes_of(database))
        if why is not None:
            yield f"warning: databases.{name}.replication.acknowledgement: {why}"


def _no_majority(scenario: Scenario) -> Iterator[str]:
    """Of two regions the one that is left is no majority, whichever database it is about."""
    copied = [name for name, database in scenario.databases.items() if database.replicas]
    if len(scenario.regions) == 2 and copied:
        yield (
            "warning: regions: one of two regions is no majority, so that losing the primary's region never "
            f"leads to a failover of {', '.join(copied)}; add a third"
        )


def _safe_anyhow(scenario: Scenario) -> Iterator[str]:
    """Objectives on what a database may lose, where no fault can lead to the replacement of its primary."""
    for name, objective in scenario.sla.items():
        if objective.metric in _LOSSES and objective.must.op in _UPPER:
            faults = scenario.faults.values()
            if not any(_reaches_primary(scenario, fault, objective.about) for fault in faults):
                yield (
                    f"warning: sla.{name}: no scheduled fault can miss it: none touches the primary of "
                    f"{objective.of}, or a link to it"
                )


def _reaches_primary(scenario: Scenario, fault: Fault, domain: str) -> bool:
    """Return whether a fault may make probes of a primary fail: of its region, node or links, or load."""
    hit, primary = targets(scenario, fault, but=_NO_PROBE), scenario.databases[domain].primary
    return (
        primary in hit.regions
        or (domain, primary) in hit.nodes
        or any(primary in link for link in hit.links)
        or bool(hit.streams)
    )
