"""Finished batches on disk, so that nothing done is lost, and the tables made of them at the end.

While a study runs its folder has a hidden name and holds one JSON file for each batch, written under a
temporary name, flushed to the disk and renamed. The same command finds them again. At the end they become
Parquet tables, in order of point and trial, so that the tables do not depend on how the study went.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from sim.study.plan import Batch
from sim.study.rows import TABLES, Rows

GROUP_ROWS = 65_536  # rows of a Parquet row group


class Busy(Exception):
    """Another process is running this very study."""


class Store:
    """The batches of one study. ``identity``: what must be equal for an earlier attempt's to be of use."""

    def __init__(self, target: Path, identity: dict[str, Any]) -> None:
        self.target = target
        self.folder = target.parent / f".{target.name}.study"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        self._keep_or_forget(identity)

    def _locked(self) -> TextIO:
        path = self.folder / "lock"
        lock = open(path, "w", encoding="utf-8")  # noqa: SIM115 - held until close
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(lock.fileno()), os.stat(path)):
                raise FileNotFoundError(path)
        except OSError as error:  # held, or of a study that has ended in between
            lock.close()
            raise Busy(f"another process is running this study ({self.folder})") from error
        return lock

    def _keep_or_forget(self, identity: dict[str, Any]) -> None:
        """Forget batches that were made with other versions or another scenario."""
        path, text = self.folder / "identity.json", json.dumps(identity, sort_keys=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            for batch in self.folder.glob("batch-*"):
                batch.unlink()
            _write(path, text)

    def done(self) -> list[Batch]:
        """Return the finished batches, in order."""
        return sorted(_batch(path) for path in self.folder.glob("batch-*.json"))

    def put(self, batch: Batch, rows: Rows) -> None:
        """Keep a finished batch, for good."""
        _write(self._path(batch), json.dumps(rows, separators=(",", ":")))

    def read(self, *, trials: int) -> Iterator[Rows]:
        """Yield the rows of every batch in order, of trials below ``trials`` only, each trial once."""
        reached: dict[int, int] = {}
        for batch in self.done():
            rows = json.loads(self._path(batch).read_text(encoding="utf-8"))
            first = reached.get(batch.point, 0)
            reached[batch.point] = max(first, batch.last)
            yield {name: [row for row in found if first <= row[1] < trials] for name, found in rows.items()}

    def finish(self, *, trials: int, documents: dict[str, str]) -> None:
        """Write the tables and ``documents`` (file name -> text), and let the folder appear as a whole."""
        partial = self.folder / "whole"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        self._tables(partial, trials)
        for name, text in documents.items():
            _write(partial / name, text)
        shutil.rmtree(self.target, ignore_errors=True)
        partial.rename(self.target)
        done = self.folder.with_name(f"{self.folder.name}-{os.getpid()}.done")
        self.folder.rename(done)  # at once, so that nobody begins again in a folder that is going away
        self.close()
        shutil.rmtree(done)

    def close(self) -> None:
        """Let go of the lock; what is on disk stays."""
        self._lock.close()

    def _tables(self, folder: Path, trials: int) -> None:
        import pyarrow.parquet as pq

        writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", _schema(name), compression="zstd")
            for name in TABLES
        }
        held: Rows = {name: [] for name in TABLES}
        for rows in self.read(trials=trials):
            for name, found in rows.items():
                held[name] += found
                while len(held[name]) >= GROUP_ROWS:
                    writers[name].write_table(_table(name, held[name][:GROUP_ROWS]))
                    held[name] = held[name][GROUP_ROWS:]
        for name, writer in writers.items():
            writer.write_table(_table(name, held[name]))
            writer.close()

    def _path(self, batch: Batch) -> Path:
        return self.folder / f"batch-{batch.point:05}-{batch.first:08}-{batch.last:08}.json"


def _batch(path: Path) -> Batch:
    point, first, last = (int(part) for part in path.stem.split("-")[1:])
    return Batch(point, first, last)


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or not at all, whatever happens to this process."""
    partial = path.with_name(path.name + ".partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


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


def _table(name: str, rows: list[list[Any]]) -> Any:
    import pyarrow as pa

    schema = _schema(name)
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in schema]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
