"""Objectives: what they measure exists, and their bounds are in its unit."""

from collections.abc import Iterator

from sim.core.names import CONSUMER
from sim.core.quantity import format_duration as _t
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.subjects import kind_of, reads_of, subjects
from sim.spec.processes import check_meaning
from sim.spec.scenario import Scenario
from sim.spec.store.workload import Workload
from sim.spec.text import Complaint, Nearest, nearest

_STEPS_MAX = 1_000_000  # of a window: as many are kept
_WINDOWED = [name for name, metric in METRICS.items() if metric.windows]
_NEEDS = {
    "duration": "a duration such as <= 5m",
    "count": "a count such as <= 10",
    "fraction": "a percentage such as < 1%",
}


def check_bounds(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the objectives whose bound is in another unit than the metric."""
    for name, objective in scenario.sla.items():
        if not objective.must.fits(objective.metric):
            needs = " or ".join(_NEEDS[unit] for unit in METRICS[objective.metric].units)
            why = f"{objective.metric} is not measured in a {objective.must.unit}"
            yield Complaint(("sla", name, "must"), why, f"give {needs}")


def check_windows(scenario: Scenario) -> Iterator[Complaint]:
    """Yield windows over which nothing is measured, of no whole steps, or longer than the run."""
    step, judged = scenario.level.window, scenario.duration - scenario.warmup
    for name, objective in scenario.sla.items():
        path, over = ("sla", name, "over"), objective.over
        if over is None:
            continue
        if objective.metric not in _WINDOWED:
            why, hint = (
                f"{objective.metric} is not measured over windows",
                f"only {' and '.join(_WINDOWED)} are",
            )
            yield Complaint(path, why, hint, at_key=True)
        elif over % step:
            yield Complaint(path, f"{_t(over)} is no multiple of level.window, {_t(step)}")
        elif over > judged:
            yield Complaint(path, f"no window of {_t(over)} fits into the {_t(judged)} that are judged")
        elif over // step > _STEPS_MAX:
            why = f"{_t(over)} has more than {_STEPS_MAX:,} steps of level.window, {_t(step)}"
            yield Complaint(path, why, "give a longer level.window")


def check_objectives(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the objectives on databases alone that are about nothing."""
    yield from _about(scenario, path=False)


def check_path_objectives(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the objectives that may be on the data path and are about nothing."""
    yield from _about(scenario, path=True)


def _about(scenario: Scenario, *, path: bool) -> Iterator[Complaint]:
    for name, objective in scenario.sla.items():
        if kind_of(objective.metric).path != path:
            continue
        what, known = subjects(scenario, objective.metric)
        if objective.about in known:
            yield from check_meaning(objective.of, ".", known, ("sla", name, "of"))
        else:
            hint = _instead(objective.of, known) or _missing(scenario, objective.metric)
            yield Complaint(("sla", name, "of"), f"no {what} {objective.of!r}", hint)


def _instead(of: str, known: list[str]) -> Nearest | str:
    """Return what may have been meant, "" if there is nothing."""
    domain, _, rest = of.partition(".")
    near = [one for one in known if one.startswith(f"{domain}.")] or known
    consumer = f"{domain}.{CONSUMER}/{rest}"
    return nearest(of, [consumer] if consumer in known else near) if near else ""


def _missing(scenario: Scenario, metric: str) -> str:
    """Return why nothing has a metric."""
    return kind_of(metric).none or f"there is no {'lake' if scenario.bus else 'bus'}"


def check_populations(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the objectives on what has no load: there is nothing they could be judged on."""
    for name, objective in scenario.sla.items():
        kind = kind_of(objective.metric)
        if kind.loads is None or objective.about not in kind.found(scenario):
            continue
        load = "reads" if objective.about in reads_of(scenario) else "writes"
        domains = kind.loads(scenario, objective.about)
        if domains and not any(_loaded(scenario.databases[domain].workload, load) for domain in domains):
            hint = f"set databases.{domains[0]}.workload.{load}"
            have = f"{', '.join(domains)} {'has' if len(domains) == 1 else 'have'}"
            yield Complaint(("sla", name, "of"), f"{have} no {load} to measure", hint)


def _loaded(load: Workload, kind: str) -> bool:
    return load.arrivals.kind == "trace" or getattr(load, kind) > 0
