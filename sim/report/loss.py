"""What was lost for good, why, and what was at risk at the worst moment."""

from collections.abc import Callable, Iterator
from math import inf

from sim.core.record import entries
from sim.measure.store.figures import CurveFigures, LossCauses, LossFigures
from sim.outcome import Outcome
from sim.report.page import Section, Table
from sim.report.quantities import count, duration, plural

CAUSES = {
    "paused": "held back because replication was paused",
    "send_queue": "still to be sent: the replica was out of reach, or its share of the link too small",
    "wire": "sent but not yet received, on a wire that was lost",
    "diverged": "written to the old primary after the failure",
    "node": "received by a node whose data was lost later",
}
BACKUPS = "- Backups are not modelled: what is gone or out of reach here may still be in one."


def loss(outcome: Outcome) -> list[Section]:
    """Return the section of lost transactions and that of exposure."""
    stores = outcome.figures.loss
    used = {head for head, cell in COLUMNS.items() if head in ALWAYS or any(map(cell, stores.values()))}
    shown = [(head, cell) for head, cell in COLUMNS.items() if head in used]
    rows = tuple((name, *(cell(f) for _, cell in shown)) for name, f in stores.items())
    table = Table(("store", *(head for head, _ in shown)), rows, frozenset(range(1, len(shown) + 1)))
    standbys = outcome.figures.exposure
    lines = [line for name, f in stores.items() for line in _lines(name, f, alone=not standbys.get(name))]
    told = [*lines, BACKUPS] if lines else ["- No acknowledged transaction was lost."]
    return [Section("Data loss (acknowledged, then gone)", (table, *told)), *_exposure(outcome)]


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


def _lines(name: str, figure: LossFigures, *, alone: bool) -> Iterator[str]:
    """Say why a store's transactions are gone, the largest cause first, and where the others are.

    ``alone``: it has one copy, so that there was no way for them to go.
    """
    if figure.records and not alone:
        yield f"- {name}: {_because(figure.cause)}"
    if figure.destroyed:
        yield f"- {name}: {plural(figure.destroyed, 'transaction')} destroyed: no copy is left on any disk"
    if figure.window_s == inf:
        yield f"- {name}: no node holds its data any more; all that lay before the run is lost too"
    if figure.stranded:
        places = "; ".join(f"{p.records:,} in {p.region}, {p.why}" for p in figure.where)
        yield f"- {name}: {plural(figure.stranded, 'transaction')} out of reach at the end: {places}"
    if figure.stranded_window_s == inf > figure.window_s:
        yield f"- {name}: all that lay before the run is out of reach at the end too"


def _because(causes: LossCauses) -> str:
    """Write ``1,100 still to be sent…; 103 sent but…``."""
    ordered = sorted(entries(causes), key=lambda item: -item[1])
    return "; ".join(f"{number:,} {CAUSES[cause]}" for cause, number in ordered if number)


def _exposure(outcome: Outcome) -> list[Section]:
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
    return [Section("At risk at the worst moment", (Table(head, rows, frozenset({2, 3, 4, 5})),))]


def _worst(figure: CurveFigures) -> tuple[str, str]:
    """Return records and age of the oldest."""
    records = figure.records_max
    return plural(records, "record") if records else "nothing", duration(figure.age_max_s) if records else ""
