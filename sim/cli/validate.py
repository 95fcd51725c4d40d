"""``sim validate``: check scenarios and say what their faults will hit, without running them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import find
from sim.cli.screen import emit, warn
from sim.core.errors import SpecError

if TYPE_CHECKING:
    from sim.spec.models import Scenario

TRIAL_S, OPERATION_S = 0.1, 0.7e-6  # measured: see docs/performance.md; a guess within a factor of two


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
    lines += _effort(resolved)
    emit("\n".join(lines) + "\n")
    return True


def _effort(resolved: "Scenario") -> Iterator[str]:
    """Say how many trials can decide each objective that is a fraction of runs, and how long that takes."""
    from sim.report.quantities import duration, percent
    from sim.stats.binomial import trials_to_pass

    for name, objective in resolved.sla.items():
        trials = trials_to_pass(objective.in_) if objective.in_ is not None else None
        if trials is not None and objective.in_ is not None:
            time = duration(trials * _trial_s(resolved))
            yield f"  objective {name}: {trials} trials without a miss show {percent(objective.in_)}"
            yield f"    about {time} on one core"


def _trial_s(resolved: "Scenario") -> float:
    """Return about how long a trial takes on one core, in seconds: start, and so much for each operation."""
    rates = (d.workload.reads + d.workload.writes for d in resolved.databases.values())
    return TRIAL_S + OPERATION_S * sum(rates) * resolved.duration / 1e9
