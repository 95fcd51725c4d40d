"""Frozen records whose every field says what it is: in a sentence, and with its unit.

Documents, their schema and whoever shows a figure with its unit read what is said here, and nothing else.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

R = TypeVar("R")

SUFFIXES = {"_s": "s", "_ns": "ns", "_bytes": "bytes"}  # of names -> unit
# Of a field's metadata. pydantic, which makes schemas of records, knows the first line's.
DESCRIPTION, KEY, EXTRA = "description", "alias", "json_schema_extra"
UNIT, SPARSE, FLAT, UNBOUNDED = "unit", "sparse", "flat", "unbounded"


def figure(
    says: str,
    unit: str = "",
    *,
    key: str = "",
    sparse: bool = False,
    flat: bool = False,
    unbounded: bool = False,
) -> Any:
    """Declare a field of a record.

    ``says``: what it is, a clause; ``unit``: of its numbers, where its name does not end with it; ``key``:
    its name in documents, where that is a word of Python's. ``sparse``: a document leaves it out where it is
    None. ``flat``: a record whose own fields stand in its place. ``unbounded``: it may be inf, which
    documents write as null.
    """
    marks = {name: True for name, set_ in ((SPARSE, sparse), (FLAT, flat), (UNBOUNDED, unbounded)) if set_}
    said = {UNIT: unit, **marks}
    named = {KEY: key} if key else {}
    return dataclasses.field(metadata={DESCRIPTION: says, EXTRA: said, **said, **named})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(figure,))
def record(cls: type[R]) -> type[R]:
    """Make a class a frozen record: every field is declared by ``figure`` and given by name."""
    made = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)
    undeclared = [f.name for f in dataclasses.fields(made) if DESCRIPTION not in f.metadata]  # type: ignore[arg-type]
    assert not undeclared, f"{cls.__name__}: {undeclared} say nothing of themselves"
    return made


def restored(cls: type[R], values: Mapping[str, Any]) -> R:
    """Return a record of its fields as JSON has them: records in it are maps, tuples are lists."""
    hints = get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
    return cls(**{name: _restored(hints[name], values[name]) for name in names})


def _restored(hint: Any, value: Any) -> Any:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return restored(hint, value)
    if get_origin(hint) is tuple:
        return tuple(_restored(get_args(hint)[0], part) for part in value)
    return value


def unit_of(name: str, declared: str) -> str:
    """Return the unit of a field: as it is declared, or as its name ends; "" if it has none."""
    return declared or next((unit for suffix, unit in SUFFIXES.items() if name.endswith(suffix)), "")


def is_record(value: Any) -> bool:
    """Return whether a value is a record."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def entries(held: Any) -> Iterator[tuple[str, Any]]:
    """Yield (name in documents, value) of every field of a record that a document shows, in order."""
    for declared in dataclasses.fields(held):
        value = getattr(held, declared.name)
        if value is None and SPARSE in declared.metadata:
            continue
        if FLAT in declared.metadata:
            yield from entries(value)
        else:
            yield declared.metadata.get(KEY, declared.name), value
