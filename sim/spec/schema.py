"""The JSON Schema of scenario files, for editors. Draft 7: no prefixItems, no discriminator.

A file may be a part of a scenario (``extends``, overlays), so nothing is required and null may stand for any
entry; that a scenario is whole is for ``sim validate`` to say.
"""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sim.spec import delays
from sim.spec.model import Model
from sim.spec.scenario import Scenario
from sim.spec.sentences import sentences

_SHARED = (
    "duration",
    "rate",
    "size",
    "bandwidth",
    "fraction",
    "duration or count",
    "distribution",
    "predicate",
    "place in a log",
)

EXTENDS = "Scenario files, relative to this one, that it changes: maps merge, lists replace."
_ABOUT = ("default", "description")  # what a place says of a value, beside what the value may be


class _Plain(GenerateJsonSchema):
    """Without a title for every field."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (pydantic's signature)
        return False


def models_schema() -> dict[str, Any]:
    """Return the JSON Schema of a resolved scenario as pydantic describes it, with its requirements.

    Defaults are as one would write them; those that are models themselves are left to their own fields.
    """
    whole = Scenario.model_json_schema(schema_generator=_Plain, mode="validation")
    models = models_by_name()
    for name, body in [("Scenario", whole), *whole["$defs"].items()]:
        written = models[name].model_construct().model_dump(mode="json", by_alias=True)
        said = sentences(models[name])
        for field, spec in body["properties"].items():
            spec["description"] = (
                said[field].replace("``", "") if field in said else _kind(models[name], spec)
            )
            if "default" in spec:
                spec["default"] = written[field]
            if spec.get("default") is None or "$ref" in spec:
                spec.pop("default", None)
    return whole


def models_by_name() -> dict[str, type[Model]]:
    """Return every model that a scenario is made of."""
    return {model.__name__: model for model in _models(Model)}


def _kind(model: type[Model], spec: dict[str, Any]) -> str:
    """Return the sentence of the field that tells a model's kind: what that kind is."""
    summary = (model.__doc__ or "").split("\n")[0].replace("``", "")
    return f"{spec['const']}: {summary}"


def _models(model: type[Model]) -> Iterator[type[Model]]:
    for child in model.__subclasses__():
        yield child
        yield from _models(child)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file."""
    whole = models_schema()
    shared = {"distribution": _relaxed(delays.json_schema(), {})}
    bodies = whole.pop("$defs").items()
    defs = {name: _deletable(_relaxed(body, shared, inside=name)) for name, body in bodies}
    root = _deletable(_relaxed(whole, shared))
    root["properties"]["extends"] = {
        "description": EXTENDS,
        "type": "array",
        "items": {"type": "string"},
    }
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "multiregion-sim scenario"}
    return {**head, **root, "$defs": dict(sorted((defs | shared).items()))}


def _deletable(model: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a model in which null may stand for any field but its kind."""
    return model | {
        "properties": {
            name: spec if name == "kind" or {"type": "null"} in spec.get("anyOf", ()) else _or_null(spec)
            for name, spec in model["properties"].items()
        }
    }


def _or_null(spec: dict[str, Any]) -> dict[str, Any]:
    value = {key: part for key, part in spec.items() if key not in _ABOUT}
    return {"anyOf": [value, {"type": "null"}]} | {key: spec[key] for key in _ABOUT if key in spec}


def _relaxed(node: Any, shared: dict[str, Any], inside: str = "") -> Any:
    """Return the schema with nothing required; the quantities it holds move to ``shared``."""
    if isinstance(node, list):
        return [_relaxed(item, shared) for item in node]
    if not isinstance(node, dict):
        return node
    title = node.get("title", "")
    if title in _SHARED and title != inside:
        name = title.replace(" ", "-")
        if name not in shared:
            value = {key: part for key, part in node.items() if key not in _ABOUT}
            shared[name] = _relaxed(value, shared, inside=title)
        return {"$ref": f"#/$defs/{name}"} | {key: node[key] for key in _ABOUT if key in node}
    kept = {key: value for key, value in node.items() if key not in ("required", "discriminator", "title")}
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    kept = {key: value if key == "default" else _relaxed(value, shared) for key, value in kept.items()}
    if "patternProperties" in kept:
        entries = kept["patternProperties"]
        kept["patternProperties"] = {
            name: {"anyOf": [entry, {"type": "null"}]} for name, entry in entries.items()
        }
        kept["additionalProperties"] = False
    if isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = {"anyOf": [kept["additionalProperties"], {"type": "null"}]}
    return kept
