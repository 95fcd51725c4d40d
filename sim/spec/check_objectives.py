"""Objectives: what they measure exists, and their bounds are in its unit."""

from collections.abc import Iterator

from sim.spec import models as m
from sim.spec.predicates import CAPABILITY_METRICS, METRICS
from sim.spec.text import Complaint, nearest

_NEEDS = {
    "duration": "a duration such as <= 5m",
    "count": "a count such as <= 10",
    "fraction": "a percentage such as < 1%",
}


def check_objectives(scenario: m.Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the objectives of a scenario."""
    capabilities = [f"{name}.{kind}" for name in scenario.databases for kind in ("read", "write")]
    for name, objective in scenario.sla.items():
        path = ("sla", name)
        known = capabilities if objective.metric in CAPABILITY_METRICS else list(scenario.databases)
        if objective.of not in known:
            what = "capability" if known is capabilities else "store"
            yield Complaint((*path, "of"), f"no {what} {objective.of!r}", nearest(objective.of, known))
        if not objective.must.fits(objective.metric):
            needs = " or ".join(_NEEDS[unit] for unit in METRICS[objective.metric])
            yield Complaint(
                (*path, "must"),
                f"{objective.metric} is not measured in a {objective.must.unit}",
                f"give {needs}",
            )


def check_populations(scenario: m.Scenario) -> Iterator[Complaint]:
    """Yield the objectives on a capability without load: there is nothing they could be judged on."""
    for name, objective in scenario.sla.items():
        domain, _, kind = objective.of.rpartition(".")
        if (
            objective.metric not in CAPABILITY_METRICS
            or domain not in scenario.databases
            or kind not in ("read", "write")
        ):
            continue
        load = scenario.databases[domain].workload
        if load.arrivals.kind != "trace" and not (load.reads if kind == "read" else load.writes):
            hint = f"set databases.{domain}.workload.{kind}s"
            yield Complaint(("sla", name, "of"), f"{domain} has no {kind}s to measure", hint)
