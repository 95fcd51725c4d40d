"""The JSON Schema of the document of a run, made from its records. Draft 7."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from sim.core.record import FLAT, SPARSE, UNBOUNDED, UNIT, unit_of
from sim.report.document import RunDocument

NULL = {"type": "null"}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of ``run.json``; each field has a sentence and, if it is a number, a unit."""
    whole = TypeAdapter(RunDocument).json_schema(mode="serialization")
    records = whole.pop("$defs")
    bodies = {name: _record(body, records) for name, body in records.items()}
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "multiregion-sim run"}
    root = {key: value for key, value in _record(whole, records).items() if key != "title"}
    named = {text for part in (root, *bodies.values()) for text in _references(part)}
    kept = {name: body for name, body in sorted(bodies.items()) if name in named}
    return {**head, **root, "$defs": kept}


def _record(body: dict[str, Any], records: dict[str, Any]) -> dict[str, Any]:
    """Return a record as documents show it."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, declared in body["properties"].items():
        if FLAT in declared:
            inner = _record(records[_referred(declared)], records)
            properties |= inner["properties"]
            required += [] if SPARSE in declared else inner["required"]
            continue
        properties[name] = _property(name, declared)
        required += [] if SPARSE in declared else [name]
    kept = {key: value for key, value in body.items() if key not in ("properties", "required", "title")}
    return {**kept, "properties": properties, "required": required, "additionalProperties": False}


def _property(name: str, declared: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field: with its unit, and null where it can be without bound."""
    spec = {key: value for key, value in declared.items() if key not in ("title", UNIT, SPARSE, UNBOUNDED)}
    if UNBOUNDED in declared and "anyOf" not in spec:
        spec["anyOf"] = [{"type": spec.pop("type")}, NULL]
    if SPARSE in declared:
        spec["anyOf"] = [option for option in spec["anyOf"] if option != NULL]
    unit = unit_of(name, declared[UNIT])
    return {**spec, "unit": unit} if unit else spec


def _referred(declared: dict[str, Any]) -> str:
    """Return the name of the record that stands in a field's place."""
    options = [declared, *declared.get("anyOf", ())]
    found: str = next(option["$ref"] for option in options if "$ref" in option)
    return found.rpartition("/")[2]


def _references(part: Any) -> Iterator[str]:
    """Yield the names of the records that a part of a schema refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        yield from (name for inner in part for name in _references(inner))
