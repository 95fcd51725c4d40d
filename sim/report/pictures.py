"""Pictures as SVG, the same bytes for the same figures.

They are written here, line by line: importing a plotting library takes longer than a tenth of the drill.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path
from typing import NamedTuple

from sim.measure.platform.figures import FreshnessFigures
from sim.measure.store.figures import ExposureFigures

TITLE = "Acknowledged records at risk at each moment"
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf")
# Lengths in pixels: a panel's plot, and what stands around it.
WIDTH, HEIGHT, LEFT, RIGHT, ABOVE, HEAD, FOOT, LINE = 1000, 130, 70, 20, 26, 30, 42, 14
PLOT = WIDTH - LEFT - RIGHT
TICKS_MAX = 8

Curve = tuple[str, float, Sequence[float]]  # label, length of a step (s), the greatest value in each


class Scale(NamedTuple):
    """Turns seconds and records into pixels: of a panel whose plot's upper edge lies at ``top``."""

    top: int
    end_s: float
    records: float

    def x(self, at_s: float) -> float:
        """Return the pixel of a moment."""
        return round(LEFT + PLOT * at_s / self.end_s, 1)

    def y(self, records: float) -> float:
        """Return the pixel of a number of records."""
        return round(self.top + HEIGHT * (1 - records / self.records), 1)


def exposure(figures: Mapping[str, Mapping[str, ExposureFigures]], path: Path) -> bool:
    """Draw acknowledged records at risk over time, a panel a store; return whether there was any.

    ``figures``: store -> standby -> what was at risk. Nothing is written if there was none. OSError where
    ``path`` cannot be written.
    """
    return _draw({store: _curves(standbys) for store, standbys in figures.items()}, TITLE, "records", path)


def freshness(figures: Mapping[str, FreshnessFigures], path: Path) -> bool:
    """Draw how old each capability of the data path was over time; return whether any ever was.

    A panel for each domain, the lake and the dashboards. ``figures``: of each capability. OSError where
    ``path`` cannot be written.
    """
    panels: dict[str, list[Curve]] = {}
    for name, row in figures.items():
        head, _, what = name.partition(".")
        if any(row.series.age_s):
            panels.setdefault(head, []).append((what, row.series.step_s, row.series.age_s))
    return _draw(panels, "How old what people saw was at each moment", "seconds", path)


def _draw(panels: dict[str, list[Curve]], title: str, unit: str, path: Path) -> bool:
    """Write a picture of the panels that have curves; return whether there is any."""
    panels = {name: curves for name, curves in panels.items() if curves}
    if not panels:
        return False
    height = HEAD + len(panels) * (ABOVE + HEIGHT) + FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="10">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(WIDTH / 2, 20, title, anchor="middle", size=13),
    ]
    end_s = max(step_s * len(values) for curves in panels.values() for _, step_s, values in curves)
    for i, (store, curves) in enumerate(panels.items()):
        most = max(max(values) for _, _, values in curves)
        scale = Scale(HEAD + ABOVE + i * (ABOVE + HEIGHT), end_s, most * 1.05)
        lines += _panel(store, curves, scale, unit=unit, last=i == len(panels) - 1)
    path.write_text("\n".join([*lines, "</svg>"]) + "\n", encoding="utf-8")
    return True


def _curves(standbys: Mapping[str, ExposureFigures]) -> list[Curve]:
    """Return every curve of a store that ever leaves zero."""
    return [
        (f"{standby}, {words}", curve.series.step_s, curve.series.records)
        for standby, kinds in standbys.items()
        for curve, words in (
            (kinds.crash, "if the primary had died"),
            (kinds.cut, "if its links had been cut"),
        )
        if any(curve.series.records)
    ]


def _panel(store: str, curves: list[Curve], scale: Scale, *, unit: str, last: bool) -> Iterator[str]:
    """Yield one panel: name, grid, curves and their legend; the last one also names the moments."""
    top, bottom, right = scale.top, scale.top + HEIGHT, LEFT + PLOT
    yield _text(LEFT, top - 6, store, size=12)
    for value in ticks(scale.records):
        y = scale.y(value)
        yield f'<path d="M{LEFT} {y}H{right}" stroke="#ddd" stroke-width=".5"/>'
        yield _text(LEFT - 6, y + 3, f"{value:,g}", anchor="end")
    for at_s in ticks(scale.end_s):
        x = scale.x(at_s)
        yield f'<path d="M{x} {bottom}v4" stroke="#000"/>'
        if last:
            yield _text(x, bottom + 15, f"{at_s:,g}", anchor="middle")
    for n, (label, step_s, values) in enumerate(curves):
        colour, y = COLOURS[n % len(COLOURS)], round(top + 12 + n * min(LINE, HEIGHT / len(curves)), 1)
        yield f'<path d="{steps(step_s, values, scale)}" fill="none" stroke="{colour}"/>'
        yield f'<path d="M{right - 22} {y - 3}h18" stroke="{colour}" stroke-width="2"/>'
        yield _text(right - 26, y, label, anchor="end")
    yield f'<rect x="{LEFT}" y="{top}" width="{PLOT}" height="{HEIGHT}" fill="none" stroke="#000"/>'
    yield _text(16, top + HEIGHT / 2, unit, anchor="middle", turn=f"rotate(-90 16 {top + HEIGHT / 2:g})")
    if last:
        yield _text(LEFT + PLOT / 2, bottom + 32, "seconds since the start", anchor="middle")


def steps(step_s: float, values: Sequence[float], scale: Scale) -> str:
    """Return a curve as a path: a value holds for its step, and what does not change is not said again."""
    value, height = values[0], scale.y(values[0])
    path = [f"M{scale.x(0)} {height}"]
    for i, now in enumerate(values):
        if now != value:
            value, before, height = now, height, scale.y(now)
            if height != before:
                path.append(f"H{scale.x(i * step_s)}V{height}")
    return "".join([*path, f"H{scale.x(len(values) * step_s)}"])


def ticks(most: float) -> list[float]:
    """Return the multiples of a round step (1, 2 or 5 times a power of ten) up to ``most`` > 0, from 0 on."""
    least = most / TICKS_MAX
    power = 10.0 ** floor(log10(least))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= least)
    if step > 1:
        step = ceil(step)
    return [i * step for i in range(floor(most / step) + 1)]


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 10, turn: str = "") -> str:
    """Return a line of text; ``turn``: how it is turned."""
    turned = f' transform="{turn}"' if turn else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}"{turned}>{escape(words)}</text>'
    )
