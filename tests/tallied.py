"""The table of missing records against the figures: every range counted, and nothing else."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sim.measure.figures import Figures
from sim.measure.missing import MissingRange

Counts = dict[tuple[str, str, str], int]  # store, stage, kind -> records


def listed(missing: Sequence[MissingRange]) -> Counts:
    """Return what the table counts."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in missing:
        found[one.store, one.stage, one.kind] += one.records
    return dict(found)


def counted(figures: Figures) -> Counts:
    """Return what the figures count."""
    found: dict[tuple[str, str, str], Any] = {}
    for store, loss in figures.loss.items():
        found |= {(store, "replica", "lost"): loss.records, (store, "replica", "stranded"): loss.stranded}
    for store, fall in figures.path.waterfall.items() if figures.path else ():
        for stage, row in fall.items():
            found |= {(store, stage, kind): getattr(row, kind) for kind in ("lost", "stranded", "dropped")}
    for of, row in figures.path.delivery.items() if figures.path else ():
        store, _, stage = of.partition(".")
        for kind in ("ghost", "duplicate"):
            if hasattr(row, f"{kind}s"):
                found[store, stage, kind] = getattr(row, f"{kind}s").count
    return {what: number for what, number in found.items() if number}
