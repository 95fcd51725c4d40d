"""pydantic's errors as ours: where, in which file, what was expected, and the nearest right name."""

import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from sim.core.errors import Problem
from sim.spec.model import fields_by_key
from sim.spec.nodes import SourceNode
from sim.spec.text import Complaint, Path, nearest

_AT_KEY = frozenset(("extra_forbidden", "missing", "union_tag_not_found"))
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "list_type": "a list",
}
_COMPARISONS = {
    "greater_than": "more than {gt:,.15g}",
    "greater_than_equal": "at least {ge:,.15g}",
    "less_than": "less than {lt:,.15g}",
    "less_than_equal": "at most {le:,.15g}",
}


def complaints(errors: list[Any], model: type[BaseModel], prefix: Path = ()) -> Iterator[Complaint]:
    """Yield what pydantic's ``errors`` about ``model``, which stands at ``prefix``, mean."""
    for error in errors:
        path = (*prefix, *_real_path(model, error["loc"]))
        found = error.get("ctx", {}).get("complaints")
        if found is None:
            yield _complaint(error, path, model)
        for inner in found or ():
            yield Complaint((*path, *inner.path), inner.why, inner.hint, inner.at_key)


def _complaint(error: Any, path: Path, model: type[BaseModel]) -> Complaint:
    kind, ctx = error["type"], error.get("ctx", {})
    if kind == "missing":
        return Complaint(path[:-1], f"missing {path[-1]!r}", at_key=True)
    if kind == "extra_forbidden":
        if path[-1] == "<<":
            return Complaint(path, "YAML's merge key is not supported", "use extends", at_key=True)
        return Complaint(path, f"unknown key {path[-1]!r}", _known_keys(model, error["loc"]), at_key=True)
    if kind == "union_tag_not_found":
        return Complaint(path, "no kind is given", "write kind: and its name", at_key=True)
    if kind == "union_tag_invalid":
        names = [name.strip().strip("'") for name in ctx["expected_tags"].split(",")]
        return Complaint(
            (*path, "kind"), f"unknown kind {str(ctx['tag'])!r}", nearest(str(ctx["tag"]), names)
        )
    return Complaint(
        path, *_phrases(kind, ctx, error["input"], error["msg"]), at_key=error["loc"][-1:] == ("[key]",)
    )


def _phrases(kind: str, ctx: Any, value: Any, message: str) -> tuple[str, object]:
    """Return why a value is wrong, and a hint."""
    if value is None and kind in _EXPECTED:
        return "nothing here to delete", "null deletes what a base set"
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, not {_shown(value)}", ""
    if kind in _COMPARISONS:
        return "must be " + _COMPARISONS[kind].format(**ctx), ""
    if kind == "literal_error":
        names = [name.strip().strip("'") for name in ctx["expected"].replace(" or ", ", ").split(",")]
        return f"{_shown(value)} is not allowed", nearest(str(value), names)
    if kind == "string_pattern_mismatch":
        return f"{_shown(value)} is no name", "names are letters, digits, - and _, at most 63"
    if kind == "too_short":
        return "must not be empty", ""
    return message[:1].lower() + message[1:], ""


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return {True: "true", False: "false", None: "null"}.get(value) or (
        repr(str(value)) if isinstance(value, str) else str(value)
    )


def _real_path(model: Any, loc: tuple[Any, ...]) -> Path:
    """Return ``loc`` without the tokens that are no keys: names of union branches, and ``[key]``."""
    path: list[Any] = []
    for token in loc:
        model, is_key = _step(model, token)
        if is_key:
            path.append(token)
    return tuple(path)


def _known_keys(model: Any, loc: tuple[Any, ...]) -> object:
    for token in loc[:-1]:
        model, _ = _step(model, token)
    return nearest(str(loc[-1]), fields_by_key(_model_of(model)))


def _model_of(annotation: Any) -> type[BaseModel]:
    return next(arg for arg in _options(annotation) if isinstance(arg, type) and issubclass(arg, BaseModel))


def _step(annotation: Any, token: Any) -> tuple[Any, bool]:
    """Follow one token of pydantic's loc; return the type behind it, and whether it is a key in the file."""
    options = _options(annotation)
    tagged = [option for option in options if _tag(option) == token]
    if tagged and len(options) > 1:
        return tagged[0], False
    if token == "[key]":
        return annotation, False
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            found = fields_by_key(option).get(token)
            return (found.annotation if found else None), True
        if get_origin(option) in (dict, list):
            return get_args(option)[-1], True
    return None, True


def _options(annotation: Any) -> list[Any]:
    """Return the branches of a union, without Annotated and None."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return [leaf for arg in get_args(annotation) if arg is not type(None) for leaf in _options(arg)]
    return [annotation]


def _tag(model: Any) -> str | None:
    """Return the value of a model's ``kind``."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)) or "kind" not in model.model_fields:
        return None
    kind = model.model_fields["kind"].annotation
    return get_args(kind)[0] if get_origin(kind) is Literal else None


def place(complaint: Complaint, root: SourceNode | None) -> Problem:
    """Return the complaint as a problem at its place in the tree: as deep as the tree goes along the path."""
    dotted = ".".join(str(token) for token in complaint.path)
    if root is None:
        return Problem(complaint.why, complaint.hint, path=dotted)
    node, whole = follow(complaint.path, root)
    at_key = complaint.at_key or not whole
    mark = node.key if at_key and node.key is not None else node.mark
    value = node.value if whole and not isinstance(node.value, dict | list) else None
    return mark.problem(complaint.why, complaint.hint, path=dotted, value=value)


def follow(path: Path, root: SourceNode) -> tuple[SourceNode, bool]:
    """Return the node at ``path``, or the last one on the way there, and whether the whole way was gone."""
    node = root
    for token in path:
        child = node.child(token)
        if child is None:
            return node, False
        node = child
    return node, True
