"""The run folder: ``reports/<scenario>/<digest>-<seed>/``, whole or absent.

It is written under a temporary name beside its own and renamed at the end, so that a run that is killed
leaves nothing that looks finished. What a killed run leaves behind is removed by the next one of the same
scenario, digest and seed. Two at once do not disturb each other: the one that ends last stays.
"""

import fcntl
import json
import os
import platform
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path

from sim.core.checksums import Damaged, seal, sums_of
from sim.outcome import Outcome
from sim.report import missing
from sim.report.document import Machine, RunDocument, document, written

DISTRIBUTIONS = {
    "sim": "multiregion-sim",
    "numpy": "numpy",
    "numba": "numba",
    "simpy": "simpy",
    "pyarrow": "pyarrow",
}
DIGEST_LENGTH = 12
NAME_LENGTH = 64  # of a scenario, as a folder
JOURNAL = "journal"
DOCUMENT = "run.json"
SERIES = "series.json"
PARTIAL = ".partial"
REPLACED = ".replaced"


def folder_of(out: Path, *, scenario: str, digest: str, name: str) -> Path:
    """Return where a run belongs under ``out``; ``name`` tells it from others of the scenario: its seed."""
    return out / slug(scenario) / f"{digest[:DIGEST_LENGTH]}-{name}"


def run_name(seed: int, trial: int) -> str:
    """Return what tells the folder of a run from others of its scenario."""
    return f"{seed}-trial-{trial}" if trial else f"{seed}"


def slug(name: str) -> str:
    """Return a scenario's name as a folder name: ``Lose the primary!`` gives ``lose-the-primary``.

    Names with other letters than English ones, or too long for a folder, are told apart by a hash.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if name.isascii() and len(plain) <= NAME_LENGTH:
        return plain or "scenario"
    told = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(part for part in (plain[:NAME_LENGTH].strip("-"), told) if part)


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Give a folder to write to; when the block ends well it becomes ``target`` and replaces what was there.

    It is sealed (``sim.core.checksums``), and takes over the journals that were kept in its place. If the
    block raises, the folder is removed and ``target`` is as it was. OSError where the parent cannot be
    written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent):
        _sweep(target)
        partial = _made(target)
        held = _locked(partial)
    try:
        yield partial
        with _alone(target.parent):
            _replace(partial, target)
    finally:
        if held is not None:
            os.close(held)
        shutil.rmtree(partial, ignore_errors=True)


def fill(folder: Path, outcome: Outcome, *, resolved: str, trial: int = 0) -> None:
    """Write the files of a run: ``run.json``, ``scenario.yaml``, two Parquet tables, series.

    ``resolved`` is the resolved scenario as YAML, which can be run again; ``trial``: which one this is.
    """
    from sim.journal.parquet import write_milestones

    (folder / DOCUMENT).write_text(
        written(complete(outcome, resolved=resolved, trial=trial)), encoding="utf-8"
    )
    if outcome.recorded is not None:
        (folder / SERIES).write_text(written(outcome.recorded), encoding="utf-8")
    (folder / "scenario.yaml").write_text(resolved, encoding="utf-8")
    write_milestones(folder / "milestones.parquet", outcome.milestones)
    if outcome.missing is not None:
        missing.write(folder / missing.FILE, outcome.missing)


def complete(outcome: Outcome, *, resolved: str, trial: int) -> RunDocument:
    """Return the document of a run folder: that of the outcome, and how to make it again."""
    return replace(
        document(outcome), trial=trial, resolved=resolved, versions=versions(), platform=_platform()
    )


def versions() -> dict[str, str | None]:
    """Return the versions that a result depends on; None for what is not installed as a distribution."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name, distribution in DISTRIBUTIONS.items():
        try:
            found[name] = version(distribution)
        except PackageNotFoundError:
            found[name] = None
    return found


def _platform() -> Machine:
    """Return the machine's kind, without its name."""
    return Machine(system=platform.system(), machine=platform.machine(), cpus=os.cpu_count())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other runs from taking or leaving a place in ``folder`` meanwhile."""
    held = _locked(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def _locked(folder: Path, how: int = fcntl.LOCK_EX | fcntl.LOCK_NB) -> int | None:
    """Return a descriptor that holds the lock of a folder until it is closed, or the process ends.

    None if another holds it, or the file system knows no locks.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _made(target: Path) -> Path:
    """Return a new folder beside ``target``, of no other run: elsewhere a process may have our number."""
    for number in count():
        partial = target.parent / f".{target.name}.{os.getpid()}-{number}{PARTIAL}"
        with suppress(FileExistsError):
            partial.mkdir()
            return partial
    raise AssertionError("numbers do not end")


def _replace(partial: Path, target: Path) -> None:
    """Rename ``partial`` to ``target``; no folder can be renamed over another, so an old one steps aside."""
    replaced = partial.with_suffix(REPLACED)
    try:
        while not _taken(partial, target, replaced):
            shutil.rmtree(replaced, ignore_errors=True)
    finally:
        if replaced.is_dir() and not target.exists():
            replaced.rename(target)
    shutil.rmtree(replaced, ignore_errors=True)


def _taken(partial: Path, target: Path, replaced: Path) -> bool:
    """Try to put ``partial`` in the place of ``target``, which steps aside.

    False if another run of the same has ended in between, where folders have no locks.
    """
    known: dict[str, str] = {}
    with suppress(FileNotFoundError):
        target.rename(replaced)
        known = _take_over(replaced, partial)
    seal(partial, known)
    try:
        partial.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        return False
    return True


def _take_over(old: Path, new: Path) -> dict[str, str]:
    """Give a run the journals that were kept in its place, and return their checksums.

    One that is another's (an earlier version's) is named by its digest.
    """
    own, before = _journal_digest(new), _journal_digest(old)
    known: dict[str, str] = {}
    with suppress(Damaged):
        known = sums_of(old)
    found: dict[str, str] = {}
    for kept in sorted(path for path in old.glob(f"{JOURNAL}*") if path.is_dir()):
        other = kept.name == JOURNAL and own != before
        name = f"{JOURNAL}-{(before or 'unknown')[:DIGEST_LENGTH]}" if other else kept.name
        if not (new / name).exists():
            shutil.copytree(kept, new / name, copy_function=_linked)
            found |= {
                name + path.removeprefix(kept.name): checksum
                for path, checksum in known.items()
                if path.startswith(f"{kept.name}/")
            }
    return found


def _linked(source: str, target: str) -> None:
    """Give a file a second name, or copy it where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _journal_digest(folder: Path) -> str | None:
    """Return the digest of the journal that a run folder is about, None if it does not say."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))["journal_digest"])
    return None


def _sweep(target: Path) -> None:
    """Remove what killed runs of this folder left; what a running one writes is locked, and stays.

    One that was killed while an old folder stepped aside gives that back.
    """
    for left in sorted(target.parent.glob(f".{target.name}.*")):
        if left.suffix not in (PARTIAL, REPLACED) or not left.is_dir():
            continue
        held = _locked(left)
        if held is None:
            continue
        if left.suffix == REPLACED and not target.exists():
            left.rename(target)
        else:
            shutil.rmtree(left, ignore_errors=True)
        os.close(held)
