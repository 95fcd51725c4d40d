"""The forms in which ``sim report`` writes what folders hold: which there are, and what each can tell of.

The module of a format has a function for each subject that it can tell of: ``of_run(opened)``,
``of_study(opened)``, ``of_comparison(before, after)``. Each returns the text of a file.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Literal, NamedTuple

from sim.core.errors import Problem, SpecError
from sim.report.opened import Opened

Subject = Literal["run", "study", "comparison"]


class Form(NamedTuple):
    """A format. ``stem``: of its file in a folder; ``modules``: by ending, the first is the default."""

    stem: str
    modules: Mapping[str, str]


FORMATS: Mapping[str, Form] = {  # the first is the default
    "html": Form("report", {".html": "sim.report.html.pages"}),
    "md": Form("report", {".md": "sim.report.markdown.markdown"}),
    "evidence": Form(
        "evidence", {".html": "sim.report.evidence.page", ".md": "sim.report.evidence.markdown"}
    ),
    "trace": Form("trace", {".json": "sim.report.trace.trace"}),
}


def ending_of(name: str, file: str | None) -> str:
    """Return the ending of a file in the format ``name``: that of ``file`` if the format has several.

    SpecError if a format with several has none for that file.
    """
    endings = list(FORMATS[name].modules)
    if file is None or len(endings) == 1:
        return endings[0]
    found = Path(file).suffix.lower()
    if found not in endings:
        raise SpecError([Problem(f"{file}: {name} is written to a file that ends in {' or '.join(endings)}")])
    return found


def place_of(name: str, ending: str, found: Sequence[Opened]) -> Path:
    """Return where a report goes that is given no file: into its folder; of two, into the second."""
    stem = FORMATS[name].stem if len(found) == 1 else "comparison"
    return found[-1].folder / f"{stem}{ending}"


def subject_of(found: Sequence[Opened]) -> Subject:
    """Return what folders are about. SpecError unless they are one, or two of the same kind."""
    kinds = [one.kind for one in found]
    if len(kinds) == 1:
        return kinds[0]
    if len(kinds) == 2 and len(set(kinds)) == 1:
        return "comparison"
    why = "a run and a study cannot be compared" if len(kinds) == 2 else f"there are {len(kinds)} folders"
    raise SpecError([Problem(why, "name one folder, or two runs or two studies to compare")])


def told(name: str, ending: str, found: Sequence[Opened]) -> str:
    """Return folders in a format, as the text of a file with that ending.

    SpecError if the format cannot tell of such folders.
    """
    subject = subject_of(found)
    of = getattr(import_module(FORMATS[name].modules[ending]), f"of_{subject}", None)
    if of is None:
        raise SpecError([Problem(f"the format {name} cannot tell of a {subject}", _others(subject))])
    text: str = of(*found)
    return text


def _others(subject: Subject) -> str:
    """Name the formats that can tell of a subject, "" if none can."""
    names = [
        name
        for name, form in FORMATS.items()
        if any(hasattr(import_module(module), f"of_{subject}") for module in form.modules.values())
    ]
    return f"there are {', '.join(names)}" if names else ""
