"""What a figure came to in the trials of a study: bars, the limit of its objective, and intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from markupsafe import Markup

from sim.report.html import axis, chart, marks
from sim.report.html.axis import Axis
from sim.report.html.markup import Child, name
from sim.report.quantities import plural, span
from sim.report.study import interval, number
from sim.spec.objectives.predicates import parse_predicate
from sim.studies.estimates import of as estimates_of
from sim.studies.reading import Ends

BARS = 40  # about so many
CELLS = 24  # up to so many a whole number has a bar of its own
HEAD = 1.5  # of the highest bar: above it are the intervals
TICKS = 5  # at most, on the axis of a small drawing
FAR = 2.5  # times the largest value: a limit beyond is told and not drawn
INTERVALS = (("p50", "s3", 0.15, 0.2), ("p95", "s1", 0.24, 0.29))  # statistic, colour, shares of the height
LEGEND = (
    ("s0", "trials, by what they came to"),
    ("met", "met the objective"),
    ("missed", "missed it"),
    ("undecided", "undecided, or at least so much"),
    ("line s3", "the median, 95 % interval"),
    ("line s1", "the 95th percentile, 95 % interval"),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """What an objective allows, in the unit of its figure, and how it is written."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a study. ``kinds``: of each trial the class of its colour; ``limit``: of its objective."""

    title: str
    ends: Ends
    unit: str
    kinds: Sequence[str]
    limit: Limit | None = None


def limit_of(must: str) -> Limit:
    """Return the limit of what an objective of a document must be."""
    bound = parse_predicate(must)
    value = bound.value / 1e9 if bound.unit == "duration" else bound.value
    return Limit(float(value), f"objective {must}")


def between(low: float, high: float, unit: str) -> str:
    """Write what a trial came to: its bounds, ``-`` if it says nothing."""
    return "-" if np.isnan(low) else span(low, high, lambda value: number(value, unit))


def varies(figure: Figure) -> bool:
    """Return whether there is a distribution: at least two values that differ, and one of them finite."""
    known = figure.ends.known()
    values = np.unique(np.concatenate([known.lows, known.highs]))
    return values.size > 1 and bool(np.isfinite(values).any())


def drawn(figure: Figure) -> Markup:
    """Return a figure as bars. Trials without bound stand at the least that they can be."""
    known = figure.ends.known()
    there = [kind for kind, low in zip(figure.kinds, figure.ends.lows, strict=True) if not np.isnan(low)]
    finite = np.concatenate([known.lows, known.highs])
    x, edges = scale(finite[np.isfinite(finite)], figure.limit, figure.unit)
    stacks = _stacks(known.lows, there, edges)
    y = axis.counts(HEAD * max(1.0, max(np.sum([values for _, values in stacks], axis=0))), most=3)
    limit = figure.limit
    inside = limit is not None and x.low <= limit.value <= x.high
    drawing = chart.plot(
        marks.bars(edges, stacks, x, y),
        *_intervals(known, x),
        *([marks.limit(limit.value, x, words=limit.words, upright=True)] if limit and inside else []),
        x=x,
        y=y,
        height_px=120,
    )
    return chart.figure(name(figure.title), drawing, note=_note(figure, known, told=not inside))


def summary(known: Ends, unit: str) -> tuple[str, str, str]:
    """Return the median and the 95th percentile with their intervals, and the worst, in words."""
    if not known.lows.size:
        return ("-", "-", "-")
    found = estimates_of(known.lows, known.highs)
    return interval(found["p50"], unit), interval(found["p95"], unit), number(float(known.highs.max()), unit)


def _note(figure: Figure, known: Ends, *, told: bool) -> Child:
    middle, high, worst = summary(known, figure.unit)
    words = [f"Median {middle}; 95th percentile {high}; highest {worst}."]
    if told and figure.limit is not None:
        words.append(f"The {figure.limit.words} lies beyond what is shown.")
    unbounded = int(np.isinf(known.highs).sum())
    if unbounded:
        words.append(
            f"{plural(unbounded, 'trial')} without an upper bound: shown at the least that it can be."
        )
    silent = figure.ends.lows.size - known.lows.size
    if silent:
        words.append(f"{plural(silent, 'trial')} had no value.")
    return " ".join(words)


def scale(finite: np.ndarray, limit: Limit | None, unit: str) -> tuple[Axis, list[float]]:
    """Return the axis, to the most or to the limit unless that is far off, and where the bars end."""
    top, bottom = float(finite.max()), float(finite.min())
    if limit is not None and limit.value <= FAR * top:
        top = max(top, limit.value)
    if unit not in ("s", "1") and top <= CELLS and (finite == np.rint(finite)).all():
        return axis.cells(int(top)), [i - 0.5 for i in range(int(top) + 2)]
    x = _axis(finite, top, bottom, unit=unit)
    parts = max(1, len(x.ticks) - 1)
    bars = parts * max(1, round(BARS / parts))
    return x, [x.value(i / bars) for i in range(bars + 1)]


def _axis(finite: np.ndarray, top: float, bottom: float, *, unit: str) -> Axis:
    """Return an axis from 0, or from near the least where all values lie close to each other."""
    if unit == "1":
        return axis.shares(top or 1.0, most=TICKS)
    low = bottom - 0.1 * (top - bottom) if bottom > top / 3 else min(0.0, bottom)
    least = axis.least_of(map(float, finite)) if not low else None
    if unit == "s":
        return axis.durations(top, low_s=low, least=least, most=TICKS)
    return axis.counts(top, low=low, least=least, most=TICKS)


def _stacks(
    values: np.ndarray, kinds: Sequence[str], edges: Sequence[float]
) -> list[tuple[str, list[float]]]:
    """Return how many trials of each kind each bar holds, in the order of the legend."""
    order = [kind for kind, _ in LEGEND if kind in kinds]
    within = np.clip(values, edges[0], edges[-1])
    found = []
    for kind in order:
        own = [value for value, of in zip(within, kinds, strict=True) if of == kind]
        found.append((kind, np.histogram(own, edges)[0].astype(float).tolist()))
    return found


def _intervals(known: Ends, x: Axis) -> Iterator[marks.Mark]:
    """Yield the interval of each statistic, pale up to the end of the axis on a side that has no bound."""
    found = estimates_of(known.lows, known.highs)
    for statistic, kind, top, bottom in INTERVALS:
        least, most = found[statistic].least, found[statistic].most
        low = least.low if isfinite(least.low) else least.value
        high = most.high if isfinite(most.high) else most.value
        yield marks.interval(low, high, x, top=top, bottom=bottom, kind=kind)
        if not isfinite(least.low):
            yield marks.interval(x.low, least.value, x, top=top, bottom=bottom, kind=f"{kind} open")
        if not isfinite(most.high):
            yield marks.interval(most.value, x.high, x, top=top, bottom=bottom, kind=f"{kind} open")
