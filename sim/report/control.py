"""What the faults alone cost: this run beside the same seed without them."""

from collections.abc import Callable

from sim.core.record import entries
from sim.measure.figures import Figures
from sim.outcome import Outcome
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import count, duration, percent

Write = Callable[[float | None], str]
SHOWN: tuple[tuple[str, str, str, Write], ...] = (
    ("recovery", "failed_requests", "failed requests", count),
    ("recovery", "downtime_s", "downtime", duration),
    ("latency", "p99_s", "latency p99", duration),
    ("consistency", "stale_fraction", "stale reads", percent),
)


def beside(outcome: Outcome) -> list[ReportSection]:
    """Return a row for each figure that the faults changed; nothing if no control was run."""
    if outcome.control is None:
        return []
    rows = tuple(_rows(outcome.control, outcome.figures))
    if not rows:
        return [
            ReportSection(
                "Without the faults",
                ("Every figure is the same: the faults changed nothing that is measured.",),
            )
        ]
    table = ReportTable(("", "without", "with faults", "difference"), rows, frozenset({1, 2, 3}))
    return [ReportSection("Without the faults", (table,))]


def _rows(control: Figures, drill: Figures) -> list[tuple[str, ...]]:
    """Return name, without, with and difference of every figure that differs."""
    return [
        (f"{of}, {label}", write(before), write(after), _difference(before, after, write))
        for part, key, label, write in SHOWN
        for of, figures in getattr(drill, part).items()
        for before, after in [[dict(entries(one))[key] for one in (getattr(control, part)[of], figures)]]
        if before != after
    ]


def _difference(before: float | None, after: float | None, write: Write) -> str:
    """Write a difference with its sign, nothing if there is no value on one side."""
    if before is None or after is None:
        return ""
    return ("+" if after > before else "-") + write(abs(after - before)).removeprefix("< ")
