"""Objectives met and missed, how long each capability was down, and where the time went."""

from collections.abc import Mapping

from sim.core.milestones.declaration import PHASES
from sim.measure.capability.figures import RecoveryFigures
from sim.outcome import ObjectiveFigures, Outcome
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import NOTHING, count, duration, percent, recovery_time, span
from sim.spec.objectives.metrics import METRICS

GLYPHS = dict(zip(PHASES, ".:#+=*<o~", strict=True))
BAR_WIDTH = 24


def objectives(outcome: Outcome) -> ReportSection:
    """Return one row an objective: what was asked, what came out, and whether that is enough."""
    if not outcome.objectives:
        return ReportSection("Objectives", ("This scenario sets none, so there is nothing to miss.",))
    rows = tuple(
        (o.id, f"{o.metric} of {o.of}", o.must, _found(o), o.verdict, o.why) for o in outcome.objectives
    )
    head = ("objective", "measure", "must be", "was", "", "")
    return ReportSection("Objectives", (ReportTable(head, rows, frozenset({2, 3})),))


def recovery(outcome: Outcome) -> list[ReportSection]:
    """Return the section of recovery times and, if any capability was down, the one of its phases."""
    figures, path = outcome.figures.recovery, outcome.figures.path
    head = ("capability", "down for", "times down", "copies caught up", "bad in all", "failed requests")
    aged = {name: f for name, f in figures.items() if path is not None and name in path.freshness}
    asked = {name: f for name, f in figures.items() if name not in aged}
    rows = tuple((name, *_times(f)) for name, f in asked.items())
    return [
        ReportSection("Recovery", (ReportTable(head, rows, frozenset(range(1, 6))),)),
        *_phases("Where the time went", asked),
        *_phases("Where the time went on the data path", aged),  # minutes where services count seconds
    ]


def _times(figure: RecoveryFigures) -> tuple[str, ...]:
    """Return the figures of one capability: the worst time it was down, and the sums over all."""
    failed = count(figure.seen.failed_requests)
    if figure.seen.rta_s == 0:
        return ("never", "", "", "", failed)
    return (
        recovery_time(figure.seen.rta_s, figure.serving_again_s, figure.seen.censored_after_s),
        count(len(figure.seen.episodes)),
        duration(figure.caught_up_s),
        duration(figure.seen.downtime_s),
        failed,
    )


def _phases(title: str, figures: Mapping[str, RecoveryFigures]) -> list[ReportSection]:
    """Split each recovery time into its phases, as figures and as a bar on one scale for all."""
    split = {name: f.phases for name, f in figures.items() if any(f.phases.values())}
    if not split:
        return []
    shown = [phase for phase in PHASES if any(phases.get(phase) for phases in split.values())]
    longest = max(sum(phases.values()) for phases in split.values())
    head = ("capability", *(f"{phase.replace('_', ' ')} {GLYPHS[phase]}" for phase in shown), "")
    rows = tuple(
        (name, *(duration(phases.get(phase) or None) for phase in shown), _bar(phases, longest))
        for name, phases in split.items()
    )
    return [ReportSection(title, (ReportTable(head, rows, frozenset(range(1, len(head) - 1))),))]


def _bar(phases: Mapping[str, float], longest: float) -> str:
    """Draw the phases in order. Their ends are rounded, not their lengths, so that the whole is right."""
    bar, end = "", 0.0
    for phase in PHASES:
        end += phases.get(phase, 0.0)
        bar += GLYPHS[phase] * (round(end / longest * BAR_WIDTH) - len(bar))
    return bar


def _found(objective: ObjectiveFigures) -> str:
    """Write what an objective came to, in the unit of its predicate: a value, or its bounds."""
    if objective.low is None or objective.high is None:
        return NOTHING
    if METRICS[objective.metric].in_seconds:
        return span(objective.low, objective.high, duration)
    share = objective.must.endswith("%")
    return span(objective.low, objective.high, percent if share else count)
