"""A run's document as DataFrames: one function a table. Columns are named as in ``run.json``.

``attrs["units"]`` of each frame gives the unit of every column that has one (s, bytes, records, 1), and
``attrs["faults"]`` of a series the windows of the faults: (fault, started_s, healed_s).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.report.span import spent, windows

if TYPE_CHECKING:
    import pandas as pd

Document = Mapping[str, Any]
Steps = dict[tuple[str, ...], tuple[float, list[float | None]]]  # key -> step s, values
UNITS = {"duration": "s", "count": "records", "fraction": "1"}
SUFFIXES = {"_s": "s", "_ns": "ns", "bytes": "bytes", "availability": "1", "operations": "operations"}
BOUNDED = ("records", "window_s")  # figures of a store's loss that are told with bounds
TERMS = ("delivered", "in_flight", "stranded", "dropped", "lost")
GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")


def frame(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], *index: str) -> "pd.DataFrame":
    """Return a frame of rows. ``columns``: name -> dtype; ``index``: those that are the index."""
    import pandas as pd

    held = list(rows)
    data = {
        name: pd.array([row.get(name) for row in held], dtype=_nullable(dtype))
        for name, dtype in columns.items()
    }
    made = pd.DataFrame(data)
    made.attrs["units"] = {name: unit for name in columns if (unit := unit_of(name))}
    return made.set_index(list(index)) if index else made


def _nullable(dtype: str) -> str:
    """Return pandas' dtype that can be empty: a figure that was not measured is <NA>, not a number."""
    return {"float": "Float64", "int": "Int64", "bool": "boolean", "text": "string", "object": "object"}[
        dtype
    ]


def unit_of(name: str) -> str | None:
    """Return the unit that a column's name says, None for names and counts of nothing in particular."""
    return next((unit for suffix, unit in SUFFIXES.items() if name.endswith(suffix)), None)


def objectives(document: Document) -> "pd.DataFrame":
    """Return a row for each objective, in the scenario's order; ``unit`` is that of value, low and high."""
    from sim.spec.objectives.metrics import METRICS

    rows = ({**row, "unit": UNITS[METRICS[row["metric"]].units[0]]} for row in document["sla"])
    text = dict.fromkeys(("id", "metric", "of", "must"), "text")
    values = dict.fromkeys(("value", "low", "high"), "float")
    rest = {"unit": "text", "verdict": "text", "censored": "bool", "why": "text"}
    return frame(rows, {**text, **values, **rest}, "id")


def recovery(document: Document) -> "pd.DataFrame":
    """Return a row for each capability: its worst recovery, its downtime, and what clients met with."""
    rows = (
        {"capability": name, **found, "episodes": len(found["episodes"])}
        for name, found in document["recovery"].items()
    )
    seconds = ("rta_s", "censored_after_s", "downtime_s", "serving_again_s", "caught_up_s")
    counts = ("operations", "failed_requests", "slow_requests", "episodes")
    columns = {"capability": "text", **dict.fromkeys(seconds, "float"), **dict.fromkeys(counts, "int")}
    return frame(rows, {**columns, "tested": "bool"}, "capability")


def episodes(document: Document) -> "pd.DataFrame":
    """Return a row for each time that a capability was down."""
    rows = (
        {"capability": name, **episode}
        for name, found in document["recovery"].items()
        for episode in found["episodes"]
    )
    seconds = dict.fromkeys(("started_s", "recovered_s", "rta_s", "downtime_s"), "float")
    return frame(rows, {"capability": "text", **seconds, "failed_requests": "int"})


def phases(document: Document) -> "pd.DataFrame":
    """Return a row for each phase of each capability's worst recovery: where its time went, in order.

    ``started_s``: since the start of the run.
    """
    columns = {"capability": "text", "phase": "text", "started_s": "float", "duration_s": "float"}
    rows = (
        {"capability": name, "phase": phase, "started_s": began_s, "duration_s": duration_s}
        for name, found in document["recovery"].items()
        for phase, began_s, duration_s in spent(found)
    )
    return frame(rows, columns)


