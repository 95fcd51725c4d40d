"""A study's and a comparison's documents as DataFrames: one function a table, named as in the documents."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sim.door.frames import Document, frame

if TYPE_CHECKING:
    import pandas as pd


def rulings(document: Document) -> "pd.DataFrame":
    """Return a row for each point and objective of a study."""
    rows = (
        {"point": point["label"], **ruling, **_met_in(ruling), **_limit(ruling)}
        for point in document["points"]
        for ruling in point["sla"]
    )
    counts = dict.fromkeys(("met", "missed", "undecided", "broken"), "int")
    columns = {
        **dict.fromkeys(("point", "id", "metric", "of", "must"), "text"), "in": "float", "limit": "float",
        "unit": "text", "verdict": "text", **counts,
        **dict.fromkeys(("fraction", "fraction_low", "fraction_high"), "float"), "why": "text",
    }  # fmt: skip
    return frame(rows, columns, "point", "id")


def _met_in(ruling: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fraction of runs that meet an objective, with its interval."""
    fraction = ruling["fraction"] or {}
    return {
        "fraction": fraction.get("value"),
        "fraction_low": fraction.get("low"),
        "fraction_high": fraction.get("high"),
    }


def _limit(ruling: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bound that an objective sets, in the unit of its values."""
    from sim.spec.objectives.metrics import METRICS
    from sim.spec.objectives.predicates import parse_predicate

    bound = parse_predicate(ruling["must"])
    in_seconds = METRICS[ruling["metric"]].in_seconds
    return {
        "limit": bound.value / 1e9 if in_seconds else bound.value,
        "unit": "s" if in_seconds else bound.unit,
    }


def knobs(document: Document, *, figure: str, of: str, statistic: str) -> "pd.DataFrame":
    """Return a row for each value of each knob that was turned alone, what moves the figure most first."""
    from sim.studies.tornado import effects

    points = [
        (dict(map(_knob, point["sets"])), point["estimates"].get(of, {}).get(figure))
        for point in document["points"]
    ]
    found = effects([(sets, None if one is None else one[statistic]) for sets, one in points])
    columns = {
        "knob": "text", "value": "text", **dict.fromkeys(("estimate", "low", "high", "base"), "float")
    }  # fmt: skip
    made = frame((asdict(effect) for effect in found), columns)
    made.attrs["unit"] = next((one["unit"] for _, one in points if one is not None), None)
    return made


def _knob(text: str) -> tuple[str, str]:
    """Return path and value of a ``--set`` text; a value that is quoted, without its quotes."""
    path, _, value = text.partition("=")
    return path, json.loads(value) if value.startswith('"') else value


def estimates(document: Document) -> "pd.DataFrame":
    """Return a row for each point, figure and statistic of a study, with its interval."""
    rows = (
        {
            "point": point["label"],
            "figure": metric,
            "of": what,
            "statistic": name,
            "unit": found["unit"],
            **_range(one),
        }
        for point in document["points"]
        for what, metrics in point["estimates"].items()
        for metric, found in metrics.items()
        for name, one in found.items()
        if name != "unit"
    )
    text = dict.fromkeys(("point", "figure", "of", "statistic", "unit"), "text")
    return frame(rows, {**text, **dict.fromkeys(("value", "value_high", "low", "high"), "float")})


def _range(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statistic: ``value`` to ``value_high``, bounded by ``low`` and ``high``."""
    return {name: one.get(name) for name in ("value", "value_high", "low", "high")}


def frontier(document: Document) -> "pd.DataFrame":
    """Return a row for each point of a sweep, as the study's document has it."""
    import pandas as pd

    return pd.DataFrame([{"point": p["label"], **p["frontier"]} for p in document["points"]]).set_index(
        "point"
    )


def differences(document: Document) -> "pd.DataFrame":
    """Return a row for each figure that two designs have: means, paired difference, 95 % interval."""
    rows = (
        {**row, "difference": row["mean"]["value"], "low": row["mean"]["low"], "high": row["mean"]["high"]}
        for row in document["differences"]
    )
    columns = {
        "metric": "text", "of": "text", "unit": "text", "before": "float", "after": "float",
        "difference": "float", "low": "float", "high": "float", "noise_left": "float", "differs": "bool",
    }  # fmt: skip
    return frame(rows, columns, "metric", "of")
