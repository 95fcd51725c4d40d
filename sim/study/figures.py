"""The figures of a trial: numbers, and their names, which trials share and which are written down once.

A metric is named as its path in the JSON document: ``recovery.rta_s`` of ``orders.write``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from math import inf
from typing import Any

import numpy as np

from sim.measure.verdict import NS, recovery_time

Name = tuple[str, str, str]  # (metric, of, unit)

# Groups of figures whose numbers are kept. The rest (exposure's curves, conservation) belongs to one run.
GROUPS = ("recovery", "latency", "loss", "consistency", "operations", "freshness", "delivery")
PLATFORM = "platform"
_ONE_RUN_ONLY = (
    "phases", "phases_ns", "chain", "episodes", "by_client", "recoveries", "cause", "witness", "series",
    "level_s", "censored_after_s", "bounds", "where", "window_over_s", "stranded_window_s",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Names in the order of their numbers; those of equal names are one object. ``key``: a hash of them."""

    all: tuple[Name, ...]
    key: str

    def written(self) -> str:
        """Return them as JSON."""
        return json.dumps(self.all)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one trial.

    ``values``: float64 (n,), the least that each can be, NaN: there is none; ``wide``: places of those that
    may be more, each with the most that it can be. inf: without bound.
    """

    names: Names
    values: np.ndarray
    wide: tuple[tuple[int, float], ...]

    def highs(self) -> np.ndarray:
        """Return the most that each can be, float64 (n,)."""
        if not self.wide:
            return self.values
        values = self.values.copy()
        values[[place for place, _ in self.wide]] = [high for _, high in self.wide]
        return values


def named(names: Iterable[Iterable[str]]) -> Names:
    """Return names as one object, however often they are asked for."""
    return _named(tuple((metric, of, unit) for metric, of, unit in names))


@cache
def _named(names: tuple[Name, ...]) -> Names:
    return Names(names, sha256(json.dumps(names).encode()).hexdigest()[:16])


def figures_of(figures: Mapping[str, Any], used: Mapping[str, float]) -> Figures:
    """Return every number among the figures of a trial. ``used``: what ``sim.study.usage`` says."""
    found = _Found()
    for group in GROUPS:
        for of, held in figures.get(group, {}).items():
            _numbers(found, group, of, held, bounded=_bounded(group, held))
    for domain, stages in figures.get("waterfall", {}).items():
        for stage, row in stages.items():
            bounds = row["lost"], row["lost"] + row["stranded"]
            found.between(("waterfall.lost", f"{domain}.{stage}", "count"), *bounds)
    if "recovery_point" in figures:
        point = figures["recovery_point"]
        found.between(("recovery_point.age_s", PLATFORM, "s"), point["age_s"], point["age_stranded_s"])
    for name, value in used.items():
        found.add((f"usage.{name}", PLATFORM, _unit(name)), value)
    values = np.array(found.values, np.float64)  # None becomes NaN
    return Figures(_named(tuple(found.names)), values, tuple(found.wide))


@dataclass(frozen=True, slots=True)
class _Found:
    names: list[Name] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    wide: list[tuple[int, float]] = field(default_factory=list)

    def add(self, name: Name, value: float | None) -> None:
        self.names.append(name)
        self.values.append(value)

    def between(self, name: Name, low: float | None, high: float | None) -> None:
        """Add a figure with bounds; None: without bound."""
        least, most = (inf if value is None else value for value in (low, high))
        if least != most:
            self.wide.append((len(self.names), most))
        self.add(name, least)


Ends = tuple[float | None, float | None]


def _bounded(group: str, held: Mapping[str, Any]) -> dict[str, Ends]:
    """Return the bounds of the figures in ``held`` that have some; None: without bound."""
    if group == "loss":
        return {key: (bounds["low"], bounds["high"]) for key, bounds in held["bounds"].items()}
    if group == "recovery" and held["rta_s"] is None:
        return {"rta_s": (recovery_time(held).low / NS, None)}
    return {}


def _numbers(
    found: _Found, prefix: str, of: str, held: Mapping[str, Any], *, bounded: Mapping[str, Ends]
) -> None:
    """Add the numbers in ``held``. Runs for each of some hundred figures of every trial of a study."""
    for key, value in held.items():
        name = _name(prefix, of, key)
        if name is None or isinstance(value, bool | str | list | tuple):
            continue
        if key in bounded:
            found.between(name, *bounded[key])
        elif isinstance(value, dict):
            _numbers(found, name[0], of, value, bounded={})
        elif value is None or isinstance(value, int | float):
            found.add(name, value)
        elif isinstance(value, np.number):
            found.add(name, float(value))


@cache
def _name(prefix: str, of: str, key: str) -> Name | None:
    """Return the name of a number, None if it belongs to one run."""
    if key in _ONE_RUN_ONLY or key.endswith("_ns"):
        return None
    return f"{prefix}.{key}", of, _unit(key)


def _unit(name: str) -> str:
    if name.endswith("_s"):
        return "s"
    if name.endswith("fraction"):
        return "1"
    return "bytes" if name.endswith("bytes") else "count"
