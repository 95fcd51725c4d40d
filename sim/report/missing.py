"""``lost.parquet`` of a run folder: what is lost, out of reach, a ghost or there twice (docs/files.md)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.identity import lsn_of, timeline_of
from sim.measure.missing import UNKNOWN, MissingRange

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "lost.parquet"
BATCH = 16_384  # rows that are in memory at a time
RANGE, RECORD = "range", "record"
UNITS = {"at_ns": "ns", "commit_ns": "ns", "records": "records"}
NUMBERS = ("at_ns", "records", "version", "last_version", "rid", "key", "session", "commit_ns")
COLUMNS = (
    "row", "store", "stage", "kind", "records", "id", "version", "last_version", "rid", "key", "session",
    "commit_ns", "at_ns", "cause", "copies",
)  # fmt: skip
Columns = dict[str, list[Any]]


def write(path: Path, found: Sequence[MissingRange]) -> None:
    """Write every range, and then the records that are listed of them."""
    import pyarrow.parquet as pq

    arrow = _schema()
    with pq.ParquetWriter(path, arrow, compression="zstd") as writer:
        for part in _parts(found, arrow):
            writer.write_table(part)


def table_of(found: Sequence[MissingRange]) -> "pa.Table":
    """Return the table that ``write`` writes and ``read`` gives back."""
    import pyarrow as pa

    return pa.concat_tables(_parts(found, _schema()))


def read(path: Path) -> "pa.Table":
    """Return the table. FileNotFoundError if there is none."""
    import pyarrow.parquet as pq

    if not path.is_file():
        raise FileNotFoundError(path)
    return pq.read_table(path)


def record_id(store: str, version: int) -> str:
    """Name a commit as ``sim explain --record`` takes it: ``orders@1:4711``."""
    return f"{store}@{timeline_of(version)}:{lsn_of(version)}"


def _parts(found: Sequence[MissingRange], arrow: "pa.Schema") -> "Iterator[pa.Table]":
    """Yield the ranges, and then the records, some thousands at a time."""
    for batch in (_ranges(found), *_records(found)):
        yield _table(batch, arrow)


def _schema() -> "pa.Schema":
    import pyarrow as pa

    kinds = {name: pa.int64() if name in NUMBERS else pa.string() for name in COLUMNS}
    units = {name: {"unit": UNITS[name]} if name in UNITS else None for name in COLUMNS}
    return pa.schema([pa.field(name, kind, metadata=units[name]) for name, kind in kinds.items()])


def _table(batch: Columns, arrow: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    from sim.journal.parquet import numbers, texts

    columns = [(numbers if name in NUMBERS else texts)(batch[name]) for name in COLUMNS]
    return pa.Table.from_arrays(columns, schema=arrow)


def _ranges(found: Sequence[MissingRange]) -> Columns:
    """Return a row for each range; of what differs from record to record nothing."""
    none: list[Any] = [None] * len(found)
    return {
        **_said(RANGE, [(one, 1) for one in found]),
        "records": [one.records for one in found], "version": [one.first for one in found],
        "last_version": [one.last for one in found], "id": [record_id(one.store, one.first) for one in found],
        "rid": none, "key": none, "session": none, "commit_ns": none,
    }  # fmt: skip


def _records(found: Sequence[MissingRange]) -> Iterator[Columns]:
    """Yield a row for each record that is listed, some thousands at a time."""
    for one in found:
        for first in range(0, len(one.rows), BATCH):
            rows = one.rows[first : first + BATCH]
            version, rid, key, session, commit_ns = (_known(column.tolist()) for column in rows.T)
            yield {
                **_said(RECORD, [(one, len(rows))]),
                "records": [1] * len(rows), "version": version, "last_version": version,
                "id": [record_id(one.store, v) for v in version],
                "rid": rid, "key": key, "session": session, "commit_ns": commit_ns,
            }  # fmt: skip


def _said(row: str, found: Sequence[tuple[MissingRange, int]]) -> Columns:
    """Return what all records of a range have in common, as often as said."""
    each = [one for one, count in found for _ in range(count)]
    return {
        "row": [row] * len(each),
        "store": [one.store for one in each],
        "stage": [one.stage for one in each],
        "kind": [one.kind for one in each],
        "cause": [one.cause for one in each],
        "at_ns": _known([one.at_ns for one in each]),
        "copies": ["; ".join(one.copies) for one in each],
    }


def _known(values: list[int]) -> list[Any]:
    return [None if value == UNKNOWN else value for value in values]
