"""The catalogue of faults."""

from typing import Any

from sim.spec.faults.fault import Fault
from sim.spec.faults.kinds import KINDS
from sim.spec.schema import models_schema
from sim.spec.sentences import in_words


def fault_catalogue() -> dict[str, dict[str, Any]]:
    """Return kind -> {"summary", "fields": {name: {"type", "default", "required", "what"}}}.

    A kind's own fields come before the common ones.
    ``default`` is as one would write it, None where leaving the field out has a meaning of its own.
    """
    defs = models_schema()["$defs"]
    entries = {}
    for model in KINDS:
        body = defs[model.__name__]
        names = sorted(body["properties"], key=lambda name: name in Fault.model_fields)
        entries[body["properties"]["kind"]["const"]] = {
            "summary": body["description"],
            "fields": {name: _field(body, name, defs) for name in names if name != "kind"},
        }
    return entries


def _field(body: dict[str, Any], name: str, defs: dict[str, Any]) -> dict[str, Any]:
    spec = body["properties"][name]
    return {
        "type": in_words(spec, defs),
        "default": spec.get("default"),
        "required": name in body.get("required", ()),
        "what": spec["description"],
    }
