"""``sim validate``: check scenarios and say what their faults will hit, without running them."""

from pathlib import Path

import click

from sim.cli import find
from sim.cli.screen import emit, warn
from sim.core.errors import SpecError


@click.command(short_help="Check scenarios and show what their faults will hit.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=find.complete)
def command(paths: tuple[str, ...]) -> int:
    """Check scenarios: files, folders of them, or names of scenarios that come with sim.

    Prints what each fault will hit. Ends with 2 if any scenario has an error, after checking all.
    """
    found = [file for path in paths for file in _files(path)]
    bad = sum(not _valid(file) for file in found)
    if len(found) > 1:
        emit(f"{len(found)} scenarios, {bad or 'none'} with errors\n")
    return 2 if bad else 0


def _files(path: str) -> list[Path]:
    """Return the scenarios that a path stands for. click.BadParameter if there is none."""
    if not Path(path).is_dir():
        return [find.scenario(path)]
    inside = find.files(Path(path))
    if not inside:
        raise click.BadParameter(f"no .yaml file in {path}", param_hint="PATH")
    return inside


def _valid(path: Path) -> bool:
    """Check one scenario and print its blast radius; errors go to stderr."""
    from sim.spec.resolve import blast_radius, digest, load, resolve

    try:
        resolved = resolve(load(str(path)))
        hits = blast_radius(resolved)
    except SpecError as error:
        warn(str(error))
        return False
    lines = [f"{path}: ok ({resolved.name}, digest {digest(resolved)[:12]})"]
    for fault, targets in hits.items():
        lines += [f"  fault {fault} hits", *(f"    {target}" for target in targets)]
    emit("\n".join(lines) + "\n")
    return True
