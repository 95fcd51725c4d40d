"""The reference of a run's document as Markdown, made from its records: each field, its sentence and unit."""

import dataclasses
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sim.core.record import DESCRIPTION, FLAT, KEY, UNIT, unit_of
from sim.report.document import RunDocument
from sim.report.markdown.text import table
from sim.report.reference.headings import anchor

HEAD = """# Reference: every field of run.json

Made from the code by `sim schema run --format md`; [measures.md](measures.md) defines the figures. `{}` is an
entry of a map, by the name that the sentence tells; `[]` one of a list."""
ROOT = "The document"


def reference() -> str:
    """Return the page."""
    lines = [HEAD, ""]
    places: dict[tuple[type, ...], str] = {}
    sections = list(_sections(places, (RunDocument,), ""))
    for heading, records in sections:
        lines += [f"{'#' * min(2 + heading.count('.'), 4)} {heading}", ""]
        for one in records:
            lines += [str(one.__doc__), "", record_table(one, places), ""]
    return "\n".join(lines).rstrip() + "\n"


def record_table(record: type, places: Mapping[tuple[type, ...], str] | None = None) -> str:
    """Return the table of a record's fields; ``places``: headings under which records are to be found."""
    return table(("field", "what it is", "unit"), (_row(field, places or {}) for field in _fields(record)))


def records() -> dict[str, type]:
    """Return every record that a document holds, by name."""
    sections = _sections({}, (RunDocument,), "")
    return {record.__name__: record for _, records in sections for record in records}


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """A field as documents have it: its name and what is held by each entry; the records that it holds."""

    name: str
    says: str
    unit: str
    entry: str  # {} for a map, [] for a list, of maps {}{}
    records: tuple[type, ...]


def _sections(
    places: dict[tuple[type, ...], str], records: tuple[type, ...], path: str
) -> Iterator[tuple[str, tuple[type, ...]]]:
    """Yield (heading, records) of what is held at a path and below it, each once; ``places`` is added to."""
    if records in places:
        return
    places[records] = f"`{path}`" if path else ROOT
    yield places[records], records
    for record in records:
        for field in _fields(record):
            if field.records:
                yield from _sections(places, field.records, f"{path}.{field.name}{field.entry}".lstrip("."))


def _fields(record: type) -> Iterator[_Field]:
    """Yield the fields of a record; those of one that stands in a field's place are its own."""
    hints = get_type_hints(record)
    for declared in dataclasses.fields(record):
        entry, held = _held(hints[declared.name])
        if FLAT in declared.metadata:
            yield from (field for inner in held for field in _fields(inner))
        else:
            name = declared.metadata.get(KEY, declared.name)
            unit = unit_of(name, declared.metadata[UNIT])
            yield _Field(name, declared.metadata[DESCRIPTION], unit, entry, held)


def _held(hint: Any) -> tuple[str, tuple[type, ...]]:
    """Return what a path has for an entry of a field, and the records that it holds."""
    origin = get_origin(hint)
    if origin is None:
        return "", (hint,) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else ()
    if origin in (Union, UnionType):
        found = [_held(option) for option in get_args(hint)]
        return "".join(entry for entry, _ in found), tuple(one for _, held in found for one in held)
    if not isinstance(origin, type):
        return "", ()  # words
    entry, held = _held(get_args(hint)[-1 if issubclass(origin, Mapping) else 0])
    return ("{}" if issubclass(origin, Mapping) else "[]") + entry, held


def _row(field: _Field, places: Mapping[tuple[type, ...], str]) -> tuple[str, str, str]:
    where = places.get(field.records, "")
    more = f" ([fields](#{anchor(where)}))" if where else ""
    return f"`{field.name}{field.entry}`", field.says + more, field.unit
