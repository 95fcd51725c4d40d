"""What breaks a JSON Schema: the few keywords of draft 7 that ours use; an unknown one is a failure."""

import re
from typing import Any

KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "default", "type", "properties", "patternProperties",
    "additionalProperties", "anyOf", "const", "enum", "pattern", "items", "minItems", "maxItems", "minLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minProperties", "required", "unit",
}  # fmt: skip
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def breaches(value: Any, spec: dict[str, Any], whole: dict[str, Any]):
    """Yield what breaks the schema ``spec``, a part of ``whole``."""
    assert set(spec) <= KNOWN, set(spec) - KNOWN
    if "$ref" in spec:
        yield from breaches(value, whole["$defs"][spec["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in spec and all(list(breaches(value, option, whole)) for option in spec["anyOf"]):
        yield f"{value!r}: none of {spec['anyOf']}"
    wrong_bool = isinstance(value, bool) and spec.get("type", "boolean") != "boolean"
    if "type" in spec and (wrong_bool or not isinstance(value, TYPES[spec["type"]])):
        yield f"{value!r} is no {spec['type']}"
        return
    yield from _breaches_of_scalar(value, spec)
    if isinstance(value, list):
        if not spec.get("minItems", 0) <= len(value) <= spec.get("maxItems", len(value)):
            yield f"{value!r} has the wrong length"
        for item in value:
            yield from breaches(item, spec.get("items", {}), whole)
    if isinstance(value, dict):
        yield from (f"{name} is missing" for name in spec.get("required", ()) if name not in value)
        for name, item in value.items():
            yield from _breaches_of_property(name, item, spec, whole)


def _breaches_of_scalar(value: Any, spec: dict[str, Any]):
    if value != spec.get("const", value):
        yield f"{value!r} is not {spec['const']!r}"
    if value not in spec.get("enum", [value]):
        yield f"{value!r} is not one of {spec['enum']}"
    if "pattern" in spec and not re.search(spec["pattern"], value):
        yield f"{value!r} does not match {spec['pattern']}"
    if isinstance(value, int | float) and not spec.get("minimum", value) <= value <= spec.get(
        "maximum", value
    ):
        yield f"{value!r} is out of range"


def _breaches_of_property(name: str, item: Any, spec: dict[str, Any], whole: dict[str, Any]):
    patterns = [
        body for pattern, body in spec.get("patternProperties", {}).items() if re.search(pattern, name)
    ]
    if name in spec.get("properties", {}):
        yield from breaches(item, spec["properties"][name], whole)
    elif patterns:
        yield from breaches(item, patterns[0], whole)
    elif spec.get("additionalProperties") is False:
        yield f"{name} is unknown"
    elif "additionalProperties" in spec:
        yield from breaches(item, spec["additionalProperties"], whole)
