"""What all figures have in common: colours, axes, faults as shades, files."""

from collections.abc import Iterable
from os import PathLike
from textwrap import wrap
from typing import Any

from matplotlib import pyplot, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from matplotlib.transforms import ScaledTranslation

from sim.report import palette
from sim.report.palette import Theme as Theme
from sim.report.quantities import duration
from sim.report.ticks import duration_step

LINES = ("-", "--", "-.", ":")  # so that more lines than colours can be told apart
HATCHES = {
    "decide": "//", "promote": "\\\\", "repair": "..", "replay": "xx", "reconcile": "--", "catch_up": "++",
}  # fmt: skip
SIZE = (9.0, 4.5)  # inches
LEGEND_INCHES = 0.5  # below the axes: under the label of the time axis
NAMES = 4  # of faults, one below the other before they begin again at the top
TICKS = 9  # at most, on a time axis
TITLE = 90  # characters of a line of the title


def axes(ax: Axes | None, theme: Theme, *, title: str, rows: int | None = None) -> Axes:
    """Return the axes to draw on, new ones if there are none, in the colours of a theme.

    ``rows``: how many lines of text there are on the left; the figure grows with them.
    """
    if ax is None:
        height = SIZE[1] if rows is None else max(2.0, 1.3 + 0.28 * rows)
        ax = pyplot.figure(figsize=(SIZE[0], height), layout="constrained").add_subplot()  # notebooks show it
    ink = palette.INK[theme]
    ax.figure.set_facecolor(palette.GROUND[theme])
    ax.set_facecolor(palette.GROUND[theme])
    ax.tick_params(colors=ink, labelsize=9)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(ink)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set_color(ink)
    ax.grid(visible=True, axis="x", color=palette.GRID[theme], linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_title("\n".join(wrap(plain(title), TITLE)), loc="left", color=ink, fontsize=11)
    return ax


def plain(text: str) -> str:
    """Return text of others as text: matplotlib reads what stands between dollars as a formula."""
    return text.replace("$", r"\$")


def time_axis(ax: Axes, *, since: str = "time since the start") -> None:
    """Write times on the x axis as people read them, at round ones."""
    low, high = ax.get_xlim()
    if high > low:
        step = duration_step(high - low, TICKS)
        ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: duration(value)))
    ax.set_xlabel(since)


def durations(ax: Axes) -> None:
    """Write lengths of time on the y axis as people read them, at round ones."""
    high = ax.get_ylim()[1]
    if high > 0.0:
        ax.yaxis.set_major_locator(MultipleLocator(duration_step(high, TICKS)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: duration(value)))


def shade(ax: Axes, windows: Iterable[tuple[str, float, float | None]], theme: Theme) -> None:
    """Shade when each fault was, with its name at the top; one that never healed lasts to the end.

    What is out of sight is left out; the name of one that began before is at the edge.
    """
    low, high = ax.get_xlim()
    seen = [
        (name, began, high if healed is None else healed) for name, began, healed in windows if began < high
    ]
    for number, (name, began, healed) in enumerate(one for one in seen if one[2] > low):
        ax.axvspan(
            began,
            healed,
            color=palette.FAULT[theme],
            alpha=0.13,
            linewidth=0,
            zorder=0,
        )
        ax.axvline(began, color=palette.FAULT[theme], linewidth=0.8, zorder=0.5)
        ax.annotate(
            plain(name), (max(began, low), 1.0), xycoords=("data", "axes fraction"),
            xytext=(3, -3 - 10 * (number % NAMES)), textcoords="offset points", va="top",
            fontsize=8, color=palette.FAULT[theme],
        )  # fmt: skip


def missing(value: Any) -> bool:
    """Return whether a cell of a table is empty."""
    import pandas as pd

    return bool(pd.isna(value))


def note(ax: Axes, words: str, at: tuple[float, float], theme: Theme, *, left: bool) -> None:
    """Write words beside a point of the axes, to the left or to the right of it."""
    ax.annotate(
        plain(words), at, xytext=(-4 if left else 4, 0), textcoords="offset points", va="center",
        ha="right" if left else "left", fontsize=8, color=palette.INK[theme],
    )  # fmt: skip


def line(number: int, theme: Theme) -> dict[str, Any]:
    """Return colour and style of the line of that number, from 0."""
    colours = palette.SERIES[theme]
    again, place = divmod(number, len(colours))
    return {"color": colours[place], "linestyle": LINES[again % len(LINES)]}


def legend(ax: Axes, theme: Theme, **options: Any) -> None:
    """Draw a legend below the axes, however high they are."""
    below = ax.transAxes + ScaledTranslation(0.0, -LEGEND_INCHES, figure_of(ax).dpi_scale_trans)
    ax.legend(
        loc="upper left", bbox_to_anchor=(0.0, 0.0), bbox_transform=below, fontsize=8, frameon=False,
        labelcolor=palette.INK[theme], **options,
    )  # fmt: skip


def figure_of(ax: Axes) -> Figure:
    """Return the figure that axes are on, also if they are on a part of it."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure), "axes lie on a figure"
    return figure


def save(ax: Axes, path: str | PathLike[str], *, dpi: int = 120) -> None:
    """Write the figure of some axes as SVG, PNG or PDF, by its name: the same bytes for the same figure."""
    figure, kind = figure_of(ax), str(path).rpartition(".")[2].lower()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    with rc_context({"svg.hashsalt": "sim", "svg.fonttype": "none"}):
        figure.savefig(path, dpi=dpi, facecolor=figure.get_facecolor(), metadata=undated.get(kind))
