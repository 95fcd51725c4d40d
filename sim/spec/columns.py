"""Which columns of a table are read as what; their cells as arrays. Slips are told with line and value."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from sim.spec.cells import Convert, shown
from sim.spec.table_file import FileBatch, TableFile, Unreadable
from sim.spec.text import nearest

COMPLAINTS_MAX = 5
Said = tuple[str, str]  # why, hint


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column is read. ``expected`` is what a cell must be; ``near``: the names that it can be."""

    column: str
    convert: Convert
    expected: str
    dtype: Any = np.float64
    near: Sequence[str] = ()


def chosen(
    table: TableFile, roles: Mapping[str, Sequence[str]], given: Mapping[str, str], meaning: str
) -> dict[str, str]:
    """Return role -> column.

    ``roles``: the names that a column of each may have; ``given``: the columns that the scenario names, all
    others are ignored; if it names none, a column without a role is an error. ``meaning``: what is needed.
    Raises Unreadable.
    """
    if given:
        return {role: _named(table, column) for role, column in given.items()}
    known = [name for names in roles.values() for name in names]
    for name in table.header:
        if name not in known:
            rest = f"{table.found}; {meaning}; `columns` can name those to read"
            raise Unreadable(f"no column {name[:40]!r} is known", f"{_guess(name, known)}{rest}")
    found = {role: [name for name in names if name in table.header] for role, names in roles.items()}
    twice = next((names for names in found.values() if len(names) > 1), None)
    if twice:
        raise Unreadable(f"{' and '.join(twice)} say the same", "leave one out")
    return {role: names[0] for role, names in found.items() if names}


def _named(table: TableFile, column: str) -> str:
    if column not in table.header:
        raise Unreadable(f"it has no column {column!r}", f"{_guess(column, table.header)}{table.found}")
    return column


def _guess(name: str, known: Sequence[str]) -> str:
    hint = str(nearest(name.lower(), known))
    return f"{hint}; " if hint.startswith("did you mean") else ""


def filled(table: TableFile, readings: Mapping[str, Reading], file: str) -> dict[str, "np.ndarray[Any, Any]"]:
    """Return role -> array of all rows. Raises Unreadable, with the cells of ``file`` that are wrong."""
    parts: dict[str, list[Any]] = {role: [] for role in readings}
    wrong: list[Said] = []
    for batch in table.batches([reading.column for reading in readings.values()]):
        for role, reading in readings.items():
            cells = batch.columns[reading.column]
            known = {cell: reading.convert(cell) for cell in set(cells)}  # most columns say little, often
            values = [known[cell] for cell in cells]
            if None in values:
                where = f"{os.path.basename(file)}, {table.word}"
                wrong += islice(_slips(batch, values, reading, where), COMPLAINTS_MAX)
            else:
                parts[role].append(np.array(values, reading.dtype))
        if len(wrong) >= COMPLAINTS_MAX:
            break
    if wrong or not all(parts.values()):
        raise Unreadable("it has no rows", cells=wrong[:COMPLAINTS_MAX])
    return {role: np.concatenate(held) for role, held in parts.items()}


def _slips(batch: FileBatch, values: Sequence[Any], reading: Reading, where: str) -> Iterator[Said]:
    cells = batch.columns[reading.column]
    for place, cell, value in zip(batch.places, cells, values, strict=True):
        if value is None:
            hint = f"expected {reading.expected}"
            near = str(nearest(str(cell).strip()[:40].lower(), reading.near)) if reading.near else ""
            yield f"{where} {place}: {reading.column} is {shown(cell)}", near or hint
