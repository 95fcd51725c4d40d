"""Values to run side by side: a matrix of paths and values, or a list of combinations."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from sim.core.errors import Problem, SpecError
from sim.spec.loader import load
from sim.spec.models import Scenario
from sim.spec.resolve import resolve

Combination = dict[str, Any]


def points(
    path: str, *, overlays: Sequence[str] = (), sets: Sequence[str] = (), sweeps: Sequence[str] = ()
) -> Iterator[tuple[str, Scenario]]:
    """Yield (label, resolved scenario) for each combination of values.

    ``sweeps``: texts ``path=v1,v2``, which take the place of the scenario's own ``sweep``; a value is YAML,
    as in ``--set``. One point with an empty label if nothing is swept. SpecError for a bad text or value.
    """
    authored = load(path, overlays=overlays, sets=sets)
    swept = dict(map(_parse, sweeps)) if sweeps else (authored.sweep or {})
    for combination in _combinations(swept):
        chosen = [f"{key}={_flow(value)}" for key, value in combination.items()]
        scenario = load(path, overlays=overlays, sets=[*sets, "sweep=null", *chosen])
        yield ", ".join(chosen), resolve(scenario)


def _combinations(swept: Mapping[str, Sequence[Any]] | Sequence[Combination]) -> Iterator[Combination]:
    if isinstance(swept, Mapping):
        for values in product(*swept.values()):
            yield dict(zip(swept, values, strict=True))
    else:
        yield from swept


def _parse(text: str) -> tuple[str, list[str]]:
    path, equals, values = text.partition("=")
    if not (path and equals and values):
        raise SpecError([Problem(f"{text!r} is no sweep", "write path=value,value", file="--sweep")])
    return path, values.split(",")


def _flow(value: Any) -> str:
    """Return a value as it is written after ``--set path=``."""
    return value if isinstance(value, str) else json.dumps(value)
