"""The tables of a study as Parquet, written while its trials are read, in order.

Row groups end after so many rows, wherever a batch ends, and memory holds one of each table.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from sim.studies.figures import Names
from sim.studies.rows import TABLES, Measured, Part

GROUP_ROWS = 16_384  # rows of a Parquet row group; of metrics: at least so many, and whole trials


class StudyTables:
    """The Parquet files of a study in ``folder``, open until the ``with`` block ends."""

    def __init__(self, folder: Path) -> None:
        import pyarrow.parquet as pq

        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", _schema(name), compression="zstd")
            for name in TABLES
        }
        self._rows: dict[str, list[list[Any]]] = {name: [] for name in TABLES if name != "metrics"}
        self._measured: list[Measured] = []
        self._figures = 0

    def __enter__(self) -> "StudyTables":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        """Write what is held, and the ends of the files."""
        if kind is None:
            for name, rows in self._rows.items():
                self._writers[name].write_table(_table(name, rows))
            self._write_figures()
        for writer in self._writers.values():
            writer.close()

    def add(self, part: Part) -> None:
        """Add trials, which come after those before."""
        for name, rows in part.rows.items():
            held = self._rows[name]
            held += rows
            while len(held) >= GROUP_ROWS:
                self._writers[name].write_table(_table(name, held[:GROUP_ROWS]))
                del held[:GROUP_ROWS]
        for measured in part.measured:
            self._measured.append(measured)
            self._figures += measured.figures.values.size
            if self._figures >= GROUP_ROWS:
                self._write_figures()

    def _write_figures(self) -> None:
        self._writers["metrics"].write_table(_metrics(self._measured))
        self._measured, self._figures = [], 0


def _schema(name: str) -> Any:
    import pyarrow as pa

    types = {"bool": pa.bool_()}
    fields = [
        pa.field(
            column,
            types.get(kind) or pa.type_for_alias(kind),
            metadata={"unit": unit} if unit else None,
        )
        for column, kind, unit in TABLES[name]
    ]
    return pa.schema(fields)


def _table(name: str, rows: Sequence[list[Any]]) -> Any:
    import pyarrow as pa

    schema = _schema(name)
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in schema]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _metrics(measured: Sequence[Measured]) -> Any:
    """Return the table ``metrics`` of some trials, column by column."""
    import pyarrow as pa

    if not measured:
        return _table("metrics", [])
    sizes = [found.values.size for *_, found in measured]
    lows = np.concatenate([found.values for *_, found in measured])
    highs = np.concatenate([found.highs() for *_, found in measured])
    named = [_arrow(found.names) for *_, found in measured]
    columns = [
        pa.array(np.repeat([point for point, *_ in measured], sizes), pa.int32()),
        pa.array(np.repeat([trial for _, trial, _ in measured], sizes), pa.int32()),
        *(pa.concat_arrays(column) for column in zip(*named, strict=True)),
        *(pa.array(ends, pa.float64(), mask=np.isnan(ends)) for ends in (lows, highs)),
    ]
    return pa.table(columns, schema=_schema("metrics"))


@lru_cache(maxsize=16)
def _arrow(names: Names) -> tuple[Any, ...]:
    """Return the columns metric, of and unit of one trial."""
    import pyarrow as pa

    return tuple(pa.array(column, pa.string()) for column in zip(*names.all, strict=True))
