"""Distributions of durations as authored: a quantity, or a map with one key that names the distribution."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sim.core import distributions as dists
from sim.core.distributions import Distribution
from sim.core.quantity import DURATION_PATTERN, QuantityError, format_duration, parse_duration_exact
from sim.spec.cells import UNITS
from sim.spec.measured import ROLES, content, measured
from sim.spec.table_file import Unreadable
from sim.spec.text import Complaint, Path, nearest, path_of

_EXAMPLE = "such as 150ms or {uniform: [1s, 2s]}"
_Found = list[Complaint]


def parse_distribution(value: Any, path: Path, found: _Found) -> Distribution | None:
    """Return the distribution, in ns, that ``value`` describes; else None and the complaints in ``found``."""
    if not isinstance(value, Mapping):
        number = _duration(value, path, found)
        return None if number is None else dists.constant(number)
    if len(value) != 1:
        found.append(Complaint(path, f"a distribution is a map with one key, not {len(value)}", _EXAMPLE))
        return None
    kind, body = next(iter(value.items()))
    if kind not in _PARSERS:
        found.append(
            Complaint((*path, kind), f"unknown distribution {kind!r}", nearest(kind, _PARSERS), at_key=True)
        )
        return None
    return _PARSERS[kind](body, (*path, kind), found)


def _duration(value: Any, path: Path, found: _Found) -> float | None:
    try:
        if isinstance(value, str):
            return float(parse_duration_exact(value))
        if not isinstance(value, bool) and isinstance(value, int | float):
            if value == 0:
                return 0.0
            raise QuantityError(f"{value} has no unit", "write for example 150ms, 30s, 1h30m")
        raise QuantityError("expected a duration or a distribution", _EXAMPLE)
    except QuantityError as error:
        found.append(Complaint(path, error.why, error.hint))
    return None


def _positive(value: Any, path: Path, found: _Found) -> float | None:
    number = _duration(value, path, found)
    if number == 0:
        found.append(Complaint(path, "must be more than 0"))
        return None
    return number


def _between(low: float, high: float) -> "_Reader":
    """Return the reader of a number without a unit that lies between two bounds."""

    def read(value: Any, path: Path, found: _Found) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            found.append(Complaint(path, f"expected a number between {low:g} and {high:g}", "without a unit"))
            return None
        return float(value)

    return read


_Reader = Callable[[Any, Path, _Found], float | None]
_number = _between(1e-9, 1e9)


def _fields(body: Any, readers: Mapping[str, _Reader], path: Path, found: _Found) -> dict[str, float] | None:
    """Read the named parameters of a distribution: all there, no others."""
    if not isinstance(body, Mapping):
        found.append(Complaint(path, "expected a map", "with " + " and ".join(readers)))
        return None
    for key in [key for key in body if key not in readers]:
        found.append(Complaint((*path, key), f"no parameter {key!r}", nearest(key, readers), at_key=True))
    missing = [name for name in readers if name not in body]
    for name in missing:
        found.append(Complaint(path, f"missing {name!r}", at_key=True))
    values = {name: readers[name](body[name], (*path, name), found) for name in readers if name in body}
    if missing or len(body) != len(readers) or None in values.values():
        return None
    return values  # type: ignore[return-value]


def _exponential(body: Any, path: Path, found: _Found) -> Distribution | None:
    mean = _positive(body, path, found)
    return None if mean is None else dists.exponential(mean)


def _uniform(body: Any, path: Path, found: _Found) -> Distribution | None:
    if not isinstance(body, list) or len(body) != 2:
        found.append(Complaint(path, "expected a list of two durations", "such as [1s, 2s]"))
        return None
    low, high = (_duration(item, (*path, i), found) for i, item in enumerate(body))
    if low is None or high is None:
        return None
    if low >= high:
        found.append(Complaint((*path, 1), "the upper end must be more than the lower"))
        return None
    return dists.uniform(low, high)


def _lognormal(body: Any, path: Path, found: _Found) -> Distribution | None:
    values = _fields(body, {"median": _positive, "p99": _positive}, path, found)
    if values is None:
        return None
    if values["p99"] <= values["median"]:
        found.append(Complaint((*path, "p99"), "p99 must be more than the median"))
        return None
    return dists.lognormal(values["median"], values["p99"])


def _gamma(body: Any, path: Path, found: _Found) -> Distribution | None:
    if isinstance(body, Mapping) and ("mean" in body or "cv" in body):
        values = _fields(body, {"mean": _positive, "cv": _between(1e-3, 1e3)}, path, found)
        return None if values is None else dists.gamma(values["mean"], values["cv"])
    values = _fields(body, {"shape": _between(1e-6, 1e6), "scale": _positive}, path, found)
    return None if values is None else Distribution("gamma", (values["shape"], values["scale"]))


def _weibull(body: Any, path: Path, found: _Found) -> Distribution | None:
    values = _fields(body, {"shape": _number, "scale": _positive}, path, found)
    return None if values is None else Distribution("weibull", (values["shape"], values["scale"]))


def _pareto(body: Any, path: Path, found: _Found) -> Distribution | None:
    values = _fields(body, {"min": _positive, "alpha": _number}, path, found)
    if values is None:
        return None
    if values["alpha"] <= 1:
        found.append(Complaint((*path, "alpha"), "alpha must be more than 1", "or there is no mean"))
        return None
    return Distribution("pareto", (values["min"], values["alpha"]))


def _mixture(body: Any, path: Path, found: _Found) -> Distribution | None:
    if not isinstance(body, list) or not body:
        found.append(
            Complaint(
                path, "expected a list of parts", "such as [{weight: 1, of: 5ms}, {weight: 2, of: 9ms}]"
            )
        )
        return None
    pairs = [_part(item, (*path, i), found) for i, item in enumerate(body)]
    whole = [(weight, part) for weight, part in pairs if weight is not None and part is not None]
    if len(whole) < len(pairs):
        return None
    return dists.mixture([weight for weight, _ in whole], [part for _, part in whole])


def _part(item: Any, path: Path, found: _Found) -> tuple[float | None, Distribution | None]:
    parts: list[Distribution | None] = [None]

    def distribution(value: Any, at: Path, into: _Found) -> float | None:
        parts.append(parse_distribution(value, at, into))
        return None if parts[-1] is None else 0.0

    values = _fields(item, {"weight": _number, "of": distribution}, path, found)
    return (None, None) if values is None else (values["weight"], parts[-1])


def _empirical(body: Any, path: Path, found: _Found) -> Distribution | None:
    """Read ``lags.csv`` or ``{file: lags.csv, unit: ms}``; a ``sha256`` must be the content's."""
    if isinstance(body, Mapping):
        at, given = (*path, "file"), dict(body)
    else:
        at, given = path, {"file": body}
    told = given.pop("sha256", None)
    before = len(found)
    reading = _reading(given, path, found)
    if not isinstance(given.get("file"), str):
        found.append(Complaint(at, "expected the name of a file", "such as lags.csv"))
    if len(found) > before:
        return None
    dist = _measured(given, at, found)
    if dist is not None and told not in (None, content(dist)):
        name = os.path.basename(dist.source or "")
        found.append(Complaint(at, f"{name} has changed since the scenario was resolved"))
        return None
    return None if dist is None else replace(dist, reading=reading)


