"""Values to run side by side: each combination of them is a scenario of its own."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

from sim.core.errors import Problem, SpecError
from sim.spec.compose import compose_all
from sim.spec.explain import place
from sim.spec.loader import load
from sim.spec.resolve import resolve
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint, Path, nearest

# Sections of named entries: what a path leads into must be there, or a slip would make a new one.
_ENTRIES = ("regions", "clients", "databases", "consumers", "insights", "faults", "sla")
_PLAIN = re.compile(r"(?:(?:<=|<|==) ?)?[\w.%+-]*[A-Za-z%][\w.%/+-]*")
_WORDS = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


class Swept(NamedTuple):
    """A combination: ``label`` ("" if nothing is swept), the scenario, resolved, and ``--set`` texts."""

    label: str
    scenario: Scenario
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of a combination; ``at``: where in ``sweep`` it stands, or the text of ``--sweep``."""

    path: str
    text: str
    at: Path | str


def points(
    path: str, *, overlays: Sequence[str] = (), sets: Sequence[str] = (), sweeps: Sequence[str] = ()
) -> Iterator[Swept]:
    """Yield each combination of values.

    ``sweeps``: texts ``path=v1,v2``, which take the place of the scenario's own ``sweep``; a value is YAML,
    as in ``--set``. SpecError for a bad text, a path that leads nowhere, or a bad value: at its place in the
    scenario, or in ``--sweep``.
    """
    authored = load(path, overlays=overlays, sets=sets)
    swept = _given(sweeps) if sweeps else _combinations(authored.sweep)
    for combination in swept:
        chosen = tuple(f"{value.path}={value.text}" for value in combination)
        source = (path, overlays, sets)
        if lost := [found for value in combination for found in _leads_nowhere(authored, value, source)]:
            raise SpecError(lost)
        try:
            scenario = load(path, overlays=overlays, sets=[*sets, "sweep=null", *chosen])
        except SpecError as error:
            raise SpecError([_blamed(p, combination, source) for p in error.problems]) from None
        yield Swept(", ".join(chosen), resolve(scenario), chosen)


def _combinations(
    swept: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]] | None,
) -> Iterator[list[_Value]]:
    if swept is None:
        yield []
    elif isinstance(swept, Mapping):
        columns = (
            [_Value(path, _flow(value), (path, index)) for index, value in enumerate(values)]
            for path, values in swept.items()
        )
        yield from (list(combination) for combination in product(*columns))
    else:
        for index, combination in enumerate(swept):
            yield [_Value(path, _flow(value), (index, path)) for path, value in combination.items()]


def _given(sweeps: Sequence[str]) -> Iterator[list[_Value]]:
    """Yield the combinations of ``--sweep`` texts."""
    columns: dict[str, list[_Value]] = {}
    for text in sweeps:
        path, _, values = text.partition("=")
        parts = [part.strip() for part in _split(values)]
        if not path or not all(parts):
            raise SpecError([Problem(f"{text!r} is no sweep", "write path=value,value", file="--sweep")])
        if path in columns:
            raise SpecError(
                [Problem(f"{path} is swept twice", "give all its values at once", file="--sweep")]
            )
        columns[path] = [_Value(path, part, text) for part in parts]
    yield from (list(combination) for combination in product(*columns.values()))


def _split(values: str) -> list[str]:
    """Split at commas that are in no bracket and no quotes."""
    parts, depth, quote = [""], 0, ""
    for char in values:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        depth += (char in "[{") - (char in "]}") if not quote else 0
        if char == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _flow(value: Any) -> str:
    """Return a value as it is written after ``--set path=``: YAML that reads as the same value."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return str(value)
    return json.dumps(value)


_Source = tuple[str, Sequence[str], Sequence[str]]  # path, overlays, sets


def _leads_nowhere(authored: Scenario, value: _Value, source: _Source) -> Iterator[Problem]:
    """Yield the problem of a path into an entry that is not there."""
    section, *rest = value.path.split(".")
    known = getattr(authored, section) if section in _ENTRIES else ()
    if len(rest) > 1 and section in _ENTRIES and rest[0] not in known:
        yield _told(value, f"{section} has no {rest[0]!r}", nearest(rest[0], known), source)


def _blamed(problem: Problem, combination: Sequence[_Value], source: _Source) -> Problem:
    """Return a problem of a chosen value at the place where the value was chosen."""
    index = problem.line - len(source[2]) - 2  # behind the other texts, and sweep=null
    if problem.file != "--set" or not 0 <= index < len(combination):
        return problem
    return _told(combination[index], problem.why, problem.hint, source)


def _told(value: _Value, why: str, hint: object, source: _Source) -> Problem:
    if isinstance(value.at, str):
        return Problem(why, hint, file="--sweep", line=1, column=1, path=value.path, source=value.at)
    path, overlays, sets = source
    root = compose_all(path, overlays, sets, [])
    return replace(place(Complaint(("sweep", *value.at), why, hint), root), path=value.path)
