"""Finished batches on disk, so that nothing done is lost, and the tables made of them at the end.

While a study runs its folder has a hidden name and holds a JSON file for each batch, and one for the names of
figures that batches share. Each is written under a temporary name, flushed to the disk and renamed. The same
command finds them again. At the end they become Parquet tables, in order of point and trial, so that these do
not depend on how the study went.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from sim.spec.inputs import copy
from sim.study.batch import Written, read
from sim.study.figures import Names, named
from sim.study.plan import Batch
from sim.study.rows import Part
from sim.study.tables import Tables
from sim.study.unfinished import Busy


class Store:
    """The batches of one study. ``identity``: what must be equal for an earlier attempt's to be of use."""

    def __init__(self, target: Path, identity: dict[str, Any]) -> None:
        self.target = target
        self.folder = target.parent / f".{target.name}.study"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._names: dict[str, Names] = {}
        self._lock = self._locked()
        self._keep_or_forget(identity)
        for ended in target.parent.glob(f"{self.folder.name}-*.done"):  # of one killed while it tidied up
            shutil.rmtree(ended, ignore_errors=True)

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
            for held in (*self.folder.glob("batch-*"), *self.folder.glob("names-*")):
                held.unlink()
            _write(path, text)

    def done(self) -> list[Batch]:
        """Return the finished batches, in order."""
        return sorted(_batch(path) for path in self.folder.glob("batch-*.json"))

    def put(self, batch: Batch, written: Written) -> None:
        """Keep a finished batch, for good."""
        text, names = written
        for key, shared in names.items():
            path = self.folder / f"names-{key}.json"
            if key not in self._names and not path.is_file():
                _write(path, shared)
            self._names_of(key)
        _write(self._path(batch), text)

    def read(self, *, trials: int, figures: bool = True) -> Iterator[Part]:
        """Yield what every batch holds of trials below ``trials``, in order, each trial once.

        ``figures``: whether they, which are nearly all there is, are wanted too.
        """
        names = self._names_of if figures else None
        reached: dict[int, int] = {}
        for batch in self.done():
            first = reached.get(batch.point, 0)
            reached[batch.point] = max(first, batch.last)
            text = self._path(batch).read_text(encoding="utf-8")
            yield read(text, first=first, last=trials, names=names)

    def tabled(self, *, trials: int) -> Iterator[Part]:
        """Yield what ``read`` does, and write the tables, where ``finish`` finds them, on the way."""
        whole = self.folder / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir()
        with Tables(whole) as tables:
            for part in self.read(trials=trials):
                tables.add(part)
                yield part

    def _names_of(self, key: str) -> Names:
        found = self._names.get(key)
        if found is None:
            text = (self.folder / f"names-{key}.json").read_text(encoding="utf-8")
            found = self._names[key] = named(json.loads(text))
        return found

    def finish(self, documents: dict[str, str], copies: Mapping[str, str]) -> None:
        """Add ``documents`` (file name -> text) and ``copies`` (file -> its place) to the tables.

        Then the folder appears as a whole.
        """
        whole = self.folder / "whole"
        copy(copies, whole)
        for name, text in documents.items():
            _write(whole / name, text)
        shutil.rmtree(self.target, ignore_errors=True)
        whole.rename(self.target)
        done = self.folder.with_name(f"{self.folder.name}-{os.getpid()}.done")
        self.folder.rename(done)  # at once, so that nobody begins again in a folder that is going away
        self.close()
        shutil.rmtree(done)

    def close(self) -> None:
        """Let go of the lock; what is on disk stays."""
        self._lock.close()

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