_FILE_KEYS = ("file", "sha256", "columns", "unit", "above")


def _reading(given: Mapping[str, Any], path: Path, found: _Found) -> tuple[tuple[str, Any], ...]:
    """Return how a file is to be read, as it is written in a scenario; complaints go to ``found``."""
    for key in [key for key in given if key not in _FILE_KEYS]:
        found.append(Complaint((*path, key), f"no parameter {key!r}", nearest(key, _FILE_KEYS), at_key=True))
    unit, columns = given.get("unit"), given.get("columns", {})
    if unit is not None and not (isinstance(unit, str) and unit in UNITS):
        found.append(Complaint((*path, "unit"), f"no unit {unit!r}", nearest(str(unit), UNITS)))
    if "above" in given:
        _positive(given["above"], (*path, "above"), found)
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns.values()):
        found.append(Complaint((*path, "columns"), "expected a map", "such as {value: latency, weight: n}"))
        return ()
    for role in [role for role in columns if role not in ROLES]:
        why = f"no column {role!r} is asked for"
        found.append(Complaint((*path, "columns", role), why, nearest(role, ROLES), at_key=True))
    kept: dict[str, Any] = {"columns": tuple((str(role), str(name)) for role, name in columns.items())}
    kept |= {key: str(given[key]) for key in ("unit", "above") if key in given}
    return tuple((key, value) for key, value in kept.items() if value)


