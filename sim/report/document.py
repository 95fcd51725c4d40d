"""The result as one JSON document, made of frozen records: what is in it, and how it is written."""

from collections.abc import Mapping
from json import dumps
from math import isfinite
from typing import Any

from sim.core.inert import inert
from sim.core.milestones.failover import RuledOut
from sim.core.quantity import seconds
from sim.core.record import entries, figure, is_record, record
from sim.journal.milestones import Milestone
from sim.measure.control_run import differences
from sim.measure.figures import Figures
from sim.outcome import FaultFigures, ObjectiveFigures, Outcome, Performance

DOCUMENT = 2  # version of the form; it changes when a field goes, or means something else


MilestoneValue = bool | int | str | tuple[RuledOut, ...]


@record
class MilestoneEntry:
    """One thing that happened: a decision or a change of state."""

    id: int = figure("its number, in order of time")
    at_s: float = figure("when it happened")
    kind: str = figure("what happened, as `primary.lost`")
    subject: str = figure("what it happened to, as `orders/us-west`")
    why: str = figure("in one phrase")
    values: Mapping[str, MilestoneValue] = figure(
        "what the phrase says, as values: which, and in which units, docs/files.md has for each kind",
        "as the value",
    )
    cause: int | None = figure("id of the milestone that led to it; null: none")


@record
class ControlFigures:
    """What the faults alone cost."""

    differences: Mapping[str, Mapping[str, float | None]] = figure(
        "by capability or store, and figure: this run less the same seed without faults",
        "as the figure",
    )


@record
class Machine:
    """The kind of machine that made a run, without its name."""

    system: str = figure("operating system")
    machine: str = figure("kind of processor")
    cpus: int | None = figure("how many processors; null: not known", "processors")


@record
class RunDocument:
    """What `sim run --json` prints, and `run.json` of a run folder."""

    document: int = figure("version of this form")
    scenario: str = figure("the scenario's name")
    digest: str = figure("hash of the resolved scenario")
    seed: int = figure("which random draws were used")
    verdict: str = figure("`pass`, `fail` or `inconclusive`")
    exit_code: int = figure("the same as a number: 0, 1 or 3")
    sla: tuple[ObjectiveFigures, ...] = figure("each objective, judged, in the scenario's order")
    figures: Figures = figure("everything that is measured", flat=True)
    faults: Mapping[str, FaultFigures] = figure("by fault: what became of it")
    performance: Performance = figure("what the run took")
    milestones: tuple[MilestoneEntry, ...] = figure("what happened, in order of time")
    journal_digest: str = figure("hash of the journal: equal for equal runs")
    trust: tuple[str, ...] = figure("what limits belief in the figures, one sentence each")
    control: ControlFigures | None = figure("only with `--control`", sparse=True)
    trial: int | None = figure("which trial of the seed; only in a folder", sparse=True)
    resolved: str | None = figure("the resolved scenario, as YAML; only in a folder", sparse=True)
    versions: Mapping[str, str | None] | None = figure(
        "of each distribution that a result depends on; null: not installed as one; only in a folder",
        sparse=True,
    )
    platform: Machine | None = figure("what made the run; only in a folder", sparse=True)


def document(outcome: Outcome) -> RunDocument:
    """Return what ``--json`` prints: verdict, figures, what happened."""
    control = outcome.control
    return RunDocument(
        document=DOCUMENT,
        scenario=outcome.scenario,
        digest=outcome.digest,
        seed=outcome.seed,
        verdict=outcome.verdict,
        exit_code=outcome.exit_code,
        sla=tuple(outcome.objectives),
        figures=outcome.figures,
        faults=outcome.faults,
        performance=outcome.performance,
        milestones=tuple(map(entry, outcome.milestones)),
        journal_digest=outcome.journal_digest,
        trust=tuple(outcome.trust),
        control=None
        if control is None
        else ControlFigures(differences=differences(outcome.figures, control)),
        trial=None,
        resolved=None,
        versions=None,
        platform=None,
    )


def entry(m: Milestone) -> MilestoneEntry:
    """Return a milestone as documents have it."""
    return MilestoneEntry(
        id=m.id,
        at_s=seconds(m.at_ns),
        kind=m.kind,
        subject=m.subject,
        why=m.why,
        values=m.values,
        cause=m.cause,
    )


def written(value: Any) -> str:
    """Return ``value`` as JSON text that any reader accepts: what is not a number is null.

    Maps, and lists of maps or lists, take a line for each entry; a list of scalars stands in one line.
    """
    return _lines(plain(value), "\n") + "\n"


def plain(value: Any) -> Any:
    """Return ``value`` in JSON's own types.

    Records are maps of what documents show of them, array scalars numbers, NaN and infinities None.
    """
    if is_record(value):
        return {key: plain(part) for key, part in entries(value)}
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        if _numbers(value):
            return list(value)
        return [plain(part) for part in value]
    if isinstance(value, str | bool | int | None):
        return value
    if hasattr(value, "tolist"):  # numpy's, without importing it here
        return plain(value.tolist())
    if isinstance(value, float):
        return value if isfinite(value) else None
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")


def _numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    """Return whether all are integers, or all finite floats: long series, not looked at in turn."""
    kinds = set(map(type, values))
    return kinds == {int} or (kinds == {float} and all(map(isfinite, values)))


def _lines(value: Any, margin: str) -> str:
    """Return plain ``value`` as text; ``margin`` is a line's end and the indent of the next."""
    inner = margin + "  "
    if isinstance(value, dict) and value:
        entries = (f"{_scalars(key)}: {_lines(part, inner)}" for key, part in value.items())
        return "{" + inner + f",{inner}".join(entries) + margin + "}"
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        return "[" + inner + f",{inner}".join(_lines(part, inner) for part in value) + margin + "]"
    return _scalars(value)


def _scalars(value: Any) -> str:
    """Return a scalar, or a list of them, in one line. What cannot be printed is escaped, as JSON allows."""
    return inert(dumps(value, ensure_ascii=False, allow_nan=False))
