"""What was lost for good, why, and what was at risk at the worst moment."""

from collections.abc import Callable
from math import inf

from sim.measure.store.figures import CurveFigures, LossFigures
from sim.outcome import Outcome
from sim.report.document import plain
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import count, duration, plural
from sim.report.review.stores import reasons

NOTHING_LOST = "- No acknowledged transaction was lost."
BACKUPS = "- Backups are not modelled: what is gone or out of reach here may still be in one."


def loss(outcome: Outcome) -> list[ReportSection]:
    """Return the section of lost transactions and that of exposure."""
    stores = outcome.figures.loss
    used = {head for head, cell in COLUMNS.items() if head in ALWAYS or any(map(cell, stores.values()))}
    shown = [(head, cell) for head, cell in COLUMNS.items() if head in used]
    rows = tuple((name, *(cell(f) for _, cell in shown)) for name, f in stores.items())
    table = ReportTable(("store", *(head for head, _ in shown)), rows, frozenset(range(1, len(shown) + 1)))
    standbys = outcome.figures.exposure
    lines = [
        f"- {name}: {reason}"
        for name, figure in stores.items()
        for reason in reasons(plain(figure), alone=not standbys.get(name))
    ]
    told: tuple[str | ReportTable, ...] = (table, *lines, BACKUPS) if lines else (NOTHING_LOST,)
    return [ReportSection("Data loss (acknowledged, then gone)", told), *_exposure(outcome)]


def _window(figure: LossFigures) -> str:
    """Write how far back the loss reaches; of a store that was destroyed with all it had: beyond the run."""
    if figure.window_s == inf:
        return f"> {duration(figure.window_over_s)}"
    return duration(figure.window_s)


def _some(number: int) -> str:
    return count(number) if number else ""


def _unknown(figure: LossFigures) -> str:
    lost, unknown = figure.records, figure.info_lost
    return f"{lost:,} to {lost + unknown:,}" if unknown else ""


# Head of a column -> what stands in it. Those that are not in ALWAYS are shown where they say something.
COLUMNS: dict[str, Callable[[LossFigures], str]] = {
    "lost": lambda f: count(f.records),
    "out of reach": lambda f: _some(f.stranded),
    "window": _window,
    "if unknown ones count": _unknown,
    "diverged": lambda f: count(f.diverged),
    "another copy had": lambda f: count(f.avoidable),
    "on the old disk": lambda f: count(f.salvageable),
    "on a bus": lambda f: _some(f.replayable or 0),  # None without a bus
}
ALWAYS = frozenset(COLUMNS) - {"out of reach", "on a bus"}


def _exposure(outcome: Outcome) -> list[ReportSection]:
    """Return what a crash or a cut at the worst moment of this run would have cost, per copy."""
    exposure = outcome.figures.exposure
    rows = tuple(
        (store, standby, *_worst(kinds.crash), *_worst(kinds.cut))
        for store, standbys in exposure.items()
        for standby, kinds in standbys.items()
    )
    if not rows:
        return []
    head = ("store", "copy in", "primary dies", "oldest", "link is lost", "oldest")
    return [ReportSection("At risk at the worst moment", (ReportTable(head, rows, frozenset({2, 3, 4, 5})),))]


def _worst(figure: CurveFigures) -> tuple[str, str]:
    """Return records and age of the oldest."""
    records = figure.records_max
    return plural(records, "record") if records else "nothing", duration(figure.age_max_s) if records else ""
