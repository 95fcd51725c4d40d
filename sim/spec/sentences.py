"""What the models say of their fields: the docstring below each, for the schema and the catalogue."""

import ast
import inspect
import re
import sys
from functools import cache
from typing import Any, get_args

from sim.spec.model import Model, fields_by_key

LIMITS = ("gt", "ge", "lt", "le")  # of numbers, as annotations name them
DEFAULT = "Default: "  # in a sentence, before where a default is from, or the reason for it


def sentences(model: type[Model]) -> dict[str, str]:
    """Return the sentence of each field that has one, by its key in a file; those of its parents too."""
    said: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        said |= _of_module(parent.__module__).get(parent.__name__, {}) if issubclass(parent, Model) else {}
    return {key: said[field] for key, field in _names(model) if field in said}


def declared_by(model: type[Model], key: str) -> type[Model]:
    """Return the class that declares a field, by its key in a file: the model, or a parent."""
    field = next(field for known, field in _names(model) if known == key)
    return next(parent for parent in model.__mro__ if field in vars(parent).get("__annotations__", ()))


def limits_of(model: type[Model], key: str) -> dict[str, float]:
    """Return the limits of a field, by its key in a file: ``gt``, ``ge``, ``lt``, ``le`` -> bound."""
    info = fields_by_key(model)[key]
    optional = [part for option in get_args(info.annotation) for part in get_args(option)[1:]]
    told = [part for one in (*info.metadata, *optional) for part in getattr(one, "metadata", (one,))]
    return {name: getattr(part, name) for part in told for name in LIMITS if hasattr(part, name)}


def _names(model: type[Model]) -> list[tuple[str, str]]:
    """Return (key, field) of a model: ``from``, ``from_``."""
    return list(zip(fields_by_key(model), model.model_fields, strict=True))


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    """Return class -> field -> docstring. Sources are read when somebody asks: at start nobody does."""
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: _of_class(node) for node in classes}


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, below in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = below.value if isinstance(below, ast.Expr) else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found[field.target.id] = inspect.cleandoc(text.value).replace("\n", " ")
    return found


def in_words(spec: dict[str, Any], defs: dict[str, Any]) -> str:
    """Return what a value is, in words; ``spec`` is its JSON Schema, ``defs`` those it refers to."""
    if "title" in spec:
        return str(spec["title"])
    if "$ref" in spec:
        inner = defs[spec["$ref"].rsplit("/", 1)[1]]
        return "{" + ", ".join(inner["properties"]) + "}"
    if "enum" in spec:
        return " | ".join(spec["enum"])
    if "anyOf" in spec:
        return " or ".join(in_words(option, defs) for option in spec["anyOf"] if option != {"type": "null"})
    if spec["type"] == "array":
        return "list of " + _several(in_words(spec["items"], defs))
    if spec["type"] == "string":
        return "name" if "pattern" in spec else "text"
    return {"boolean": "true | false", "integer": "whole number"}.get(spec["type"], "number")


def _several(words: str) -> str:
    return re.sub("^list ", "lists ", words) if " " in words else words + "s"
