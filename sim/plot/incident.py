"""The incident: when each capability was down, and in which phase of its recovery."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.core.milestones.declaration import PHASES
from sim.plot import style
from sim.report import palette

if TYPE_CHECKING:
    from sim.door.results import Run

MARGIN = 0.15  # of what is shown, before and after
FAULT_ROOM = 0.45  # of a lane, for the name of a fault
DOWN = "#8b939c"  # down, in a recovery that is not the worst, or before its phases are known


def lanes(run: "Run", ax: Axes | None = None, *, whole: bool = False, theme: style.Theme = "light") -> Axes:
    """Draw a lane for each capability: when it was down, its worst recovery coloured by phase, faults shaded.

    Zoomed to the incident unless ``whole``.
    """
    names = list(run.recovery.index)
    ax = style.axes(ax, theme, title=f"{run.document['scenario']}: what was down", rows=len(names))
    _name(ax, names, faults=len({name for name, *_ in run.faults_were}))
    down = run.episodes.assign(ended_s=run.episodes["recovered_s"].fillna(run.end_s))
    for row in down.itertuples():
        ax.barh(
            names.index(row.capability),
            row.ended_s - row.started_s,
            left=row.started_s,
            height=0.3,
            color=DOWN,
        )
    for row in run.phases.itertuples():
        _bar(ax, names.index(row.capability), row.phase, theme, left=row.started_s, width=row.duration_s)
    ax.set_xlim(0.0, run.end_s)
    if not whole and len(down):
        spare = MARGIN * (down["ended_s"].max() - down["started_s"].min())
        ax.set_xlim(max(0.0, down["started_s"].min() - spare), min(run.end_s, down["ended_s"].max() + spare))
    style.time_axis(ax)
    style.shade(ax, run.faults_were, theme)
    _legend(ax, list(run.phases["phase"]), theme, down=len(down) > 0)
    return ax


def phases(run: "Run", ax: Axes | None = None, *, theme: style.Theme = "light") -> Axes:
    """Draw where the worst recovery of each capability went, from its beginning."""
    spent = run.phases
    names = [name for name in run.recovery.index if name in set(spent["capability"])]
    ax = style.axes(ax, theme, title=f"{run.document['scenario']}: where the time went", rows=len(names))
    _name(ax, names)
    began = spent.groupby("capability")["started_s"].min()
    for row in spent.itertuples():
        left = row.started_s - began[row.capability]
        _bar(ax, names.index(row.capability), row.phase, theme, left=left, width=row.duration_s)
    style.time_axis(ax, since="since the capability went down")
    _legend(ax, list(spent["phase"]), theme)
    return ax


def _name(ax: Axes, names: list[str], *, faults: int = 0) -> None:
    """Write the lanes' names, the first at the top, below room for the names of so many faults."""
    ax.set_yticks(range(len(names)), [style.plain(name) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6 - FAULT_ROOM * min(faults, style.NAMES))


def _bar(ax: Axes, lane: int, phase: str, theme: style.Theme, *, left: float, width: float) -> None:
    ax.barh(
        lane, width, left=left, height=0.62, color=palette.PHASES[theme][phase],
        hatch=style.HATCHES.get(phase, ""), edgecolor="#00000055", linewidth=0.3,
    )  # fmt: skip


def _legend(ax: Axes, seen: list[str], theme: style.Theme, *, down: bool = False) -> None:
    """Explain the phases that are drawn, in the order in which they come."""
    shown = [phase for phase in PHASES if phase in seen]
    patches = [
        Patch(
            facecolor=palette.PHASES[theme][p],
            hatch=style.HATCHES.get(p, ""),
            edgecolor="#00000055",
            label=p.replace("_", " "),
        )
        for p in shown
    ]
    if down:
        patches.append(Patch(facecolor=DOWN, label="down"))
    if patches:
        style.legend(ax, theme, handles=patches, ncols=min(7, len(patches)))
