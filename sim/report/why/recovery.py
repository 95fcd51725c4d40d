"""Why a recovery took as long as it did, and what would shorten it most, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.core.quantity import format_duration
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import clock, duration
from sim.report.review.records import CapabilityRow, ObjectiveRow
from sim.report.why.critical import Critical, Step, critical_path
from sim.spec.scenario import Scenario

NS = 1e9
SAVINGS_MAX = 3
SMALL_S = 0.05  # a saving of less is none


def recovery(
    document: Mapping[str, Any], row: CapabilityRow, scenario: Scenario, judged: Sequence[ObjectiveRow]
) -> ReportSection:
    """Return the story of a capability's worst recovery; ``judged``: objectives, for advice on open ones."""
    if not row.episodes:
        return ReportSection(f"{row.name} was never down", ("There is nothing to explain.",))
    path = critical_path(document, row.name, scenario)
    if path is None:
        title = f"Why {row.name} has not recovered"
        if row.serving_again_s is not None:
            title = f"Whether {row.name} has recovered is not known"
        return ReportSection(title, tuple(_open(row, scenario, judged)))
    title = f"Why {row.name} took {duration(row.rta_s)}"
    return ReportSection(title, (_table(path.steps), *_beside(path), *_savings(path, row)))


def _open(row: CapabilityRow, scenario: Scenario, judged: Sequence[ObjectiveRow]) -> Iterator[str]:
    """Say how long it has lasted, and what would tell when it ends."""
    if row.serving_again_s is None:
        yield f"- It had lasted {duration(row.censored_after_s)} when the run ended."
    else:
        yield (
            f"- It was good again after {duration(row.serving_again_s)}, but the run ended before that had "
            f"held [level.hold: {format_duration(scenario.level.hold)}]."
        )
    for objective in judged:
        if objective.of == row.name and objective.why:
            yield f"- {objective.id}: {objective.why}"


def _table(steps: Sequence[Step]) -> ReportTable:
    rows = ((clock(round(s.since_s * NS)), duration(s.took_s), _phase(s), _until(s)) for s in steps)
    return ReportTable(("from", "took", "phase", "until"), tuple(rows), frozenset({0, 1}))


def _phase(step: Step) -> str:
    return step.phase.replace("_", " ")


def _until(step: Step) -> str:
    if step.setting is None:
        return step.what
    return f"{step.what} [{step.setting.path}: {step.setting.value}]"


def _beside(path: Critical) -> Iterator[str]:
    """Say what went on meanwhile and was over before."""
    if path.beside:
        began_s = path.steps[0].since_s
        steps = ", ".join(f"{_phase(s)} {duration(s.took_s)}" for s in path.beside)
        yield (
            f"- Beside it ({steps}), until {path.beside[-1].what.partition(':')[0]}: over after "
            f"{duration(path.beside_s - began_s)}, so that nobody waited for that."
        )


def _savings(path: Critical, row: CapabilityRow) -> Iterator[str]:
    """Say what would shorten it most: what halving each setting on the path saves at most."""
    found = [saving for saving in path.savings() if saving.saves_s >= SMALL_S]
    if not found:
        yield "- No setting on this path would shorten it: it waited for the fault, or for work to be done."
    for saving in found[:SAVINGS_MAX]:
        step = saving.step
        assert step.setting is not None, "it is what is halved"
        rest_s = step.took_s - step.own_s
        rest = f" What is left of that step, {duration(rest_s)}, waited for something else." if rest_s else ""
        yield (
            f"- {step.setting.path} ({step.setting.value}) is {duration(step.own_s)} of the "
            f"{duration(row.rta_s)}: halving it saves up to {duration(saving.saves_s)}.{rest}"
        )
