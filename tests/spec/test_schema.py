"""The JSON Schema of scenario files: as wide as the loader, and no wider than an editor can bear."""

import json
import re
from typing import Any

import pytest

from sim.spec.resolve import dump, load, resolve, schema
from tests.spec.corpus import HERE, SCENARIOS, VALID

ROOT = HERE.parents[1]
FILES = [*VALID, *SCENARIOS]


def test_the_committed_schema_is_the_current_one():
    """schema/scenario.schema.json is what `sim schema` prints."""
    assert json.loads((ROOT / "schema" / "scenario.schema.json").read_text()) == schema()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_loads_satisfies_the_schema_as_written_and_as_resolved(path):
    """An editor that follows the schema marks nothing in a legal file, whole or part."""
    whole = schema()
    assert list(_breaches(_plain(path.read_text()), whole, whole)) == []
    assert list(_breaches(_plain(dump(resolve(load(str(path))))), whole, whole)) == []


def test_the_schema_lets_null_delete_what_a_base_set():
    """Null may stand for a section, a field or an entry, as the loader has it; not for a part of a value."""
    whole = schema()
    for text in ("{bus: null, warmup: null}", "gateway: {ttl: null}", "databases: {orders: {outbox: null}}"):
        assert list(_breaches(_plain(text), whole, whole)) == []
    assert list(_breaches(_plain("gateway: {route: {uniform: [1s, null]}}"), whole, whole))


@pytest.mark.parametrize(
    "text",
    [
        "fault: {}",
        "duration: 5",
        "warmup: 5M",
        "gateway: {ttl: 1x}",
        "faults: {a: {kind: nonsense}}",
        "sla: {a: {metric: rto}}",
        "faults: {a: {kind: db_crash, at: {uniform: [1s]}}}",
        "level: {good: 99}",
        "regions: {a.b: {}}",
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(text):
    """The schema is not so wide that it accepts anything."""
    whole = schema()
    assert list(_breaches(_plain(text), whole, whole))


def _plain(text: str) -> Any:
    from sim.spec.nodes import Source, compose, plain

    node = compose(Source("text", ".", text, shown=tuple(text.split("\n"))), [])
    assert node is not None
    return plain(node)


KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "default", "type", "properties", "patternProperties",
    "additionalProperties", "anyOf", "const", "enum", "pattern", "items", "minItems", "maxItems", "minLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minProperties",
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


def _breaches(value: Any, spec: dict[str, Any], whole: dict[str, Any]):
    """Yield what breaks the schema: the few keywords of draft 7 that it uses; an unknown one is a failure."""
    assert set(spec) <= KNOWN, set(spec) - KNOWN
    if "$ref" in spec:
        yield from _breaches(value, whole["$defs"][spec["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in spec and all(list(_breaches(value, option, whole)) for option in spec["anyOf"]):
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
            yield from _breaches(item, spec.get("items", {}), whole)
    if isinstance(value, dict):
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
        yield from _breaches(item, spec["properties"][name], whole)
    elif patterns:
        yield from _breaches(item, patterns[0], whole)
    elif spec.get("additionalProperties") is False:
        yield f"{name} is unknown"
    elif "additionalProperties" in spec:
        yield from _breaches(item, spec["additionalProperties"], whole)
