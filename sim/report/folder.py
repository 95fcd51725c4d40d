"""The run folder: ``reports/<scenario>/<digest>-<seed>/``, whole or absent.

It is written under a temporary name beside its own and renamed at the end, so that a run that is killed
leaves nothing that looks finished. What a killed run leaves behind is removed by the next one of the same
scenario, digest and seed.
"""

import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.outcome import Outcome
from sim.report.document import document, written

DISTRIBUTIONS = {
    "sim": "multiregion-sim",
    "numpy": "numpy",
    "numba": "numba",
    "simpy": "simpy",
    "pyarrow": "pyarrow",
}
DIGEST_LENGTH = 12
PARTIAL = ".partial"
REPLACED = ".replaced"


def folder_of(out: Path, *, scenario: str, digest: str, name: str) -> Path:
    """Return where a run belongs under ``out``; ``name`` tells it from others of the scenario: its seed."""
    return out / slug(scenario) / f"{digest[:DIGEST_LENGTH]}-{name}"


def slug(name: str) -> str:
    """Return a scenario's name as a folder name: ``Lose the primary!`` gives ``lose-the-primary``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "scenario"


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Give a folder to write to; when the block ends well it becomes ``target`` and replaces what was there.

    If the block raises, the folder is removed and ``target`` is as it was. OSError where the parent cannot be
    written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    partial = target.parent / f".{target.name}.{os.getpid()}{PARTIAL}"
    partial.mkdir()
    try:
        yield partial
        _replace(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def fill(folder: Path, outcome: Outcome, *, resolved: str) -> None:
    """Write the files of a run: ``run.json``, ``scenario.yaml``, ``milestones.parquet``, pictures.

    ``resolved`` is the resolved scenario as YAML, which can be run again.
    """
    from sim.journal.parquet import write_milestones
    from sim.report.pictures import exposure, freshness

    found = {**document(outcome), "resolved": resolved, "versions": versions(), "platform": _platform()}
    (folder / "run.json").write_text(written(found), encoding="utf-8")
    (folder / "scenario.yaml").write_text(resolved, encoding="utf-8")
    write_milestones(folder / "milestones.parquet", outcome.milestones)
    exposure(outcome.figures.get("exposure", {}), folder / "exposure.svg")
    freshness(outcome.figures.get("freshness", {}), folder / "freshness.svg")


def versions() -> dict[str, str | None]:
    """Return the versions that a result depends on; None for what is not installed as a distribution."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name, distribution in DISTRIBUTIONS.items():
        try:
            found[name] = version(distribution)
        except PackageNotFoundError:
            found[name] = None
    return found


def _platform() -> dict[str, Any]:
    """Return the machine's kind, without its name."""
    return {"system": platform.system(), "machine": platform.machine(), "cpus": os.cpu_count()}


def _replace(partial: Path, target: Path) -> None:
    """Rename ``partial`` to ``target``; no folder can be renamed over another, so an old one steps aside."""
    replaced = target.parent / f".{target.name}.{os.getpid()}{REPLACED}"
    while True:
        try:
            partial.rename(target)
            break
        except OSError:
            if not target.is_dir():
                raise
            target.rename(replaced)
            shutil.rmtree(replaced)


def _sweep(target: Path) -> None:
    """Remove what killed runs of this folder left; those of running processes stay."""
    for left in target.parent.glob(f".{target.name}.*"):
        process = left.name.removeprefix(f".{target.name}.").split(".")[0]
        if left.suffix in (PARTIAL, REPLACED) and process.isdigit() and not _runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    """Return whether a process is alive."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
