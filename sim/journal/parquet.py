"""The journal as Parquet: one file a table, and back again as the same slices.

``<folder>/<domain>/<table>.parquet`` (``sent/us-west`` becomes ``sent.us-west``), each with an explicit
schema, units in the fields' metadata, and the number of the slice a row belongs to; ``slices.parquet`` says
where slices end, ``milestones.parquet`` in the folder holds the milestones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from json import dumps, loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.journal import schema
from sim.journal.milestones import Milestone, heard, read_milestone
from sim.journal.recorder import Slice, Table

if TYPE_CHECKING:
    import pyarrow as pa

SLICE = "slice"
SLICES = {"until_ns": np.int64}


class ParquetWriter:
    """Reducer that writes what it sees; a slice becomes a row group of each of its tables."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[Path, Any] = {}
        self._count: dict[str, int] = {}

    def fold(self, part: Slice) -> None:
        """Write one slice."""
        number = self._count.get(part.domain, 0)
        self._count[part.domain] = number + 1
        self._write(part.domain, "slices", {"until_ns": np.array([part.until_ns])}, number)
        for name, table in part.tables.items():
            if part.rows(name):
                self._write(part.domain, name, table, number)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Write the milestones and close every file."""
        for writer in self._writers.values():
            writer.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        write_milestones(self._folder / "milestones.parquet", milestones, end_ns=end_ns)

    def _write(self, domain: str, name: str, table: Table, number: int) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._folder / domain / file_of(name)
        columns = SLICES if name == "slices" else schema.columns_of(name)
        arrow = arrow_schema(columns)
        if path not in self._writers:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[path] = pq.ParquetWriter(path, arrow, compression="zstd")
        arrays = [pa.array(table[column]) for column in columns]
        arrays.append(pa.array(np.full(len(arrays[0]), number, np.int64)))

        self._writers[path].write_table(pa.Table.from_arrays(arrays, schema=arrow), len(arrays[0]))


def arrow_schema(columns: Mapping[str, type]) -> "pa.Schema":
    """Return the Arrow schema of a table: its columns with their units, and the slice."""
    import pyarrow as pa

    fields = [
        pa.field(
            name, pa.from_numpy_dtype(dtype), nullable=False, metadata={"unit": schema.UNITS.get(name, "1")}
        )
        for name, dtype in columns.items()
    ]
    return pa.schema([*fields, pa.field(SLICE, pa.int64(), nullable=False, metadata={"unit": "1"})])


def file_of(table: str) -> str:
    """Return the name of a table's file; names of regions, consumers and the like have no dots."""
    return f"{table.replace('/', '.')}.parquet"


def tables_of(folder: Path, domain: str) -> list[str]:
    """Return the names of the tables of a domain that have rows, sorted by their files."""
    files = sorted((folder / domain).glob("*.parquet"))
    return [path.stem.replace(".", "/") for path in files if path.stem != "slices"]


def read_table(folder: Path, domain: str, name: str, columns: Sequence[str]) -> Table:
    """Return some columns of a whole table of a domain, without rows where it has none."""
    import pyarrow.parquet as pq

    path = folder / domain / file_of(name)
    if not path.is_file():
        return {column: values for column, values in schema.empty(name).items() if column in columns}
    with pq.ParquetFile(path) as file:
        table = file.read(columns=list(columns))
    return {column: np.array(table.column(column).to_numpy()) for column in columns}


def read_slices(folder: Path, only: str | None = None) -> Iterator[Slice]:
    """Yield the slices that were written, domain by domain, each domain's in order; ``only``: of one domain.

    One slice is in memory at a time.
    """
    milestones, _ = read_milestones(folder)
    for domain in sorted(path for path in folder.iterdir() if path.is_dir() and only in (None, path.name)):
        first = 0
        tables = {name: _groups(domain / file_of(name)) for name in tables_of(folder, domain.name)}
        ahead = {name: next(groups, None) for name, groups in tables.items()}
        for number, ends in _groups(domain / "slices.parquet"):
            found = {}
            for name, group in ahead.items():
                if group is not None and group[0] == number:
                    found[name] = group[1]
                    ahead[name] = next(tables[name], None)
            until_ns = int(ends["until_ns"][0])
            happened, first = heard(milestones, first, until_ns)
            yield Slice(domain.name, until_ns, found, happened)


def read_milestones(folder: Path) -> tuple[list[Milestone], int]:
    """Return the milestones and the end of the run (ns)."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "milestones.parquet")
    rows = ({**row, "values": loads(row["values"])} for row in table.to_pylist())
    return [read_milestone(row) for row in rows], int(table.schema.metadata[b"end_ns"])


def values_text(milestone: Milestone) -> str:
    """Return what a milestone carries as one JSON object: its fields, as docs/files.md has them."""
    return dumps(asdict(milestone.what), ensure_ascii=False)  # type: ignore[call-overload]


def _groups(path: Path) -> Iterator[tuple[int, Table]]:
    """Yield (slice, columns) of each row group of a file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            columns = {name: np.array(table.column(name).to_numpy()) for name in table.column_names}
            yield int(columns.pop(SLICE)[0]), columns


def write_milestones(path: Path, milestones: Sequence[Milestone], *, end_ns: int | None = None) -> None:
    """Write milestones with an explicit schema, and the end of the run (ns) if it is given.

    ``cause`` is null where nothing caused one. Columns are made from their bytes, because ``pyarrow.array``
    imports pandas, whatever it is given, and that takes half a second.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    number, text = pa.int64(), pa.string()
    fields = [
        pa.field("id", number, nullable=False),
        pa.field("at_ns", number, nullable=False, metadata={"unit": "ns"}),
        pa.field("kind", text, nullable=False),
        pa.field("subject", text, nullable=False),
        pa.field("why", text, nullable=False),
        pa.field("values", text, nullable=False, metadata={"form": "JSON object"}),
        pa.field("cause", number),
    ]
    arrow = pa.schema(fields, metadata=None if end_ns is None else {"end_ns": str(end_ns)})
    columns = [
        (numbers if field.type == number else texts)([_cell(m, field.name) for m in milestones])
        for field in fields
    ]
    pq.write_table(pa.Table.from_arrays(columns, schema=arrow), path)


def _cell(milestone: Milestone, column: str) -> Any:
    return values_text(milestone) if column == "values" else getattr(milestone, column)


def numbers(values: Sequence[int | None]) -> "pa.Array":
    """Return integers as an Arrow array of int64."""
    import pyarrow as pa

    known = np.array([value is not None for value in values], bool)
    data = np.array([value or 0 for value in values], np.int64)
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.int64(), len(data), [valid, pa.py_buffer(data)])


def texts(values: Sequence[str]) -> "pa.Array":
    """Return texts as an Arrow array of strings."""
    import pyarrow as pa

    parts = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, parts)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(parts))]
    return pa.Array.from_buffers(pa.string(), len(parts), buffers)
