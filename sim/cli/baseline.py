"""``sim baseline update``: keep what scenarios find now, for ``sim check --baseline``."""

from pathlib import Path
from typing import Any

import click

from sim.cli import find, options
from sim.cli.check import files, key_of, studied
from sim.cli.screen import emit


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
    """Run the studies of scenarios, and write what each trial came to into a small sorted file for review."""
    from sim.cli.check import rules_of
    from sim.cli.study import stopping
    from sim.report.quantities import plural
    from sim.study.baseline import entry, read, write
    from sim.study.plan import points_of

    target = Path(given["file"])
    entries = read(target)["scenarios"] if target.is_file() else {}
    for path in paths:
        for file in files(path):
            found = points_of(str(file))
            with stopping():
                study = studied(found, rules_of(found[0].scenario.study, given), given)
            for finding in study.findings:
                entries[key_of(str(file), finding.point.label, target)] = entry(finding, seed=study.seed)
    write(target, entries)
    emit(f"{target}: {plural(len(entries), 'scenario')}\n")
    return 0