def loss(document: Document) -> "pd.DataFrame":
    """Return a row for each store: acknowledged records lost and stranded, with bounds, and why."""
    rows = (
        {"store": name, **found, **_bounds(found), **_causes(found)}
        for name, found in document["loss"].items()
    )
    bounds = {f"{name}_{side}": "float" for name in BOUNDED for side in ("low", "high")}
    counts = ("info_lost", "info_stranded", "diverged", "avoidable", "salvageable", "destroyed", "bytes")
    columns = {
        "store": "text", "records": "int", "stranded": "int", "window_s": "float", **bounds,
        **dict.fromkeys(counts, "int"), "named_cause": "text", "reason": "text",
    }  # fmt: skip
    return frame(rows, columns, "store")


def _bounds(found: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name}_{side}": found["bounds"][name][side] for name in BOUNDED for side in ("low", "high")}


def _causes(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": found["bounds"]["records"]["reason"] or None}


def waterfall(document: Document) -> "pd.DataFrame":
    """Return a row for each store and stage: where its acknowledged records are at the end of the run."""
    rows = (
        {"store": store, "stage": stage, **{term: found[term] for term in TERMS}, **_first(found)}
        for store, stages in document.get("waterfall", {}).items()
        for stage, found in stages.items()
    )
    columns = {
        "store": "text", "stage": "text", **dict.fromkeys(TERMS, "int"), "window_s": "float",
        "first_lost_rid": "int", "first_lost_commit_s": "float", "first_lost_why": "text",
    }  # fmt: skip
    return frame(rows, columns, "store", "stage")


def _first(found: Mapping[str, Any]) -> dict[str, Any]:
    first = found.get("first_lost") or {}
    named = {f"first_lost_{name}": first.get(name) for name in ("rid", "commit_s", "why")}
    return {"window_s": found.get("window_s"), **named}


def freshness(document: Document) -> "pd.DataFrame":
    """Return a row for each capability of the data path: how old what it shows was."""
    rows = ({"capability": name, **found} for name, found in document.get("freshness", {}).items())
    seconds = dict.fromkeys(("max_s", "mean_s", "p99_s", "level_s"), "float")
    return frame(rows, {"capability": "text", **seconds}, "capability")


def consistency(document: Document) -> "pd.DataFrame":
    """Return a row for each store and session guarantee: how often it was broken, of how many judged."""
    rows = (
        {"store": store, "guarantee": name, **{k: found[name][k] for k in ("violations", "judged")}}
        for store, found in document["consistency"].items()
        for name in GUARANTEES
        if name in found
    )
    columns = {"store": "text", "guarantee": "text", "violations": "int", "judged": "int"}
    return frame(rows, columns, "store", "guarantee")


def staleness(document: Document) -> "pd.DataFrame":
    """Return a row for each store: how old and how far behind what its reads returned was."""
    rows = ({"store": name, **found} for name, found in document["consistency"].items())
    seconds = (
        "staleness_max_s",
        "staleness_mean_s",
        "staleness_p50_s",
        "staleness_p99_s",
        "staleness_p999_s",
    )
    counts = {"reads": "int", "stale_reads": "int", "versions_behind_max": "int"}
    return frame(rows, {"store": "text", **counts, **dict.fromkeys(seconds, "float")}, "store")


def monitors(document: Document) -> "pd.DataFrame":
    """Return a row for each monitor and fault: what it showed when the fault began, and what was true."""
    rows = (
        {"monitor": name, "fault": fault, "unit": found["unit"], **seen}
        for name, found in document.get("monitoring", {}).items()
        for fault, seen in found["at_faults"].items()
    )
    columns = {
        "monitor": "text", "fault": "text", "unit": "text", "shown": "float", "true_age_s": "float",
    }  # fmt: skip
    return frame(rows, columns, "monitor", "fault")


def milestones(document: Document) -> "pd.DataFrame":
    """Return a row for each decision and change of the control plane; ``cause``: the id of another.

    ``values``: what the milestone carries, a dict; docs/files.md says what each kind does.
    """
    columns = {
        "id": "int", "at_s": "float", "kind": "text", "subject": "text", "why": "text",
        "values": "object", "cause": "int",
    }  # fmt: skip
    return frame(document["milestones"], columns, "id")


def faults(document: Document) -> "pd.DataFrame":
    """Return a row for each fault: when it was, and whether it took effect."""
    rows = ({"fault": name, **found} for name, found in document["faults"].items())
    seconds = dict.fromkeys(("started_s", "healed_s", "until_s"), "float")
    return frame(rows, {"fault": "text", "status": "text", "fired": "bool", **seconds}, "fault")


def exposure(document: Document) -> "pd.DataFrame":
    """Return, over time, what losing each standby's peer would have cost: the greatest in each step.

    Columns are (store, standby, event, figure): event crash or cut; figure records or age_s.
    """
    found: Steps = {
        (store, standby, event, figure): (at[event]["series"]["step_s"], at[event]["series"][figure])
        for store, standbys in document["exposure"].items()
        for standby, at in standbys.items()
        for event in ("crash", "cut")
        if event in at
        for figure in ("records", "age_s")
    }
    return _series(document, found, ["store", "standby", "event", "figure"])


def ages(document: Document) -> "pd.DataFrame":
    """Return, over time, how old what each capability of the data path shows was: the most in each step."""
    found: Steps = {
        (name,): (one["series"]["step_s"], one["series"]["age_s"])
        for name, one in document.get("freshness", {}).items()
    }
    return _series(document, found, ["capability"])


def success(document: Document) -> "pd.DataFrame":
    """Return, over time, how many operations were judged in each step and which share was answered in time.

    Columns are (capability, figure): availability or operations.
    """
    found: Steps = {
        (name, figure): (one["series"]["step_s"], one["series"][figure])
        for name, one in document["ratios"].items()
        for figure in ("availability", "operations")
    }
    return _series(document, found, ["capability", "figure"])


def lag(document: Document) -> "pd.DataFrame":
    """Return what monitors of standbys and mirrors showed at each look, and what was true.

    Columns are (monitor, figure): shown_s or true_age_s.
    """
    return _looks(document, unit="s", shown="shown_s")


def backlog(document: Document) -> "pd.DataFrame":
    """Return how many rows consumers were behind at each look, and how old the oldest missing record was.

    Columns are (monitor, figure): records or true_age_s.
    """
    return _looks(document, unit="records", shown="records")


def _looks(document: Document, *, unit: str, shown: str) -> "pd.DataFrame":
    """Return the series of the monitors that show ``unit``; ``shown``: what that is called here."""
    found: Steps = {
        (name, column): (one["series"]["step_s"], one["series"][figure])
        for name, one in document.get("monitoring", {}).items()
        if one["unit"] == unit
        for figure, column in (("shown", shown), ("true_age_s", "true_age_s"))
    }
    return _series(document, found, ["monitor", "figure"])


def _series(document: Document, found: "Steps", names: list[str]) -> "pd.DataFrame":
    """Return columns over time; the index is the end of each step, s."""
    import pandas as pd

    columns = {
        key if len(names) > 1 else key[0]: pd.Series(
            values,
            index=pd.Index([round((i + 1) * step_s, 9) for i in range(len(values))], name="at_s"),
            dtype="float64",
        )
        for key, (step_s, values) in found.items()
    }
    frame = pd.DataFrame(columns)
    frame.index.name = "at_s"
    if columns:
        frame.columns = frame.columns.set_names(names)
    figures = {key[-1] for key in found} if "figure" in names else {"age_s"}
    units = {name: unit for name in ("at_s", *sorted(figures)) if (unit := unit_of(name))}
    frame.attrs = {"units": units, "faults": windows(document)}
    return frame
