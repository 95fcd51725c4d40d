"""What each knob of a sweep does to a figure by itself: one at a time, the others at their first values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

Knobs = Mapping[str, str]  # path -> its value as text
Estimate = Mapping[str, Any]  # value, low, high; None in them: no bound


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure where one knob alone is turned. ``base``: the figure where none is; None: no bound."""

    knob: str
    value: str
    estimate: float | None
    low: float | None
    high: float | None
    base: float | None


def effects(points: Sequence[tuple[Knobs, Estimate | None]]) -> list[Effect]:
    """Return the effects of all knobs, the one that moves the figure most first, values in the sweep's order.

    ``points``: of a sweep, in its order; the first has every knob at its first value. A point at which the
    figure was not measured is left out; if that is the first, there is nothing to compare with.
    """
    first, base = points[0] if points else ({}, None)
    if base is None:
        return []
    found = [
        Effect(turned[0], knobs[turned[0]], one["value"], one["low"], one["high"], base["value"])
        for knobs, one in points
        if one is not None and len(turned := [k for k in knobs if knobs[k] != first.get(k)]) == 1
    ]
    return sorted(found, key=lambda effect: (-_width(effect.knob, found), effect.knob))


def _width(knob: str, found: Sequence[Effect]) -> float:
    """Return how far a knob moves the figure at most."""
    return max(
        inf if one.estimate is None or one.base is None else abs(one.estimate - one.base)
        for one in found
        if one.knob == knob
    )
