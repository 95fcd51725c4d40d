"""The page that ``sim run`` prints."""

import shlex

from sim.outcome import FaultFigures, Outcome
from sim.report.consistency import consistency
from sim.report.control import beside
from sim.report.loss import loss
from sim.report.page import Section
from sim.report.quantities import duration, plural
from sim.report.recovery import objectives, recovery
from sim.report.stages import path
from sim.report.timeline import story


def page(outcome: Outcome, *, source: str, folder: str | None = None) -> list[Section]:
    """Return the whole result as sections.

    ``source`` is the scenario as the user named it, with the options that change it, for the next command to
    type; ``folder`` is where the run was written.
    """
    happened = story(outcome.milestones, origin_ns=_first_fault(outcome))
    return [
        Section("", (headline(outcome), _measure_of_run(outcome))),
        *([Section("What happened", tuple(happened))] if outcome.milestones else []),
        objectives(outcome),
        *recovery(outcome),
        *loss(outcome),
        *path(outcome),
        *consistency(outcome),
        *beside(outcome),
        *(
            [Section("How far to trust this", tuple(f"- {line}" for line in outcome.trust))]
            if outcome.trust
            else []
        ),
        _next(outcome, source, folder),
    ]


def headline(outcome: Outcome) -> str:
    """Return the verdict and its reason in one line."""
    by_verdict: dict[str, list[str]] = {}
    for objective in outcome.objectives:
        by_verdict.setdefault(objective.verdict, []).append(objective.id)
    missed, undecided = by_verdict.get("missed", []), by_verdict.get("undecided", [])
    reasons = []
    if missed:
        reasons.append(
            f"{len(missed)} of {plural(len(outcome.objectives), 'objective')} missed ({', '.join(missed)})"
        )
    if undecided:
        reasons.append(f"{len(undecided)} undecided ({', '.join(undecided)})")
    idle = [f"fault {name} never took effect ({f.status})" for name, f in outcome.faults.items() if _idle(f)]
    if undecided and not idle:
        reasons[-1] += f": {next(o.why for o in outcome.objectives if o.id == undecided[0])}"
    reasons += idle
    if not reasons:
        number = len(outcome.objectives)
        reasons.append(f"all {plural(number, 'objective')} met" if number else "no objectives set")
    return f"{outcome.verdict.upper()}: {outcome.scenario}: {', '.join(reasons)}"


def _idle(fault: FaultFigures) -> bool:
    """Return whether a fault should have done something and did not."""
    return not fault.fired and fault.status != "not_drawn"


def _first_fault(outcome: Outcome) -> int | None:
    """Return when the first fault began, in ns, or None."""
    return next((m.at_ns for m in outcome.milestones if m.kind == "fault.started"), None)


def _measure_of_run(outcome: Outcome) -> str:
    """Say what was run, so that it can be run again, and what it took."""
    performance = outcome.performance
    return (
        f"seed {outcome.seed}, digest {outcome.digest[:12]}, {plural(performance.writes, 'write')} "
        f"simulated in {duration(performance.wall_s)}"
    )


def _next(outcome: Outcome, source: str, folder: str | None) -> Section:
    """Return the next command to type: what the fault alone cost, or the same drill with other luck."""
    command, purpose = (
        (
            f"sim run {source} --seed {outcome.seed} --control",
            "the same run without its faults, as differences",
        )
        if outcome.control is None and outcome.faults
        else (f"sim run {source} --seed {outcome.seed + 1}", "the same drill with other draws")
    )
    lines = [f"  {command}", f"    {purpose}"]
    if folder:
        lines = [f"Everything above, and more: {shlex.quote(folder)}", *lines]
    return Section("Next", tuple(lines))
