"""Where the records of a store are at the end of a run, stage by stage."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from sim.plot import style
from sim.report import palette
from sim.report.quantities import count

if TYPE_CHECKING:
    from sim.door.results import Run

HATCHES = {"in_flight": "", "stranded": "//", "dropped": "..", "lost": "xx"}
LINEAR = 10  # records; above, the axis is logarithmic, or 1 would not be seen beside 1,000,000


def waterfall(run: "Run", ax: Axes | None = None, *, store: str, theme: style.Theme = "light") -> Axes:
    """Draw, for each stage of a store's data path, the acknowledged records that have not arrived, and why.

    KeyError if the store has no data path. The axis is linear up to 10 records and logarithmic above.
    """
    found = run.waterfall.loc[store]
    ax = style.axes(
        ax, theme, title=f"{store}: acknowledged records that have not arrived", rows=2 * len(found)
    )
    height = 0.8 / len(HATCHES)
    for number, (term, colour) in enumerate(palette.TERMS[theme].items()):
        rows = [lane + (number - 1.5) * height for lane in range(len(found))]
        bars = ax.barh(
            rows, found[term], height=height, color=colour, hatch=HATCHES[term], label=term.replace("_", " ")
        )
        shown = [count(value) if value else "" for value in found[term]]
        ax.bar_label(bars, shown, padding=3, fontsize=7, color=palette.INK[theme])
    ax.set_yticks(range(len(found)), [style.plain(stage) for stage in found.index])
    ax.set_ylim(len(found) - 0.4, -0.6)
    ax.set_xscale("symlog", linthresh=LINEAR)
    ax.set_xlim(left=0.0)
    ax.set_xlabel("records")
    style.legend(ax, theme, ncols=len(HATCHES))
    return ax
