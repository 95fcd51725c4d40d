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

from sim.core.record import entries, is_record
from sim.measure.asked import NS
from sim.measure.bounds import Bounds
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.capability.metrics import recovery_time
from sim.measure.figures import Figures as Measured
from sim.measure.platform.figures import PathFigures
from sim.measure.store.figures import LossFigures

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
class TrialFigures:
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


def figures_of(figures: Measured, used: Mapping[str, float]) -> TrialFigures:
    """Return every number among the figures of a trial. ``used``: what ``sim.studies.usage`` says."""
    found = _Found()
    sections = dict(entries(figures))
    for group in GROUPS:
        for of, held in sections.get(group, {}).items():
            _numbers(found, group, of, held, bounded=_bounded(held))
    if figures.path is not None:
        _of_path(found, figures.path)
    for name, value in used.items():
        found.add((f"usage.{name}", PLATFORM, _unit(name)), value)
    values = np.array(found.values, np.float64)  # None becomes NaN
    return TrialFigures(_named(tuple(found.names)), values, tuple(found.wide))


def _of_path(found: "_Found", path: PathFigures) -> None:
    for domain, stages in path.waterfall.items():
        for stage, row in stages.items():
            name = ("waterfall.lost", f"{domain}.{stage}", "count")
            found.between(name, Bounds.between(row.lost, row.lost + row.stranded, "out of reach"))
    point = path.recovery_point
    ages = Bounds.between(point.age_s, point.age_stranded_s, "out of reach")
    found.between(("recovery_point.age_s", PLATFORM, "s"), ages)


@dataclass(frozen=True, slots=True)
class _Found:
    names: list[Name] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    wide: list[tuple[int, float]] = field(default_factory=list)

    def add(self, name: Name, value: float | None) -> None:
        self.names.append(name)
        self.values.append(value)

    def between(self, name: Name, bounds: Bounds) -> None:
        """Add a figure with bounds."""
        if not bounds.exact:
            self.wide.append((len(self.names), bounds.high))
        self.add(name, bounds.low)


def _bounded(held: Any) -> dict[str, Bounds]:
    """Return the bounds of the figures of a record that have some."""
    if isinstance(held, LossFigures):
        return dict(entries(held.bounds))
    if isinstance(held, RecoveryFigures) and held.seen.rta_s is None:
        least = recovery_time(held)
        return {"rta_s": Bounds.between(least.low / NS, inf, least.reason)}
    return {}


def _numbers(found: _Found, prefix: str, of: str, held: Any, *, bounded: Mapping[str, Bounds]) -> None:
    """Add the numbers of a record. Runs for each of some hundred figures of every trial of a study."""
    for key, value in entries(held):
        name = _name(prefix, of, key)
        if name is None or isinstance(value, bool | str | list | tuple):
            continue
        if key in bounded:
            found.between(name, bounded[key])
        elif is_record(value):
            _numbers(found, name[0], of, value, bounded={})
        elif value is None or isinstance(value, int | float):
            found.add(name, value)


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
