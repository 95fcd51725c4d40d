"""A folder that ``sim`` has written, read again: of a run or of a study, whole and as it was written."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.core.checksums import Damaged, verify
from sim.core.errors import Problem, SpecError

RUN, STUDY, JOURNAL = "run.json", "study.json", "journal"
UNTOLD = 0  # version of a document that does not say


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder and its document. ``document``: what ``run.json`` or ``study.json`` holds."""

    folder: Path
    kind: Literal["run", "study"]
    document: dict[str, Any]


def opened(folder: Path) -> Opened:
    """Return what a folder holds.

    SpecError if it is no folder of a run or a study, is damaged, was made by another version's form of
    documents, or if its run did not come to its end.
    """
    from sim.report.document import DOCUMENT
    from sim.studies.rows import FORMAT

    if (folder / STUDY).is_file():
        return Opened(folder, "study", _current(folder, STUDY, "format", FORMAT))
    if not (folder / RUN).is_file():
        raise SpecError([Problem(_missing(folder), "name a folder that sim has written")])
    document = _current(folder, RUN, "document", DOCUMENT)
    if "unfinished" in document:
        raise SpecError([Problem(f"{folder} did not come to its end", document["unfinished"]["why"])])
    return Opened(folder, "run", document)


def journal_of(folder: Path, *wanted: str) -> Path | None:
    """Return the journal that was kept with a run, None if none was.

    ``wanted``: how the names of the files begin that will be read. SpecError unless these are as written.
    """
    journal = folder / JOURNAL
    if not journal.is_dir():
        return None
    own = tuple(f"{JOURNAL}/{name}" for name in wanted)
    _verified(folder, but=lambda name: not name.startswith(own))
    return journal


def _missing(folder: Path) -> str:
    if not folder.exists():
        return f"there is no folder {folder}"
    if not folder.is_dir():
        return f"{folder} is a file"
    return f"{folder} holds neither {RUN} nor {STUDY}"


def _verified(folder: Path, *, but: Callable[[str], bool]) -> None:
    """Return if the files are as they were written, ``but`` some that are not looked at; else SpecError."""
    try:
        verify(folder, but=but)
    except Damaged as error:
        raise SpecError([Problem(str(error), "run the scenario again")]) from error


def _current(folder: Path, name: str, key: str, version: int) -> dict[str, Any]:
    """Return a document that is as it was written, and of the form ``version``, which stands under ``key``.

    Journals are not looked at: they are large, and nothing here reads them.
    """
    _verified(folder, but=lambda found: found.startswith(JOURNAL))
    try:
        document = json.loads((folder / name).read_text(encoding="utf-8"))
    except ValueError as error:
        raise SpecError([Problem(str(error), "run the scenario again")]) from error
    told = document.get(key, UNTOLD)
    if told != version:
        made = "a newer" if told > version else "an earlier"
        why = f"its document has version {told}, and this sim reads {version}"
        raise SpecError(
            [Problem(f"{folder} was made by {made} version of sim: {why}", "run the scenario again")]
        )
    found: dict[str, Any] = document
    return found
