"""``sim check``: run the studies of many scenarios and judge them; the regression gate."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sim.cli import find, options, outputs
from sim.cli.screen import emit, warn

if TYPE_CHECKING:
    from sim.spec.scenario import StudyRules
    from sim.studies.gate import Checked, CheckLine
    from sim.studies.plan import Point
    from sim.studies.study import FinishedStudy


@click.command(short_help="Run the studies of scenarios and judge every objective.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=find.complete)
@options.study
@options.until
@options.own_seed
@click.option("--junit", type=click.Path(dir_okay=False), help="Also write JUnit XML to this file.")
@click.option("--summary", type=click.Path(dir_okay=False), help="Also append a Markdown table to this file.")
@click.option("--baseline", type=click.Path(exists=True, dir_okay=False), help="Compare with this baseline.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SHARE",
    help="How much worse than the baseline, as a share of its median (0.05), is still not worse.",
)
@click.option(
    "--annotations",
    type=click.Choice(["auto", "github", "none"]),
    default="auto",
    show_default=True,
    help="Workflow commands for GitHub; auto: where it runs.",
)
@click.option(
    "--inconclusive",
    type=click.Choice(["fail", "warn"]),
    help="End with 1 (fail) or 0 (warn) where only undecided objectives would make it 3.",
)
@options.studies_out
@options.no_progress
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Check scenarios: files, folders of them, or names of scenarios and folders that come with sim.

    Runs the study that each asks for (its section `study`, unless options say otherwise), prints one line for
    each objective, worst first, and ends with 2 for bad input, else 1 if one is missed, else 3 if one
    is undecided, else 0.
    """
    from sim.report.check import annotations, junit, lines, markdown

    reports = _reports(given)
    compared = _comparison(given)
    checked = [checked_file(file, given) for file in _each(paths)]
    checked = [compared(one) for one in checked]
    emit(lines(checked))
    if reports.junit:
        outputs.written(reports.junit, junit(checked, undecided=given["inconclusive"]))
    for summary in reports.summaries:
        outputs.written(summary, markdown(checked), append=True)
    if _github("GITHUB_ACTIONS", given) == "true" or given["annotations"] == "github":
        emit(annotations(checked, undecided=given["inconclusive"], place=find.from_root))
    return _ended([line for one in checked for line in one.lines], given["inconclusive"])


class _Reports(NamedTuple):
    junit: Path | None
    summaries: list[Path]


def _reports(given: dict[str, Any]) -> _Reports:
    """Return the files to be written. click.BadParameter if one cannot be: before anything is run."""
    variable = "GITHUB_STEP_SUMMARY"
    named = {given["summary"]: "--summary", _github(variable, given): variable}
    summaries = [outputs.file(name, hint) for name, hint in named.items()]
    return _Reports(outputs.file(given["junit"], "--junit"), [path for path in summaries if path is not None])


def _ended(found: "list[CheckLine]", inconclusive: str | None) -> int:
    """Return the exit code; say on stderr what --inconclusive passes over."""
    from sim.report.quantities import plural
    from sim.studies.gate import WARN, exit_code

    open_ = sum(line.open for line in found)
    if inconclusive == WARN and open_:
        warn(f"sim check: {plural(open_, 'line')} undecided, and passed over (--inconclusive warn)")
    return exit_code(found, undecided=inconclusive)


def _each(paths: tuple[str, ...]) -> list[Path]:
    """Return the scenarios that paths stand for, each once."""
    found = {file.resolve(): file for path in reversed(paths) for file in reversed(find.scenarios(path))}
    return list(reversed(found.values()))


def _github(name: str, given: dict[str, Any]) -> str | None:
    return os.environ.get(name) if given["annotations"] != "none" else None


def checked_file(path: Path, given: dict[str, Any]) -> "Checked":
    """Check one file. ``given``: the options, as of ``studied`` and ``rules_of``."""
    from sim.studies.gate import check

    began = perf_counter()
    found = check(
        path, lambda points, rules: studied(points, rules, given), rules=lambda own: rules_of(own, given)
    )
    return replace(found, name=find.from_root(path), wall_s=perf_counter() - began)


def rules_of(own: "StudyRules | None", given: dict[str, Any]) -> "StudyRules":
    """Return the scenario's rules with what the command line says in their place."""
    from sim.spec.scenario import StudyRules

    own = own or StudyRules()
    update = {name: given[name] for name in ("trials", "until", "seed") if given[name] is not None}
    return own.model_copy(update=update)


def studied(points: "list[Point]", rules: "StudyRules", given: dict[str, Any]) -> "FinishedStudy":
    """Run the study of one scenario by its rules."""
    from sim.cli import study

    return study.studied(points, {**given, "trials": rules.trials, "until": rules.until, "seed": rules.seed})


def _comparison(given: dict[str, Any]) -> "Callable[[Checked], Checked]":
    """Return what adds to a checked file what the baseline says. click.BadParameter if it is none."""
    if not given["baseline"]:
        return lambda one: one
    from sim.studies.baseline import other_versions

    baseline = read_baseline(Path(given["baseline"]), "--baseline")
    if differs := other_versions(baseline):
        warn(f"the baseline was made with other versions: {differs}")
    return lambda one: replace(one, lines=[_compared(line, baseline, given) for line in one.lines])


def read_baseline(path: Path, hint: str) -> dict[str, Any]:
    """Return a baseline. click.BadParameter, for the option ``hint``, if the file is none, or damaged."""
    from sim.studies.baseline import read

    try:
        return read(path)
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint=hint) from error


def _compared(line: "CheckLine", baseline: dict[str, Any], given: dict[str, Any]) -> "CheckLine":
    from sim.studies.baseline import CANNOT_TELL, Change, change, key_of
    from sim.studies.gate import with_change

    if line.ruling is None or line.finding is None:
        return line
    kept = baseline["scenarios"].get(key_of(line.finding.point))
    if kept is None:
        return with_change(line, Change(line.ruling.id, CANNOT_TELL, "not in the baseline", None))
    name, tolerance = line.ruling.id, given["tolerance"]
    return with_change(line, change(kept, line.finding, name, seed=line.seed, tolerance=tolerance))
