"""``sim report``: what folders of runs and studies hold, in the form that people or tools take."""

from pathlib import Path

import click

from sim.cli import outputs
from sim.cli.screen import emit
from sim.report.formats import FORMATS

STDOUT = "-"


@click.command(short_help="Write what a folder holds for people or for other tools.")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS)),
    default=next(iter(FORMATS)),
    show_default=True,
    help="In which form.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to; - is stdout. Default: a file in the folder.")
def command(folders: tuple[Path, ...], name: str, output: str | None) -> int:
    """Write a report of FOLDER, which `sim run` has written; of two folders, their comparison.

    Nothing is run again.
    """
    from sim.report.formats import ending_of, place_of, told
    from sim.report.opened import opened

    to_stdout = output == STDOUT
    ending = ending_of(name, None if to_stdout else output)
    found = [opened(folder) for folder in folders]
    text = told(name, ending, found)
    if to_stdout:
        emit(text)
        return 0
    target = outputs.file(output or str(place_of(name, ending, found)), "--output")
    assert target is not None, "it has a name"
    outputs.written(target, text)
    emit(f"{target}\n")
    return 0
