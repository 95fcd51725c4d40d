"""The replay: controls, a schematic that shows states, and charts on one axis of time with one cursor."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from sim.report.html.markup import Child, el, name
from sim.report.html.run.charts import charts
from sim.report.html.run.schematic import schematic
from sim.report.html.run.watched import Watched
from sim.report.html.shell import PageSection
from sim.report.html.table import Column, table
from sim.report.quantities import clock

DIGITS = 3  # of a value
COARSE = (
    "Nothing was recorded in detail (sim run -q): these charts are coarse, each value the greatest of its "
    "step. How requests fared over time, and where processes worked, is not known."
)
HINT = (
    "Arrow keys move by a step, Page Up and Down by many, Home and End to the ends, n and p to the next and "
)
HINT += "previous milestone, the space bar plays."


def section(watched: Watched) -> PageSection:
    """Return the section; without a script the charts of the whole run and the milestones are there."""
    body = (
        el(
            "div",
            _controls(watched),
            schematic(watched),
            el("p", class_="now", id="now", aria_live="off"),
            None if watched.seen.exact else el("p", COARSE, class_="note coarse"),
            el("div", *charts(watched), class_="aligned"),
            id="watch",
            class_="watch",
        ),
        _milestones(watched),
    )
    return PageSection("replay", "What happened, and when", body)


def data(watched: Watched) -> Mapping[str, Any]:
    """Return what scripts need: states, series with the times that they share, views, milestones, losses."""
    grids: dict[tuple[float, ...], int] = {}
    series = {
        key: {
            "unit": curve.unit,
            "grid": grids.setdefault(tuple(curve.at_s), len(grids)),
            "values": [_rounded(value, curve.unit) for value in curve.values],
        }
        for key, curve in watched.seen.curves.items()
    }
    return {
        "end": watched.end_s,
        "views": [[view.low_s, view.high_s] for view in watched.views],
        "first": _first(watched),
        "faults": [list(window) for window in watched.faults],
        "milestones": [[one.at_s, one.what, one.why] for one in watched.told],
        "states": watched.states,
        "grids": [list(grid) for grid in grids],
        "series": series,
        "losses": _losses(watched),
    }


def _rounded(value: float | None, unit: str) -> float | int | None:
    """Return a value with the digits that are shown of it, a whole number where it is one."""
    if value is None:
        return None
    short = float(f"{value:.{DIGITS}g}")
    if unit == "s" and value >= 0.9995:  # as ``quantities.duration``
        short = float(round(value)) if value >= 59.95 else round(value, 1)
    return int(short) if short.is_integer() else short


def _first(watched: Watched) -> int:
    """Return the number of the view to begin with, -1 for the whole run."""
    return -1 if watched.incident is None else list(watched.views).index(watched.incident)


def _losses(watched: Watched) -> list[dict[str, Any]]:
    """Return when and where records were lost: on the way to the region that took over, else on a disk."""
    found = [
        {"at": cut["at_s"], "from": cut["from"], "to": to, "records": number, "where": where}
        for loss in watched.document["loss"].values()
        for cut in loss["recoveries"]
        for to, number, where in _places(cut)
        if number
    ]
    return sorted(found, key=lambda loss: (loss["at"], loss["where"]))


def _places(cut: Mapping[str, Any]) -> tuple[tuple[str, int, str], tuple[str, int, str]]:
    """Return (region towards which, records, where) of what a cut lost: on the wire, and not on it."""
    wire = cut["cause"]["wire"]
    on_disk = cut["from"], cut["records"] - wire, "with the old primary" if cut["to"] else "destroyed"
    return (cut["to"] or cut["from"], wire, "on the wire"), on_disk


def _controls(watched: Watched) -> Markup:
    """Return the buttons and the slider, which a script shows."""
    views = [
        el("button", _label(place, watched), type="button", data_view=str(place), aria_pressed="false")
        for place in range(len(watched.views))
    ]
    whole = el("button", "Whole run", type="button", data_view="-1", aria_pressed="false")
    slider = el(
        "input", type="range", id="time", min="0", max="1", value="0", step="1", aria_label="Time of the run"
    )
    return el(
        "div",
        el("div", *views, whole, class_="views", role="group", aria_label="Stretch of time"),
        el(
            "div",
            el("button", "Play", type="button", id="play"),
            el("button", "Previous", type="button", id="previous", aria_label="Previous milestone"),
            el("button", "Next", type="button", id="next", aria_label="Next milestone"),
            slider,
            el("output", for_="time", id="clock", aria_live="off"),
            class_="times",
        ),
        el("p", HINT, class_="note keys"),
        class_="controls",
        hidden=True,
        role="group",
        aria_label="Replay",
    )


def _label(place: int, watched: Watched) -> Child:
    view = watched.views[place]
    began = max(view.low_s, 0.0)
    return el("span", f"{clock(round(began * 1e9))[:-2]} ", el("bdi", view.name))


def _milestones(watched: Watched) -> Child:
    """Return every milestone, folded."""
    if not watched.told:
        return el("p", "Nothing happened but load.", class_="note")
    columns = (Column("time", number=True), Column("what"), Column("why"))
    rows = [
        (el("span", clock(round(one.at_s * 1e9)), data_at=repr(one.at_s)), name(one.what), name(one.why))
        for one in watched.told
    ]
    shown = table(f"{len(rows)} milestones", columns, rows, ident="milestones")
    return el("details", el("summary", f"All {len(rows)} milestones"), shown)
