"""The result as one JSON document."""

import json
from math import isfinite
from typing import Any

from sim.measure.control import differences
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
        "conservation": figures.get("conservation", {}),
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
    """Return ``value`` as JSON text that any reader accepts: what is not a number is null."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return ``value`` in JSON's own types; array scalars as numbers, NaN and infinities as None."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, str | bool | int | None):
        return value
    if hasattr(value, "tolist"):  # numpy's, without importing it here
        return plain(value.tolist())
    if isinstance(value, float):
        return value if isfinite(value) else None
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")
