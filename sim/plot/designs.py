"""Designs side by side: what each costs and gives, and what differs between two."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from sim.plot import style
from sim.report import palette
from sim.report.quantities import duration

if TYPE_CHECKING:
    from sim.door.results import Comparison, Study

MOST = 20  # figures that are drawn


def frontier(study: "Study", ax: Axes | None = None, *, theme: style.Theme = "light") -> Axes:
    """Draw each point of a sweep: recovery time against records lost, at the 95th percentile.

    Filled: no other point is better in everything. A point whose figures have no bound is left out, in words.
    """
    places = study.frontier
    ax = style.axes(ax, theme, title=f"{study.document['scenario']}: recovery time against loss")
    closed = places[~(places["rta_open"] | places["lost_open"])]
    ink = palette.INK[theme]
    for label, place in closed.iterrows():
        at = (place["rta_s_p95"], place["lost_records_p95"])
        face = palette.SERIES[theme][0] if place["best"] else "none"
        ax.plot(
            *at,
            marker="o",
            markersize=8,
            markerfacecolor=face,
            markeredgecolor=palette.SERIES[theme][0],
            linestyle="",
        )
        ax.annotate(
            style.plain(str(label)), at, xytext=(7, 3), textcoords="offset points", fontsize=8, color=ink
        )
    if len(closed) < len(places):
        left = f"{len(places) - len(closed)} of {len(places)} points have no bound and are not shown"
        ax.annotate(left, (1.0, 1.0), xycoords="axes fraction", ha="right", va="top", fontsize=8, color=ink)
    style.time_axis(ax, since="recovery time, 95th percentile")
    ax.margins(0.15)
    ax.set_ylabel("acknowledged records lost, 95th percentile")
    return ax


def differences(found: "Comparison", ax: Axes | None = None, *, theme: style.Theme = "light") -> Axes:
    """Draw the paired differences in time of two designs that differ from 0, each with its 95 % interval."""
    moved = found.differences[found.differences["differs"] & (found.differences["unit"] == "s")]
    moved = moved.reindex(moved["difference"].abs().sort_values(ascending=False).index)[:MOST]
    ax = style.axes(ax, theme, title="after - before, in pairs of trials", rows=len(moved))
    for lane, (_, row) in enumerate(moved.iterrows()):
        ax.plot([row["low"], row["high"]], [lane, lane], color=palette.SERIES[theme][0], linewidth=2)
        ax.plot(row["difference"], lane, marker="o", color=palette.SERIES[theme][0])
    ax.axvline(0.0, color=palette.INK[theme], linewidth=0.8)
    ax.set_yticks(range(len(moved)), [style.plain(f"{figure} {of}") for figure, of in moved.index])
    ax.set_ylim(len(moved) - 0.4, -0.6)
    ax.xaxis.set_major_formatter(lambda value, _: duration(value))
    return ax
