"""What is drawn inside a plot: lines, steps, bars, shaded windows, limits, intervals, dots.

Each returns a ``Mark``: a piece of SVG in a box of 1,000 by 1,000, and words as HTML above it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from sim.report.html.axis import Axis
from sim.report.html.markup import el, join, name, number
from sim.report.html.thinning import swinging_door

BOX = 1000.0
TOLERANCE = 1.5e-3 * BOX  # how far a thinned line may lie from its points
SEEN = 0.015  # of the height: one of a thousand is seen
ROWS = 4  # of names of windows, one below the other, before they begin again at the top

Window = tuple[str, float, float | None]  # name, start and end in seconds; None: it never ended

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a drawing, and the words that stand on it."""

    shape: Markup
    words: Markup = NOTHING


def line(xs: Sequence[float], ys: Sequence[float | None], x: Axis, y: Axis, *, series: int) -> Mark:
    """Return a line through points of strictly rising ``xs``, thinned; None and infinity leave a gap."""
    path = "".join(_path(run, x, y) for run in _runs(xs, ys))
    return Mark(el("path", d=path, class_=f"line {of_series(series)}") if path else NOTHING)


def steps(edges: Sequence[float], values: Sequence[float], x: Axis, y: Axis, *, series: int) -> Mark:
    """Return a line that holds each value from its edge to the next; there is one edge more than values."""
    path, height, level = [], None, None
    for edge, value in zip(edges[:-1], values, strict=True):
        if value == level:  # as most of a long curve are
            continue
        level, now = value, number(_down(value, y))
        if height is None:
            path.append(f"M{number(_right(edge, x))} {now}")
        elif now != height:
            path.append(f"H{number(_right(edge, x))}V{now}")
        height = now
    path.append(f"H{number(_right(edges[-1], x))}")
    return Mark(el("path", d="".join(path), class_=f"line {of_series(series)}"))


def of_series(series: int) -> str:
    """Return the classes of a line of that number: after eight colours they begin again, dashed."""
    return f"s{series % 8}{' dashed' if series // 8 % 2 else ''}"


def windows(faults: Iterable[Window], x: Axis) -> Mark:
    """Return windows of time shaded over the whole height, with their names at the top."""
    shapes, words = [], []
    seen = [w for w in faults if w[1] < x.high and (w[2] is None or w[2] > x.low)]
    for place, (called, start, end) in enumerate(seen):
        left, right = x.at(start), x.at(x.high if end is None else end)
        shapes.append(_box(left, right, 0.0, 1.0, class_="window"))
        where = (
            f"left:{number(left * 100)}%;max-width:{number((1 - left) * 100)}%;top:{place % ROWS * 1.2:.1f}em"
        )
        words.append(name(called, "span", class_="window-name", style=where))
    return Mark(join(shapes), join(words))


def limit(value: float, axis: Axis, *, words: str, upright: bool = False) -> Mark:
    """Return the line of an objective across the plot, upright for one of the x axis, with what it is."""
    share = axis.at(value)
    at = number(share * BOX if upright else (1 - share) * BOX)
    path = f"M{at} 0V{number(BOX)}" if upright else f"M0 {at}H{number(BOX)}"
    return Mark(el("path", d=path, class_="limit"), label(words, share, upright=upright))


def label(words: str, share: float, *, upright: bool = False) -> Markup:
    """Return words beside a line at a share of the axis, on the side where there is room."""
    if upright:
        side = f"right:{number((1 - share) * 100)}%" if share > 0.6 else f"left:{number(share * 100)}%"
        return el("span", words, class_="limit-name upright", style=side)
    edge = f"top:{number((1 - share) * 100)}%" if share > 0.8 else f"bottom:{number(share * 100)}%"
    return el("span", words, class_="limit-name", style=edge)


def bars(edges: Sequence[float], stacks: Sequence[tuple[str, Sequence[float]]], x: Axis, y: Axis) -> Mark:
    """Return upright bars between neighbouring edges, stacked.

    ``stacks``: (class of the colour, a number for each bar), from the bottom up.
    """
    shapes, below = [], [0.0] * (len(edges) - 1)
    for kind, values in stacks:
        for i, value in enumerate(values):
            if value:
                bottom = 1 - y.at(below[i])
                top = min(1 - y.at(below[i] + value), bottom - SEEN)
                shapes.append(_box(x.at(edges[i]), x.at(edges[i + 1]), top, bottom, class_=f"bar {kind}"))
                below[i] += value
    return Mark(join(shapes))


def interval(low: float, high: float, x: Axis, *, top: float, bottom: float, kind: str) -> Mark:
    """Return a bar from ``low`` to ``high``; ``top``, ``bottom``: shares of the height, from the top."""
    return Mark(_box(x.at(low), x.at(high), top, bottom, class_=f"interval {kind}"))


def dots(points: Iterable[tuple[float, float]], x: Axis, y: Axis, *, series: int, kind: str = "dot") -> Mark:
    """Return points: lines without length, whose round ends keep their size. Infinite ones are left out."""
    shapes = [
        f"M{number(_right(px, x))} {number(_down(py, y))}h0"
        for px, py in points
        if isfinite(px) and isfinite(py)
    ]
    return Mark(el("path", d="".join(shapes), class_=f"{kind} {of_series(series)}") if shapes else NOTHING)


def note(words: str, at: float, height: float, *, x: Axis, y: Axis) -> Mark:
    """Return words beside a point."""
    where = f"left:{number(x.at(at) * 100)}%;bottom:{number(y.at(height) * 100)}%"
    return Mark(NOTHING, el("span", words, class_="point-name", style=where))


def _runs(xs: Sequence[float], ys: Sequence[float | None]) -> Iterable[list[tuple[float, float]]]:
    """Yield the stretches of a line without gaps."""
    run: list[tuple[float, float]] = []
    for at, value in zip(xs, ys, strict=True):
        if value is not None and isfinite(value):
            run.append((at, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(run: Sequence[tuple[float, float]], x: Axis, y: Axis) -> str:
    """Return a stretch as a path of the points that have to be there."""
    across = [at for at, _ in run]
    down = [_down(value, y) for _, value in run]
    kept = swinging_door(across, down, TOLERANCE)
    points = [f"{number(_right(across[i], x))} {number(down[i])}" for i in kept]
    return f"M{points[0]}h0" if len(points) == 1 else f"M{'L'.join(points)}"


def _box(left: float, right: float, top: float, bottom: float, **attributes: str) -> Markup:
    """Return a rectangle between shares of the plot."""
    return el(
        "rect",
        x=left * BOX,
        y=top * BOX,
        width=(right - left) * BOX,
        height=(bottom - top) * BOX,
        **attributes,
    )


def _right(value: float, x: Axis) -> float:
    return x.at(value) * BOX


def _down(value: float, y: Axis) -> float:
    return (1 - y.at(value)) * BOX