def _measured(given: Mapping[str, Any], path: Path, found: _Found) -> Distribution | None:
    file = path_of(given["file"])
    above = _duration(given["above"], path, found) if "above" in given else None
    try:
        return measured(file, given.get("columns", {}), given.get("unit"), above)
    except Unreadable as error:
        found.extend(Complaint(path, *said) for said in error.told(file))
        return None


_PARSERS: dict[str, Callable[[Any, Path, _Found], Distribution | None]] = {
    "uniform": _uniform,
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "pareto": _pareto,
    "weibull": _weibull,
    "mixture": _mixture,
    "empirical": _empirical,
}


def format_distribution(dist: Distribution) -> Any:
    """Return the canonical authored form: a text for a constant, else a map with one key."""
    if dist.is_constant:
        return _text(dist.params[0])
    return {dist.kind: _FORMATS[dist.kind](dist)}


def _text(value_ns: float) -> str:
    return format_duration(int(value_ns) if float(value_ns).is_integer() else value_ns)


def _format_lognormal(dist: Distribution) -> dict[str, str]:
    mu, sigma = dist.params
    median, p99 = dist.given or (math.exp(mu), math.exp(mu + dists.Z99 * sigma))
    return {"median": _text(median), "p99": _text(p99)}


def _format_mixture(dist: Distribution) -> list[dict[str, Any]]:
    parts = zip(dist.params, dist.parts, strict=True)
    return [{"weight": weight, "of": format_distribution(part)} for weight, part in parts]


_FORMATS: dict[str, Callable[[Distribution], Any]] = {
    "uniform": lambda d: [_text(value) for value in d.params],
    "exponential": lambda d: _text(d.params[0]),
    "lognormal": _format_lognormal,
    "gamma": lambda d: {"shape": d.params[0], "scale": _text(d.params[1])},
    "pareto": lambda d: {"min": _text(d.params[0]), "alpha": d.params[1]},
    "weibull": lambda d: {"shape": d.params[0], "scale": _text(d.params[1])},
    "mixture": _format_mixture,
    "empirical": lambda d: {
        "file": d.source,
        "sha256": content(d),
        **{key: dict(value) if key == "columns" else value for key, value in d.reading},
    },
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a distribution of durations."""
    duration = {"anyOf": [{"type": "string", "pattern": DURATION_PATTERN}, {"const": 0}]}
    number = {"type": "number", "exclusiveMinimum": 0}
    part = _object({"weight": number, "of": {"$ref": "#/$defs/distribution"}})
    text = {"type": "string"}
    named = {"type": "object", "properties": dict.fromkeys(ROLES, text), "additionalProperties": False}
    given = {"file": text, "sha256": text, "columns": named, "unit": {"enum": [*UNITS]}, "above": duration}
    file = {"anyOf": [text, _object(given)]}
    kinds = {
        "uniform": {"type": "array", "items": duration, "minItems": 2, "maxItems": 2},
        "exponential": duration,
        "lognormal": _object({"median": duration, "p99": duration}),
        "gamma": {
            "anyOf": [
                _object({"mean": duration, "cv": number}),
                _object({"shape": number, "scale": duration}),
            ]
        },
        "pareto": _object({"min": duration, "alpha": number}),
        "weibull": _object({"shape": number, "scale": duration}),
        "mixture": {"type": "array", "items": part, "minItems": 1},
        "empirical": file,
    }
    return {"anyOf": [*duration["anyOf"], *(_object({kind: body}) for kind, body in kinds.items())]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
