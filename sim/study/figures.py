"""The figures of a trial: numbers, and their names, which trials share and which are written down once.

A metric is named as its path in the JSON document: ``recovery.rta_s`` of ``orders.write``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np

Name = tuple[str, str, str]  # (metric, of, unit)

# Groups of figures whose numbers are kept. The rest (exposure's curves, conservation) belongs to one run.
GROUPS = ("recovery", "latency", "loss", "consistency", "operations", "freshness", "delivery")
PLATFORM = "platform"
_WHOLES = ("rta_s",)  # null where the run ended too early: then at least ``censored_after_s``
_ONE_RUN_ONLY = (
    "phases", "phases_ns", "chain", "episodes", "by_client", "recoveries", "cause", "witness", "series",
    "level_s", "censored_after_s",
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

    ``values``: float64 (n,), NaN: there is none; ``censored``: places of those that are at least so much.
    """

    names: Names
    values: np.ndarray
    censored: tuple[int, ...]

    def open(self) -> np.ndarray:
        """Return the values, float64 (n,), +inf where they are censored."""
        if not self.censored:
            return self.values
        values = self.values.copy()
        values[list(self.censored)] = np.inf
        return values


def named(names: Iterable[Iterable[str]]) -> Names:
    """Return names as one object, however often they are asked for."""
    return _named(tuple((metric, of, unit) for metric, of, unit in names))


@cache
def _named(names: tuple[Name, ...]) -> Names:
    return Names(names, sha256(json.dumps(names).encode()).hexdigest()[:16])


def figures_of(figures: Mapping[str, Any], used: Mapping[str, float]) -> Figures:
    """Return every number among the figures of a trial. ``used``: what ``sim.study.usage`` says."""
    found = _Found([], [], [])
    for group in GROUPS:
        for of, held in figures.get(group, {}).items():
            _numbers(found, group, of, held)
    for domain, stages in figures.get("waterfall", {}).items():
        for stage, row in stages.items():
            found.add(("waterfall.lost", f"{domain}.{stage}", "count"), row["lost"])
    if "recovery_point" in figures:
        found.add(("recovery_point.age_s", PLATFORM, "s"), figures["recovery_point"]["age_s"])
    for name, value in used.items():
        found.add((f"usage.{name}", PLATFORM, _unit(name)), value)
    values = np.array(found.values, np.float64)  # None becomes NaN
    return Figures(_named(tuple(found.names)), values, tuple(found.censored))


@dataclass(frozen=True, slots=True)
class _Found:
    names: list[Name]
    values: list[float | None]
    censored: list[int]

    def add(self, name: Name, value: float | None) -> None:
        self.names.append(name)
        self.values.append(value)


def _numbers(found: _Found, prefix: str, of: str, held: Mapping[str, Any]) -> None:
    """Add the numbers in ``held``. Runs for each of some hundred figures of every trial of a study."""
    for key, value in held.items():
        name = _name(prefix, of, key)
        if name is None or isinstance(value, bool | str | list | tuple):
            continue
        if isinstance(value, dict):
            _numbers(found, name[0], of, value)
        elif value is None and key in _WHOLES:
            found.censored.append(len(found.names))
            found.add(name, held["censored_after_s"])
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
