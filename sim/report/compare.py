"""A comparison of two designs, as a page and as one JSON document."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim.report.page import Section, Table
from sim.report.quantities import count, duration, percent, plural
from sim.stats.estimate import Estimate
from sim.studies.compare import Difference


def page(
    found: Sequence[Difference], *, before: str, after: str, trials: int, broken: Sequence[str] = ()
) -> list[Section]:
    """Return what differs, largest effect first, and how many figures do not.

    ``broken``: of each design, what is to be said of trials that broke; "" if none did.
    """
    moved = [difference for difference in found if difference.differs]
    moved.sort(key=lambda d: -abs(d.after - d.before) / max(abs(d.before), 1e-9))
    rows = tuple(
        (
            f"{d.name[0]} {d.name[1]}",
            number(d.before, d.unit),
            number(d.after, d.unit),
            signed(d.mean if math.isfinite(d.mean.low) else d.median, d.unit),
            "-" if math.isnan(d.noise_left) else percent(d.noise_left),
        )
        for d in moved
    )
    head = ("figure", "before", "after", "difference, 95 % interval", "noise left")
    table: tuple[str | Table, ...] = (Table(head, rows, frozenset({1, 2, 4})),) if rows else ("Nothing.",)
    same = len(found) - len(moved)
    lost = [f"{text}; such a trial is not compared" for text in broken if text]
    notes = (
        "",
        "noise left: the variance of the differences, of that of trials with draws of their own.",
        f"{plural(len(found), 'figure')} were compared, each at 95 %: one in 20 may seem to differ by luck.",
    )
    return [
        Section(
            "", (f"{before} against {after}", f"{plural(trials, 'trial')} of each, on the same draws", *lost)
        ),
        Section("What differs", (*table, *notes) if rows else table),
        Section("What cannot be told apart", (f"{plural(same, 'figure')}; --json has all of them.",)),
    ]


def document(
    found: Sequence[Difference], *, before: str, after: str, trials: int, broken: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what ``--json`` prints; ``broken`` as of ``page``."""
    return {
        "before": before,
        "after": after,
        "trials": trials,
        "broken": [text for text in broken if text],
        "differences": [
            {
                "metric": d.name[0],
                "of": d.name[1],
                **{k: v for k, v in asdict(d).items() if k != "name"},
                "differs": d.differs,
            }
            for d in found
        ],
    }


def number(value: float, unit: str) -> str:
    """Write a mean with its unit."""
    if math.isinf(value):
        return "no bound"
    if unit == "s":
        return duration(value)
    return percent(value) if unit == "1" else count(value)


def signed(estimate: Estimate, unit: str) -> str:
    """Write a difference and its interval, each with its sign."""
    value, low, high = (_sign(x, unit) for x in (estimate.value, estimate.low, estimate.high))
    return value if low == high == value else f"{value} ({low} to {high})"


def _sign(value: float, unit: str) -> str:
    if math.isinf(value) or math.isnan(value):
        return "?"
    return ("+" if value >= 0 else "-") + number(abs(value), unit)
