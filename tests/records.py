"""Records read from documents, whole ones of a run, or parts of some that are written by hand."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from math import inf
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sim.core.record import FLAT, KEY, UNBOUNDED, is_record
from sim.measure.figures import Figures

R = TypeVar("R")


def read(kind: type[R], document: Mapping[str, Any]) -> R:
    """Return the record of that kind that a document shows; what it leaves out is None, or empty."""
    found = {}
    for field in fields(kind):
        hint, name = _hints(kind)[field.name], field.metadata.get(KEY, field.name)
        if FLAT in field.metadata:
            found[field.name] = _flat(hint, document)
        elif name not in document:
            found[field.name] = {} if get_origin(hint) is Mapping else None
        elif document[name] is None and UNBOUNDED in field.metadata:
            found[field.name] = inf
        else:
            found[field.name] = _value(hint, document[name])
    return kind(**found)


def figures(**sections: Any) -> Figures:
    """Return the figures of sections as documents have them."""
    return read(Figures, sections)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _flat(hint: Any, document: Mapping[str, Any]) -> Any:
    """Return a record whose fields stand among others'; None if none does."""
    kind = next((member for member in get_args(hint) if member is not NoneType), hint)
    return read(kind, document) if any(field.name in document for field in fields(kind)) else None


def _value(hint: Any, value: Any) -> Any:
    origin, of = get_origin(hint), get_args(hint)
    if value is None or is_record(value):
        return value
    if origin is Mapping:
        return {name: _value(of[1], part) for name, part in value.items()}
    if origin is tuple:
        return tuple(_value(of[0], part) for part in value)
    if of and isinstance(value, bool | int | str):
        return value
    if of:  # a union: that of its kinds that has all the fields that are there
        kinds = [kind for kind in of if kind is not NoneType]
        return _value(kinds[0] if len(kinds) == 1 else next(k for k in kinds if _fits(k, value)), value)
    return read(hint, value) if isinstance(value, dict) else value


def _fits(kind: Any, value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= {field.name for field in fields(kind)}
