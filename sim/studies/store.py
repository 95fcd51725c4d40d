"""Finished batches on disk, so that nothing done is lost, and the tables made of them at the end.

While a study runs its folder has a hidden name and holds a JSON file for each batch, and one for the names of
figures that batches share. Each is written under a temporary name, flushed to the disk and renamed. The same
command finds them again. At the end they become Parquet tables, in order of point and trial, so that these do
not depend on how the study went.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from sim.core.checksums import Damaged, opened, seal, signed
from sim.spec.inputs import copy
from sim.studies.batch import Written, read
from sim.studies.figures import Names, named
from sim.studies.plan import TrialBatch
from sim.studies.rows import Part
from sim.studies.tables import StudyTables
from sim.studies.unfinished import Spoilt

LOCK, WAITING = "lock", "waiting"
_BATCH = re.compile(r"batch-(\d+)-(\d+)-(\d+)\.json")


class StudyStore:
    """The batches of one study. ``identity``: what must be equal for an earlier attempt's to be of use.

    If another process runs the same study its end is waited for, and what it has finished is found. Files
    that are not as they were written are dropped. ``notice`` is told of either, in words.
    """

    def __init__(
        self, target: Path, identity: dict[str, Any], *, notice: Callable[[str], None] = lambda _: None
    ) -> None:
        self.target = target
        self.folder = target.parent / f".{target.name}.study"
        self._names: dict[str, Names] = {}
        self._notice = notice
        self._lock = self._locked()
        self._keep_or_forget(identity)
        self._drop_damaged()
        for ended in target.parent.glob(f"{self.folder.name}-*.done"):  # of one killed while it tidied up
            shutil.rmtree(ended, ignore_errors=True)

    def _locked(self) -> TextIO:
        """Return the lock, held until it is closed."""
        while True:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = _held(self.folder / LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock is None:
                lock = self._waited_for()
            if lock is not None and _is(lock, self.folder / LOCK):
                return lock
            if lock is not None:  # of a study that has ended in between, with its folder
                lock.close()

    def _waited_for(self) -> TextIO | None:
        """Return the lock when whoever holds it lets go, None if it went away with its folder.

        A shared lock on another file tells the holder that somebody waits.
        """
        try:
            waiting = _held(self.folder / WAITING, fcntl.LOCK_SH)
            self._notice(f"another process is running this study ({self.folder}): waiting for its end")
            try:
                return _held(self.folder / LOCK, fcntl.LOCK_EX)
            finally:
                if waiting is not None:
                    waiting.close()
        except FileNotFoundError:
            return None

    def _keep_or_forget(self, identity: dict[str, Any]) -> None:
        """Forget batches that were made with other versions or another scenario."""
        path, text = self.folder / "identity.json", json.dumps(identity, sort_keys=True)
        if not path.is_file() or path.read_bytes() != text.encode():
            for held in (*self.folder.glob("batch-*"), *self.folder.glob("names-*")):
                held.unlink()
            _write(path, text)

    def _drop_damaged(self) -> None:
        """Drop what is not as it was written, and batches whose names went with it: they are run again."""
        for path in sorted((*self.folder.glob("names-*"), *self.folder.glob("batch-*"))):
            if path.suffix == ".partial":
                path.unlink()
                continue
            try:
                text = _read(path)
                if path.name.startswith("batch-"):
                    read(text, first=0, last=_batch(path).last, names=self._names_of)
            except Damaged as error:
                path.unlink()
                self._notice(f"{error}: its trials are run again ({self.folder})")

    def done(self) -> list[TrialBatch]:
        """Return the finished batches, in order."""
        return sorted(_batch(path) for path in self.folder.glob("batch-*.json"))

    def put(self, batch: TrialBatch, written: Written) -> None:
        """Keep a finished batch, for good."""
        text, names = written
        for key, shared in names.items():
            path = self.folder / f"names-{key}.json"
            if key not in self._names and not path.is_file():
                _write(path, signed(shared, path.name))
            self._names_of(key)
        path = self._path(batch)
        _write(path, signed(text, path.name))

    def read(self, *, trials: int, figures: bool = True) -> Iterator[Part]:
        """Yield what every batch holds of trials below ``trials``, in order, each trial once.

        ``figures``: whether they, which are nearly all there is, are wanted too.
        """
        names = self._names_of if figures else None
        reached: dict[int, int] = {}
        for batch in self.done():
            first = reached.get(batch.point, 0)
            reached[batch.point] = max(first, batch.last)
            yield read(self._kept(self._path(batch)), first=first, last=trials, names=names)

    def tabled(self, *, trials: int) -> Iterator[Part]:
        """Yield what ``read`` does, and write the tables, where ``finish`` finds them, on the way."""
        whole = self.folder / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir()
        with StudyTables(whole) as tables:
            for part in self.read(trials=trials):
                tables.add(part)
                yield part

    def _names_of(self, key: str) -> Names:
        found = self._names.get(key)
        if found is None:
            text = _read(self.folder / f"names-{key}.json")
            found = self._names[key] = named(json.loads(text))
        return found

    def _kept(self, path: Path) -> str:
        """Return a text that this process has kept, or found whole. Spoilt if it has gone bad since."""
        try:
            return _read(path)
        except Damaged as error:
            path.unlink(missing_ok=True)
            raise Spoilt(f"{path} was damaged while the study ran") from error

    def finish(self, documents: dict[str, str], copies: Mapping[str, str]) -> None:
        """Add ``documents`` (file name -> text) and ``copies`` (file -> its place) to the tables.

        Then the folder appears as a whole. The batches go, unless somebody waits for them: to whom they are
        all there is to do.
        """
        whole = self.folder / "whole"
        copy(copies, whole)
        for name, text in documents.items():
            _write(whole / name, text)
        seal(whole)
        shutil.rmtree(self.target, ignore_errors=True)
        whole.rename(self.target)
        alone = _held(self.folder / WAITING, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if alone is None:
            self.close()
            return
        done = self.folder.with_name(f"{self.folder.name}-{os.getpid()}.done")
        self.folder.rename(done)  # at once, so that nobody begins again in a folder that is going away
        alone.close()
        self.close()
        shutil.rmtree(done)

    def close(self) -> None:
        """Let go of the lock; what is on disk stays."""
        self._lock.close()

    def _path(self, batch: TrialBatch) -> Path:
        return self.folder / f"batch-{batch.point:05}-{batch.first:08}-{batch.last:08}.json"


def _held(path: Path, how: int) -> TextIO | None:
    """Return a file, locked until it is closed; None if ``how`` does not wait, and another has it."""
    file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - held until close
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        return None
    return file


def _is(file: TextIO, path: Path) -> bool:
    """Return whether an open file is (still) the one of a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _batch(path: Path) -> TrialBatch:
    """Return the batch that a file is named for. Damaged if it is named for none."""
    named = _BATCH.fullmatch(path.name)
    if named is None:
        raise Damaged(f"{path.name} is no batch")
    return TrialBatch(*map(int, named.groups()))


def _read(path: Path) -> str:
    """Return a text that was kept. Damaged if it is another."""
    try:
        return opened(path.read_text(encoding="utf-8"), path.name)
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise Damaged(f"{path.name} is damaged") from error


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or not at all, whatever happens to this process."""
    partial = path.with_name(path.name + ".partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
