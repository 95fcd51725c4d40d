"""What a study keeps of a trial: rows of plain values for its tables, and its figures."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sim.journal.parquet import values_text
from sim.measure.verdict import UNDECIDED
from sim.outcome import ObjectiveFigures, Outcome
from sim.spec.objectives.metrics import METRICS
from sim.spec.scenario import Objective, Scenario
from sim.studies.figures import TrialFigures

Rows = dict[str, list[list[Any]]]
FORMAT = 2  # of tables, batches and baselines; 1, which did not say so, had no bounds
UNKNOWN = "unknown"  # what became of a fault in a trial that broke

# Table -> columns, in order: (name, Arrow type, unit or "").
TABLES: dict[str, list[tuple[str, str, str]]] = {
    "trials": [
        ("point", "int32", ""),
        ("trial", "int32", ""),
        ("seed", "int64", ""),
        ("verdict", "string", ""),
        ("writes", "int64", "records"),
        ("stage_operations", "int64", "records"),
        ("journal_digest", "string", ""),
        ("error", "string", ""),
    ],
    "objectives": [
        ("point", "int32", ""),
        ("trial", "int32", ""),
        ("objective", "string", ""),
        ("metric", "string", ""),
        ("of", "string", ""),
        ("unit", "string", ""),
        ("low", "float64", "see the column unit"),
        ("high", "float64", "see the column unit"),
        ("censored", "bool", ""),
        ("verdict", "string", ""),
        ("why", "string", ""),
    ],
    "faults": [
        ("point", "int32", ""),
        ("trial", "int32", ""),
        ("fault", "string", ""),
        ("status", "string", ""),
        ("fired", "bool", ""),
        ("started_s", "float64", "s"),
        ("healed_s", "float64", "s"),
    ],
    "metrics": [
        ("point", "int32", ""),
        ("trial", "int32", ""),
        ("metric", "string", ""),
        ("of", "string", ""),
        ("unit", "string", ""),
        ("low", "float64", "see the column unit"),
        ("high", "float64", "see the column unit"),
    ],
    "milestones": [
        ("point", "int32", ""),
        ("trial", "int32", ""),
        ("id", "int64", ""),
        ("at_ns", "int64", "ns"),
        ("kind", "string", ""),
        ("subject", "string", ""),
        ("why", "string", ""),
        ("values", "string", ""),
        ("cause", "int64", ""),
    ],
}


class Measured(NamedTuple):
    """The figures of one trial of a point: rows of the table ``metrics``."""

    point: int
    trial: int
    figures: TrialFigures


@dataclass(frozen=True, slots=True)
class Part:
    """Trials of a study: rows of every table but ``metrics``, which would be nearly all, and figures."""

    rows: Rows
    measured: list[Measured] = field(default_factory=list)


def rows_of(outcome: Outcome, *, point: int, trial: int) -> Rows:
    """Return the rows of one trial, table by table. Nothing in them depends on the machine's speed."""
    key = [point, trial]
    work = outcome.performance
    counts = [work.writes, work.stage_operations]
    return {
        "trials": [[*key, outcome.seed, outcome.verdict, *counts, outcome.journal_digest, None]],
        "objectives": [[*key, *_judged(objective)] for objective in outcome.objectives],
        "faults": [
            [*key, name, f.status, f.fired, f.started_s, f.healed_s] for name, f in outcome.faults.items()
        ],
        "milestones": [
            [*key, m.id, m.at_ns, m.kind, m.subject, m.why, values_text(m), m.cause]
            for m in outcome.milestones
        ],
    }


def _judged(objective: ObjectiveFigures) -> list[Any]:
    """Return a judged objective's columns; its unit is named as that of figures is."""
    o, share = objective, "1" if objective.must.endswith("%") else "count"
    unit = "s" if METRICS[o.metric].in_seconds else share
    return [o.id, o.metric, o.of, unit, o.low, o.high, o.censored, o.verdict, o.why]


def failed(error: str, scenario: Scenario, *, point: int, trial: int, seed: int) -> Rows:
    """Return the rows of a trial that ended in an error: it is told in every table, and never averaged away.

    Each objective is undecided, and of no fault is it known whether it took effect.
    """
    key = [point, trial]
    return {
        "trials": [[*key, seed, "error", 0, 0, "", error]],
        "objectives": [[*key, *_judged(_open(name, asked))] for name, asked in scenario.sla.items()],
        "faults": [[*key, name, UNKNOWN, None, None, None] for name in scenario.faults],
    }


def _open(name: str, asked: Objective) -> ObjectiveFigures:
    """Return an objective of which a trial says nothing."""
    return ObjectiveFigures(
        id=name, metric=asked.metric, of=asked.about, must=str(asked.must), value=None, low=None, high=None,
        censored=False, verdict=UNDECIDED, why="the trial broke",
    )  # fmt: skip
