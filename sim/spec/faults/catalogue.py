"""The catalogue of faults."""

from typing import Any

from sim.spec.faults.fault import Fault
from sim.spec.faults.kinds import KINDS
from sim.spec.schema import models_schema


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
        "type": _words(spec, defs),
        "default": spec.get("default"),
        "required": name in body.get("required", ()),
        "what": spec["description"],
    }


def _words(spec: dict[str, Any], defs: dict[str, Any]) -> str:
    """Return what a value is, in words."""
    if "title" in spec:
        return str(spec["title"])
    if "$ref" in spec:
        inner = defs[spec["$ref"].rsplit("/", 1)[1]]
        return "{" + ", ".join(inner["properties"]) + "}"
    if "enum" in spec:
        return " | ".join(spec["enum"])
    if "anyOf" in spec:
        return " or ".join(_words(option, defs) for option in spec["anyOf"] if option != {"type": "null"})
    if spec["type"] == "array":
        return "list of " + _words(spec["items"], defs)
    if spec["type"] == "string":
        return "name" if "pattern" in spec else "text"
    return {"boolean": "true | false", "integer": "whole number"}.get(spec["type"], "number")
