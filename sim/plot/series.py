"""Series over time, with the faults shaded."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sim.plot import style

if TYPE_CHECKING:
    import pandas as pd

    from sim.door.results import Run


def exposure(
    run: "Run",
    ax: Axes | None = None,
    *,
    event: str = "crash",
    figure: str = "records",
    theme: style.Theme = "light",
) -> Axes:
    """Draw, over time, what losing the primary would have cost with each standby.

    ``event``: ``crash`` or ``cut``; ``figure``: ``records`` or ``age_s``.
    """
    ax = style.axes(ax, theme, title=f"{run.document['scenario']}: at risk if there were a {event}")
    found = (
        run.exposure.xs((event, figure), axis=1, level=("event", "figure"))
        if run.exposure.size
        else run.exposure
    )
    _lines(ax, run, found, theme, ages=figure == "age_s")
    ax.set_ylabel("acknowledged records" if figure == "records" else "age of the oldest")
    return ax


def ages(run: "Run", ax: Axes | None = None, *, theme: style.Theme = "light") -> Axes:
    """Draw, over time, how old what each capability of the data path shows was."""
    ax = style.axes(ax, theme, title=f"{run.document['scenario']}: how old the data was")
    _lines(ax, run, run.ages, theme, ages=True)
    ax.set_ylabel("age")
    return ax


def success(run: "Run", ax: Axes | None = None, *, theme: style.Theme = "light") -> Axes:
    """Draw, over time, which share of the operations of each capability was answered in time."""
    ax = style.axes(ax, theme, title=f"{run.document['scenario']}: answered in time")
    found = run.success
    shares = found.xs("availability", axis=1, level="figure") if found.size else found
    _lines(ax, run, shares, theme, ages=False)
    ax.set_ylim(0.0, 1.03)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_ylabel("share of operations")
    return ax


def lag(run: "Run", ax: Axes | None = None, *, monitor: str, theme: style.Theme = "light") -> Axes:
    """Draw the lag of a standby or mirror as its monitor showed it, beside the true one.

    KeyError if there is no such monitor; ``run.lag`` names them.
    """
    found = run.lag[monitor].rename(columns={"shown_s": "shown", "true_age_s": "true"})
    ax = style.axes(ax, theme, title=f"{monitor}: lag as it was shown, and as it was")
    _lines(ax, run, found, theme, ages=True)
    ax.set_ylabel("lag")
    return ax


def backlog(run: "Run", ax: Axes | None = None, *, theme: style.Theme = "light") -> Axes:
    """Draw how many rows each consumer was behind, as its monitor showed it."""
    ax = style.axes(ax, theme, title=f"{run.document['scenario']}: rows behind")
    found = run.backlog
    rows = found.xs("records", axis=1, level="figure") if found.size else found
    _lines(ax, run, rows, theme, ages=False)
    ax.set_ylim(0.0, max(1.0, ax.get_ylim()[1]))
    ax.set_ylabel("rows")
    return ax


def _lines(ax: Axes, run: "Run", series: "pd.DataFrame", theme: style.Theme, *, ages: bool) -> None:
    for number, name in enumerate(series.columns):
        label = name if isinstance(name, str) else " to ".join(name)
        ax.plot(
            series.index, series[name], label=style.plain(label), linewidth=1.3,
            drawstyle="steps-pre", clip_on=False, **style.line(number, theme),
        )  # fmt: skip
    ax.set_xlim(0.0, run.end_s)
    ax.set_ylim(bottom=0.0)
    if ages:
        style.durations(ax)
    style.time_axis(ax)
    style.shade(ax, run.faults_were, theme)
    if len(series.columns):
        style.legend(ax, theme, ncols=3)
