"""``sim check``: run the studies of many scenarios and judge them; the regression gate."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import find, options
from sim.cli.screen import emit, warn

if TYPE_CHECKING:
    from sim.spec.models import Study as Rules
    from sim.study.gate import Checked, Line
    from sim.study.plan import Point
    from sim.study.study import Study


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
@options.studies_out
@options.no_progress
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Check scenarios: files, folders of them, or names of scenarios that come with sim.

    Runs the study that each asks for (its section `study`, unless options say otherwise), prints one line for
    each objective, worst first, and ends with 2 for bad input, else 1 if one is missed, else 3 if one
    is undecided, else 0.
    """
    from sim.report.check import annotations, junit, lines, markdown
    from sim.study.gate import exit_code

    checked = [checked_file(file, given) for file in _each(paths)]
    if given["baseline"]:
        checked = _against(checked, given)
    emit(lines(checked))
    if given["junit"]:
        Path(given["junit"]).write_text(junit(checked), encoding="utf-8")
    for summary in {given["summary"], _github("GITHUB_STEP_SUMMARY", given)} - {None}:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(markdown(checked))
    if _github("GITHUB_ACTIONS", given) == "true" or given["annotations"] == "github":
        emit(annotations(checked))
    return exit_code([line for one in checked for line in one.lines])


def _each(paths: tuple[str, ...]) -> list[Path]:
    """Return the scenarios that paths stand for, each once."""
    found = {file.resolve(): file for path in reversed(paths) for file in reversed(files(path))}
    return list(reversed(found.values()))


def files(path: str) -> list[Path]:
    """Return the scenarios that a path stands for. click.BadParameter if there is none."""
    if not Path(path).is_dir():
        return [find.scenario(path)]
    found = find.files(Path(path))
    if not found:
        raise click.BadParameter(f"no .yaml file in {path}", param_hint="PATH")
    return found


def _github(name: str, given: dict[str, Any]) -> str | None:
    return os.environ.get(name) if given["annotations"] != "none" else None


def checked_file(path: Path, given: dict[str, Any]) -> "Checked":
    """Check one file. ``given``: the options, as of ``studied`` and ``rules_of``."""
    from sim.study.gate import check

    return check(
        path, lambda points, rules: studied(points, rules, given), rules=lambda own: rules_of(own, given)
    )


def rules_of(own: "Rules | None", given: dict[str, Any]) -> "Rules":
    """Return the scenario's rules with what the command line says in their place."""
    from sim.spec.models import Study as Rules

    own = own or Rules()
    update = {name: given[name] for name in ("trials", "until", "seed") if given[name] is not None}
    return own.model_copy(update=update)


def studied(points: "list[Point]", rules: "Rules", given: dict[str, Any]) -> "Study":
    """Run the study of one scenario by its rules."""
    from sim.cli import study

    return study.studied(points, {**given, "trials": rules.trials, "until": rules.until, "seed": rules.seed})


def _against(checked: "list[Checked]", given: dict[str, Any]) -> "list[Checked]":
    """Add what the baseline says to every line."""
    from sim.study.baseline import other_versions, read
    from sim.study.gate import Checked

    try:
        baseline = read(Path(given["baseline"]))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--baseline") from error
    if differs := other_versions(baseline):
        warn(f"the baseline was made with other versions: {differs}")
    return [
        Checked(one.path, [_compared(line, baseline, given) for line in one.lines], one.study)
        for one in checked
    ]


def _compared(line: "Line", baseline: dict[str, Any], given: dict[str, Any]) -> "Line":
    from sim.study.baseline import CANNOT_TELL, Change, change
    from sim.study.gate import with_change

    if line.ruling is None or line.finding is None:
        return line
    kept = baseline["scenarios"].get(key_of(line.scenario, line.label, Path(given["baseline"])))
    if kept is None:
        return with_change(line, Change(line.ruling.id, CANNOT_TELL, "not in the baseline", None))
    name, tolerance = line.ruling.id, given["tolerance"]
    return with_change(line, change(kept, line.finding, name, seed=line.seed, tolerance=tolerance))


def key_of(scenario: str, label: str, baseline: Path) -> str:
    """Return the name of a point in a baseline: its file as seen from there, however it was named."""
    folder = find.packaged()
    file = Path(scenario).resolve()
    if folder is not None and file.is_relative_to(folder):
        name = f"scenarios/{file.relative_to(folder).as_posix()}"
    else:
        name = Path(os.path.relpath(file, baseline.resolve().parent)).as_posix()
    return f"{name} [{label}]" if label else name
