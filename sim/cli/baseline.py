"""``sim baseline update``: keep what scenarios find now, for ``sim check --baseline``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import find, options, outputs
from sim.cli.check import read_baseline, studied
from sim.cli.screen import emit, warn

if TYPE_CHECKING:
    from sim.studies.plan import Point


@click.group(short_help="Keep the figures of now, to compare later ones with.")
def command() -> None:
    """Keep the figures of now, to compare later ones with, trial by trial on the same seeds."""


@command.command(short_help="Run the studies of scenarios and write a baseline.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=find.complete)
@options.study
@options.until
@options.own_seed
@click.option(
    "--file",
    "file",
    type=click.Path(dir_okay=False),
    default="sim-baseline.json",
    show_default=True,
    help="The baseline; other scenarios in it stay.",
)
@options.studies_out
@options.no_progress
def update(paths: tuple[str, ...], **given: Any) -> int:
    """Run the studies of scenarios, and write what each trial came to into a small sorted file for review.

    Ends with 3 if a trial broke: it has no value to compare with.
    """
    from sim.outcome import EXIT_CODES
    from sim.report.quantities import plural
    from sim.studies.baseline import write
    from sim.studies.plan import points_of

    target = outputs.file(given["file"], "--file")
    assert target is not None, "it has a default"
    entries = read_baseline(target, "--file")["scenarios"] if target.is_file() else {}
    broke = 0
    files = list(dict.fromkeys(file for path in paths for file in find.scenarios(path)))
    read = [(file, points_of(str(file))) for file in files]  # all of them, before one is run
    _told_apart(read)
    for file, points in read:
        found, broken = _entries(points, file, given=given)
        entries |= found
        broke += broken
    write(target, entries)
    emit(f"{target}: {plural(len(entries), 'scenario')}\n")
    return EXIT_CODES["inconclusive"] if broke else 0


def _told_apart(read: "list[tuple[Path, list[Point]]]") -> None:
    """click.BadParameter if two scenarios have one name: a baseline knows them by that."""
    seen: dict[str, Path] = {}
    for file, points in read:
        name = points[0].scenario.name
        if seen.setdefault(name, file) != file:
            both = f"{seen[name]} and {file} are both named {name!r}"
            raise click.BadParameter(f"{both}: a baseline tells scenarios apart by that", param_hint="PATH")


def _entries(points: "list[Point]", file: Path, *, given: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Run a scenario's study; return what a baseline keeps of it, and how many trials broke."""
    from sim.cli.check import rules_of
    from sim.cli.study import stopping
    from sim.studies.baseline import entry, key_of

    with stopping():
        study = studied(points, rules_of(points[0].scenario.study, given), given)
    for finding in study.findings:
        if finding.tally.errors:
            warn(f"{file}: {finding.tally.broke}: the baseline has no value of theirs")
    found = {key_of(f.point): entry(f, seed=study.seed) for f in study.findings}
    return found, sum(len(finding.tally.errors) for finding in study.findings)
