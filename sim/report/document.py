"""The result as one JSON document."""

from json import dumps
from math import isfinite
from typing import Any

from sim.core.inert import inert
from sim.measure.control_run import differences
from sim.measure.platform.metrics import SECTIONS as PATH_SECTIONS
from sim.outcome import Outcome


def document(outcome: Outcome) -> dict[str, Any]:
    """Return what ``--json`` prints: verdict, figures, what happened. Names in ``_s`` are in seconds."""
    figures = outcome.figures
    found = {
        "scenario": outcome.scenario,
        "digest": outcome.digest,
        "seed": outcome.seed,
        "verdict": outcome.verdict,
        "exit_code": outcome.exit_code,
        "sla": outcome.objectives,
        "recovery": figures.get("recovery", {}),
        "loss": figures.get("loss", {}),
        "exposure": figures.get("exposure", {}),
        "consistency": figures.get("consistency", {}),
        "latency": figures.get("latency", {}),
        "operations": figures.get("operations", {}),
        "ratios": figures.get("ratios", {}),
        "conservation": figures.get("conservation", {}),
        **{name: figures[name] for name in (*PATH_SECTIONS, "choreography", "stock") if name in figures},
        "faults": outcome.faults,
        "performance": outcome.performance,
        "milestones": [
            {
                "id": m.id,
                "at_s": m.at_ns / 1e9,
                "kind": m.kind,
                "subject": m.subject,
                "why": m.why,
                "cause": m.cause,
            }
            for m in outcome.milestones
        ],
        "journal_digest": outcome.journal_digest,
        "trust": outcome.trust,
    }
    if outcome.control is not None:
        found["control"] = {"differences": differences(figures, outcome.control["figures"])}
    return found


def written(value: Any) -> str:
    """Return ``value`` as JSON text that any reader accepts: what is not a number is null.

    Maps, and lists of maps or lists, take a line for each entry; a list of scalars stands in one line.
    """
    return _lines(plain(value), "\n") + "\n"


def plain(value: Any) -> Any:
    """Return ``value`` in JSON's own types; array scalars as numbers, NaN and infinities as None."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        if _numbers(value):
            return list(value)
        return [plain(part) for part in value]
    if isinstance(value, str | bool | int | None):
        return value
    if hasattr(value, "tolist"):  # numpy's, without importing it here
        return plain(value.tolist())
    if isinstance(value, float):
        return value if isfinite(value) else None
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")


def _numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    """Return whether all are integers, or all finite floats: long series, not looked at in turn."""
    kinds = set(map(type, values))
    return kinds == {int} or (kinds == {float} and all(map(isfinite, values)))


def _lines(value: Any, margin: str) -> str:
    """Return plain ``value`` as text; ``margin`` is a line's end and the indent of the next."""
    inner = margin + "  "
    if isinstance(value, dict) and value:
        entries = (f"{_scalars(key)}: {_lines(part, inner)}" for key, part in value.items())
        return "{" + inner + f",{inner}".join(entries) + margin + "}"
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        return "[" + inner + f",{inner}".join(_lines(part, inner) for part in value) + margin + "]"
    return _scalars(value)


def _scalars(value: Any) -> str:
    """Return a scalar, or a list of them, in one line. What cannot be printed is escaped, as JSON allows."""
    return inert(dumps(value, ensure_ascii=False, allow_nan=False))
