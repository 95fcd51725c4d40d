"""Many trials: how an objective's values are distributed, and what each knob of a sweep does."""

from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sim.plot import style
from sim.report import palette
from sim.report.quantities import count, duration

if TYPE_CHECKING:
    from sim.door.results import Study


def distribution(
    study: "Study", ax: Axes | None = None, *, objective: str, point: int = 0, theme: style.Theme = "light"
) -> Axes:
    """Draw which share of trials stays below each value of an objective's figure, beside its limit.

    Where the trials only bound a value, both bounds have a line. On the limit: the share of all runs that
    meet the objective, with its interval. ``point``: which of a sweep. KeyError for another objective.
    """
    rows = study.table("objectives").query("point == @point and objective == @objective")
    label = study.document["points"][point]["label"]
    ruling = study.objectives.loc[(label, objective)]
    at = f" at {label}" if label else ""
    ax = style.axes(ax, theme, title=f"{objective}{at}: {ruling['metric']} of {ruling['of']}")
    for number, (bound, words) in enumerate((("high", "at most"), ("low", "at least"))):
        if bound == "high" or not rows["low"].equals(rows["high"]):
            values = rows[bound].dropna().sort_values().to_list()
            _share_below(ax, values, label=words, **style.line(number, theme))
    ink = palette.FAULT[theme]
    ax.axvline(ruling["limit"], color=ink, linewidth=1.0, linestyle="--", label=f"limit {ruling['must']}")
    if not style.missing(ruling["fraction"]):
        low, value, high = (float(ruling[f"fraction{end}"]) for end in ("_low", "", "_high"))
        ax.errorbar(
            float(ruling["limit"]), value, yerr=[[value - low], [high - value]], marker="o", capsize=4,
            color=ink, label="met, of all runs",
        )  # fmt: skip
    if ruling["unit"] == "s":
        style.time_axis(ax, since="")
    ax.set_ylim(0.0, 1.03)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_ylabel("share of trials")
    style.legend(ax, theme, ncols=4)
    return ax


def _share_below(ax: Axes, values: list[float], *, label: str, **how: Any) -> None:
    """Draw a step at each value; those without bound are beyond the edge, and the line ends below 100 %."""
    known = [value for value in values if value != float("inf")]
    beyond = f", {len(values) - len(known)} without bound" if len(known) < len(values) else ""
    shares = [(rank + 1) / len(values) for rank in range(len(known))]
    ax.step(known, shares, where="post", label=f"{label}{beyond}", linewidth=1.5, marker=".", **how)


def tornado(
    study: "Study",
    ax: Axes | None = None,
    *,
    figure: str,
    of: str,
    statistic: str = "p95",
    theme: style.Theme = "light",
) -> Axes:
    """Draw how far each knob of a sweep moves a figure by itself from where all are at their first values.

    ``figure``, ``of``, ``statistic``: as in ``Study.estimates``. A value without bound has a name and no bar.
    """
    found = study.knobs(figure, of, statistic=statistic)
    ax = style.axes(ax, theme, title=f"{figure} of {of}, {statistic}: one knob at a time", rows=len(found))
    write = duration if found.attrs["unit"] == "s" else count
    for lane, row in enumerate(found.itertuples()):
        if style.missing(row.estimate) or style.missing(row.base):
            style.note(ax, "no bound", (row.base, lane), theme, left=False)
            continue
        less = row.estimate < row.base
        colour = palette.SERIES[theme][0 if less else 1]
        ax.barh(lane, row.estimate - row.base, left=row.base, height=0.6, color=colour)
        style.note(ax, write(row.estimate), (row.estimate, lane), theme, left=less)
    if len(found) and not style.missing(found["base"].iloc[0]):
        ax.axvline(found["base"].iloc[0], color=palette.INK[theme], linewidth=0.8)
    ax.set_yticks(range(len(found)), [style.plain(f"{row.knob} = {row.value}") for row in found.itertuples()])
    ax.set_ylim(len(found) - 0.4, -0.6)
    ax.margins(x=0.2)
    ax.xaxis.set_major_formatter(lambda value, _: write(value))
    return ax
