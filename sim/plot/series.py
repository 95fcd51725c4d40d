"""Series over time, with the faults shaded."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from sim.plot import style
from sim.report.quantities import duration

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


def _lines(ax: Axes, run: "Run", series: "pd.DataFrame", theme: style.Theme, *, ages: bool) -> None:
    for number, name in enumerate(series.columns):
        label = name if isinstance(name, str) else " to ".join(name)
        ax.plot(
            series.index, series[name], label=style.plain(label), linewidth=1.3, drawstyle="steps-pre",
            **style.line(number, theme),
        )  # fmt: skip
    ax.set_xlim(0.0, run.end_s)
    ax.set_ylim(bottom=0.0)
    if ages:
        ax.yaxis.set_major_formatter(lambda value, _: duration(value))
    style.time_axis(ax)
    style.shade(ax, run.faults_were, theme)
    if len(series.columns):
        style.legend(ax, theme, ncols=3)
