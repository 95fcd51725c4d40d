"""Plots with their axes, rows of bars, legends, and the figure that they stand in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sim.report.html.axis import Axis
from sim.report.html.marks import BOX, Mark, windows
from sim.report.html.marks import Window as Window
from sim.report.html.markup import Child, el, name, number

THINNEST = 0.001  # of an axis: a bar of no length is seen
ROOMY = 0.8  # of an axis: what ends beyond has no room after it
EDGE = 0.03  # of an axis: labels nearer to its end than this are moved inside


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a row, from ``start`` to ``end`` in the unit of the axis.

    ``kind``: the class of its colour; ``words``: written in it where there is room; ``told``: what else
    there is to say of it, for who points at it, or comes to it by the keyboard.
    """

    start: float
    end: float
    kind: str
    words: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A named row of bars; ``note`` stands after the last of them."""

    name: str
    bars: tuple[Bar, ...]
    note: str = ""


def figure(caption: Child, *parts: Child, ident: str | None = None, note: Child = None) -> Markup:
    """Return a figure: what it shows, its drawings and legends, and a note below."""
    return el(
        "figure",
        el("figcaption", caption),
        *parts,
        el("p", note, class_="note") if note else None,
        class_="chart",
        id=ident,
    )


def plot(*marks: Mark, x: Axis, y: Axis, height_px: int = 140, ident: str | None = None) -> Markup:
    """Return a drawing with its ticks: the grid below the marks, labels as text beside it."""
    shapes = (_grid(x, y), *(mark.shape for mark in marks))
    inner = _drawing(*shapes, words=(mark.words for mark in marks), height_px=height_px)
    said = {**_said("x", x), **_said("y", y)}
    return el("div", _upright_ticks(y), inner, _lying_ticks(x), class_="plot", id=ident, **said)


def lanes(rows: Sequence[Row], *, x: Axis, faults: Sequence[Window] = (), ident: str | None = None) -> Markup:
    """Return named rows of bars above one axis: phases of recoveries, a Gantt chart."""
    shaded = windows(faults, x)
    head = el("div", el("div", shaded.words, class_="words"), class_="lane-head") if shaded.words else None
    drawn = (_lane(row, x, shaded.shape) for row in rows)
    return el("div", head, *drawn, _lying_ticks(x), class_="lanes", id=ident, **_said("x", x))


def legend(entries: Sequence[tuple[str, str]]) -> Markup:
    """Return what each colour means: (class of the colour, words)."""
    shown = (el("li", el("span", class_=f"swatch {kind}"), name(words)) for kind, words in entries)
    return el("ul", *shown, class_="legend")


def _lane(row: Row, x: Axis, shaded: Markup) -> Markup:
    """Return one row."""
    bars = [_bar(bar, x) for bar in row.bars]
    words = (*(bar.words for bar in bars), _note(row, x) if row.note else None)
    inner = _drawing(shaded, *(bar.shape for bar in bars), words=words)
    return el("div", name(row.name, "div", class_="lane-name"), inner, class_="lane")


def _bar(bar: Bar, x: Axis) -> Mark:
    left, right = x.at(bar.start), x.at(bar.end)
    across = {"x": left * BOX, "width": max(right - left, THINNEST) * BOX}
    shape = el("rect", y=0, height=BOX, class_=f"bar {bar.kind}", **across)
    where = f"left:{number(left * 100)}%;width:{number((right - left) * 100)}%"
    told = (
        {"title": bar.told, "role": "img", "aria_label": bar.told, "tabindex": "0"}
        if bar.told
        else {"title": bar.words or None}
    )
    return Mark(shape, el("span", el("span", bar.words), class_=f"bar-name {bar.kind}", style=where, **told))


def _note(row: Row, x: Axis) -> Markup:
    """Return what stands after the last bar, or over its end where there is no room."""
    end = max((x.at(bar.end) for bar in row.bars), default=0.0)
    side = f"right:{number((1 - end) * 100)}%" if end > ROOMY else f"left:{number(end * 100)}%"
    return el("span", row.note, class_="lane-note", style=side)


def _drawing(*shapes: Child, words: Iterable[Child], height_px: int | None = None) -> Markup:
    """Return shapes that fill their place, and words above them."""
    whole = f"0 0 {number(BOX)} {number(BOX)}"
    still = {"preserveAspectRatio": "none", "aria_hidden": "true", "focusable": "false"}
    return el(
        "div",
        el("svg", *shapes, viewBox=whole, **still),
        el("div", *words, class_="words"),
        class_="drawing",
        style=None if height_px is None else f"height:{height_px}px",
    )


def _grid(x: Axis, y: Axis) -> Markup:
    across = "".join(f"M0 {number((1 - y.at(tick)) * BOX)}H{number(BOX)}" for tick in y.ticks)
    down = "".join(f"M{number(x.at(tick) * BOX)} 0V{number(BOX)}" for tick in x.ticks)
    return el("path", d=across + down, class_="grid")


def _upright_ticks(y: Axis) -> Markup:
    labels = (el("span", y.write(tick), style=f"bottom:{number(y.at(tick) * 100)}%") for tick in y.ticks)
    return el("div", *labels, class_="ticks-y", aria_hidden="true")


def _lying_ticks(x: Axis) -> Markup:
    """Return the labels of the x axis; every other one is left out where it is narrow."""
    labels = []
    for place, tick in enumerate(x.ticks):
        share = x.at(tick)
        edge = "first" if share < EDGE else "last" if share > 1 - EDGE else ""
        kind = " ".join(word for word in (edge, "odd" if place % 2 else "") if word)
        labels.append(el("span", x.write(tick), class_=kind or None, style=f"left:{number(share * 100)}%"))
    return el("div", *labels, class_="ticks-x", aria_hidden="true")


def _said(which: str, axis: Axis) -> dict[str, str | float | None]:
    """Return what a script must know of an axis."""
    return {
        f"data_{which}_low": repr(axis.low),
        f"data_{which}_high": repr(axis.high),
        f"data_{which}_linear_to": None if axis.linear_to is None else repr(axis.linear_to),
    }
