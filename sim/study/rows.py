"""What a study keeps of a trial: rows of plain values for its tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.outcome import Outcome

Rows = dict[str, list[list[Any]]]

# Groups of figures whose numbers are kept. The rest (exposure's curves, conservation) belongs to one run.
GROUPS = ("recovery", "latency", "loss", "consistency", "operations", "freshness", "delivery")
_WHOLES = ("rta_s",)  # null where the run ended too early: then at least ``censored_after_s``
_ONE_RUN_ONLY = (
    "phases", "phases_ns", "chain", "episodes", "by_client", "recoveries", "cause", "witness", "series",
    "level_s",
)  # fmt: skip

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
        ("value", "float64", "s, a count or a fraction: see the metric"),
        ("censored", "bool", ""),
        ("verdict", "string", ""),
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
        ("value", "float64", "see the column unit"),
        ("censored", "bool", ""),
    ],
    "milestones": [
        ("point", "int32", ""),
        ("trial", "int32", ""),
        ("id", "int64", ""),
        ("at_ns", "int64", "ns"),
        ("kind", "string", ""),
        ("subject", "string", ""),
        ("why", "string", ""),
        ("cause", "int64", ""),
    ],
}


def rows_of(outcome: Outcome, *, point: int, trial: int, used: Mapping[str, float]) -> Rows:
    """Return the rows of one trial, table by table. Nothing in them depends on the machine's speed.

    ``used``: what ``sim.study.usage`` says.
    """
    key = [point, trial]
    work = outcome.performance
    counts = [work["writes"], work["stage_operations"]]
    return {
        "trials": [[*key, outcome.seed, outcome.verdict, *counts, outcome.journal_digest, None]],
        "objectives": [[*key, o["id"], o["value"], o["censored"], o["verdict"]] for o in outcome.objectives],
        "faults": [
            [*key, name, f["status"], bool(f["fired"]), f["started_s"], f["healed_s"]]
            for name, f in outcome.faults.items()
        ],
        "metrics": [
            *([*key, *row] for row in flat(outcome.figures)),
            *([*key, f"usage.{name}", "platform", _unit(name), value, False] for name, value in used.items()),
        ],
        "milestones": [[*key, m.id, m.at_ns, m.kind, m.subject, m.why, m.cause] for m in outcome.milestones],
    }


def failed(error: str, *, point: int, trial: int, seed: int) -> Rows:
    """Return the rows of a trial that ended in an error: it is told, and never averaged away."""
    row = [point, trial, seed, "error", 0, 0, "", error]
    return {"trials": [row], **{name: [] for name in TABLES if name != "trials"}}


def flat(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, str, float | None, bool]]:
    """Yield (metric, of, unit, value, censored) for every number among the figures of a trial.

    A metric is named as its path in the JSON document: ``recovery.rta_s`` of ``orders.write``.
    """
    for group in GROUPS:
        for of, found in figures.get(group, {}).items():
            yield from _numbers(group, of, found)
    for domain, stages in figures.get("waterfall", {}).items():
        for stage, row in stages.items():
            yield "waterfall.lost", f"{domain}.{stage}", "count", float(row["lost"]), False
    if "recovery_point" in figures:
        yield "recovery_point.age_s", "platform", "s", figures["recovery_point"]["age_s"], False


def _numbers(
    prefix: str, of: str, found: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, float | None, bool]]:
    for name, value in found.items():
        metric = f"{prefix}.{name}"
        if name in _ONE_RUN_ONLY or name.endswith("_ns") or name == "censored_after_s":
            continue
        if isinstance(value, Mapping):
            yield from _numbers(metric, of, value)
        elif name in _WHOLES and value is None:
            yield metric, of, "s", found["censored_after_s"], True
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield metric, of, _unit(name), None if value is None else float(value), False


def _unit(name: str) -> str:
    if name.endswith("_s"):
        return "s"
    if name.endswith("fraction"):
        return "1"
    return "bytes" if name.endswith("bytes") else "count"
