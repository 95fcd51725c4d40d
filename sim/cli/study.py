"""The study behind ``sim run --trials``: many trials, one page."""

import gc
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from sim.cli import find, options, outputs
from sim.cli.run import source_of, told
from sim.cli.screen import colours, emit, moves, rendered, tell_of_kernels, warn, warn_lines
from sim.core.inert import inert

if TYPE_CHECKING:
    from sim.studies.plan import Point
    from sim.studies.study import FinishedStudy

TRIALS = 1000  # the most, where --until is given without --trials


class Stopped(click.ClickException):
    """A study that could not go on: it says neither pass nor fail."""

    exit_code = 3


@contextmanager
def stopping() -> Iterator[None]:
    """Tell of a study that could not go on in one line, and end the command with it."""
    from sim.studies.unfinished import UNFINISHED

    try:
        yield
    except UNFINISHED as error:
        raise Stopped(f"{error}; finished trials are kept, and the same command goes on there") from error


def run_study(ctx: click.Context, given: dict[str, Any]) -> int:
    """Run the study that the options ask for, print its page, and return its exit code."""
    ctx.obj["seed"] = given["seed"]
    _check(given)
    from sim.studies.judgement import exit_code

    with stopping():
        study = studied(_points(given), given)
    if not given["quiet"]:
        drawn(study)
    emit(_result(study, given), coloured=colours(sys.stdout, given["colour"]))
    return exit_code([finding.verdict for finding in study.findings])


def drawn(*studies: "FinishedStudy") -> Path:
    """Write the page of a study, or of two compared, into the (last) folder; return its path."""
    from sim.report import formats
    from sim.report.opened import opened

    found = [opened(study.store.target) for study in studies]
    place = formats.place_of("html", ".html", found)
    outputs.written(place, formats.told("html", ".html", found))
    return place


def studied(points: "list[Point]", given: dict[str, Any]) -> "FinishedStudy":
    """Run a study and let its folder appear: its tables and documents.

    One of ``sim.studies.unfinished`` if it cannot go on.
    """
    from sim.report.study_folder import finish, target_of

    _collect_garbage(given)
    told(*(point.scenario for point in points))
    target = target_of(points, seed=given["seed"], out=Path(given["out"]))
    study = _run(points, given, outputs.folder(target))
    for note in finish(study):
        warn(f"warning: {note}")
    return study


def _collect_garbage(given: dict[str, Any]) -> None:
    """Collect garbage from now on, if the start of the program has put it off: trials leave much behind."""
    if gc.isenabled():
        return
    gc.enable()
    if options.where(given) == "serial":
        from sim.studies.work import dedicate

        dedicate()


def _check(given: dict[str, Any]) -> None:
    """Refuse what has no meaning in a study."""
    for name in ("control", "keep_journal", "trial"):
        if given.get(name):
            raise click.UsageError(f"--{name.replace('_', '-')} belongs to a single run, not to a study.")


def _points(given: dict[str, Any]) -> "list[Point]":
    from sim.studies.plan import points_of

    path = str(find.scenario(given["scenario"]))
    return points_of(path, overlays=given["overlays"], sets=given["sets"], sweeps=given["sweeps"])


def _run(points: "list[Point]", given: dict[str, Any], target: Path) -> "FinishedStudy":
    """Run a study under a progress bar."""
    from sim.report.progress import TrialsBar
    from sim.studies.study import run

    if not given["cluster"]:
        tell_of_kernels()
    seen = moves(sys.stderr) and not given["quiet"]
    shown = TrialsBar(sys.stderr, perf_counter, colour=colours(sys.stderr, given.get("colour")))
    try:
        return run(
            points,
            seed=given["seed"],
            trials=given["trials"] or TRIALS,
            until=given["until"] or "trials",
            where=options.where(given),
            target=target,
            progress=shown.show if seen else None,
            notice=warn,
            budget=given["budget"],
        )
    except KeyboardInterrupt:
        warn_lines("\nfinished trials are kept; the same command goes on where it was")
        raise
    finally:
        shown.close()


def _result(study: "FinishedStudy", given: dict[str, Any]) -> str:
    """Return what goes to stdout."""
    from sim.report.study import document, headline, page

    if given["as_json"]:
        from sim.report.document import written

        return written(document(study))
    if given["quiet"]:
        return inert(headline(study, source_of(given))) + "\n"
    swept = "".join(f" --sweep {shlex.quote(text)}" for text in given["sweeps"])
    sections = page(study, source=source_of(given), swept=swept, folder=str(study.store.target))
    return rendered(sections, given["colour"])
